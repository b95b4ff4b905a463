import { SimpleGrid, Skeleton, Text } from "@mantine/core";
import { Link } from "react-router";
import { ago } from "../shared/format";
import { StatusPill } from "../shared/StatusPill";
import { Thumbnail } from "../shared/Thumbnail";
import type { Video } from "../videos/queries";
import classes from "./home.module.css";
import { Row } from "./Row";

/** The newest videos. */
export function RecentVideos({ videos }: { videos: Video[] | undefined }) {
  if (videos?.length === 0) return null;
  return (
    <Row title="Recent videos" to="/videos" more="All videos">
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
        {videos
          ? videos.map((video) => <VideoTile key={video.id} video={video} />)
          : ["a", "b", "c", "d"].map((key) => <Skeleton key={key} h={170} />)}
      </SimpleGrid>
    </Row>
  );
}

function VideoTile({ video }: { video: Video }) {
  return (
    <Link to={`/videos?video=${video.id}`} className={classes.tile}>
      <Thumbnail src={video.thumbnail} seconds={video.seconds} />
      <span className={classes.tileText}>
        <Text size="sm" fw={550} truncate>
          {video.name}
        </Text>
        {video.state === "ready" ? (
          <Text size="xs" c="dimmed">
            {ago(video.created)}
          </Text>
        ) : (
          <StatusPill state={video.state} size="sm" />
        )}
      </span>
    </Link>
  );
}
