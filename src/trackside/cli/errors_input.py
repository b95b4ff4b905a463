"""What `trackside errors` reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.core import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trackside.lab.errors import Predictions

Score = Annotated[float, typer.Option("--score", help="With --coco: detections below are none.")]


def read(path: Path, coco: Path | None, least_score: float) -> Predictions:
    """Predictions of a table, or of COCO results with their ground truth.

    Raises:
        InputError: not to be read, or JSON without a ground truth.
    """
    from trackside.lab.errors import read_coco_results, read_predictions

    if coco is not None:
        return read_coco_results(coco, path, least_score=least_score)
    if path.suffix.lower() == ".json":
        raise InputError("COCO results need their ground truth", where=str(path), fix="add --coco GROUND_TRUTH.json")
    return read_predictions(path)


def read_features(path: Path | None, answers: Predictions) -> NDArray[np.floating] | None:
    """One row of numbers an answer, of a NumPy file; nothing in it is run.

    Raises:
        InputError: not to be read, or of another length.
    """
    if path is None:
        return None
    import numpy as np

    try:
        features = np.load(path, allow_pickle=False)
        if features.ndim != 2 or features.dtype.kind != "f":
            raise ValueError(f"it holds {features.dtype} {list(features.shape)}")
    except (OSError, ValueError, EOFError, AttributeError) as error:
        raise InputError(f"holds no features ({error})", where=str(path), fix="save float [n, d] with numpy.save") from None
    if len(features) != len(answers):
        raise InputError(f"{len(features)} rows for {len(answers)} answers", where=str(path), fix="give one row an answer")
    return np.asarray(features)
