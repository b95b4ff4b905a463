import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { usePipelineCount, useRecentRuns, useRecentVideos } from "./queries";
import { RecentDatasets } from "./RecentDatasets";
import { RecentRuns } from "./RecentRuns";
import { RecentVideos } from "./RecentVideos";
import { Steps } from "./Steps";
import { Templates } from "./Templates";

/** Where one begins: what to do first, and what was done last. */
export default function HomePage() {
  const videos = useRecentVideos();
  const runs = useRecentRuns();
  const pipelines = usePipelineCount();
  const known = videos.data && runs.data && pipelines.data != null;
  const finished = runs.data?.items.some((run) => run.state === "done") ?? false;
  const fresh = known && !runs.data.total;
  return (
    <>
      <PageHeader
        title={fresh ? "Welcome to Trackside" : "Home"}
        subtitle={
          fresh
            ? "Turn footage into annotated video, tables and reports in three steps, without writing code."
            : "What runs now, and what you worked on last."
        }
      />
      <Problems
        error={videos.error ?? runs.error ?? pipelines.error}
        onRetry={() => void Promise.all([videos.refetch(), runs.refetch(), pipelines.refetch()])}
      />
      {known && !finished && (
        <Steps videos={videos.data.total} pipelines={pipelines.data} runs={runs.data.total} finished={finished} />
      )}
      <RecentRuns runs={runs.data?.items} />
      <RecentVideos videos={videos.data?.items} />
      <RecentDatasets />
      <Templates />
    </>
  );
}
