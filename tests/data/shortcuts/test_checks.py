"""The check `shortcuts`: planted cues are found at any imbalance, clean and odd data sets are quiet."""

import cv2
import numpy as np
import pytest

from tests.data.shortcuts.made import ask, dataset, patched, planted, scene, subject
from trackside.core import Verdict
from trackside.data import Dataset, Items
from trackside.data.checking import CHECKS, Subject
from trackside.data.shortcuts.table import examine

CASTS = {
    "cast": lambda picture: np.clip(picture + np.array([0, 50, 0]), 0, 255).astype(np.uint8),
    "darker": lambda picture: (picture * 0.45).astype(np.uint8),
    "grey": lambda picture: np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[:, :, None], 3, 2),
    "blur": lambda picture: cv2.GaussianBlur(picture, (0, 0), 1.5),
}


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95, 0.05])
@pytest.mark.parametrize("weak", [0.0, 0.2])
def test_a_patch_on_80_percent_of_a_class_is_found_at_any_imbalance(tmp_path, share, weak):
    pictures, labels = planted(240, share, 0.8, weak, patched)
    finding, answer = ask(dataset(tmp_path, pictures, labels), "shortcuts")
    assert finding.verdict is Verdict.WARN
    assert "a mark of colour (210, 40, 40)" in finding.says and "'class 1'" in finding.says
    assert answer.measurement["surest mark, AUC at least"] > 0.55
    assert finding.evidence.plots and finding.evidence.plots[0].png.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", CASTS)
def test_a_change_of_the_whole_picture_is_found(tmp_path, name):
    pictures, labels = planted(240, 0.5, 0.8, 0.0, CASTS[name])
    finding, answer = ask(dataset(tmp_path, pictures, labels), "shortcuts")
    assert finding.verdict is Verdict.WARN
    assert answer.measurement["surest change of the whole picture, AUC at least"] > 0.7
    assert answer.measurement["surest mark, AUC at least"] == 0.5


def test_a_frame_is_found_and_called_so(tmp_path):
    def framed(picture):
        return cv2.copyMakeBorder(picture[2:-2, 2:-2], 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(10, 10, 250))

    pictures, labels = planted(160, 0.5, 0.8, 0.0, framed)
    finding, _ = ask(dataset(tmp_path, pictures, labels), "shortcuts")
    assert finding.says.startswith("a frame of colour")


def test_a_half_clear_patch_is_found_as_a_region(tmp_path):
    pictures, labels = planted(240, 0.5, 0.9, 0.0, lambda one: ((one.astype(int) + patched(one)) // 2).astype(np.uint8))
    finding, answer = ask(dataset(tmp_path, pictures, labels), "shortcuts")
    assert finding.verdict is Verdict.WARN
    assert answer.measurement["surest region, AUC at least"] > 0.68


def test_the_kind_of_file_is_found(tmp_path):
    pictures, labels = planted(200, 0.5, 0.0, 0.0, patched)
    data = dataset(tmp_path, pictures, labels)
    for row in range(80):
        path = data.path(row)
        cv2.imwrite(str(path.with_suffix(".jpg")), cv2.imread(str(path)), [cv2.IMWRITE_JPEG_QUALITY, 95])
        path.unlink()
    names = [str(name).replace(".png", ".jpg") if row < 80 else name for row, name in enumerate(data.items.names)]
    finding, answer = ask(data.with_items(names=np.array(names, object)), "shortcuts")
    assert finding.verdict is Verdict.WARN
    assert answer.measurement["surest file fact, AUC at least"] > 0.8


def test_the_framed_place_is_where_the_patch_lies(tmp_path):
    pictures, labels = planted(160, 0.5, 0.8, 0.0, lambda one: patched(one, at=(0.5, 0.75)))
    examined = examine(subject(dataset(tmp_path, pictures, labels), "shortcuts"))
    area = examined.searched.shortcuts[0].area
    rows, columns = np.nonzero(area)
    assert 7 <= rows.min() <= 9 and 10 <= rows.max() <= 12
    assert 11 <= columns.min() <= 13 and columns.max() >= 14


def test_suspects_are_typical_pictures_and_counter_examples(tmp_path):
    pictures, labels = planted(200, 0.5, 0.8, 0.1, patched)
    _, answer = ask(dataset(tmp_path, pictures, labels), "shortcuts")
    numbers = [int(suspect.item[:4]) for suspect in answer.extra]
    reds = {row for row, picture in enumerate(pictures) if (picture[12, 16] == (210, 40, 40)).all()}
    assert numbers and set(numbers) <= reds
    counter = [suspect for suspect in answer.extra if "counter-example" in suspect.reason]
    assert {int(suspect.item[:4]) for suspect in counter} == {row for row in reds if labels[row] == 0}


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """120 scenes without labels that mean anything, scanned once."""
    rng = np.random.default_rng(5)
    data = dataset(tmp_path_factory.mktemp("noise"), [scene(rng) for _ in range(120)], list(range(20)) * 6)
    return data, subject(data, "shortcuts").scan


def alarms(noise, several):
    data, scan = noise
    asked = [Subject(data.with_items(labels=labels.astype(np.int32)), scan, trial) for trial, labels in enumerate(several)]
    return sum(CHECKS["shortcuts"].check(one)[0].verdict is not Verdict.OK for one in asked)


def test_clean_pictures_are_quiet_whatever_the_imbalance(noise):
    shares = [0.5, 0.8, 0.95] * 3
    # Of 9 at 5 % each: two or more happen in 7 % of cases.
    assert alarms(noise, [np.random.default_rng(trial).random(120) < share for trial, share in enumerate(shares)]) <= 1


def test_frames_of_few_videos_are_not_many_observations(tmp_path):
    rng = np.random.default_rng(2)
    pictures, labels, groups = [], [], []
    for video in range(12):
        backdrop = scene(rng)
        for _ in range(15):
            pictures.append(np.clip(0.3 * scene(rng) + 0.7 * backdrop, 0, 255).astype(np.uint8))
            labels.append(video % 2)
            groups.append(f"video {video}")
    assert ask(dataset(tmp_path, pictures, labels, groups), "shortcuts")[0].verdict is Verdict.OK


def test_copies_of_one_picture_are_one_observation(tmp_path):
    rng = np.random.default_rng(3)
    pictures = [scene(rng) for _ in range(100)] + [patched(scene(rng))] * 60
    data = dataset(tmp_path, pictures, [0] * 50 + [1] * 110)
    assert ask(data, "shortcuts")[0].verdict is Verdict.OK


def test_the_same_seed_gives_the_same_answer(tmp_path):
    pictures, labels = planted(120, 0.5, 0.8, 0.0, patched)
    data = dataset(tmp_path, pictures, labels)
    assert ask(data, "shortcuts")[0].to_json() == ask(data, "shortcuts")[0].to_json()


@pytest.mark.parametrize("labels", [[-1] * 12, [0] * 12, [0] * 10 + [1] * 2, list(range(12))])
def test_labels_that_allow_no_question_give_none(tmp_path, labels):
    rng = np.random.default_rng(0)
    data = dataset(tmp_path, [scene(rng) for _ in labels], labels)
    finding, answer = ask(data, "shortcuts")
    assert not answer.applies or finding.verdict is Verdict.OK
    assert finding.verdict is not Verdict.ERROR


def test_pictures_that_cannot_be_read_are_left_out(tmp_path):
    pictures, labels = planted(160, 0.5, 0.8, 0.0, patched)
    data = dataset(tmp_path, pictures, labels)
    for row in (0, 90):
        data.path(row).write_bytes(b"no picture")
    finding, answer = ask(data, "shortcuts")
    assert finding.verdict is Verdict.WARN and "0000" not in {suspect.item[:4] for suspect in answer.extra}


def test_nothing_readable_and_nothing_at_all(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    for names in (["a.png"], []):
        data = Dataset(tmp_path, Items.of(names, labels=[0] * len(names)), classes=("x",))
        finding, answer = ask(data, "shortcuts")
        assert not answer.applies and finding.verdict is Verdict.UNKNOWN


def test_digits_and_insects_are_quiet(shared_data, tmp_path):
    """Real content tells classes by where it lies and how much ink it has; that is no shortcut."""
    import gzip

    folder = shared_data / "mnist_t10k"
    images = np.frombuffer(gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes())[16:], np.uint8)
    labels = np.frombuffer(gzip.decompress((folder / "t10k-labels-idx1-ubyte.gz").read_bytes())[8:], np.uint8)[:600]
    digits = [np.repeat(one[:, :, None], 3, 2) for one in images.reshape(-1, 28, 28)[:600]]
    finding, _ = ask(dataset(tmp_path, digits, labels.tolist()), "shortcuts")
    assert finding.verdict is Verdict.OK, finding.says
    root = shared_data / "hymenoptera" / "train"
    names = sorted(path.relative_to(root).as_posix() for path in root.glob("*/*"))
    insects = Dataset(root, Items.of(names, labels=[int("bees" in name) for name in names]), classes=("ants", "bees"))
    assert ask(insects, "shortcuts")[0].verdict is Verdict.OK


def test_a_sky_is_no_region(tmp_path):
    """Class 1 is lighter above: half of all cells carry it, as content does."""
    slope = np.linspace(1.5, 0.6, 72)[:, None, None]
    pictures, labels = planted(240, 0.5, 1.0, 0.0, lambda one: np.clip(one * slope, 0, 255).astype(np.uint8))
    _, answer = ask(dataset(tmp_path, pictures, labels), "shortcuts")
    assert answer.measurement["surest region, AUC at least"] == 0.5


def test_many_classes_of_noise_are_quiet(noise):
    """Twenty questions are twenty chances to be wrong."""
    labels = noise[0].items.labels
    assert alarms(noise, [np.random.default_rng(trial).permutation(labels) for trial in range(4)]) <= 1


def sized(picture):
    return cv2.resize(picture, None, fx=0.9, fy=0.9, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("changed", [0, 1])
@pytest.mark.parametrize("kind", ["size", "quality"])
def test_files_that_were_written_anew_are_found_in_their_class_among_few(tmp_path, changed, kind):
    """12 of 160 pictures are of class 1; most of one class are made smaller, or compressed again. Half stand upright."""
    rng = np.random.default_rng(1)
    pictures = [scene(rng, *((96, 72) if row % 2 else (72, 96))) for row in range(160)]
    labels = [int(row >= 148) for row in range(160)]
    rows = [row for row in range(160) if labels[row] == changed and row % 5]
    if kind == "size":
        pictures = [sized(one) if row in rows else one for row, one in enumerate(pictures)]
    data = dataset(tmp_path, pictures, labels, suffix=".jpg")
    for row in rows if kind == "quality" else []:
        cv2.imwrite(str(data.path(row)), cv2.imread(str(data.path(row))), [cv2.IMWRITE_JPEG_QUALITY, 40])
    finding, answer = ask(data, "shortcuts")
    assert finding.verdict is Verdict.WARN
    assert answer.measurement["surest file fact, AUC at least"] > 0.65
    assert f"tells 'class {changed}' from 'class {1 - changed}'" in finding.says, finding.says


@pytest.mark.parametrize("changed", [0, 1])
def test_of_two_frames_the_one_that_fewer_have_is_the_change(tmp_path, changed):
    """All pictures are framed in black; four of five of one class then in grey, so that black tells the other class."""
    rng = np.random.default_rng(2)
    pictures = [cv2.copyMakeBorder(scene(rng), 3, 3, 3, 3, cv2.BORDER_CONSTANT) for _ in range(100)]
    labels = [row % 2 for row in range(100)]
    for row, picture in enumerate(pictures):
        if labels[row] == changed and row % 5:
            picture[:3] = picture[-3:] = picture[:, :3] = picture[:, -3:] = 128
    says = ask(dataset(tmp_path, pictures, labels), "shortcuts")[0].says
    assert says.startswith("a frame of colour (128, 128, 128)") and f"on 80 % of 'class {changed}' and on 0 %" in says, says
