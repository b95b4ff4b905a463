"""The book of mistakes, and spreadsheets that go out and come back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from trackside.core import InputError
from trackside.lab.errors import Book, Predictions, draw, export_sheet, import_sheet, read_predictions
from trackside.lab.errors.predictions import as_column


@pytest.fixture
def predictions() -> Predictions:
    names = [f"i{number}" for number in range(50)]
    columns = {"camera": ["=left", "right"] * 25, "light": np.linspace(0, 1, 50)}
    wrong = ["b" if number < 20 else "a" for number in range(50)]
    return Predictions.of(names, ["a"] * 50, wrong, columns=columns, scores=[0.5] * 49 + [np.nan])


@pytest.fixture
def book(tmp_path: Path, predictions: Predictions) -> Book:
    book = Book(tmp_path / "errors.sqlite")
    book.add(predictions, draw(predictions, 10, seed=1), "run 1")
    return book


def test_a_draw_is_kept_as_it_was_drawn(book: Book, predictions: Predictions) -> None:
    drawn = draw(predictions, 10, seed=1)
    mistakes = book.mistakes()
    assert list(mistakes.keys) == [predictions.keys[row] for row in drawn.rows]
    assert mistakes.weights.tolist() == [2.0] * 10 and not mistakes.seen.any()
    assert (book.draw().answers, book.draw().mistakes, book.draw().source) == (50, 20, "run 1")
    assert mistakes.columns[0]["camera"] in ("=left", "right") and mistakes.scores[0] == 0.5


def test_tags_are_added_removed_and_survive_the_next_draw(book: Book, predictions: Predictions) -> None:
    key = book.mistakes().keys[0]
    book.tag(key, [" too dark ", "blurred"], comment="night", by="ann")
    book.tag(key, ["blurred"], remove=["too dark"], by="bob")
    first = book.mistakes()
    assert first.tags[0] == ("blurred",) and first.comments[0] == "night" and first.by[0] == "bob" and first.seen[0]
    book.add(predictions, draw(predictions, 20, seed=5), "run 2")
    again = book.mistakes()
    assert len(again) == 20 and again.tags[list(again.keys).index(key)] == ("blurred",)
    assert len(book.mistakes(1)) == 10 and [one.source for one in book.draws()] == ["run 2", "run 1"]
    book.unsee(key)
    assert book.tags_of() == {} and book.tags_of([key]) == {}


def test_tags_are_renamed_and_merged_with_their_costs(book: Book) -> None:
    first, second = book.mistakes().keys[:2]
    book.tag(first, ["dark", "night"])
    book.tag(second, ["night"])
    book.set_costs({"night": 3})
    assert book.rename("night", "dark") == 2
    assert book.tags_of() == {first: ("dark",), second: ("dark",)} and book.costs() == {"dark": 3.0}
    book.set_costs({"dark": 0})
    assert book.costs() == {}


@pytest.mark.parametrize("tag", ["", "  ", "a;b", "x" * 81, "a\nb", "\x1b[2J"])
def test_tags_that_cannot_be_are_one_sentence(book: Book, tag: str) -> None:
    with pytest.raises(InputError, match="can be no tag"):
        book.tag(book.mistakes().keys[0], [tag])
    assert not book.mistakes().seen.any()


def test_what_is_not_there_is_one_sentence(book: Book, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such mistake was drawn"):
        book.tag("zzz", ["a"])
    with pytest.raises(InputError, match="nothing was drawn yet"):
        Book(tmp_path / "new.sqlite").mistakes()
    with pytest.raises(InputError, match="there is no draw 9"):
        book.mistakes(9)
    with pytest.raises(InputError, match="cannot cost -1"):
        book.set_costs({"a": -1})
    with sqlite3.connect(tmp_path / "x.sqlite") as db:
        db.execute("CREATE TABLE t (x)")
    with pytest.raises(InputError, match="is no book of mistakes"):
        Book(tmp_path / "x.sqlite").draws()


def test_a_spreadsheet_comes_back_as_it_went(book: Book, tmp_path: Path) -> None:
    keys = book.mistakes().keys
    book.tag(keys[0], ["dark", "=SUM(1)"], comment='@home, "so"', by="ann")
    book.tag(keys[1], by="ann")
    sheet = tmp_path / "s.csv"
    assert export_sheet(book, sheet) == 10
    assert ",=" not in sheet.read_text("utf-8-sig") and '"=' not in sheet.read_text("utf-8-sig")
    before = book.mistakes()
    taken = import_sheet(book, sheet)
    assert (taken.changed, taken.same, taken.troubles) == (0, 2, ())
    after = book.mistakes()
    assert after.tags == before.tags and after.seen.tolist() == before.seen.tolist()


def test_a_colleague_tags_in_the_spreadsheet(book: Book, tmp_path: Path) -> None:
    keys = book.mistakes().keys
    book.tag(keys[0], ["dark", "old"], comment="mine")
    sheet = tmp_path / "s.csv"
    lines = ["key;tags;comment;looked_at", f"{keys[0]};dark; ;", f"{keys[1]};a, b c,;;", f"{keys[2]};;;yes", f"{keys[3]};;;"]
    sheet.write_text("\n".join([*lines, "zzz;a;;", f"{keys[4]};{'x' * 99};;", ""]), "utf-8")
    taken = import_sheet(book, sheet, by="eve")
    mistakes = book.mistakes()
    assert mistakes.tags[:3] == (("dark",), ("a, b c,",), ()) and mistakes.seen.tolist()[:5] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert (taken.changed, len(taken.troubles)) == (3, 2) and taken.troubles[0].item == "s.csv, zzz"
    assert mistakes.by[1] == "eve"


def test_several_tags_in_one_cell_and_a_sheet_without_comments(book: Book, tmp_path: Path) -> None:
    key = book.mistakes().keys[0]
    book.tag(key, ["a"], comment="stays")
    (tmp_path / "s.csv").write_text(f'key,tags\n{key},"a; b;;c "\n', "utf-8")
    import_sheet(book, tmp_path / "s.csv")
    assert book.mistakes().tags[0] == ("a", "b", "c") and book.mistakes().comments[0] == "stays"
    with pytest.raises(InputError, match="no column 'tags'"):
        (tmp_path / "s.csv").write_text("key\nx\n", "utf-8")
        import_sheet(book, tmp_path / "s.csv")


def test_tables_are_read_with_the_names_that_tools_use(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("Image,label,pred,confidence,camera,exposure\na,x,x,0.9,1,0.5\nb,x,y,,2,\n", "utf-8")
    read = read_predictions(path)
    assert list(read.items) == ["a", "b"] and read.wrong.tolist() == [False, True] and read.error_rate == 0.5
    assert read.scores[0] == 0.9 and np.isnan(read.scores[1])
    assert set(read.columns) == {"camera", "exposure"} and np.isnan(read.columns["exposure"][1])
    swapped = read_predictions(path, truth="pred", predicted="label")
    assert swapped.truth.tolist() == ["x", "y"]


def test_probabilities_become_a_prediction_and_a_score(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("item,truth,p_ant,p_bee\na,ant,0.2,0.8\nb,bee,0.4,0.6\n", "utf-8")
    read = read_predictions(path)
    assert read.predicted.tolist() == ["bee", "bee"] and read.scores.tolist() == [0.8, 0.6] and read.columns == {}


def test_parquet_is_read(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table({"item": ["a", "b"], "truth": [0, 1], "prediction": [0, 0], "speed": [1.5, None]})
    parquet.write_table(table, tmp_path / "p.parquet")
    read = read_predictions(tmp_path / "p.parquet")
    assert read.wrong.tolist() == [False, True] and np.isnan(read.columns["speed"][1])
    (tmp_path / "q.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="cannot be read"):
        read_predictions(tmp_path / "q.parquet")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "no heading"),
        ("item,truth,prediction\n", "has no rows"),
        ("a,b\n1,2\n", "has no column that is the item"),
        ("item,truth\na,b\n", "has no column that is the prediction"),
        ("item,truth,prediction\na,,x\n", "1 rows have no truth"),
        ("item,truth,prediction\na,x,x\na,x,x\n", "stands in the predictions more than once"),
        ("item,truth,prediction,score\na,x,x,high\n", "holds what is no number"),
        ("item,truth,p_a,p_b\na,x,,\n", "no probability at all"),
    ],
)
def test_tables_that_cannot_be_used_are_one_sentence(text: str, match: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(text, "utf-8")
    with pytest.raises(InputError, match=match):
        read_predictions(tmp_path / "p.csv")


def test_columns_are_numbers_or_texts() -> None:
    assert as_column(["1", "", "2.5"]).tolist()[::2] == [1.0, 2.5]
    assert as_column(["1", "x", None]).tolist() == ["1", "x", ""]
    assert as_column([True, False]).tolist() == ["True", "False"]
    assert as_column(["", ""]).tolist() == ["", ""]


def test_columns_of_other_lengths_are_one_sentence() -> None:
    with pytest.raises(InputError, match="2 true classes, but 1 predictions"):
        Predictions.of(["a", "b"], ["x", "x"], ["x"])
    with pytest.raises(InputError, match="light has 1 rows"):
        Predictions.of(["a", "b"], ["x", "x"], ["x", "x"], columns={"light": [1]})
