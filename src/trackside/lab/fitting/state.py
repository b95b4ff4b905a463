"""The whole state of a run as plain values, and back: what a checkpoint holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import torch
import torch.distributed
from torch import Tensor, nn

from trackside.core import InputError
from trackside.lab.fitting.ema import Averaged
from trackside.lab.fitting.engine import Engine
from trackside.lab.fitting.history import History
from trackside.lab.fitting.result import Best, Ended
from trackside.lab.fitting.seeds import random_state, restore_random_state

Weights = dict[str, Any]


@dataclass
class State:
    """Where a run stands, apart from its weights.

    Attributes:
        epoch: finished epochs.
        batch: batches consumed of the present epoch.
        step: optimiser steps taken.
        seconds: spent before this process took over.
        peak: most bytes of memory before this process took over.
        order: digest of the present epoch's order, or empty.
        best_weights: of the best epoch.
        random: states of the random numbers of each process, to be restored before the next batch.
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    seconds: float = 0.0
    peak: int = 0
    order: str = ""
    history: History = field(default_factory=History)
    best: Best | None = None
    best_weights: Weights | None = None
    ended: Ended | None = None
    why: str = ""
    random: list[dict[str, Any]] | None = None


def packed(state: State, engine: Engine, ema: Averaged | None) -> dict[str, Any]:
    """All that a checkpoint holds. In several processes all must call it: each adds its random numbers."""
    scaler = engine.accelerator.scaler
    return {
        "epoch": state.epoch, "batch": state.batch, "step": state.step, "seconds": state.seconds, "peak": state.peak,
        "order": state.order, "ended": None if state.ended is None else state.ended.value, "why": state.why,
        "best": None if state.best is None else asdict(state.best), "history": state.history.to_state(),
        "parts": engine.parts, "notes": list(engine.notes), "random": _everyone(engine, random_state()),
        "model": weights_of(engine.training.model),
        "loss": None if engine.loss_module is None else weights_of(engine.loss_module),
        "optimizer": engine.optimizer.state_dict(),
        "scaler": None if scaler is None else scaler.state_dict(),
        "ema": None if ema is None else {"average": ema.state(), "updates": ema.updates},
    }  # fmt: skip


def unpacked(content: dict[str, Any], engine: Engine, ema: Averaged | None) -> State:
    """Put everything back to where `packed` found it.

    Raises:
        InputError: the checkpoint is not of this model and optimiser.
    """
    try:
        set_weights(engine.training.model, content["model"])
        if engine.loss_module is not None:
            set_weights(engine.loss_module, content["loss"])
        engine.optimizer.load_state_dict(content["optimizer"])
        if engine.accelerator.scaler is not None and content["scaler"]:
            engine.accelerator.scaler.load_state_dict(content["scaler"])
        if ema is not None:
            ema.restore(content["ema"]["average"], content["ema"]["updates"])
        engine.parts, engine.notes = content["parts"], list(content["notes"])
        ended, best = content["ended"], content["best"]
        state = State(
            **{name: content[name] for name in ("epoch", "batch", "step", "seconds", "peak", "order", "why", "random")},
            history=History.from_state(content["history"]),
            best=None if best is None else Best(**best),
            best_weights=content["best_weights"],
            ended=None if ended is None else Ended(ended),
        )
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        fix = "choose another folder, or say resume=False to begin anew"
        raise InputError(f"the checkpoint does not fit this model and optimiser ({reason})", fix=fix) from None
    if ended is None and best is not None and state.best_weights is None:
        raise InputError("the checkpoint lacks its best weights", fix="say resume=False to begin anew")
    return state


def restore_random(state: State, engine: Engine) -> None:
    """Go on in the middle of an epoch with the random numbers of the checkpoint; an epoch's start seeds its own."""
    if not state.batch:
        state.random = None
    if state.random is not None and len(state.random) == engine.processes:
        restore_random_state(state.random[engine.rank])
    elif state.random is not None:
        engine.notes.append(f"the run was begun in {len(state.random)} processes and goes on in {engine.processes}: "
                            "random numbers within the rest of its epoch are others")  # fmt: skip
    state.random = None


def weights_of(module: nn.Module) -> Weights:
    """Parameters and buffers, those too that `state_dict` leaves out (`persistent=False`). No copies."""
    stored = module.state_dict()
    return {"stored": stored, "buffers": {name: value for name, value in module.named_buffers() if name not in stored}}


def copied(weights: Weights) -> Weights:
    """The same weights, on the CPU, as they are now."""
    return {
        part: {name: value.detach().cpu().clone() if isinstance(value, Tensor) else value for name, value in values.items()}
        for part, values in weights.items()
    }


def set_weights(module: nn.Module, weights: Weights) -> None:
    """Give a module weights that `weights_of` gave. Raises RuntimeError if they are another module's."""
    module.load_state_dict(weights["stored"])
    buffers = dict(module.named_buffers())
    for name, value in weights["buffers"].items():
        if name not in buffers or buffers[name].shape != value.shape:
            raise RuntimeError(f"there is no buffer {name} of shape {list(value.shape)}")
        with torch.no_grad():
            buffers[name].copy_(value)


def _everyone(engine: Engine, mine: dict[str, Any]) -> list[dict[str, Any]]:
    if engine.processes == 1:
        return [mine]
    everyone: list[Any] = [None] * engine.processes
    torch.distributed.all_gather_object(everyone, mine)
    return everyone
