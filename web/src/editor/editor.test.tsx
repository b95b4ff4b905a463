import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it } from "vitest";
import { QuickAdd } from "./canvas/QuickAdd";
import { Refused } from "./canvas/Refused";
import { blocks, counting } from "./fixtures/palette";
import { ProblemStrip } from "./frame/ProblemStrip";
import { Inspector } from "./inspector/Inspector";
import { PalettePanel } from "./palette/PalettePanel";
import { join } from "./state/actions";
import { open, select, setChecked, useEditor } from "./state/store";

// jsdom has no layout, so nothing to scroll.
Element.prototype.scrollIntoView ??= () => {};

const state = useEditor.getState;
const show = (page: ReactNode) =>
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false, enabled: false } } })}>
        {page}
      </QueryClientProvider>
    </MantineProvider>,
  );

describe("editor without a mouse", () => {
  beforeEach(() => {
    localStorage.clear();
    open(blocks, { id: "p1", version: 1, graph: counting() });
  });

  it("adds a block from the palette by Enter and wires it to the selected one", async () => {
    select(["track"]);
    show(<PalettePanel />);
    await userEvent.type(screen.getByRole("textbox", { name: "Search blocks" }), "count{Enter}");
    expect(state().graph.blocks.zone).toMatchObject({ use: "zone.count@1", tracks: "track.tracks" });
  });

  it("wires an input by a list that offers only what fits", async () => {
    select(["draw"]);
    show(<Inspector />);
    await userEvent.click(screen.getByRole("combobox", { name: /^tracks/i }));
    const options = within(await screen.findByRole("listbox")).getAllByRole("option");
    expect(options.map((option) => option.textContent)).toEqual([
      "Find objects (detect): detections",
      "Follow objects (track): tracks",
    ]);
    await userEvent.click(options[0] as HTMLElement);
    expect(state().graph.blocks.draw?.tracks).toBe("detect.detections");
  });

  it("says why a number is wrong, goes back to the default, and leaves a right one alone", async () => {
    select(["detect"]);
    show(<Inspector />);
    const field = screen.getByRole("textbox", { name: "threshold" });
    await userEvent.type(field, "1.5");
    expect(screen.getByText("This must be 0 to 1.")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "threshold: back to the default" }));
    expect(state().graph.blocks.detect).not.toHaveProperty("threshold");
    expect(screen.queryByText("This must be 0 to 1.")).toBeNull();
  });

  it("renames a block and refuses a name that is taken", async () => {
    select(["track"]);
    show(<Inspector />);
    const field = screen.getByRole("textbox", { name: "Your name for it" });
    await userEvent.clear(field);
    await userEvent.type(field, "detect");
    expect(screen.getByText(/a block “detect” already/)).toBeTruthy();
    await userEvent.type(field, "ed people{Enter}");
    expect(Object.keys(state().graph.blocks)).toContain("detected-people");
    expect(state().graph.blocks.zones?.tracks).toBe("detected-people");
  });

  it("offers what makes a refused wire possible", async () => {
    show(<Refused />);
    const wire = { from: "source", output: "images", to: "zones", input: "tracks" };
    act(() => void join(wire, { screen: { x: 10, y: 10 }, canvas: [0, 0] }));
    expect(screen.getByRole("dialog").textContent).toContain(
      "“Count in zones” takes tracks here, but “images” gives images.",
    );
    await userEvent.click(screen.getByRole("button", { name: /Insert “Find objects” and “Follow objects” between/ }));
    expect(state().graph.blocks.zones?.tracks).toBe("track-2.tracks");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("offers only blocks that fit a loose wire", async () => {
    const loose = { block: "zones", port: "shapes", side: "output" as const };
    useEditor.setState({ quickAdd: { screen: { x: 0, y: 0 }, canvas: [0, 0], loose } });
    show(<QuickAdd />);
    expect(screen.getAllByRole("option")).toHaveLength(1);
    await userEvent.type(screen.getByRole("combobox"), "{Enter}");
    expect(state().graph.blocks["draw-2"]).toMatchObject({ shapes: "zones.shapes", images: "source.images" });
  });

  it("lists problems and goes to their block, and says so when there are none", async () => {
    show(<ProblemStrip />);
    act(() => setChecked([], []));
    expect(screen.getByText("Ready to run")).toBeTruthy();
    act(() => setChecked([{ what: "not wired", fix: "wire it", block: "zones", port: "tracks" }], ["yolox"]));
    await userEvent.click(screen.getByRole("button", { name: "1 problem" }));
    await userEvent.click(screen.getByText(/Not wired; wire it/));
    expect(state().selected).toEqual(["zones"]);
    expect(screen.getByRole("button", { name: /Get the model yolox/ })).toBeTruthy();
  });
});
