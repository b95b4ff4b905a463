import { Button, FileButton, Group, SimpleGrid, Skeleton } from "@mantine/core";
import { IconMovie, IconSearch, IconUpload } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useSearchParams } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { useMay } from "../shared/session";
import { fromInput } from "./chosen";
import { DeleteDialog } from "./DeleteDialog";
import { DropArea } from "./DropArea";
import { FilterBar, useFilters } from "./FilterBar";
import { MoveDialog } from "./MoveDialog";
import { PhoneDialog } from "./PhoneDialog";
import { useVideos, type Video } from "./queries";
import { RenameDialog } from "./RenameDialog";
import { SelectionBar } from "./SelectionBar";
import { UploadButtons } from "./UploadButtons";
import { useUploads } from "./uploads";
import { VideoCard } from "./VideoCard";
import { VideoDrawer } from "./VideoDrawer";

const RunDialog = lazy(() => import("../runs/RunDialog"));

/** What is being done to which videos. */
export type Act = { what: "rename" | "move" | "delete" | "run"; videos: Video[] };

/** All videos: upload, look, sort, run. */
export default function VideosPage() {
  const mayChange = useMay("analyst");
  const [filters, setFilters] = useFilters();
  const [, setParams] = useSearchParams();
  const videos = useVideos(filters);
  const rows = videos.data?.pages.flatMap((page) => page.items) ?? [];
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [act, setAct] = useState<Act | null>(null);
  const [phone, setPhone] = useState(false);
  const selected = rows.filter((video) => chosen.has(video.id));
  const filtering = !!(filters.q || filters.folder || filters.state);

  const open = (video: Video) => setParams((before) => with_(before, video.id));
  const toggle = (id: string) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const finish = () => {
    setAct(null);
    setChosen(new Set());
  };
  return (
    <DropArea enabled={mayChange}>
      <PageHeader
        title="Videos"
        subtitle="Drop files or whole folders anywhere on this page; each is checked as soon as it arrives."
        actions={mayChange && <UploadButtons onPhone={() => setPhone(true)} />}
      />
      {!(videos.isSuccess && rows.length === 0 && !filtering) && (
        <FilterBar filters={filters} onChange={setFilters} total={videos.data?.pages[0]?.total} />
      )}
      <Problems error={videos.error} onRetry={() => videos.refetch()} />
      {videos.isPending && <Waiting />}
      {videos.isSuccess && rows.length === 0 && <Nothing filtering={filtering} mayChange={mayChange} />}
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }} spacing="md" component="ul" p={0} m={0}>
        {rows.map((video) => (
          <VideoCard
            key={video.id}
            video={video}
            chosen={chosen.has(video.id)}
            mayChange={mayChange}
            onToggle={toggle}
            onOpen={open}
            onAct={setAct}
          />
        ))}
      </SimpleGrid>
      {videos.hasNextPage && (
        <Group justify="center" mt="lg">
          <Button variant="default" loading={videos.isFetchingNextPage} onClick={() => videos.fetchNextPage()}>
            Show more
          </Button>
        </Group>
      )}
      <SelectionBar videos={selected} onClear={() => setChosen(new Set())} onAct={setAct} />
      <VideoDrawer mayChange={mayChange} onAct={setAct} />
      <RenameDialog video={act?.what === "rename" ? act.videos[0] : undefined} onClose={() => setAct(null)} />
      <MoveDialog videos={act?.what === "move" ? act.videos : []} onClose={finish} />
      <DeleteDialog videos={act?.what === "delete" ? act.videos : []} onClose={() => setAct(null)} onDone={finish} />
      {act?.what === "run" && (
        <Suspense>
          <RunDialog opened onClose={finish} videos={act.videos.map((video) => video.id)} />
        </Suspense>
      )}
      <PhoneDialog opened={phone} onClose={() => setPhone(false)} />
    </DropArea>
  );
}

/** The address with the drawer open on a video. */
function with_(before: URLSearchParams, video: string): URLSearchParams {
  const next = new URLSearchParams(before);
  next.set("video", video);
  return next;
}

function Nothing({ filtering, mayChange }: { filtering: boolean; mayChange: boolean }) {
  if (filtering) {
    return (
      <EmptyState icon={IconSearch} title="No video fits">
        Try another name, folder or state.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconMovie}
      title="No videos yet"
      action={
        mayChange && (
          <FileButton multiple onChange={(files) => useUploads.getState().add(fromInput(files))}>
            {(props) => (
              <Button {...props} leftSection={<IconUpload size={17} />}>
                Choose files
              </Button>
            )}
          </FileButton>
        )
      }
    >
      {mayChange
        ? "Drop files or folders anywhere here, or choose them: MP4, MOV, AVI, MKV and most others are understood."
        : "An analyst has to upload some first."}
    </EmptyState>
  );
}

function Waiting() {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }} spacing="md" aria-busy="true">
      {["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
        <Skeleton key={key} h={220} />
      ))}
    </SimpleGrid>
  );
}
