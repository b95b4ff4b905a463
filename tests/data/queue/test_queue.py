"""The relabel queue: feeding, order, claims, decisions, undo, speed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trackside.core import InputError
from trackside.data.annotations import Annotations
from trackside.data.dataset import Dataset
from trackside.data.items import Items
from trackside.data.queue import Decision, Queue, combined_rank
from trackside.data.queue.schema import MARK, SCHEMA
from trackside.data.queue.speed import workers
from trackside.data.suspects import Suspect


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(tmp_path: Path, clock: Clock) -> Queue:
    return Queue(tmp_path / "work" / "queue.sqlite", clock=clock)


def label(item: str, score: float, check: str = "labels", **more: object) -> Suspect:
    return Suspect(check, item, score, "its neighbours differ", "label", **more)  # type: ignore[arg-type]


def dataset(folder: Path, labels: list[int] | None = None) -> Dataset:
    for name in "abc":
        if not (folder / name).exists():
            (folder / name).write_text(name)
    boxes = Annotations.of([0, 0], classes=[0, 1], boxes=[[1, 2, 3, 4], [5, 6, 7, 8]])
    return Dataset(folder, Items.of(["a", "b", "c"], labels=labels or [0, 1, 0]), boxes, ("ant", "bee"))


def test_the_worst_comes_first_and_the_same_feed_twice_is_once(queue: Queue) -> None:
    suspects = [label("a", 0.2), label("b", 0.9), label("c", 0.5)]
    assert queue.feed(suspects, "v1").new == 3
    again = queue.feed(suspects, "v1")
    assert (again.new, again.updated, again.reopened, again.gone) == (0, 3, 0, 0)
    assert list(queue.next().items) == ["b", "c", "a"]
    assert queue.counts().states["open"] == 3


def test_checks_that_agree_rank_higher_than_either_and_are_one_entry(queue: Queue) -> None:
    queue.feed([label("a", 0.6), label("b", 0.7), Suspect("blur", "a", 0.6, "blurred"), label("a", 0.1)])
    page = queue.next()
    assert list(page.items) == ["a", "b"]
    assert [suspect.check for suspect in page.suspects[0]] == ["blur", "labels"]
    assert page.ranks[0] == pytest.approx(1 - (1 - 0.98 * 0.6) ** 2)
    assert combined_rank({"x": 1.0, "y": 1.0}) > combined_rank({"x": 1.0}) > combined_rank({"x": 0.5, "y": 0.5})


def test_a_later_check_updates_a_suspect_and_retires_what_it_no_longer_names(queue: Queue) -> None:
    queue.feed([label("a", 0.9), label("b", 0.8), Suspect("blur", "b", 0.3, "blurred"), Suspect("dark", "c", 0.3, "dark")])
    fed = queue.feed([replace(label("b", 0.1), reason="less so")], complete=["labels", "dark"])
    assert fed.gone == 2
    page = queue.next()
    assert list(page.items) == ["b"]
    assert [(suspect.reason, suspect.score) for suspect in page.suspects[0]] == [("blurred", 0.3), ("less so", 0.1)]
    assert set(queue.next(state="gone").items) == {"a", "c"}
    queue.feed([label("a", 0.9)])
    assert list(queue.next().items) == ["a", "b"]


def test_pages_follow_each_other_without_holes_or_repeats(queue: Queue) -> None:
    queue.feed([label(f"i{number}", (number % 7) / 7) for number in range(100)])
    seen: list[str] = []
    after = None
    while len(page := queue.next(after, limit=9)):
        seen += list(page.items)
        after = int(page.ids[-1])
    assert len(seen) == len(set(seen)) == 100
    assert [item for part in queue.pages("open", size=30) for item in part.items] == seen


def test_filters_by_check_and_kind(queue: Queue) -> None:
    queue.feed(
        [
            label("a", 0.5),
            Suspect("blur", "a", 0.5, "x"),
            Suspect("blur", "b", 0.4, "x"),
            Suspect("boxes", "c", 1, "x", "box"),
        ]
    )
    assert list(queue.next(check="blur").items) == ["a", "b"]
    assert list(queue.next(kind="box").items) == ["c"]
    assert list(queue.next(check="blur", kind="label").items) == []
    with pytest.raises(InputError, match="unknown state 'opn'"):
        queue.next(state="opn")


def test_what_one_person_claims_nobody_else_gets_for_ten_minutes(queue: Queue, clock: Clock) -> None:
    queue.feed([label("a", 0.9), label("b", 0.8)])
    assert list(queue.claim("ann").items) == ["a"]
    assert list(queue.claim("ann").items) == ["a"], "her own again"
    assert list(queue.claim("bob", limit=5).items) == ["b"]
    assert list(queue.claim("cat").items) == []
    with pytest.raises(InputError, match="ann is looking at it now"):
        queue.decide(1, Decision("keep"), "bob")
    assert queue.next().claimed == ("ann", "bob")
    clock.now += 601
    assert list(queue.claim("cat").items) == ["a"]
    assert queue.release("cat") == 1
    assert list(queue.claim("dan").items) == ["a"]


def test_decisions_count_replace_each_other_and_are_undone_in_turn(queue: Queue) -> None:
    queue.feed([label("a", 0.9), label("b", 0.8)])
    first, second = (int(number) for number in queue.next().ids)
    queue.decide(first, Decision("keep"), "ann")
    queue.decide(second, Decision("skip"), "ann")
    queue.decide(first, Decision("relabel", "bee", comment="wings"), "bob")
    assert queue.counts().states == {"open": 0, "decided": 1, "skipped": 1, "gone": 0}
    assert queue.counts().actions == {"relabel": 1, "skip": 1}
    decided = queue.get(first).decided[0]
    assert decided is not None and (decided.by, decided.decision.comment) == ("bob", "wings")
    assert queue.undo("bob") == first
    assert queue.get(first).decided[0].decision.action == "keep"  # type: ignore[union-attr]
    assert queue.undo("ann") == second and queue.undo("ann") == first and queue.undo("ann") is None
    assert queue.counts().states["open"] == 2


def test_a_decision_sent_twice_counts_once(queue: Queue) -> None:
    queue.feed([label("a", 0.9), label("b", 0.5)])
    first, second = (int(number) for number in queue.next().ids)
    assert queue.decide(first, Decision("keep"), "ann", key="1")
    assert not queue.decide(first, Decision("keep"), "ann", key="1")
    # Keys are a person's own, and a decision without one is always another.
    assert queue.decide(first, Decision("keep"), "ben", key="1")
    assert queue.decide(second, Decision("keep"), "ann")
    assert queue.decide(second, Decision("keep"), "ann")
    assert [worker.decided for worker in queue.workers()] == [3, 1]
    assert (queue.undo("ann", key="u"), queue.undo("ann", key="u"), queue.undo("ben", key="u")) == (second, second, first)
    assert [worker.decided for worker in queue.workers()] == [2]
    # What was taken back is not taken again when its first sending comes late.
    assert (queue.undo("ann"), queue.undo("ann"), queue.undo("ann")) == (second, first, None)
    assert not queue.decide(first, Decision("keep"), "ann", key="1")
    assert queue.counts().states["open"] == 2


def test_a_queue_of_the_first_schema_is_brought_up_to_date(queue: Queue) -> None:
    queue.path.parent.mkdir(parents=True)
    with sqlite3.connect(queue.path) as db:
        for statement in SCHEMA[0]:
            db.execute(statement)
        db.execute(f"PRAGMA application_id={MARK}")
        db.execute("PRAGMA user_version=1")
        db.execute("INSERT INTO entries (item, state) VALUES ('a', 'decided')")
        db.execute(
            """INSERT INTO decisions (entry, decision, action, by, at, picture, label, boxes)
            VALUES (1, ?, 'keep', 'ann', 5, '', '', '')""",
            (Decision("keep").to_json(),),
        )
    assert queue.decide(1, Decision("remove"), "ann", key="k")
    assert not queue.decide(1, Decision("remove"), "ann", key="k")
    assert (queue.undo("ann"), queue.undo("ann"), queue.undo("ann")) == (1, 1, None)


def test_entries_are_found_by_item_and_state(queue: Queue) -> None:
    queue.feed([label("a", 0.9), label("b", 0.5), label("'c", 0.1)])
    a, b, c = (int(number) for number in queue.next().ids)
    queue.decide(a, Decision("keep"), "ann")
    queue.decide(b, Decision("skip"), "ann")
    assert queue.ids() == {"a": a, "b": b, "'c": c}
    assert queue.ids(["a", "'c", "d"]) == {"a": a, "'c": c}
    assert queue.ids([]) == {}
    assert queue.ids(None, "open") == {"'c": c}
    assert queue.ids(["a", "'c"], "decided", "skipped") == {"a": a}


def test_what_was_decided_is_asked_again(queue: Queue) -> None:
    queue.feed([label("a", 0.9), label("b", 0.5)])
    a, b = (int(number) for number in queue.next().ids)
    queue.decide(a, Decision("keep"), "ann")
    queue.feed([], complete=("labels",))
    assert queue.counts().states["gone"] == 1
    assert queue.reopen([a, b]) == 1
    assert queue.ids(None, "open") == {"a": a}
    assert queue.reopen([]) == 0
    assert queue.undo("ann") == a
    assert queue.ids(None, "open") == {"a": a}


def test_decided_stays_decided_unless_the_image_or_its_label_changed(queue: Queue, tmp_path: Path) -> None:
    data = dataset(tmp_path)
    suspects = [label(name, 0.5) for name in "abc"]
    queue.feed(suspects, "v1", dataset=data)
    ids = queue.ids()
    queue.decide(ids["a"], Decision("relabel", "bee"), "ann")
    queue.decide(ids["b"], Decision("keep"), "ann")
    queue.decide(ids["c"], Decision("keep"), "ann")
    assert queue.feed(suspects, "v1", dataset=data).reopened == 0
    assert queue.feed(suspects, "v2", dataset=dataset(tmp_path, [1, 1, 0])).reopened == 0, "as it was decided"
    (tmp_path / "b").write_text("another picture")
    assert queue.feed(suspects, "v3", dataset=dataset(tmp_path, [1, 1, 1])).reopened == 2
    assert set(queue.next().items) == {"b", "c"}
    moved = replace(data, annotations=replace(data.annotations, boxes=data.annotations.boxes + 1))
    queue.decide(ids["b"], Decision("keep"), "ann")
    assert queue.feed(suspects[:1], "v4", dataset=moved.with_items(labels=np.array([1, 1, 1], np.int32))).reopened == 1


def test_an_edit_that_was_carried_out_stays_decided(queue: Queue, tmp_path: Path) -> None:
    data = dataset(tmp_path)
    queue.feed([Suspect("boxes", "a", 0.5, "flat", "box", annotation=1)], dataset=data)
    edit = Decision("edit", boxes=((1, 2, 3, 4), (5, 6, 9, 9)), labels=("ant", "bee"))
    queue.decide(1, edit, "ann")
    done = replace(data, annotations=replace(data.annotations, boxes=np.array([[1, 2, 3, 4], [5, 6, 9, 9.0]])))
    suspects = [Suspect("boxes", "a", 0.5, "flat", "box", annotation=1)]
    assert queue.feed(suspects, dataset=done).reopened == 0
    other = replace(data, annotations=replace(data.annotations, boxes=np.array([[1, 2, 3, 4], [5, 6, 9, 10.0]])))
    assert queue.feed(suspects, dataset=other).reopened == 1


def test_speed_leaves_pauses_out() -> None:
    found = workers([("bob", 0.0), *(("ann", 10.0 * number) for number in range(7)), ("ann", 5000.0), ("ann", 5010.0)])
    ann, bob = found
    assert (ann.name, ann.decided, ann.seconds, ann.per_hour) == ("ann", 9, 70.0, 360.0)
    assert bob.decided == 1 and np.isnan(bob.per_hour)


def test_work_is_counted_by_person_without_what_was_undone(queue: Queue, clock: Clock) -> None:
    queue.feed([label(name, 0.5) for name in "abc"])
    for number in (1, 2, 3):
        clock.now += 4
        queue.decide(number, Decision("keep"), "ann")
    assert queue.workers()[0].per_hour == 900
    queue.undo("ann")
    assert queue.workers()[0].decided == 2


@pytest.mark.parametrize(
    ("score", "rank"), [(float("nan"), 0.0), (5.0, 0.98), (-1.0, 0.0), (float("inf"), 0.98)], ids=["nan", "5", "-1", "inf"]
)
def test_scores_out_of_range_are_brought_into_it(queue: Queue, score: float, rank: float) -> None:
    queue.feed([label("a", score)])
    assert queue.next().ranks[0] == pytest.approx(rank)


def test_nothing_fed_is_an_empty_queue(queue: Queue) -> None:
    assert queue.feed([]).new == 0
    assert len(queue.next()) == len(queue.claim("ann")) == 0
    assert queue.workers() == () and queue.undo("ann") is None
    assert queue.next().to_json() == []
    with pytest.raises(InputError, match="no such entry"):
        queue.decide(7, Decision("keep"), "ann")


def test_names_are_data_never_statements(queue: Queue) -> None:
    name = "x'); DROP TABLE entries; --\n\u202e.jpg"
    queue.feed([label(name, 0.5)])
    assert queue.next(check="' OR 1=1 --").items.size == 0
    assert list(queue.next().items) == [name]


def test_other_files_and_newer_queues_are_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello " * 1000)
    with pytest.raises(InputError, match="is no relabel queue"):
        Queue(tmp_path / "text").next()
    with sqlite3.connect(tmp_path / "other.sqlite") as db:
        db.execute("CREATE TABLE mine (x)")
    with pytest.raises(InputError, match="is no relabel queue"):
        Queue(tmp_path / "other.sqlite").feed([])
    Queue(tmp_path / "q").feed([])
    with sqlite3.connect(tmp_path / "q") as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(InputError, match="newer Trackside"):
        Queue(tmp_path / "q").next()


@pytest.mark.parametrize(
    "data",
    [
        "no json",
        "[]",
        '{"action": "burn"}',
        '{"action": "relabel"}',
        '{"action": "edit"}',
        '{"action": "keep", "more": 1}',
        '{"action": "edit", "boxes": [[3, 3, 1, 1]]}',
        '{"action": "edit", "boxes": [[1, 2, 3]]}',
        '{"action": "edit", "boxes": [[NaN, 1, 2, 3]]}',
        '{"action": "edit", "boxes": [[1, 2, 3, 4]], "labels": ["a", "b"]}',
        '{"action": "edit", "boxes": 3}',
        '{"action": "edit", "boxes": ["abcd"]}',
    ],
)
def test_decisions_that_cannot_be_are_one_sentence(data: str) -> None:
    with pytest.raises(InputError):
        Decision.from_json(data)


def test_a_decision_survives_json() -> None:
    decision = Decision("edit", "x", ((1, 2, 3, 4),), (((1, 2, 2), (0, 0, 0)),), ("bee",), (-1,), "so")
    assert Decision.from_json(decision.to_json()) == decision


_CLAIMS = """
import sys
from pathlib import Path
from trackside.data.queue import Decision, Queue
queue = Queue(Path(sys.argv[1]))
while len(entries := queue.claim(sys.argv[2])):
    queue.decide(int(entries.ids[0]), Decision("keep"), sys.argv[2])
    print(entries.ids[0])
"""


def test_several_processes_share_the_work_without_overlap(queue: Queue) -> None:
    path = queue.path.with_name("shared.sqlite")
    Queue(path).feed([label(f"i{number}", 0.5) for number in range(60)])
    commands = [[sys.executable, "-c", _CLAIMS, str(path), f"p{number}"] for number in range(3)]
    people = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    taken = [int(number) for person in people for number in person.communicate(timeout=60)[0].split()]
    assert sorted(taken) == list(range(1, 61))
    assert [person.returncode for person in people] == [0, 0, 0]


def test_a_kill_loses_no_decision(tmp_path: Path) -> None:
    path = tmp_path / "q.sqlite"
    Queue(path).feed([label(f"i{number}", 0.5) for number in range(3000)])
    code = (
        "import sys; from pathlib import Path; from trackside.data.queue import Queue, Decision\n"
        "queue = Queue(Path(sys.argv[1]))\n"
        "for number in range(1, 3001):\n"
        "    queue.decide(number, Decision('keep'), 'ann'); print(number, flush=True)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(20)]
    time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    told += [int(line) for line in process.stdout.read().splitlines()]
    process.wait()
    process.stdout.close()
    assert Queue(path).counts().states["decided"] in (len(told), len(told) + 1)


@pytest.mark.parametrize("content", [b"x", b"SQLite", b"hello\n" * 3, b"SQLite format 4\0"], ids=["1", "6", "18", "16"])
def test_a_short_file_of_somebody_else_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes"
    path.write_bytes(content)
    for use in (lambda: Queue(path).counts(), lambda: Queue(path).feed([label("a", 1)])):
        with pytest.raises(InputError, match="is no relabel queue"):
            use()
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_file_becomes_a_queue(tmp_path: Path) -> None:
    (tmp_path / "q").touch()
    assert Queue(tmp_path / "q").feed([label("a", 1)]).new == 1
