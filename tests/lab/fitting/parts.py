"""Small deterministic trainings for the tests of fitting, in a module so that other processes can make them too."""

from __future__ import annotations

import random

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from trackside.lab.metric import Metric
from trackside.lab.training import Training


def accuracy_of(outputs: Tensor, targets: Tensor) -> float:
    return float((outputs.argmax(1) == targets).double().mean())


ACCURACY = Metric("accuracy", accuracy_of)


def table(items: int = 90, seed: int = 0) -> TensorDataset:
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(items, 6, generator=generator)
    return TensorDataset(inputs, (inputs[:, 0] + 0.5 * inputs[:, 1] > 0).long())


class Drawn(Dataset[tuple[Tensor, Tensor]]):
    """Items disturbed by all three global generators, as augmentation does."""

    def __init__(self, items: int = 90) -> None:
        self.inputs, self.targets = table(items).tensors

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        noise = torch.rand(6) + random.random() + float(np.random.rand())  # noqa: NPY002 - as data sets do
        return self.inputs[index] + 0.1 * noise, self.targets[index]


def plain(batch: int = 16, rate: float = 0.1, items: int = 90) -> Training:
    """Draws nothing but the order of batches."""
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    train, validation = DataLoader(table(items), batch, shuffle=True), DataLoader(table(41, seed=1), 16)
    return Training(model, nn.CrossEntropyLoss(), train, validation, optimizer)


def drawing(workers: int = 0) -> Training:
    """Draws wherever a run can: order, augmentation, dropout; and has buffers, two rates, and an optimiser with a memory."""
    torch.manual_seed(4)
    model = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 2))
    optimizer = torch.optim.AdamW(
        [{"params": model[0].parameters(), "lr": 0.002}, {"params": model[1:].parameters()}], lr=0.02
    )
    train = DataLoader(Drawn(), 8, shuffle=True, num_workers=workers)
    return Training(model, nn.CrossEntropyLoss(), train, DataLoader(table(41, seed=1), 16, shuffle=True), optimizer)
