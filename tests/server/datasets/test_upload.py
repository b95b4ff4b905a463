"""Data sets that come as archives: from the first byte to the list, and away again."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.server.datasets.making import coco, folders
from tests.server.datasets.sending import BASE, Sent, tarred, zipped
from tests.server.datasets.test_queue import as_person
from tests.server.uploads.tus import PART, TUS, on_disk, problem
from trackside.server.application import create_app
from trackside.server.context import Site, open_site
from trackside.server.database import now
from trackside.server.datasets import uploaded
from trackside.server.datasets.tables import DatasetRow
from trackside.server.settings import ServerSettings
from trackside.server.shapes import Role
from trackside.server.uploads import incoming, store
from trackside.server.videos.tables import UploadRow


@pytest.fixture
def shapes_zip(tmp_path: Path) -> bytes:
    return zipped(folders(tmp_path / "made" / "shapes", each=2), top="shapes/")


def test_from_an_archive_to_pictures(sent: Sent, shapes_zip: bytes, site: Site) -> None:
    made = sent("Shapes 2026.zip", shapes_zip)
    told = sent.checked(made)
    assert told["state"] == "ready", told
    assert (told["name"], told["items"], told["classes"], told["splits"]) == ("Shapes 2026", 8, 2, ["test", "train"])
    assert told["uploaded"] and told["owner"] == "you"
    assert "train/red/red 0.png" in sent.client.get(f"/api/datasets/{made}/items").json()["names"]
    assert sent.client.get(f"/api/datasets/{made}/items/0/picture.jpg").status_code == 200
    lies = on_disk(site.settings.data)
    assert len(lies) == 8 and all(one.startswith(f"datasets/{made}/files/t") for one in lies)
    files = uploaded.root_of(site, made).rglob("*.png")
    assert row_of(site, made).bytes == sum(path.stat().st_size for path in files)
    assert sent.client.get("/api/storage").json()["datasets"] == row_of(site, made).bytes


def test_formats_are_found_in_archives_too(sent: Sent, tmp_path: Path) -> None:
    told = sent.checked(sent("boxes.tar.gz", tarred(coco(tmp_path / "boxes"), "boxes", "gz"), called="Boxes of heat 3"))
    assert (told["name"], told["format"], told["annotations"]) == ("Boxes of heat 3", "coco", 6)


def test_what_was_uploaded_can_be_removed(sent: Sent, shapes_zip: bytes, site: Site, work: Path) -> None:
    made = sent("shapes.zip", shapes_zip)
    sent.checked(made)
    assert sent.client.delete(f"/api/datasets/{made}").status_code == 200
    assert on_disk(site.settings.data) == [] and not [path for path in work.rglob("*") if path.is_file()]
    assert sent.client.get("/api/datasets").json()["total"] == 0


def test_the_same_name_gets_a_number(sent: Sent, shapes_zip: bytes) -> None:
    names = [sent.client.get(f"/api/datasets/{sent('shapes.zip', shapes_zip)}").json()["name"] for _ in range(3)]
    assert names == ["shapes", "shapes (2)", "shapes (3)"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("diary.zip", b"Dear diary " * 99, "no .zip, .tar or .tar.gz"),
        ("empty.zip", zipped(Path("nowhere")), "is empty"),
        ("notes.zip", zipped(Path("nowhere"), more={"notes.txt": b"hello"}), "looks like no data set"),
        ("slip.zip", zipped(Path("nowhere"), more={"../evil.png": b"x"}), "leads out"),
    ],
)
def test_what_is_no_data_set_is_told(sent: Sent, site: Site, name: str, data: bytes, said: str) -> None:
    made = sent(name, data)
    told = sent.checked(made)
    assert told["state"] == "failed" and said in told["problem"] and told["fix"]
    assert not uploaded.archive_of(site, made).exists()
    assert str(site.settings.data) not in told["problem"] + told["fix"]
    assert sent.client.delete(f"/api/datasets/{made}").status_code == 200
    assert on_disk(site.settings.data) == []


def test_one_that_was_refused_takes_no_room_and_cannot_be_checked_again(sent: Sent, site: Site) -> None:
    made = sent("diary.zip", b"Dear diary " * 99)
    sent.checked(made)
    assert row_of(site, made).bytes == 0
    again = sent.client.post(f"/api/datasets/{made}/check", json={})
    assert again.status_code == 409 and "upload it again" in again.json()["problems"][0]["fix"]


@pytest.mark.parametrize("name", ["film.mp4", "set.rar", "set.7z", "zip", ""])
def test_other_files_are_refused_before_they_come(sent: Sent, name: str) -> None:
    answer = sent.create(name, 1000)
    assert answer.status_code == 422 and "no .zip" in problem(answer)


@pytest.mark.parametrize("called", ["../../etc", "\u202egpj", "n" * 300, " ", "a\x00b", "."])
def test_names_reach_no_file_system(sent: Sent, site: Site, shapes_zip: bytes, called: str) -> None:
    made = sent("shapes.zip", shapes_zip, called=called)
    name = sent.client.get(f"/api/datasets/{made}").json()["name"]
    assert 0 < len(name) <= 150 and not set("/\\\x00\u202e") & set(name)
    assert on_disk(site.settings.data) == [f"datasets/{made}/archive"]


def test_videos_and_data_sets_do_not_come_in_by_each_others_door(sent: Sent) -> None:
    url = sent.create("shapes.zip", 10).headers["location"]
    other = url.replace("/datasets", "")
    part = {**PART, "Upload-Offset": "0"}
    assert sent.client.head(other, headers=TUS).status_code == 404
    assert sent.client.patch(other, headers=part, content=b"x" * 10).status_code == 404
    assert sent.client.delete(other, headers=TUS).status_code == 404
    assert sent.client.head(url, headers=TUS).headers["upload-offset"] == "0"


def test_one_that_is_given_up_leaves_nothing(sent: Sent, site: Site) -> None:
    url = sent.create("shapes.zip", 10).headers["location"]
    sent.client.patch(url, headers={**PART, "Upload-Offset": "0"}, content=b"x" * 5)
    assert sent.client.delete(url, headers=TUS).status_code == 204
    assert on_disk(site.settings.data) == [] and sent.client.get("/api/datasets").json()["total"] == 0


class TestQuota:
    @pytest.fixture
    def settings(self, settings: ServerSettings) -> ServerSettings:
        return settings.model_copy(update={"quota": 400_000})

    def test_uploads_and_data_sets_count(self, sent: Sent, site: Site) -> None:
        with site.database.session() as db:
            db.add(DatasetRow(name="there", root="", work="", uploaded=True, bytes=300_000))
        assert sent.create("one.zip", 90_000).status_code == 201
        answer = sent.create("two.zip", 20_000)
        assert answer.status_code == 507 and "10.0 kB of the quota" in problem(answer)

    def test_one_that_unpacks_to_more_waits_for_room(self, sent: Sent, site: Site) -> None:
        made = sent("zeros.zip", zipped(Path("nowhere"), more={"a.png": bytes(500_000)}))
        told = sent.checked(made)
        assert told["state"] == "failed" and "quota" in told["problem"]
        assert on_disk(site.settings.data) == [f"datasets/{made}/archive"]
        assert sent.client.post(f"/api/datasets/{made}/check", json={}).status_code == 202


class TestKilled:
    """A server that was killed between any two steps puts things in order when it starts again."""

    def begun(self, site: Site, data: bytes, part: int | None = None) -> str:
        upload = store.begin_dataset(site, "shapes.zip", "", len(data), "you")
        incoming.folder_of(site).mkdir(parents=True, exist_ok=True)
        incoming.path_of(site, upload.id).write_bytes(data[:part])
        return upload.id

    def test_before_it_was_taken_over(self, sent: Sent, site: Site, shapes_zip: bytes) -> None:
        made = self.begun(site, shapes_zip)
        site.services["uploads"].start()
        sent.taken_over(made)
        assert sent.checked(made)["state"] == "ready"

    def test_while_it_was_taken_over(self, sent: Sent, site: Site, shapes_zip: bytes) -> None:
        made = self.begun(site, shapes_zip)
        uploaded.archive_of(site, made).parent.mkdir(parents=True)
        incoming.path_of(site, made).replace(uploaded.archive_of(site, made))
        site.services["uploads"].start()
        uploaded.put_in_order(site)
        sent.taken_over(made)
        assert sent.checked(made)["state"] == "ready"

    def test_while_it_was_unpacked(self, sent: Sent, site: Site, shapes_zip: bytes) -> None:
        made = sent("shapes.zip", shapes_zip)
        half = uploaded.folder_of(site, made) / "files.partial" / "train"
        half.mkdir(parents=True)
        (half / "old.png").write_bytes(b"half a picture")
        told = sent.checked(made)
        assert (told["state"], told["items"]) == ("ready", 8)
        assert {path.name for path in uploaded.folder_of(site, made).iterdir()} == {"files"}

    def test_before_the_archive_went(self, sent: Sent, site: Site, shapes_zip: bytes) -> None:
        made = sent("shapes.zip", shapes_zip)
        sent.checked(made)
        uploaded.archive_of(site, made).write_bytes(shapes_zip)
        sent.checked(made)
        assert not uploaded.archive_of(site, made).exists() and uploaded.root_of(site, made).is_dir()

    def test_a_half_upload_stays_and_is_forgotten_after_a_day(self, sent: Sent, site: Site, shapes_zip: bytes) -> None:
        made = self.begun(site, shapes_zip, 50)
        site.services["uploads"].start()
        assert sent.client.head(f"{BASE}/{made}", headers=TUS).headers["upload-offset"] == "50"
        with site.database.session() as db:
            db.get_one(UploadRow, made).expires = now() - timedelta(minutes=1)
        assert store.expire(site) == 1 and on_disk(site.settings.data) == []

    def test_an_archive_that_vanished_is_told(self, sent: Sent, site: Site, shapes_zip: bytes) -> None:
        made = self.begun(site, shapes_zip)
        incoming.path_of(site, made).unlink()
        uploaded.take_over(site, made)
        told = sent.client.get(f"/api/datasets/{made}").json()
        assert told["state"] == "failed" and "lost" in told["problem"] and "upload it again" in told["fix"]

    def test_what_belongs_to_nothing_goes(self, sent: Sent, site: Site, shapes_zip: bytes) -> None:
        made = sent("shapes.zip", shapes_zip)
        uploaded.folder_of(site, "nobodys").mkdir()
        uploaded.put_in_order(site)
        assert on_disk(site.settings.data) == [f"datasets/{made}/archive"]

    def test_a_folder_of_the_server_that_was_moved(self, sent: Sent, site: Site, shapes_zip: bytes, tmp_path: Path) -> None:
        made = sent("shapes.zip", shapes_zip)
        sent.checked(made)
        site.services["uploads"].stop()
        shutil.copytree(site.settings.data, tmp_path / "moved")
        settings = site.settings.model_copy(update={"data": tmp_path / "moved"})
        moved = open_site(settings, store=site.store)
        uploaded.put_in_order(moved)
        assert row_of(moved, made).root == str(tmp_path / "moved" / "datasets" / made / "files")
        moved.database.close()


def test_only_its_owner_or_an_administrator_removes_what_was_uploaded(accounts_site: Site, shapes_zip: bytes) -> None:
    app = create_app(accounts_site, with_workers=False)
    roles: tuple[tuple[str, Role], ...] = (("ada", "admin"), ("owen", "analyst"), ("otto", "analyst"), ("vera", "viewer"))
    admin, owner, other, viewer = (as_person(accounts_site, app, name, role) for name, role in roles)
    one, two = (Sent(owner, accounts_site)(f"{name}.zip", shapes_zip) for name in "ab")
    assert Sent(viewer, accounts_site).create("c.zip", 10).status_code == 403
    assert viewer.delete(f"/api/datasets/{one}").status_code == 403
    answer = other.delete(f"/api/datasets/{one}")
    assert answer.status_code == 403 and "administrator" in answer.json()["problems"][0]["fix"]
    assert uploaded.archive_of(accounts_site, one).exists()
    assert owner.delete(f"/api/datasets/{one}").status_code == 200
    assert admin.delete(f"/api/datasets/{two}").status_code == 200
    accounts_site.services["uploads"].stop()


def row_of(site: Site, dataset_id: str) -> DatasetRow:
    with site.database.session() as db:
        return db.get_one(DatasetRow, dataset_id)
