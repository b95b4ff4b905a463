import { Confirm } from "../shared/Confirm";
import { counted } from "../shared/format";
import { useDeleteVideos, type Video } from "./queries";

type Props = { videos: Video[]; onClose: () => void; onDone: () => void };

/** Asks before videos are deleted for good. */
export function DeleteDialog({ videos, onClose, onDone }: Props) {
  const remove = useDeleteVideos();
  const what = videos.length === 1 ? `“${videos[0]?.name}”` : counted(videos.length, "video");
  return (
    <Confirm
      opened={videos.length > 0}
      title={`Delete ${what}?`}
      action="Delete for good"
      danger
      loading={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          videos.map((video) => video.id),
          { onSettled: onDone },
        )
      }
    >
      The files are removed from the server and cannot be brought back. Results of runs over them stay until you delete
      those runs.
    </Confirm>
  );
}
