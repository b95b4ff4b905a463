"""Checks of quality: healthy sets are quiet, each planted fault is found, and odd input is a finding."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.data.shortcuts.made import ask, dataset, scene, subject
from trackside.core import Verdict
from trackside.data import Dataset, Items
from trackside.data.checking import CHECKS
from trackside.data.dataset import Trouble
from trackside.data.quality import outliers
from trackside.data.quality.extractor import sharpness, tones

NAMES = ("blank-images", "blur", "exposure", "odd-sizes", "corrupt-files", "orientation")
PLANTED = {
    "black": ("blank-images", lambda picture, rng: np.zeros_like(picture)),
    "nearly black": ("blank-images", lambda picture, rng: (picture * 0.03).astype(np.uint8)),
    "noise on grey": ("blank-images", lambda picture, rng: rng.integers(118, 122, picture.shape).astype(np.uint8)),
    "blur": ("blur", lambda picture, rng: cv2.GaussianBlur(picture, (0, 0), 2)),
    "smear": ("blur", lambda picture, rng: cv2.blur(picture, (9, 1))),
    "dark": ("exposure", lambda picture, rng: (picture * 0.15).astype(np.uint8)),
    "bright": ("exposure", lambda picture, rng: np.clip(picture.astype(int) // 2 + 150, 0, 255).astype(np.uint8)),
    "overexposed": ("exposure", lambda picture, rng: np.clip(picture.astype(int) * 3, 0, 255).astype(np.uint8)),
    "pale": ("exposure", lambda picture, rng: (picture // 8 + 100).astype(np.uint8)),
    "tiny": ("odd-sizes", lambda picture, rng: cv2.resize(picture, (16, 12))),
    "huge": ("odd-sizes", lambda picture, rng: cv2.resize(picture, (960, 720))),
    "banner": ("odd-sizes", lambda picture, rng: cv2.resize(picture, (400, 40))),
}


def scenes(count=120, seed=0):
    rng = np.random.default_rng(seed)
    return [scene(rng) for _ in range(count)]


@pytest.mark.parametrize("name", NAMES)
def test_a_clean_set_is_quiet(tmp_path, name):
    finding, answer = ask(dataset(tmp_path, scenes()), name)
    assert finding.verdict is Verdict.OK, finding.says
    assert not answer.extra


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_in_a_few_pictures_of_a_hundred_is_found(tmp_path, fault):
    name, change = PLANTED[fault]
    pictures, rng = scenes(), np.random.default_rng(1)
    bad = (17, 50, 80)
    for row in bad:
        pictures[row] = change(pictures[row], rng)
    finding, answer = ask(dataset(tmp_path, pictures), name)
    assert finding.verdict is Verdict.WARN
    assert {suspect.item for suspect in answer.extra} == {f"{row:04d}.png" for row in bad}
    assert finding.evidence.plots[0].png.startswith(b"\x89PNG")


@pytest.mark.parametrize("fault", PLANTED)
def test_a_single_odd_picture_is_listed_and_only_an_empty_one_is_a_warning(tmp_path, fault):
    name, change = PLANTED[fault]
    pictures = scenes()
    pictures[17] = change(pictures[17], np.random.default_rng(1))
    finding, answer = ask(dataset(tmp_path, pictures), name)
    assert [suspect.item for suspect in answer.extra] == ["0017.png"]
    assert finding.verdict is (Verdict.WARN if name == "blank-images" else Verdict.OK)
    assert "pictures" in finding.says and ": 1 of 120 (0.83 %)" in finding.says


def test_dark_with_detail_is_called_dark_and_black_blank(tmp_path):
    pictures = scenes()
    pictures[3], pictures[4] = np.zeros_like(pictures[3]), (pictures[4] * 0.03).astype(np.uint8)
    _, answer = ask(dataset(tmp_path, pictures), "blank-images")
    words = {suspect.item: suspect.reason.partition(":")[0] for suspect in answer.extra}
    assert words == {"0003.png": "blank", "0004.png": "dark"}


@pytest.mark.parametrize("white", [255, 238])
def test_pages_with_little_ink_are_no_fault(tmp_path, white):
    """Half of the pages bear one short word; among them an empty page, a faint one and one as good as empty are told."""
    rng = np.random.default_rng(6)
    pages = []
    for number in range(100):
        page = np.clip(white + rng.normal(0, 1, (300, 220, 3)), 0, 255).astype(np.uint8)
        for line in range(1 if number % 2 else 9):
            text = "ab" if number % 2 else "the quick fox"
            cv2.putText(page, text, (15, 30 + 28 * line), 0, float(rng.uniform(0.3, 0.6)), (30, 20, 60), 1, cv2.LINE_AA)
        pages.append(page)
    data = dataset(tmp_path, pages)
    for name in ("exposure", "blank-images"):
        finding, answer = ask(data, name)
        assert finding.verdict is Verdict.OK and not answer.extra, finding.says
    folder = tmp_path / "planted"
    folder.mkdir()
    pages[7] = np.full_like(pages[7], white)
    pages[8], pages[9] = pages[8] // 8 + 220, pages[9] // 20 + 230
    data = dataset(folder, pages)
    assert [suspect.item for suspect in ask(data, "blank-images")[1].extra] == ["0007.png", "0009.png"]
    assert [suspect.item for suspect in ask(data, "exposure")[1].extra] == ["0008.png"]


def test_what_all_pictures_are_is_no_fault(tmp_path):
    """Black pages with white digits are not dark, white pages with thin letters not blank, and soft sets not blurred."""
    rng = np.random.default_rng(2)
    black = [
        cv2.circle(np.zeros((28, 28, 3), np.uint8), (14, 14), int(rng.integers(3, 10)), (255,) * 3, 2) for _ in range(80)
    ]
    white = [cv2.putText(np.full((105, 105, 3), 255, np.uint8), "x", (40, 60), 0, 0.5, (0, 0, 0)) for _ in range(80)]
    soft = [cv2.GaussianBlur(one, (0, 0), 2) for one in scenes(80)]
    for number, (pictures, names) in enumerate(((black, NAMES[:4]), (white, NAMES[:4]), (soft, ["blur"]))):
        folder = tmp_path / str(number)
        folder.mkdir()
        data = dataset(folder, pictures)
        assert [ask(data, name)[0].verdict for name in names] == [Verdict.OK] * len(names)


def test_real_sets_are_quiet(shared_data):
    root = shared_data / "hymenoptera" / "train"
    names = sorted(path.relative_to(root).as_posix() for path in root.glob("*/*"))
    looked_at = subject(Dataset(root, Items.of(names)), "blur")
    answers = {name: CHECKS[name].check(looked_at) for name in NAMES}
    assert {name: finding.verdict for name, (finding, _) in answers.items()} == dict.fromkeys(NAMES, Verdict.OK)
    _, answer = answers["corrupt-files"]
    assert [suspect.item for suspect in answer.extra] == ["ants/imageNotFound.gif"]


def test_a_page_with_one_letter_is_not_blank():
    page = np.full((200, 200), 250, np.uint8)
    page[90:100, 90:94] = 20
    counts = np.bincount(page.ravel(), minlength=256) / page.size
    assert not outliers.blank(np.array([tones(counts)["plain"]]))[0]


@pytest.mark.parametrize("sigma", [1.5, 3])
def test_sharpness_falls_with_blur_and_not_with_contrast_or_size(sigma):
    grey = cv2.cvtColor(scene(np.random.default_rng(0), 256, 192), cv2.COLOR_RGB2GRAY)
    sharp = sharpness(grey)
    assert sharpness(cv2.GaussianBlur(grey, (0, 0), sigma)) < 0.7 / sigma < sharp
    assert sharpness(grey // 2 + 60) == pytest.approx(sharp, rel=0.15)
    assert np.isnan(sharpness(np.full((40, 40), 9, np.uint8)))


def files(folder):
    """A set with every kind of broken file, and what each is."""
    data = dataset(folder, scenes(60))
    jpeg = cv2.imencode(".jpg", scene(np.random.default_rng(3), 400, 300))[1].tobytes()
    whole = cv2.imread(str(data.path(9)))
    odd = {
        "0000.png": b"",
        "0001.png": b"<html>not found</html>",
        "0002.png": jpeg[: len(jpeg) // 2],
        "0003.png": data.path(3).read_bytes()[:-40],
        "0004.png": jpeg,
    }
    for name, content in odd.items():
        (folder / name).write_bytes(content)
    (folder / "0005.png").unlink()
    whole[-30:] = 128
    cv2.imwrite(str(folder / "0006.png"), whole)
    frames = [Image.fromarray(one) for one in scenes(3)]
    frames[0].save(folder / "0007.gif", save_all=True, append_images=frames[1:])
    names = ["0007.gif" if name == "0007.png" else name for name in data.items.names]
    return Dataset(folder, Items.of(names), troubles=(Trouble("labels.csv", "no such class 'x'", 4),))


def test_where_only_labels_are_broken_they_are_what_to_mend(tmp_path):
    whole = dataset(tmp_path, scenes(20))
    finding, _ = ask(replace(whole, troubles=(Trouble("labels.csv", "no such class 'x'", 4),)), "corrupt-files")
    assert finding.verdict is Verdict.WARN
    assert "labels" in finding.next_step and "fetch" not in finding.next_step


def test_every_kind_of_broken_file_is_found(tmp_path):
    finding, answer = ask(files(tmp_path), "corrupt-files")
    reasons = {}
    for suspect in answer.extra:
        reasons.setdefault(suspect.item, []).append(suspect.reason)
    assert finding.verdict is Verdict.FAIL
    assert "labels.csv, line 4" in finding.says
    assert answer.measurement["troubles in the labels"] == 1
    assert "fetch" in finding.next_step and "labels" in finding.next_step
    assert "0 bytes" in reasons["0000.png"][0] and "no picture" in reasons["0001.png"][0] and "0005.png" in reasons
    for name in ("0002.png", "0003.png"):
        assert any(word in reasons[name][0] for word in ("cut off", "broken", "cannot be decoded"))
    assert "is JPEG by its bytes" in reasons["0004.png"]
    assert "decoder's grey" in reasons["0006.png"][0]
    assert "an animation of 3 frames" in reasons["0007.gif"]
    assert set(reasons) == {"0000.png", "0001.png", "0002.png", "0003.png", "0004.png", "0005.png", "0006.png", "0007.gif"}


def test_a_tag_that_turns_a_picture_is_found(tmp_path):
    data = dataset(tmp_path, scenes(60), suffix=".jpg")
    with Image.open(data.path(5)) as picture:
        tags = picture.getexif()
        tags[0x0112] = 6
        picture.save(data.path(5), exif=tags)
    finding, answer = ask(data, "orientation")
    assert finding.verdict is Verdict.WARN
    assert [(suspect.item, suspect.reason) for suspect in answer.extra] == [("0005.jpg", "EXIF orientation 6")]


def test_pictures_that_lie_are_found_where_up_means_something(tmp_path):
    def landscape(rng):
        sky = np.linspace(230, 120, 72)[:, None, None] + rng.normal(0, 12)
        return np.clip(0.15 * scene(rng) + 0.85 * np.broadcast_to(sky, (72, 96, 3)), 0, 255).astype(np.uint8)

    rng = np.random.default_rng(4)
    pictures = [landscape(rng) for _ in range(150)]
    pictures[20], pictures[90] = np.rot90(pictures[20], 2), np.rot90(pictures[90], 1)
    finding, answer = ask(dataset(tmp_path, [np.ascontiguousarray(one) for one in pictures]), "orientation")
    assert finding.verdict is Verdict.WARN
    found = {suspect.item: suspect.reason for suspect in answer.extra}
    assert found == {"0020.png": "seems turned by 180 degrees", "0090.png": "seems turned by 270 degrees"}


@pytest.mark.parametrize("name", NAMES)
def test_odd_input_is_no_crash(tmp_path, name):
    one = dataset(tmp_path, scenes(1))
    dots = tmp_path / "dots"
    dots.mkdir()
    pixels = dataset(dots, [np.full((1, 1, 3), 9 * row, np.uint8) for row in range(3)])
    (tmp_path / "broken.png").write_bytes(b"x")
    broken = Dataset(tmp_path, Items.of(["broken.png", "absent.png"]))
    none = Dataset(tmp_path, Items.of([]))
    for data in (one, pixels, broken, none):
        assert ask(data, name)[0].verdict is not Verdict.ERROR
