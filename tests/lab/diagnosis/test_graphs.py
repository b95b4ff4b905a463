"""What the autograd graph tells about a loss."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from trackside.lab.diagnosis.graphs import activations, read

OUTPUTS = torch.randn(5, 3, requires_grad=True) * 1
CLASSES = torch.tensor([0, 2, 1, 1, 0])


def test_the_operations_between_loss_and_outputs_are_named_from_the_loss_on():
    graph = read(functional.cross_entropy(OUTPUTS, CLASSES), [OUTPUTS])
    assert graph is not None
    assert graph.loss_nodes == ("NllLoss", "LogSoftmax")
    assert graph.outputs == 1


def test_the_targets_that_the_loss_was_given_are_found():
    graph = read(functional.cross_entropy(OUTPUTS, CLASSES), [OUTPUTS])
    assert graph is not None and graph.targets is not None
    assert graph.targets.tolist() == CLASSES.tolist()


def test_a_softmax_in_the_loop_and_one_in_the_model_look_alike():
    model = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
    inside = model(torch.randn(5, 4))
    loop = functional.softmax(OUTPUTS, dim=1)
    for outputs, loss in (
        (inside, functional.cross_entropy(inside, CLASSES)),
        (OUTPUTS, functional.cross_entropy(loop, CLASSES)),
    ):
        graph = read(loss, [outputs])
        assert graph is not None
        assert [one.kind for one in graph.softmaxes] == ["LogSoftmax", "Softmax"]


@pytest.mark.parametrize(("axis", "expected"), [(0, 0), (1, 1), (-1, 1), (-2, 0)])
def test_the_axis_of_a_softmax_is_counted_from_the_front(axis, expected):
    given = functional.softmax(OUTPUTS, dim=axis)
    graph = read(given.log().mean(), [OUTPUTS])
    assert graph is not None
    assert graph.softmaxes[0].axis == expected


def test_broadcast_outputs_show_in_the_number_of_comparisons():
    outputs = OUTPUTS[:, :1] * 1
    with pytest.warns(UserWarning, match="broadcasting"):
        loss = functional.mse_loss(outputs, torch.randn(5))
    graph = read(loss, [outputs])
    assert graph is not None
    assert graph.compared == 25


def test_leaves_that_gradients_reach_are_found_and_detached_ones_are_not():
    first, second = nn.Linear(4, 6), nn.Linear(6, 3)
    outputs = second(first(torch.randn(5, 4)).detach())
    graph = read(functional.cross_entropy(outputs, CLASSES), [outputs])
    assert graph is not None
    assert {id(leaf) for leaf in graph.leaves} == {id(parameter) for parameter in second.parameters()}


def test_a_loss_that_ignores_the_outputs_reaches_none_of_them():
    other = torch.randn(5, 3, requires_grad=True)
    graph = read(functional.cross_entropy(other, CLASSES), [OUTPUTS])
    assert graph is not None
    assert not graph.reaches_outputs


def test_a_loss_without_a_graph_tells_nothing():
    assert read(torch.tensor(1.0), [OUTPUTS]) is None


def test_what_relus_gave_is_read_from_the_graph_whatever_wrote_them():
    first = nn.Linear(4, 6)
    outputs = torch.relu(functional.relu(first(torch.randn(5, 4))) - 0.1)
    assert [tuple(result.shape) for result in activations(outputs)] == [(5, 6), (5, 6)]
