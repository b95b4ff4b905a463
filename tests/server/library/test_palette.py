"""The palette says of every block all that the editor draws."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from trackside.pipelines.block import BLOCKS
from trackside.pipelines.kinds import KINDS


@pytest.fixture
def palette(client: TestClient) -> Any:
    return client.get("/api/blocks").json()


def test_every_block_is_there_with_a_title_and_a_family_that_explains_itself(palette: Any) -> None:
    assert {block["use"] for block in palette["blocks"]} == set(BLOCKS)
    families = {family["name"]: family for family in palette["families"]}
    for block in palette["blocks"]:
        if BLOCKS[block["use"]].target.__module__.startswith("trackside."):
            assert block["title"]
            assert block["summary"]
            assert families[block["family"]]["help"].endswith((".", "page with plots."))


def test_what_is_used_most_stands_first_in_its_family(palette: Any) -> None:
    tracking = [block["use"] for block in palette["blocks"] if block["family"] == "track" and block["offered"]]
    assert tracking == ["track.objects@2", "track.poses@1", "track.link@1"]


def test_two_blocks_that_are_offered_never_have_one_title(palette: Any) -> None:
    titles = [block["title"] for block in palette["blocks"] if block["offered"]]
    assert len(titles) == len(set(titles))


def test_old_versions_and_blocks_that_read_the_disk_are_known_but_not_offered(palette: Any) -> None:
    blocks = {block["use"]: block for block in palette["blocks"]}
    assert (blocks["track.objects@1"]["newest"], blocks["track.objects@1"]["offered"]) == (False, False)
    assert (blocks["track.objects@2"]["newest"], blocks["track.objects@2"]["offered"]) == (True, True)
    assert (blocks["detect.from_file@1"]["newest"], blocks["detect.from_file@1"]["offered"]) == (True, False)


def test_kinds_name_the_ports_that_they_fit(palette: Any) -> None:
    kinds = {kind["name"]: kind for kind in palette["kinds"]}
    assert set(kinds) == {kind.name for kind in KINDS}
    assert kinds["Tracks"]["fits"] == ["Tracks", "Detections"]
    assert kinds["Detections"]["fits"] == ["Detections"]
    assert all(kind["colour"].startswith("#") and kind["help"] for kind in kinds.values())


def test_ports_and_settings_of_a_block(palette: Any) -> None:
    draw = next(block for block in palette["blocks"] if block["use"] == "draw.overlay@1")
    ports = {port["name"]: port for port in draw["inputs"]}
    assert (ports["shapes"]["many"], ports["shapes"]["required"], ports["images"]["required"]) == (True, False, True)
    zones = next(block for block in palette["blocks"] if block["use"] == "zone.count@1")["settings"][0]
    assert (zones["widget"], zones["coordinates"], zones["required"]) == ("polygons", "coordinates", True)
    assert zones["json_schema"]["minProperties"] == 1


def test_writing_blocks_are_sinks_and_the_source_is_there(palette: Any) -> None:
    sinks = {block["use"] for block in palette["blocks"] if block["sink"] and not block["use"].startswith("toy.")}
    assert sinks == {"write.video@1", "write.table@1", "write.summary@1", "track.link@1"}
    assert any(block["use"] == "source.media@1" and not block["inputs"] for block in palette["blocks"])


def test_help_is_made_of_sentences_without_mark_up_or_types(palette: Any) -> None:
    for block in palette["blocks"]:
        if not BLOCKS[block["use"]].target.__module__.startswith("trackside."):
            continue
        texts = [block["summary"], *block["help"].splitlines()]
        texts += [part["help"] for part in (*block["inputs"], *block["settings"])]
        for text in texts:
            assert text[0] == text[0].upper(), text
            assert text.endswith("."), text
            assert not {"`", "*", "["} & set(text), text
            assert "uint8" not in text


def test_words_in_quotes_stay_quoted(palette: Any) -> None:
    track = next(block for block in palette["blocks"] if block["use"] == "track.objects@2")
    assert "“bytetrack”" in track["help"]
