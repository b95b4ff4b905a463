"""Error analysis over the API."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.server.datasets.conftest import Add


def table(wrong: int = 12, n: int = 200, seed: int = 0, more: bool = True) -> str:
    """Predictions of n items, the first of which the data set has; mistakes fall on dark ones."""
    random = np.random.default_rng(seed)
    names = [f"{s}/{c}/{c} {n}.png" for s in ("train", "test") for c in ("blue", "red") for n in range(4)]
    names += [f"other/{number}.png" for number in range(n - len(names))]
    bad = set(random.permutation(n)[:wrong].tolist())
    lines = ["item,truth,prediction,score,light"]
    for row, name in enumerate(names):
        truth = "blue" if row % 2 else "red"
        guess = truth if row not in bad else ("red" if truth == "blue" else "blue")
        lines.append(f"{name},{truth},{guess},{0.5 + row / 1000},{'dark' if row in bad else 'bright'}")
    return "\n".join(lines) + "\n"


def begin(client: TestClient, dataset: str, name: str = "first", **more: Any) -> Any:
    body = {"name": name, "predictions": more.pop("predictions", table()), **more}
    said = client.post(f"/api/datasets/{dataset}/studies", json=body)
    assert said.status_code == 201, said.text
    return said.json()


def test_mistakes_are_drawn_with_a_reason(shapes: str, client: TestClient) -> None:
    assert client.get(f"/api/datasets/{shapes}/studies").json() == []
    study = begin(client, shapes, draw=10)
    assert (study["predictions"], study["mistakes"], study["drawn"], study["tagged"]) == (200, 12, 10, 0)
    assert study["error_rate"] == pytest.approx(0.06)
    assert "10 drawn at random" in study["reason"]
    assert client.get(f"/api/datasets/{shapes}/studies").json() == [study]
    assert client.get(f"/api/datasets/{shapes}/studies/{study['id']}").json() == study
    mistakes = client.get(f"/api/datasets/{shapes}/studies/{study['id']}/mistakes").json()
    assert [one["id"] for one in mistakes] == list(range(10))
    assert all(one["truth"] != one["prediction"] for one in mistakes)
    names = client.get(f"/api/datasets/{shapes}/items?limit=500").json()
    for one in mistakes:
        assert (one["row"] is not None) == (one["item"] in names["names"])
    again = begin(client, shapes, "again", draw=10)
    assert [one["item"] for one in client.get(f"/api/datasets/{shapes}/studies/{again['id']}/mistakes").json()] == [
        one["item"] for one in mistakes
    ]


def test_tags_give_shares_and_ceilings(shapes: str, client: TestClient) -> None:
    study = begin(client, shapes, draw=12)["id"]
    base = f"/api/datasets/{shapes}/studies/{study}"
    assert client.get(f"{base}/ideas").json()["ideas"] == []
    tags = [{"mistake": number, "tags": ["dark"] if number < 6 else []} for number in range(12)]
    tags[0]["tags"] = ["dark", "blurred"]
    told = client.post(f"{base}/tags", json={"tags": tags}).json()
    assert told["tagged"] == 12
    assert told["tags"] == [{"name": "dark", "count": 6}, {"name": "blurred", "count": 1}]
    ideas = client.get(f"{base}/ideas").json()
    dark = next(one for one in ideas["ideas"] if one["tag"] == "dark")
    assert dark["share"] == pytest.approx(0.5)
    assert (dark["error_now"], dark["ceiling"]) == (pytest.approx(0.06), pytest.approx(0.03))
    assert dark["ceiling_low"] < 0.03 < dark["ceiling_high"]
    assert ideas["together"]["count"] == 6
    client.post(f"{base}/tags", json={"tags": [{"mistake": 7, "tags": ["tiny"]}]})
    for asked, count in (("dark", 7), ("dark&together=tiny", 7), ("blurred&together=tiny&together=gone", 2), ("gone", 7)):
        told = client.get(f"{base}/ideas?together={asked}").json()["together"]
        assert told["count"] == count, asked
    assert (told["share"], told["ceiling"]) == (pytest.approx(7 / 12), pytest.approx(0.025))
    assert told["ceiling_low"] < 0.025 < told["ceiling_high"]
    client.post(f"{base}/tags", json={"tags": [{"mistake": 7, "tags": []}]})
    costed = client.post(f"{base}/costs", json={"tag": "dark", "days": 3}).json()
    first = costed["ideas"][0]
    assert (first["tag"], first["days"], first["gain_per_day"]) == ("dark", 3, pytest.approx(1.0))
    forgotten = client.post(f"{base}/costs", json={"tag": "dark", "days": None}).json()
    assert [one["days"] for one in forgotten["ideas"]] == [None, None]


def test_what_is_sent_of_a_mistake_replaces_what_was_there(shapes: str, client: TestClient) -> None:
    base = f"/api/datasets/{shapes}/studies/{begin(client, shapes)['id']}"

    def tag(**one: Any) -> Any:
        said = client.post(f"{base}/tags", json={"tags": [{"mistake": 3, **one}]})
        assert said.status_code == 200, said.text
        return client.get(f"{base}/mistakes").json()[3]

    assert tag(tags=["a", "b"], comment="first")["tags"] == ["a", "b"]
    told = tag(tags=["b", "c"], comment="")
    assert (told["tags"], told["comment"], told["by"], told["seen"]) == (["b", "c"], "", "you", True)
    assert tag(tags=[])["seen"] is True
    assert tag(tags=[], seen=False)["seen"] is False


@pytest.mark.parametrize(
    "wrong", [{"mistake": 99, "tags": []}, {"mistake": 0, "tags": ["a;b"]}, {"mistake": 0, "tags": [""]}]
)
def test_tags_that_cannot_be_change_nothing(wrong: dict[str, Any], shapes: str, client: TestClient) -> None:
    base = f"/api/datasets/{shapes}/studies/{begin(client, shapes)['id']}"
    said = client.post(f"{base}/tags", json={"tags": [{"mistake": 1, "tags": ["good"]}, wrong]})
    assert said.status_code == 422
    assert client.get(base).json()["tagged"] == 0


def test_groups_that_fail_are_found_without_being_asked(shapes: str, client: TestClient) -> None:
    random = np.random.default_rng(1)
    lines = ["item,truth,prediction,camera"]
    for row in range(600):
        camera = "poolside" if row % 3 == 0 else "stand"
        wrong = random.random() < (0.4 if camera == "poolside" else 0.03)
        lines.append(f"{row}.png,red,{'blue' if wrong else 'red'},{camera}")
    study = begin(client, shapes, predictions="\n".join(lines))["id"]
    ideas = client.get(f"/api/datasets/{shapes}/studies/{study}/ideas?slices=true&clusters=true").json()
    assert ideas["slices"], ideas
    assert "poolside" in ideas["slices"][0]["name"]
    assert ideas["slices"][0]["rate"] > 0.2 > ideas["slices"][0]["rest"]
    assert {"name", "why", "share", "count", "rows", "drawn"} == set(ideas["clusters"][0])
    assert all(0 <= one < 100 for one in ideas["clusters"][0]["drawn"])


def test_after_a_fix_it_is_shown_what_moved(shapes: str, client: TestClient) -> None:
    before, after = begin(client, shapes, predictions=table(40)), begin(client, shapes, "fixed", predictions=table(10))
    told = client.get(f"/api/datasets/{shapes}/studies/{after['id']}/compare/{before['id']}").json()
    assert (told["all"]["before"], told["all"]["after"], told["all"]["count"]) == (40, 10, 200)
    assert len(told["fixed"]) - len(told["new"]) == 30
    assert client.get(f"/api/datasets/{shapes}/studies/{after['id']}/compare/99").status_code == 404


def test_mistakes_leave_and_come_back_as_a_table(shapes: str, client: TestClient) -> None:
    base = f"/api/datasets/{shapes}/studies/{begin(client, shapes)['id']}"
    answer = client.get(f"{base}/export.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 12
    rows[4]["tags"] = "dark; wet"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    said = client.post(f"{base}/import", files={"file": ("m.csv", out.getvalue().encode())})
    assert said.status_code == 200, said.text
    assert client.get(f"{base}/mistakes").json()[4]["tags"] == ["dark", "wet"]
    assert client.post(f"{base}/import", files={"file": ("m.csv", b"a,b\n1,2\n")}).status_code == 422


def test_a_longer_table_comes_as_a_file(shapes: str, client: TestClient) -> None:
    text = table(100, n=60_000)
    assert len(text) > 2 * 2**20 * 0.5
    form = {"file": ("predictions.csv", (text * 1).encode())}
    said = client.post(f"/api/datasets/{shapes}/studies/file?name=long&draw=50", files=form)
    assert said.status_code == 201, said.text
    assert (said.json()["predictions"], said.json()["drawn"], said.json()["name"]) == (60_000, 50, "long")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "item,truth,prediction\n",
        "item,truth,prediction\na,b,b\n",
        "item\na\n",
        "\0",
        "item,truth,prediction\na,b,c\na,b,c\n",
    ],
)
def test_predictions_that_cannot_be_used_are_one_sentence(text: str, shapes: str, client: TestClient) -> None:
    said = client.post(f"/api/datasets/{shapes}/studies", json={"name": "x", "predictions": text})
    assert said.status_code == 422, said.text
    assert "/tmp" not in said.text
    assert client.get(f"/api/datasets/{shapes}/studies").json() == []


def test_a_deleted_study_is_gone(shapes: str, client: TestClient) -> None:
    study = begin(client, shapes)["id"]
    other = begin(client, shapes, "other")["id"]
    assert client.delete(f"/api/datasets/{shapes}/studies/{study}").status_code == 200
    assert [one["id"] for one in client.get(f"/api/datasets/{shapes}/studies").json()] == [other]
    for method, more in (("get", ""), ("delete", ""), ("get", "/mistakes"), ("get", "/ideas"), ("get", "/export.csv")):
        assert client.request(method, f"/api/datasets/{shapes}/studies/{study}{more}").status_code == 404


def test_studies_belong_to_one_data_set(shapes: str, add: Add, client: TestClient) -> None:
    study = begin(client, shapes)["id"]
    assert client.get(f"/api/datasets/{add('boxes')}/studies/{study}").status_code == 404
