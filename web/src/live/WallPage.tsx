/** All live cameras: pictures, states, alarms, and how the engine does. */

import { Button, Skeleton, VisuallyHidden } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { useMay } from "../shared/session";
import { AddCamera } from "./AddCamera";
import { EngineStrip } from "./EngineStrip";
import { NoEngine } from "./NoEngine";
import { camerasQuery, healthQuery } from "./queries";
import { shown } from "./states";
import { type Size, Tile } from "./Tile";
import classes from "./tile.module.css";
import type { Camera, Health } from "./types";
import { useFilters } from "./useFilters";
import { useNewAlarms } from "./useNewAlarms";
import { WallBar } from "./WallBar";

export default function WallPage() {
  const health = useQuery(healthQuery());
  const running = health.data?.running ?? false;
  const cameras = useQuery({ ...camerasQuery(), enabled: running });
  const may = useMay("admin");
  const [adding, setAdding] = useState(false);
  const add = may && running && (
    <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setAdding(true)}>
      Add a camera
    </Button>
  );
  return (
    <>
      <PageHeader title="Cameras" subtitle="What the live cameras show, and what was found in it." actions={add} />
      <Problems error={health.data ? null : health.error} onRetry={() => health.refetch()} />
      <Problems error={cameras.data ? null : cameras.error} onRetry={() => cameras.refetch()} />
      {(health.isPending || (running && cameras.isPending)) && <Waiting />}
      {health.data && !running && <NoEngine />}
      {running && health.data && cameras.data && (
        <Wall health={health.data} cameras={cameras.data} onAdd={may ? () => setAdding(true) : undefined} />
      )}
      <AddCamera opened={adding} onClose={() => setAdding(false)} />
    </>
  );
}

type WallProps = { health: Health; cameras: Camera[]; onAdd?: () => void };

function Wall({ health, cameras, onAdd }: WallProps) {
  const [filters, change] = useFilters();
  const [size, setSize] = useLocalStorage<Size>({ key: "trackside-wall-size", defaultValue: "medium" });
  const [boxes, setBoxes] = useLocalStorage({ key: "trackside-wall-boxes", defaultValue: true });
  const { fresh, said } = useNewAlarms(cameras);
  const { pathname, search } = useLocation();
  const list = shown(cameras, filters);
  if (!cameras.length) {
    return (
      <EmptyState
        icon={IconPlus}
        title="The engine runs, but has no cameras yet"
        action={onAdd && <Button onClick={onAdd}>Add a camera</Button>}
      >
        A camera needs a name and its address, which often begins with rtsp://.
      </EmptyState>
    );
  }
  return (
    <>
      <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>
      <EngineStrip health={health} cameras={cameras} state={filters.state} onState={(state) => change({ state })} />
      <WallBar filters={filters} onChange={change} size={size} onSize={setSize} boxes={boxes} onBoxes={setBoxes} />
      {list.length === 0 && (
        <EmptyState icon={IconSearch} title="No camera fits">
          Try another name or state.
        </EmptyState>
      )}
      <ul className={classes.grid} data-size={size} aria-label="Cameras">
        {list.map((camera) => (
          <li key={camera.name}>
            <Tile
              camera={camera}
              size={size}
              boxes={boxes}
              fresh={fresh.has(camera.name)}
              from={`${pathname}${search}`}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function Waiting() {
  return (
    <div aria-busy="true">
      <Skeleton h={130} mb="md" />
      <div className={classes.grid} data-size="medium">
        {["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
          <Skeleton key={key} h={200} />
        ))}
      </div>
    </div>
  );
}
