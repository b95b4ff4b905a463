import {
  type Icon,
  IconAngle,
  IconBox,
  IconBrush,
  IconCamera,
  IconClock,
  IconDatabaseExport,
  IconDivide,
  IconFilter,
  IconId,
  IconLine,
  IconLink,
  IconMovie,
  IconPolygon,
  IconRoute,
  IconScan,
  IconStretching,
  IconTag,
} from "@tabler/icons-react";

const icons: Record<string, Icon> = {
  source: IconMovie,
  detect: IconScan,
  track: IconRoute,
  pose: IconStretching,
  angles: IconAngle,
  identify: IconId,
  classify: IconTag,
  zone: IconPolygon,
  line: IconLine,
  link: IconLink,
  camera: IconCamera,
  sample: IconClock,
  filter: IconFilter,
  rule: IconDivide,
  draw: IconBrush,
  write: IconDatabaseExport,
};

/** The picture of a family of blocks. */
export const iconOf = (family: string): Icon => icons[family] ?? IconBox;
