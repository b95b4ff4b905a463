"""Only what the server's owner offers can be looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.server.datasets.conftest import Add
from tests.server.datasets.making import picture
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.datasets.places import offered
from trackside.server.settings import ServerSettings


def test_places_list_data_sets_and_no_folders_of_classes(client: TestClient) -> None:
    [place] = client.get("/api/datasets/places").json()
    assert place == {"place": "place", "folders": ["", "boxes", "shapes"]}


def test_without_a_place_nothing_is_offered(tmp_path: Path) -> None:
    assert offered(ServerSettings(data=tmp_path)) == []


def test_two_places_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for parent in ("a", "b"):
        (tmp_path / parent / "data").mkdir(parents=True)
    places = offered(ServerSettings(data=tmp_path, data_sets=(tmp_path / "a" / "data", tmp_path / "b" / "data")))
    assert [one.place for one in places] == ["data", "data (2)"]


def test_second_level_folders_count_if_they_hold_more_than_pictures(tmp_path: Path) -> None:
    picture(tmp_path / "top" / "animals" / "cats" / "1.png", 1)
    picture(tmp_path / "top" / "many" / "first" / "train" / "1.png", 1)
    (tmp_path / "top" / ".hidden").mkdir()
    (tmp_path / "top" / "link").symlink_to(tmp_path)
    [place] = offered(ServerSettings(data=tmp_path, data_sets=(tmp_path / "top",)))
    assert place.folders == ["", "animals", "many", "many/first"]


ELSEWHERE = ["..", "../secret", "shapes/../..", "/etc", "shapes/../../secret", "absent", "link", "~", "shapes\\..\\.."]


@pytest.mark.parametrize("folder", ELSEWHERE)
def test_nothing_beside_a_place_can_be_taken_in(folder: str, client: TestClient, place: Path) -> None:
    picture(place.parent / "secret" / "1.png", 1)
    (place / "link").symlink_to(place.parent / "secret")
    said = client.post("/api/datasets", json={"place": "place", "folder": folder})
    assert said.status_code == 422, said.text


@pytest.mark.parametrize("name", ["", "places", str(Path.cwd()), "/", ".."])
def test_only_named_places_count(name: str, client: TestClient) -> None:
    assert client.post("/api/datasets", json={"place": name, "folder": "shapes"}).status_code == 422


def test_a_folder_is_a_data_set_once(client: TestClient) -> None:
    body = {"place": "place", "folder": "shapes"}
    assert client.post("/api/datasets", json=body).status_code == 201
    assert client.post("/api/datasets", json=body).status_code == 409


def test_what_is_offered_no_longer_is_shown_without_its_pictures(shapes: str, site: Site) -> None:
    settings = site.settings.model_copy(update={"data_sets": ()})
    closed = Site(settings, site.database, site.files, site.store)
    with TestClient(create_app(closed, with_workers=False), base_url="http://127.0.0.1") as client:
        assert client.get(f"/api/datasets/{shapes}").status_code == 200
        said = client.get(f"/api/datasets/{shapes}/items/0/picture.jpg")
        assert said.status_code == 409
        assert "--data-sets" in said.json()["problems"][0]["fix"]
        assert client.post(f"/api/datasets/{shapes}/check", json={}).status_code == 409


def test_pictures_that_leave_the_place_are_troubles_and_are_never_shown(add: Add, client: TestClient, place: Path) -> None:
    picture(place.parent / "secret" / "1.png", 1)
    (place / "shapes" / "train" / "red" / "link.png").symlink_to(place.parent / "secret" / "1.png")
    (place / "shapes" / "train" / "red" / "inside.png").symlink_to(place / "boxes" / "images" / "0.png")
    shapes = add("shapes")
    names = client.get(f"/api/datasets/{shapes}/items?limit=500").json()["names"]
    assert "train/red/inside.png" in names
    assert "train/red/link.png" not in names
    assert any("link.png" in one for one in client.get(f"/api/datasets/{shapes}/facets").json()["troubles"])


def test_a_picture_that_became_a_link_out_of_the_place_is_not_shown(shapes: str, client: TestClient, place: Path) -> None:
    picture(place.parent / "secret" / "1.png", 1)
    answer = client.get(f"/api/datasets/{shapes}/items?limit=1").json()
    path = place / "shapes" / answer["names"][0]
    path.unlink()
    path.symlink_to(place.parent / "secret" / "1.png")
    assert client.get(f"/api/datasets/{shapes}/items/{answer['rows'][0]}/picture.jpg").status_code == 404
