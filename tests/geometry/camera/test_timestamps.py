"""Caliscope's timestamps: made up here, and the real ones of its sample session."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackside.core import InputError
from trackside.geometry.camera.exchange.timestamps import camera_of, looked_at, read_timestamps

HEAD = "sync_index,cam_id,frame_index,frame_time\n"


def written(folder: Path, rows: str, head: str = HEAD) -> Path:
    path = folder / "timestamps.csv"
    path.write_text(head + rows)
    return path


def test_frames_are_numbered_in_the_order_of_a_cameras_rows(tmp_path: Path) -> None:
    found = read_timestamps(written(tmp_path, "26,0,26,5.0\n26,1,26,5.01\n27,0,,\n27,1,27,5.2\n28,0,28,5.4\n28,1,28,5.41\n"))
    assert found["0"].moments.tolist() == [26, 28]  # the lost frame is in no video
    assert found["0"].times.tolist() == [5.0, 5.4]
    assert found["1"].moments.tolist() == [26, 27, 28]


def test_only_moments_of_two_cameras_are_looked_at_and_not_too_many(tmp_path: Path) -> None:
    rows = "".join(f"{n},0,{n},{n / 10}\n{n},1,{n},{n / 10 + 0.01}\n" for n in range(10)) + "10,1,10,1.01\n"
    cameras = list(read_timestamps(written(tmp_path, rows)).values())
    assert looked_at(0.0, cameras).tolist() == list(range(10))
    assert looked_at(0.3, cameras).tolist() == [0, 3, 6, 9]


def test_videos_find_their_camera_by_number_or_name(tmp_path: Path) -> None:
    path = written(tmp_path, "1,2,1,0.1\n1,pool,1,0.1\n")
    known = read_timestamps(path)
    assert camera_of("cam_2", known, path) is known["2"]
    assert camera_of("pool", known, path) is known["pool"]
    with pytest.raises(InputError, match="no camera for cam_3, but 2, pool"):
        camera_of("cam_3", known, path)


@pytest.mark.parametrize(
    ("rows", "head", "says"),
    [
        ("", HEAD, "no frames"),
        ("1,2\n", "frame,time\n", "no column sync_index"),
        ("x,0,1,0.1\n", HEAD, "line 2: the moment or the time is no number"),
        ("1,0,1,nan\n", HEAD, "line 2: the time is no number"),
        ("1,0,1\n", HEAD, "no number"),
        ("2,0,2,0.2\n1,0,1,0.1\n", HEAD, "camera 0 are not in the order of time"),
        ("1,0,1,0.1\n1,0,2,0.2\n", HEAD, "not in the order"),
    ],
)
def test_other_files_are_refused_with_a_sentence(rows: str, head: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        read_timestamps(written(tmp_path, rows, head))


def test_no_file_and_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_timestamps(tmp_path / "none.csv")
    (tmp_path / "video.csv").write_bytes(b"\xff\xfe\x00\x81" * 50)
    with pytest.raises(InputError, match="cannot be read"):
        read_timestamps(tmp_path / "video.csv")


def test_the_real_ones_of_four_cameras(shared_data: Path) -> None:
    folder = shared_data / "multicam_charuco" / "charuco_calibration" / "calibration" / "extrinsic"
    found = read_timestamps(folder / "timestamps.csv")
    assert sorted(found) == ["0", "1", "2", "3"]
    assert {len(own.moments) for own in found.values()} == {111}
    assert len(looked_at(0.5, list(found.values()))) < 40
