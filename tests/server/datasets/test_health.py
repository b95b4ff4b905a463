"""The report, its evidence, its page; agreement and the guide."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.server.datasets.conftest import Add
from tests.server.datasets.making import picture, taken_in
from trackside.core import Finding, Measurement, Number, Plot, Report, Verdict
from trackside.data.checking import CHECKS
from trackside.data.workbench import Workbench
from trackside.server.context import Site
from trackside.server.datasets.tables import DatasetRow


@pytest.fixture
def reported(shapes: str, site: Site) -> str:
    """A data set with a report of two findings, one with evidence."""
    with site.database.session() as db:
        bench = Workbench(Path(db.get_one(DatasetRow, shapes).work))
    evidence = Measurement(
        (Number("blurred", 3), Number("worst", float("nan"))),
        (Plot("a figure", {"data": [], "layout": {}}), Plot("first", png=b"one"), Plot("second", png=b"two")),
    )
    findings = (
        Finding("fine", "Is all well?", Verdict.OK, "it is"),
        Finding("blur", "Are there blurred pictures?", Verdict.WARN, "3 are", evidence),
        Finding("unseen", "What is unseen?", Verdict.UNKNOWN, "", Measurement(missing="too few")),
    )
    Report("Data set", findings, {"data set": "/secret/path", "items": "16"}).save(bench.report_path)
    return shapes


def test_findings_come_worst_first_with_addresses_of_their_pictures(reported: str, client: TestClient) -> None:
    told = client.get(f"/api/datasets/{reported}/health").json()
    assert [one["check"] for one in told["findings"]] == ["unseen", "blur", "fine"]
    assert told["facts"] == {"data set": "shapes", "items": "16"}
    blur = told["findings"][1]
    assert blur["numbers"] == [{"name": "blurred", "value": 3, "unit": ""}, {"name": "worst", "value": "nan", "unit": ""}]
    assert [one["title"] for one in blur["figures"]] == ["a figure"]
    assert [client.get(one["address"]).content for one in blur["pictures"]] == [b"one", b"two"]
    assert client.get(f"/api/datasets/{reported}/health/blur/2.png").status_code == 404
    assert client.get(f"/api/datasets/{reported}/health/other/0.png").status_code == 404
    assert told["findings"][0]["says"] == "too few"


def test_a_check_s_own_report_is_shown(shapes: str, client: TestClient) -> None:
    told = client.get(f"/api/datasets/{shapes}").json()
    health = client.get(f"/api/datasets/{shapes}/health").json()
    assert (told["state"], told["verdict"], told["items"], told["labelled"]) == ("ready", health["verdict"], 16, 16)
    assert told["checked"]
    assert told["format"] == "folder"


def test_the_page_runs_its_scripts_as_a_stranger(shapes: str, client: TestClient, place: Path) -> None:
    said = client.get(f"/api/datasets/{shapes}/health.html")
    assert said.headers["content-type"].startswith("text/html")
    assert "sandbox allow-scripts" in said.headers["content-security-policy"]
    assert "default-src 'none'" in said.headers["content-security-policy"]
    assert str(place) not in said.text
    assert "shapes" in said.text


def test_checks_are_listed_and_unknown_ones_are_refused(shapes: str, client: TestClient) -> None:
    told = client.get("/api/datasets/checks").json()
    assert [one["name"] for one in told] == list(CHECKS)
    assert all(one["asks"].endswith("?") for one in told)
    said = client.post(f"/api/datasets/{shapes}/check", json={"only": ["no-such-check"]})
    assert said.status_code == 422
    for features in ("no-such-network", "/etc/passwd", "../x"):
        assert client.post(f"/api/datasets/{shapes}/check", json={"features": features}).status_code == 422


def test_asking_again_for_some_keeps_what_the_others_found(shapes: str, client: TestClient, site: Site) -> None:
    first, second = list(CHECKS)[:2]
    with site.database.session() as db:
        bench = Workbench(Path(db.get_one(DatasetRow, shapes).work))
    Report("x", (Finding(second, "?", Verdict.FAIL, "found earlier"),)).save(bench.report_path)
    assert client.post(f"/api/datasets/{shapes}/check", json={"only": [first]}).status_code == 202
    assert client.post(f"/api/datasets/{shapes}/check", json={}).status_code == 409
    taken_in(site, shapes, only=[first])
    told = client.get(f"/api/datasets/{shapes}/health").json()
    assert "found earlier" in [one["says"] for one in told["findings"]]
    assert client.get(f"/api/datasets/{shapes}").json()["verdict"] == "fail"


def test_agreement_and_the_guide_where_two_people_judged(add: Add, client: TestClient, place: Path) -> None:
    with_people = place / "people"
    for number in range(6):
        picture(with_people / f"{number}.png", number)
    with (with_people / "labels.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["path", "box_class", "annotator"])
        for number in range(6):
            for person in ("ann", "ben"):
                table.writerow(
                    [f"{number}.png", "cat" if number % 2 or (person == "ben" and number == 0) else "dog", person]
                )
    people = add("people", only=[name for name in CHECKS if name.endswith("-agreement")])
    told = client.get(f"/api/datasets/{people}/agreement").json()
    assert told["annotators"] == ["ann", "ben"]
    assert [one["check"] for one in told["findings"]] == ["label-agreement"]
    page = client.get(told["guide"])
    assert page.status_code == 200
    assert "sandbox" in page.headers["content-security-policy"]


def test_without_a_second_person_there_is_no_agreement(shapes: str, client: TestClient) -> None:
    assert client.get(f"/api/datasets/{shapes}/agreement").json() == {"annotators": [], "findings": [], "guide": ""}
    assert client.get(f"/api/datasets/{shapes}/agreement/guide.html").status_code == 404
