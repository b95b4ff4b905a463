"""Set-ups with one planted fault each, the rung that should catch it, and words that its answer should hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from tests.lab.preflight import healthy
from tests.lab.preflight.healthy import digits, lenet, loaders, make, mlp, table, training
from trackside.lab.training import Training

FAULTS: dict[str, tuple[str, str, Callable[[], tuple[Training, dict[str, Any]]]]] = {}


def fault(rung: str, words: str = "") -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a function that makes a spoilt training (or a training and further arguments of preflight)."""

    def registered(plant: Callable[[], Any]) -> Callable[[], Any]:
        def made() -> tuple[Training, dict[str, Any]]:
            torch.manual_seed(0)
            found = plant()
            return found if isinstance(found, tuple) else (found, {})

        FAULTS[plant.__name__] = (rung, words, made)
        return plant

    return registered


def wine(model: nn.Module, loss: Any = None, data: Any = None, **more: Any) -> Training:
    return training(model, loss or nn.CrossEntropyLoss(), data or table("wine"), batch=16, **more)


# Rung 1.


@fault("batches", "NaN")
def nan_in_inputs() -> Training:
    inputs, targets = table("wine")
    inputs[::30, 2] = torch.nan
    return wine(mlp(13, 3), data=(inputs, targets))


@fault("batches", "NaN")
def infinity_in_targets() -> Training:
    inputs, targets = healthy.standardised_diabetes()
    targets[::20] = torch.inf
    return training(mlp(10, 1), nn.MSELoss(), (inputs, targets))


@fault("batches", "labels run from 1 to 3")
def labels_from_one() -> Training:
    inputs, targets = table("wine")
    return wine(mlp(13, 3), data=(inputs, targets + 1))


@fault("batches", "broadcast")
def outputs_broadcast() -> Training:
    inputs, targets = healthy.standardised_diabetes()
    return training(mlp(10, 1), nn.MSELoss(), (inputs, targets[:, 0]))


@fault("batches", "broadcast")
def outputs_broadcast_by_hand() -> Training:
    inputs, targets = healthy.standardised_diabetes()
    return training(mlp(10, 1), lambda given, wanted: ((given - wanted) ** 2).mean(), (inputs, targets[:, 0]))


@fault("batches", "does not take the inputs")
def integer_images() -> Training:
    images, targets = digits()
    return training(lenet(), nn.CrossEntropyLoss(), ((images * 50 + 100).to(torch.uint8), targets))


@fault("batches", "of class 2")
def one_class() -> Training:
    inputs, targets = table("wine")
    return wine(mlp(13, 3), data=(inputs, torch.full_like(targets, 2)))


@fault("batches", "no batches")
def empty_loader() -> Training:
    made = make("mlp-wine")
    made.train = DataLoader(TensorDataset(torch.zeros(0, 13), torch.zeros(0, dtype=torch.int64)), 8)
    return made


@fault("batches", "only once")
def loader_that_is_used_up() -> Training:
    made = make("mlp-wine")
    made.train = iter(list(made.train))
    return made


@fault("batches", "does not take outputs and targets")
def float_labels() -> Training:
    inputs, targets = table("wine")
    return wine(mlp(13, 3), data=(inputs, targets.float()))


@fault("batches", "in order")
def sorted_labels() -> Training:
    images, targets = digits()
    order = targets.argsort()
    made = make("lenet-digits")
    made.train = DataLoader(TensorDataset(images[order], targets[order]), 32)
    return made


@fault("batches", "one item")
def batch_norm_on_single_items() -> Training:
    model = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.BatchNorm1d(32), nn.Linear(32, 3))
    return training(model, nn.CrossEntropyLoss(), table("wine"), batch=1)


@fault("batches", "the loss is no single number")
def loss_not_reduced() -> Training:
    return wine(mlp(13, 3), nn.CrossEntropyLoss(reduction="none"))


# Rungs 2 to 4.


@fault("class-balance", "%")
def rare_class() -> Training:
    images, targets = digits()
    keep = (targets == 0) | (targets == 1) | ((targets == 2) & (torch.arange(len(targets)) % 20 == 0))
    return training(lenet(3), nn.CrossEntropyLoss(), (images[keep], targets[keep]))


@fault("class-balance", "weights")
def weights_turned_round() -> Training:
    images, targets = digits()
    keep = (targets == 0) | ((targets == 1) & (torch.arange(len(targets)) % 5 == 0))
    counts = torch.bincount(targets[keep]).float()
    return training(lenet(2), nn.CrossEntropyLoss(weight=counts / counts.mean()), (images[keep], targets[keep]))


@fault("input-scaling")
def raw_pixels() -> Training:
    images, targets = digits()
    return training(lenet(), nn.CrossEntropyLoss(), (images * 80 + 100, targets))


@fault("input-scaling")
def raw_columns() -> Training:
    from sklearn.datasets import load_wine

    return wine(mlp(13, 3), data=(torch.tensor(load_wine().data, dtype=torch.float32), table("wine")[1]))


IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}


def colours(scale: float, shift: float) -> Training:
    """Digits in three channels from 0 to 1, scaled and shifted."""
    from sklearn.datasets import load_digits

    images = torch.tensor(load_digits().images / 16, dtype=torch.float32)[:, None].repeat(1, 3, 1, 1)
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 10))
    return training(model, nn.CrossEntropyLoss(), (images * scale + shift, digits()[1]))


@fault("input-scaling", "the weights expect")
def mean_and_deviation_forgotten() -> Any:
    return colours(1, 0), {"expected": IMAGENET}


@fault("input-scaling", "the weights expect")
def pixels_not_divided() -> Any:
    return colours(255, 0), {"expected": IMAGENET}


@fault("input-scaling")
def constant_inputs() -> Training:
    inputs, targets = table("wine")
    return wine(mlp(13, 3), data=(torch.ones_like(inputs), targets))


@fault("start-loss")
def weights_far_too_large() -> Training:
    model = lenet()
    with torch.no_grad():
        model[-1].weight.mul_(60)  # type: ignore[operator]
    return training(model, nn.CrossEntropyLoss(), digits())


@fault("start-loss")
def sign_of_the_loss() -> Training:
    return training(lenet(), lambda given, wanted: -F.cross_entropy(given, wanted), digits())


@fault("start-loss")
def sign_of_the_squares() -> Training:
    return training(mlp(10, 1), lambda given, wanted: -F.mse_loss(given, wanted), healthy.standardised_diabetes())


@fault("start-loss")
def raw_targets() -> Training:
    inputs, targets = table("diabetes")
    return training(mlp(10, 1), nn.MSELoss(), (inputs, 1000 * targets[:, None]))


# The last activation.


@fault("output-activation", "softmax")
def double_softmax() -> Training:
    return training(nn.Sequential(lenet(), nn.Softmax(1)), nn.CrossEntropyLoss(), digits())


@fault("output-activation", "sigmoid")
def double_sigmoid() -> Training:
    images, targets = healthy.labels_of_digits()
    return training(nn.Sequential(nn.Flatten(), mlp(64, 3), nn.Sigmoid()), nn.BCEWithLogitsLoss(), (images, targets))


@fault("output-activation", "without an activation")
def nll_on_logits() -> Training:
    return training(lenet(), nn.NLLLoss(), digits())


@fault("output-activation", "ReLU")
def relu_before_cross_entropy() -> Training:
    return training(nn.Sequential(lenet(), nn.ReLU()), F.cross_entropy, digits())


@fault("output-activation", "outside the range")
def regression_through_sigmoid() -> Training:
    return training(nn.Sequential(mlp(10, 1), nn.Sigmoid()), nn.MSELoss(), healthy.standardised_diabetes())


# Rung 5.


class Unregistered(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = [nn.Linear(13, 32), nn.Linear(32, 32)]
        self.head = nn.Linear(32, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        for layer in self.layers:
            inputs = layer(inputs).relu()
        return self.head(inputs)


@fault("gradient-flow", "plain containers")
def layers_in_a_list() -> Training:
    return wine(Unregistered())


class Cut(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(13, 32), nn.Linear(32, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.body(inputs).relu().detach())


@fault("gradient-flow", "get no gradient (body.weight")
def graph_cut() -> Training:
    return wine(Cut())


@fault("gradient-flow", "not in the optimiser (0.weight")
def optimiser_without_layers() -> Training:
    made = wine(mlp(13, 3))
    made.optimizer = torch.optim.Adam(made.model[-1].parameters())  # type: ignore[index]
    return made


@fault("gradient-flow", "not this model's")
def optimiser_of_another_model() -> Training:
    made = wine(mlp(13, 3))
    made.optimizer = torch.optim.Adam(mlp(13, 3).parameters())
    return made


@fault("gradient-flow", "exactly zero")
def dead_relu() -> Training:
    model = mlp(13, 3)
    with torch.no_grad():
        model[0].bias.fill_(-100.0)  # type: ignore[union-attr,operator]
    return wine(model)


@fault("gradient-flow", "no parameter is trainable")
def all_frozen() -> Training:
    made = wine(mlp(13, 3))
    made.model.requires_grad_(False)
    return made


@fault("gradient-flow", "NaN")
def gradient_is_nan() -> Training:
    class Root(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head = nn.Linear(13, 16), nn.Linear(16, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            seen = self.body(inputs)
            return self.head(torch.where(seen > 0, seen.sqrt(), torch.zeros_like(seen)))

    return wine(Root())


# Rungs 6 and 7.


@fault("own-input-only")
def softmax_over_the_batch() -> Training:
    return training(nn.Sequential(lenet(), nn.LogSoftmax(0)), nn.CrossEntropyLoss(), digits())


class WrongReshape(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(64, 32), nn.Linear(32, 10)

    def forward(self, images: Tensor) -> Tensor:
        seen = self.body(images.flatten(1)).relu()
        return self.head(seen.T.reshape(len(seen), 32))


@fault("own-input-only")
def reshape_where_a_transpose_is_meant() -> Training:
    return training(WrongReshape(), nn.CrossEntropyLoss(), digits())


@fault("own-input-only")
def attention_across_the_batch() -> Training:
    model = healthy.TextClassifier()
    for layer in model.encoder.layers:
        layer.self_attn.batch_first = False
    return training(model, nn.CrossEntropyLoss(), healthy.texts())


@fault("own-input-only")
def mean_over_the_batch() -> Training:
    class Centred(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = lenet()

        def forward(self, images: Tensor) -> Tensor:
            seen = self.net(images)
            return seen - seen.mean(0)

    return training(Centred(), nn.CrossEntropyLoss(), digits())


class AlwaysDropout(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net, self.head = nn.Linear(13, 64), nn.Linear(64, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(F.dropout(self.net(inputs).relu(), 0.5))


@fault("eval-train", "two evaluations")
def dropout_always_on() -> Training:
    return wine(AlwaysDropout())


@fault("eval-train")
def momentum_of_another_framework() -> Training:
    model = healthy.conv_bn()
    for part in model:
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = 0.99
    return training(model, nn.CrossEntropyLoss(), digits())


@fault("eval-train")
def momentum_too_small() -> Training:
    model = healthy.conv_bn()
    for part in model:
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = 0.001
    return training(model, nn.CrossEntropyLoss(), digits())


@fault("eval-train")
def nearly_all_dropped() -> Training:
    return training(healthy.conv_bn(dropout=0.97), nn.CrossEntropyLoss(), digits())


# Rungs 8 to 12.


@fault("overfit-batch", "say nothing about")
def same_inputs_other_labels() -> Training:
    chance = np.random.default_rng(0)
    inputs = torch.tensor(np.eye(4, dtype=np.float32)[chance.integers(0, 4, 300)])
    return training(mlp(4, 5), nn.CrossEntropyLoss(), (inputs, torch.tensor(chance.integers(0, 5, 300))))


@fault("overfit-batch", "narrow")
def one_hidden_unit() -> Training:
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1), nn.Sigmoid(), nn.Linear(1, 10))
    return training(model, nn.CrossEntropyLoss(), digits())


@fault("overfit-batch", "activation")
def tanh_in_the_way() -> Training:
    return training(nn.Sequential(lenet(), nn.Tanh()), nn.CrossEntropyLoss(), digits())


@fault("learning-rate", "diverging")
def rate_far_too_high() -> Training:
    made = make("lenet-digits")
    made.optimizer = torch.optim.SGD(made.model.parameters(), 30.0, momentum=0.9)
    return made


@fault("learning-rate", "diverging")
def rate_far_too_low() -> Training:
    made = make("lenet-digits")
    made.optimizer = torch.optim.SGD(made.model.parameters(), 1e-6)
    return made


@fault("determinism", "first layer")
def noise_of_its_own() -> Training:
    chance = np.random.default_rng()

    class Noisy(nn.Module):
        def forward(self, inputs: Tensor) -> Tensor:
            return inputs + 0.01 * torch.tensor(chance.standard_normal(inputs.shape), dtype=torch.float32)

    return wine(nn.Sequential(Noisy(), mlp(13, 3)))


@fault("determinism", "loader")
def order_of_its_own() -> Training:
    inputs, targets = table("wine")
    made = make("mlp-wine")

    class Loader:
        def __iter__(self) -> Any:
            order = np.random.default_rng().permutation(len(inputs))
            return iter([(inputs[part], targets[part]) for part in order[:160].reshape(10, 16)])

    made.train = Loader()
    return made


__all__ = ["FAULTS", "IMAGENET", "colours", "loaders"]
