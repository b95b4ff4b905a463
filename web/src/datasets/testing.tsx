import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { type RenderResult, render } from "@testing-library/react";
import type { ReactElement } from "react";
import { MemoryRouter, Route, Routes, useLocation } from "react-router";
import { makeQueryClient } from "../shared/queries";
import { theme } from "../theme";
import DatasetFrame from "./frame/DatasetFrame";

/** Shows a page of a data set inside its frame; the address is told beside it. */
export function showInFrame(element: ReactElement, at: string): RenderResult {
  return render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={makeQueryClient()}>
        <Notifications />
        <MemoryRouter initialEntries={[at]}>
          <Routes>
            <Route path="/datasets/:id" element={<DatasetFrame />}>
              <Route index element={element} />
              <Route path="*" element={element} />
            </Route>
          </Routes>
          <Address />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

function Address() {
  const { pathname, search } = useLocation();
  return <output data-testid="address">{pathname + search}</output>;
}
