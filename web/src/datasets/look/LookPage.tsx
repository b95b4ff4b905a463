/** Look at your data: all pictures in a grid, filtered, with a map of what is alike beside it. */

import { useLocalStorage } from "@mantine/hooks";
import { IconPhotoOff, IconSearch } from "@tabler/icons-react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { EmptyState } from "../../shared/EmptyState";
import { Loading } from "../../shell/Loading";
import { coloursOf } from "../colours";
import { useThisDataset } from "../frame/DatasetFrame";
import { editionOf, useFacets } from "../queries";
import { isWorking } from "../words";
import { ChosenBar } from "./ChosenBar";
import { FilterBar, ZOOM } from "./FilterBar";
import { isFiltering, useFilters } from "./filters";
import { Grid } from "./Grid";
import { ItemDrawer } from "./ItemDrawer";
import { useItems } from "./items";
import classes from "./look.module.css";
import { useChosen } from "./useChosen";
import { useOpenItem } from "./useOpenItem";

const MapPanel = lazy(() => import("../map/MapPanel"));

export default function LookPage() {
  const dataset = useThisDataset();
  const edition = editionOf(dataset);
  const [filters, setFilters] = useFilters();
  const [params, setParams] = useSearchParams();
  const [zoom, setZoom] = useLocalStorage({ key: "trackside-zoom", defaultValue: ZOOM.usual });
  const [range, setRange] = useState<[number, number]>([0, 0]);
  const [active, setActive] = useState(0);
  const facets = useFacets(dataset.id, edition, dataset.readable).data;
  const source = useItems(dataset, edition, filters, ...range);
  const chosen = useChosen(dataset.id, edition, filters, source);
  const opened = useOpenItem(source, active, setActive);
  const colour = useMemo(() => coloursOf(facets?.classes.map((one) => one.name) ?? []), [facets]);
  const onRange = useCallback((from: number, to: number) => setRange([from, to]), []);
  const map = params.get("map") === "1";
  const setMap = (shown: boolean) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        shown ? after.set("map", "1") : after.delete("map");
        return after;
      },
      { replace: true },
    );
  // Another view begins at its first picture.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the view that changes
  useEffect(() => setActive(0), [filters]);
  useKeys({
    "+": () => setZoom(bounded(zoom * 1.25)),
    "-": () => setZoom(bounded(zoom / 1.25)),
    m: () => setMap(!map),
  });

  if (!dataset.readable) return isWorking(dataset) ? <Loading /> : <Nothing title="There is nothing to look at" />;
  if (dataset.items === 0) return <Nothing title="There are no pictures in it" />;
  return (
    <div className={classes.look}>
      <FilterBar
        filters={filters}
        onChange={setFilters}
        facets={facets}
        total={source.total}
        zoom={zoom}
        onZoom={setZoom}
        map={map}
        onMap={setMap}
      />
      <div className={classes.split}>
        <div className={classes.grid}>
          {source.total === 0 && isFiltering(filters) ? (
            <EmptyState icon={IconSearch} title="No picture fits">
              Take away a filter.
            </EmptyState>
          ) : (
            <Grid
              dataset={dataset}
              source={source}
              zoom={zoom}
              active={active}
              chosen={chosen.rows}
              onActive={setActive}
              onOpen={opened.open}
              onChoose={(index, many) => chosen.choose(active, index, many)}
              onRange={onRange}
            />
          )}
          <ChosenBar dataset={dataset} chosen={chosen} />
        </div>
        {map && (
          <div className={classes.map}>
            <Suspense>
              <MapPanel
                dataset={dataset}
                filters={filters}
                colour={colour}
                onArea={(area) => setFilters({ area })}
                onOpen={opened.openRow}
              />
            </Suspense>
          </div>
        )}
      </div>
      <ItemDrawer
        dataset={dataset}
        row={opened.row}
        facets={facets}
        colour={colour}
        place={
          opened.known && source.total
            ? `${(active + 1).toLocaleString("en-GB")} of ${source.total.toLocaleString("en-GB")}`
            : ""
        }
        onGo={opened.go}
        onClose={opened.close}
      />
    </div>
  );
}

function Nothing({ title }: { title: string }) {
  return (
    <EmptyState icon={IconPhotoOff} title={title}>
      Look at the health report: it says what could not be read, and why.
    </EmptyState>
  );
}

function bounded(zoom: number): number {
  return Math.round(Math.min(ZOOM.most, Math.max(ZOOM.least, zoom)));
}

// Where a key already means something else.
const FIELDS = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=slider]";

function useKeys(acts: Record<string, () => void>) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(FIELDS)) return;
      const act = acts[event.key];
      if (act) act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [acts]);
}
