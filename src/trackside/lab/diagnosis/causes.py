"""The causes that diagnosis knows: stable ids, what each means, and what to do. `docs/diagnosis.md` lists them.

An id never changes its meaning; a new cause gets a new id. `HEALTHY` stands for a run in which nothing is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

HEALTHY = "healthy"


@dataclass(frozen=True, slots=True)
class KnownCause:
    """A cause that a run can suffer from.

    Attributes:
        id: stable, for machines.
        what: what is the case, one clause, as a person would say it.
        remedy: what to do.
        family: loop, loss, data, network, optimisation or evaluation.
        prior: how often it is met among runs that somebody wants diagnosed, relative to the others.
    """

    id: str
    what: str
    remedy: str
    family: str
    prior: float = 1.0


_KNOWN = (
    # The loop.
    KnownCause(
        "missing-zero-grad",
        "gradients add up from step to step, because they are never set to zero",
        "call optimizer.zero_grad() before each backward()",
        "loop",
    ),
    KnownCause(
        "frozen-parameters",
        "parameters that should learn never change: requires_grad is False, the graph is cut by detach or no_grad, or "
        "the optimiser was not given them",
        "give the optimiser all parameters that should learn, and let gradients reach them",
        "loop",
    ),
    KnownCause(
        "unregistered-parameters",
        "layers are kept in a plain list or dict, so that model.parameters() does not know them",
        "keep layers in nn.ModuleList or nn.ModuleDict, parameters in nn.ParameterList",
        "loop",
    ),
    KnownCause(
        "eval-mode-left-on",
        "the model trains in evaluation mode: batch statistics and dropout are switched off",
        "call model.train() at the start of each epoch, after any model.eval()",
        "loop",
    ),
    KnownCause(
        "implementation-bug",
        "the loop does something else than fit this model to this data: a plain loop with the same parts learns",
        "compare the loop line by line with a plain one, and the forward pass with its paper",
        "loop",
    ),
    # The loss.
    KnownCause(
        "wrong-loss-for-activation",
        "the loss and the network's last activation do not fit together",
        "give cross-entropy logits, NLL log-probabilities, BCE probabilities, BCE-with-logits logits; regression "
        "wants no squashing",
        "loss",
    ),
    KnownCause(
        "double-softmax",
        "softmax is applied twice: by the network, and again inside the loss",
        "remove the network's softmax; CrossEntropyLoss takes logits",
        "loss",
    ),
    KnownCause(
        "wrong-axis",
        "an operation runs along the wrong axis, such as softmax over the batch, or a reshape where a transpose is meant",
        "name the axis (dim=1 or -1 for classes), and check that an output depends on its own input only",
        "loss",
    ),
    KnownCause(
        "sign-error",
        "the loss is maximised: a sign is wrong",
        "minimise the loss: check the signs of loss and step",
        "loss",
    ),
    # The data.
    KnownCause(
        "labels-shifted",
        "labels do not stand beside their inputs: shifted, or shuffled without them",
        "shuffle and slice inputs and labels together, and look at ten pairs",
        "data",
    ),
    KnownCause(
        "inputs-unscaled",
        "inputs are not scaled: raw pixels, token numbers or columns of very different size",
        "standardise inputs (subtract the mean, divide by the standard deviation); embed tokens",
        "data",
    ),
    KnownCause(
        "data-in-order",
        "data come in order instead of shuffled, so that the model forgets what it saw before",
        "shuffle the training data in every epoch",
        "data",
    ),
    KnownCause(
        "features-uninformative",
        "inputs carry next to nothing: constant, nearly constant or destroyed by preprocessing",
        "look at the inputs as the network gets them; fix the preprocessing or take other features",
        "data",
    ),
    KnownCause(
        "unsolvable",
        "inputs say nothing about the targets: no model can do better than chance",
        "check that the labels belong to these data; collect inputs that tell",
        "data",
    ),
    KnownCause(
        "nan-in-data",
        "inputs or targets hold NaN or infinity",
        "find the items that hold them and drop or mend them",
        "data",
    ),
    # Evaluation.
    KnownCause(
        "answer-in-input",
        "an input gives the answer away",
        "remove the input that was made from the target",
        "evaluation",
    ),
    KnownCause(
        "leakage",
        "items of the training split are in the validation split",
        "split again by whatever items share (source, person, video), after removing copies",
        "evaluation",
    ),
    KnownCause(
        "test-set-too-small",
        "the validation split is so small that its result says little",
        "validate on more items, or cross-validate",
        "evaluation",
    ),
    # The network.
    KnownCause(
        "too-narrow",
        "a layer is too narrow for the task",
        "widen the narrowest layer",
        "network",
    ),
    KnownCause(
        "too-deep",
        "the network is too deep for its kind: plain layers without normalisation or skip connections",
        "use fewer layers, or add skip connections and normalisation",
        "network",
    ),
    KnownCause(
        "bad-initialisation",
        "the weights start badly: all alike, zero, or far too large or small",
        "use the framework's initialisation, or He (ReLU) or Glorot (tanh)",
        "network",
    ),
    KnownCause(
        "dying-relu",
        "most ReLUs give zero for every input and cannot learn again",
        "lower the learning rate, take positive or zero biases, or use LeakyReLU or GELU",
        "network",
    ),
    KnownCause(
        "vanishing-gradients",
        "gradients shrink on their way to the first layers, as saturating activations make them",
        "use ReLU and its kin, normalisation, skip connections or a better initialisation",
        "network",
    ),
    KnownCause(
        "exploding-gradients",
        "gradients grow without bound",
        "clip gradients, normalise, lower the scale of initial weights",
        "network",
    ),
    KnownCause(
        "batch-norm-batch-1",
        "batch normalisation sees batches of one (or hardly more) item and normalises the signal away",
        "use larger batches, or group or layer normalisation",
        "network",
    ),
    # Optimisation.
    KnownCause(
        "learning-rate-too-high",
        "the learning rate is too high",
        "lower it, to about a third of where the range test diverges",
        "optimisation",
    ),
    KnownCause(
        "learning-rate-too-low",
        "the learning rate is too low",
        "raise it; a range test shows how far",
        "optimisation",
    ),
    KnownCause(
        "optimizer-unsuited",
        "the optimiser does not suit the task",
        "take Adam, or SGD with momentum 0.9, with usual settings",
        "optimisation",
    ),
    KnownCause(
        "batch-too-small",
        "batches are so small that noise drowns the gradient",
        "use larger batches, or a lower learning rate",
        "optimisation",
    ),
    KnownCause(
        "over-regularised",
        "regularisation (weight decay, dropout, label smoothing) is so strong that the model cannot fit",
        "lower weight decay and dropout until the training split is fitted, then raise them",
        "optimisation",
    ),
    KnownCause(
        "not-started-yet",
        "training has hardly begun: the loss is falling, and was stopped or looked at too early",
        "train longer",
        "optimisation",
    ),
)

CAUSES = {cause.id: cause for cause in _KNOWN}
"""Every cause by its id."""
