"""Is this model package sound? Each question is one finding, so that all that is wrong shows in one go."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trackside.core import ModelError, TracksideError
from trackside.core.findings import Finding, Measurement, Number, Verdict
from trackside.core.report import Report
from trackside.models.card import Geometry, read_card
from trackside.models.package import Package, verify
from trackside.models.resolving import locate
from trackside.models.runtimes import Arrays, Runtime, TensorSpec, open_runtime
from trackside.models.store import Store


def check_package(ref: str | Path, *, store: Store | None = None) -> Report:
    """Check a package: hashes, that it opens, that inputs and outputs are as its card says, that a run is finite.

    Args:
        ref: the name of an installed package, or a path to a package folder.
        store: where to look; None for the machine's own.

    Raises:
        ModelError: there is no such package, or its card is not valid.
    """
    folder = locate(str(ref), store or Store())
    package = Package(folder, read_card(folder))
    return Report(f"model {package.card.name}", examine(package), {"folder": str(folder), "sha256": package.sha256})


def examine(package: Package) -> tuple[Finding, ...]:
    """The findings on a package; a question whose ground has failed already is not asked."""
    files = _files(package)
    if files.verdict is not Verdict.OK:
        return (files,)
    try:
        runtime = open_runtime(package)
    except TracksideError as error:
        return files, _failed("network-opens", "Can the network be opened?", str(error))
    opens = _ok("network-opens", "Can the network be opened?", f"opened on {runtime.provider}")
    inputs = _inputs(package, runtime)
    if inputs.verdict is not Verdict.OK:
        return files, opens, inputs
    return files, opens, inputs, *_outputs(package, runtime)


def _files(package: Package) -> Finding:
    asks = "Are the files those that the card means?"
    try:
        for entry in package.card.files:
            verify(package.folder / entry.name, entry)
    except ModelError as error:
        return _failed("files-match", asks, str(error), "install the model again")
    return _ok("files-match", asks, f"{len(package.card.files)} with the sha256 on the card")


def _inputs(package: Package, runtime: Runtime) -> Finding:
    asks = "Does the network take the input that the card describes?"
    if len(runtime.inputs) != 1:
        return _failed("input-matches", asks, f"it has {len(runtime.inputs)} inputs, a package has one")
    spec = runtime.inputs[0]
    expected = expected_shape(package.card.geometry)
    if not _fits(spec, expected):
        says = f"the card gives {_shown(expected)}, the network takes {_shown(spec.shape)}"
        return _failed("input-matches", asks, says, "correct the geometry on the card")
    return _ok("input-matches", asks, f"{_shown(spec.shape)} {spec.dtype}")


def expected_shape(geometry: Geometry) -> tuple[int | None, ...]:
    """The input's shape that a card's geometry means; the batch is free."""
    size = (geometry.height, geometry.width)
    return (None, 3, *size) if geometry.layout == "NCHW" else (None, *size, 3)


def _outputs(package: Package, runtime: Runtime) -> tuple[Finding, Finding]:
    spec = runtime.inputs[0]
    shape = [length or wanted or 1 for length, wanted in zip(spec.shape, expected_shape(package.card.geometry), strict=True)]
    finite_asks, read_asks = "Is a run on a black picture finite?", "Can the outputs be read as the card says?"
    try:
        outputs = runtime.run({spec.name: np.zeros(shape, spec.dtype)})
    except TracksideError as error:
        failed = _failed("run-finite", finite_asks, str(error))
        return failed, Finding("outputs-read", read_asks, Verdict.UNKNOWN, "there are no outputs")
    return _finite(outputs, finite_asks), _read(package, outputs, read_asks)


def _finite(outputs: Arrays, asks: str) -> Finding:
    bad = sum(int((~np.isfinite(array)).sum()) for array in outputs.values() if array.dtype.kind == "f")
    evidence = Measurement((Number("values that are not finite", bad),))
    if bad:
        return Finding("run-finite", asks, Verdict.FAIL, f"{bad} values are NaN or infinite", evidence)
    return Finding("run-finite", asks, Verdict.OK, "all values are finite", evidence)


def _read(package: Package, outputs: Arrays, asks: str) -> Finding:
    card = package.card
    try:
        _decode_as(package, outputs)
    except TracksideError as error:
        return _failed("outputs-read", asks, str(error), "correct the family or the decoding on the card")
    except (ValueError, IndexError, StopIteration) as error:
        says = (
            f"the family {card.family} cannot read outputs of shape {', '.join(_shown(a.shape) for a in outputs.values())}"
        )
        return _failed("outputs-read", asks, f"{says} ({error})", "correct the family or the decoding on the card")
    return _ok("outputs-read", asks, f"read as {card.family}")


def _decode_as(package: Package, outputs: Arrays) -> None:
    card = package.card
    if card.task == "detection":
        from trackside.models.families import FAMILIES

        FAMILIES[card.family].decoder(card)(outputs, card.threshold)
    elif card.task == "embedding":
        from trackside.models.families.embedding import decode_embeddings

        decode_embeddings(outputs)
    elif card.task == "classification":
        from trackside.models.families.classification import decode_probabilities

        decode_probabilities(outputs, card)
    elif card.family == "blazepose-detector":
        from trackside.models.families.blazepose import decode_people

        decode_people(outputs, card.geometry.width, card.threshold)
    elif card.family == "blazepose-landmarks":
        from trackside.models.families.blazepose import decode_landmarks

        decode_landmarks(outputs)


def _fits(spec: TensorSpec, expected: tuple[int | None, ...]) -> bool:
    pairs = zip(spec.shape, expected, strict=True) if len(spec.shape) == len(expected) else [(0, 1)]
    return all(found is None or wanted is None or found == wanted for found, wanted in pairs)


def _shown(shape: tuple[int | None, ...]) -> str:
    return " x ".join("any" if length is None else str(length) for length in shape)


def _ok(check: str, asks: str, says: str) -> Finding:
    return Finding(check, asks, Verdict.OK, says)


def _failed(check: str, asks: str, says: str, next_step: str = "") -> Finding:
    return Finding(check, asks, Verdict.FAIL, says, next_step=next_step)
