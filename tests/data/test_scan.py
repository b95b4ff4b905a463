"""One pass over all pictures: each is decoded once, what cannot be read is said, and a killed scan goes on."""

import signal
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from trackside.core import InputError
from trackside.data import Dataset, Items
from trackside.data.looking import look_at
from trackside.data.scan import scan_pictures


def painted(folder: Path, count: int = 6, size=(40, 30)) -> Dataset:
    """Pictures of different greys."""
    names = [f"{i}.png" for i in range(count)]
    for i, name in enumerate(names):
        cv2.imwrite(str(folder / name), np.full((size[1], size[0], 3), 20 * i % 256, np.uint8))
    return Dataset(folder, Items.of(names))


class Mean:
    """The mean grey of each picture; counts how often it was asked."""

    name = "mean@1"

    def __init__(self):
        self.asked = 0

    def __call__(self, looked):
        self.asked += 1
        return {"grey": np.float32(looked.rgb.mean()), "rows": np.arange(looked.rgb[0, 0, 0] // 20, dtype=np.int16)}


def test_columns_stand_in_the_order_of_the_items(tmp_path):
    dataset = painted(tmp_path).take([3, 1, 2])
    scan = scan_pictures(dataset, [Mean()])
    assert scan.column("mean@1", "grey").tolist() == [60, 20, 40]
    values, starts = scan.ragged("mean@1", "rows")
    assert starts.tolist() == [0, 3, 4, 6]
    assert values.tolist() == [0, 1, 2, 0, 0, 1]
    assert scan.column("file@1", "width").tolist() == [40, 40, 40]
    assert scan.readable.all()


def test_the_second_scan_of_the_same_files_decodes_nothing(tmp_path):
    dataset, mean = painted(tmp_path), Mean()
    first = scan_pictures(dataset, [mean], cache=tmp_path / "work")
    again = scan_pictures(dataset, [mean], cache=tmp_path / "work")
    assert mean.asked == 6
    assert (first.column("mean@1", "grey") == again.column("mean@1", "grey")).all()
    assert [part.tolist() for part in first.ragged("mean@1", "rows")] == [p.tolist() for p in again.ragged("mean@1", "rows")]


def test_only_what_is_new_is_looked_at(tmp_path):
    dataset, mean = painted(tmp_path), Mean()
    scan_pictures(dataset.take([0, 1]), [mean], cache=tmp_path / "work")
    cv2.imwrite(str(tmp_path / "0.png"), np.full((31, 40, 3), 200, np.uint8))
    scan = scan_pictures(dataset, [mean], cache=tmp_path / "work")
    assert mean.asked == 2 + 5
    assert scan.column("mean@1", "grey")[0] == 200


def test_a_new_extractor_sees_pictures_that_others_have_seen(tmp_path):
    dataset = painted(tmp_path)
    scan_pictures(dataset, cache=tmp_path / "work")
    assert scan_pictures(dataset, [Mean()], cache=tmp_path / "work").column("mean@1", "grey").tolist()[5] == 100


def test_a_broken_part_of_the_cache_counts_as_not_there(tmp_path):
    dataset, mean = painted(tmp_path), Mean()
    scan_pictures(dataset, [mean], cache=tmp_path / "work")
    for part in (tmp_path / "work").rglob("*.npz"):
        part.write_bytes(part.read_bytes()[:200])
    assert scan_pictures(dataset, [mean], cache=tmp_path / "work").readable.all()
    assert mean.asked == 12


@pytest.mark.parametrize("threads", [1, 4])
def test_any_number_of_threads_gives_the_same(tmp_path, threads):
    scan = scan_pictures(painted(tmp_path, 40), [Mean()], threads=threads)
    greys = scan.column("mean@1", "grey")
    assert greys.tolist() == scan_pictures(painted(tmp_path, 40), [Mean()], threads=2).column("mean@1", "grey").tolist()


def bomb() -> bytes:
    """A PNG that claims 60,000 x 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + b"\0\0\0\0IDAT"


BAD = {
    "empty.jpg": (b"", "is empty"),
    "text.jpg": (b"this is text", "is no picture"),
    "bomb.png": (bomb(), "too many"),
    "half.png": (None, "cannot be decoded"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_said_and_cost_the_others_nothing(tmp_path, name):
    dataset = painted(tmp_path)
    content, why = BAD[name]
    whole = (tmp_path / "5.png").read_bytes()
    (tmp_path / name).write_bytes(whole[:45] if content is None else content)
    mixed = Dataset(tmp_path, Items.of(["absent.png", name, *dataset.items.names]))
    scan = scan_pictures(mixed, [Mean()], cache=tmp_path / "work")
    assert why in scan.problems[1]
    assert "No such file" in scan.problems[0]
    assert scan.readable.tolist() == [False, False] + [True] * 6
    grey = scan.column("mean@1", "grey")
    assert np.isnan(grey[:2]).all()
    assert grey[7] == 100
    assert scan_pictures(mixed, [Mean()], cache=tmp_path / "work").problems == scan.problems


def test_an_extractor_that_fails_on_a_picture_finds_nothing_in_it(tmp_path):
    class Fussy(Mean):
        def __call__(self, looked):
            if looked.rgb[0, 0, 0] == 40:
                raise ZeroDivisionError
            return super().__call__(looked)

    scan = scan_pictures(painted(tmp_path), [Fussy()])
    assert scan.readable.all()
    assert np.isnan(scan.column("mean@1", "grey")).tolist() == [False, False, True, False, False, False]


def test_no_items_and_nothing_readable(tmp_path):
    assert len(scan_pictures(Dataset(tmp_path, Items.of([])), [Mean()])) == 0
    scan = scan_pictures(Dataset(tmp_path, Items.of(["absent.png"])), [Mean()])
    assert not scan.readable.any()
    with pytest.raises(KeyError):
        scan.column("mean@1", "grey")


def test_progress_is_told_to_the_end(tmp_path):
    told = []
    scan_pictures(painted(tmp_path), progress=lambda *step: told.append(step))
    assert told[0][1:] == (0, 6)
    assert told[-1][1:] == (6, 6)


def test_large_pictures_come_reduced_and_upright(tmp_path):
    picture = Image.new("RGB", (3000, 1500), "red")
    picture.putpixel((0, 0), (0, 0, 255))
    exif = picture.getexif()
    exif[0x0112], exif[0x010F], exif[0x0110] = 6, "Maker", "One"
    picture.save(tmp_path / "a.jpg", exif=exif)
    looked = look_at(tmp_path / "a.jpg")
    assert looked.rgb.shape == (512, 256, 3)
    assert (looked.width, looked.height) == (1500, 3000)
    assert (looked.facts.orientation, looked.facts.camera, looked.facts.format) == (6, "Maker One", "JPEG")


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_all_modes_are_read(tmp_path, mode):
    path = tmp_path / ("a.tif" if mode in ("CMYK", "I;16") else "a.png")
    Image.new(mode, (9, 7)).save(path)
    assert look_at(path).rgb.shape == (7, 9, 3)


def test_one_pixel_is_a_picture(tmp_path):
    Image.new("RGB", (1, 1)).save(tmp_path / "a.png")
    assert look_at(tmp_path / "a.png").rgb.shape == (1, 1, 3)


def test_a_folder_is_no_picture(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        look_at(tmp_path)


KILLED = """
import os, signal, sys, time
from pathlib import Path
import numpy as np
from trackside.data import Dataset, Items, scan
class Slow:
    name = "slow@1"
    def __call__(self, looked):
        if looked.path.name == "4.png":
            time.sleep(0.5)
            os.kill(os.getpid(), signal.SIGKILL)
        return {"one": np.float32(1)}
scan._SECONDS = 0.0
names = [f"{i}.png" for i in range(6)]
scan.scan_pictures(Dataset(Path(sys.argv[1]), Items.of(names)), [Slow()], cache=Path(sys.argv[2]), threads=1)
"""


def test_a_killed_scan_keeps_what_was_found_until_then(tmp_path):
    dataset, mean = painted(tmp_path), Mean()
    mean.name = "slow@1"
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path, tmp_path / "work"], timeout=60)
    assert done.returncode == -signal.SIGKILL
    scan_pictures(dataset, [mean], cache=tmp_path / "work")
    assert mean.asked == 2


def test_writing_waits_for_some_seconds(tmp_path):
    scan_pictures(painted(tmp_path), [Mean()], cache=tmp_path / "work")
    assert len(list((tmp_path / "work" / "mean@1").glob("*.npz"))) == 1


def test_a_stopped_scan_keeps_what_was_found_and_leaves_at_once(tmp_path):
    class Stopped(Mean):
        def __call__(self, looked):
            if looked.path.name == "4.png":
                raise KeyboardInterrupt
            time.sleep(0.02)
            return super().__call__(looked)

    dataset, stopped, mean = painted(tmp_path, 40), Stopped(), Mean()
    with pytest.raises(KeyboardInterrupt):
        scan_pictures(dataset, [stopped], cache=tmp_path / "work", threads=1)
    assert stopped.asked < 39, "pictures in waiting are not looked at"
    scan_pictures(dataset, [mean], cache=tmp_path / "work")
    assert mean.asked == 36
