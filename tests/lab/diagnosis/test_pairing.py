"""What a loop makes of the loader's batches is traced back before anything is judged."""

import pytest
import torch
from torch import Tensor

from tests.lab.diagnosis.runs import fitted, loaders, mlp, table
from trackside.lab.diagnosis.pairing import pair
from trackside.lab.diagnosis.pool import Pool
from trackside.lab.diagnosis.recording import Snapshot


def pool_of(inputs: Tensor, targets: Tensor) -> Pool:
    return Pool(inputs, targets, list(zip(inputs.split(32), targets.split(32), strict=True)))


def shown(inputs: Tensor, targets: Tensor) -> list[Snapshot]:
    """Snapshots of a loop that gave the model these inputs and the loss these targets, 32 at a time."""
    parts = zip(inputs.split(32), targets.split(32), strict=True)
    return [Snapshot(step, None, one, None, two, len(one)) for step, (one, two) in enumerate(parts)]


def pictures(items: int = 256) -> tuple[Tensor, Tensor]:
    """SYNTHETIC bytes [items, 6, 5, 3] and classes from 1 to 4."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (items, 6, 5, 3), generator=generator, dtype=torch.uint8)
    return images, torch.randint(1, 5, (items,), generator=generator)


def test_what_is_given_as_it_is_stays_as_it_is():
    inputs, targets = table(256)
    pairing = pair(pool_of(inputs, targets), shown(inputs[:128], targets[:128]))
    assert pairing.known
    assert (pairing.inputs, pairing.targets) == (None, None)


@pytest.mark.parametrize(
    "prepare",
    [
        lambda images: images.permute(0, 3, 1, 2).float() / 255,
        lambda images: (images.float() / 127.5 - 1).flatten(1),
        lambda images: (images.permute(0, 3, 1, 2).float() / 255 - Tensor([0.4, 0.5, 0.6]).view(3, 1, 1)) / 0.2,
    ],
)
def test_pictures_that_the_loop_lays_out_and_scales_are_prepared_in_the_same_way(prepare):
    images, targets = pictures()
    pool = pool_of(images, targets)
    order = torch.randperm(256, generator=torch.Generator().manual_seed(1))[:160]
    pairing = pair(pool, shown(prepare(images[order]), targets[order]))
    assert pairing.known
    assert torch.allclose(pairing.prepare(pool).inputs, prepare(images), atol=1e-4)


def test_inputs_of_another_shape_are_said_to_be_unknown():
    images, targets = pictures()
    pairing = pair(pool_of(images, targets), shown(torch.randn(128, 7), targets[:128]))
    assert not pairing.known


def test_noise_on_inputs_is_taken_for_what_it_is():
    inputs, targets = table(256)
    pairing = pair(pool_of(inputs, targets), shown(inputs[:128] + 0.3 * torch.randn(128, 6), targets[:128]))
    assert pairing.known
    assert pairing.inputs is None


@pytest.mark.parametrize(
    "recode",
    [
        lambda targets: targets - 1,
        lambda targets: torch.nn.functional.one_hot(targets - 1, 4).float(),
        lambda targets: targets.float()[:, None],
    ],
)
def test_classes_that_the_loop_renames_are_renamed_everywhere(recode):
    (inputs, _), (_, targets) = table(256), pictures()
    pool = pool_of(inputs, targets)
    pairing = pair(pool, shown(inputs[:160], recode(targets[:160])))
    assert torch.equal(pairing.prepare(pool).targets, recode(targets))


def test_a_permutation_of_the_same_classes_is_left_for_the_examination_of_labels():
    inputs, targets = table(256)
    pairing = pair(pool_of(inputs, targets), shown(inputs[:160], (targets[:160] + 1) % 3))
    assert pairing.targets is None


@pytest.mark.parametrize("recode", [lambda y: (y - 3) / 7, lambda y: (y - 3)[:, None] / 7, lambda y: torch.log1p(y)])
def test_numbers_that_the_loop_scales_are_scaled_everywhere(recode):
    inputs, _ = table(256)
    targets = inputs[:, 0].exp() * 10
    pool = pool_of(inputs, targets)
    pairing = pair(pool, shown(inputs, recode(targets)))
    assert torch.allclose(pairing.prepare(pool).targets, recode(targets), atol=1e-3)


def test_targets_in_another_order_are_no_other_scale():
    inputs, _ = table(256)
    targets = inputs[:, 0] * 10
    assert pair(pool_of(inputs, targets), shown(inputs[:160], targets[:160].roll(1))).targets is None


def test_targets_that_are_the_inputs_are_found():
    inputs, targets = table(256)
    pool = pool_of(inputs, targets)
    assert torch.equal(pair(pool, shown(inputs[:160], inputs[:160])).prepare(pool).targets, inputs)


def test_a_loop_that_counts_classes_from_nought_is_healthy():
    inputs, targets = table()
    train, validation = loaders(10 * inputs, targets + 1)
    torch.manual_seed(0)
    run = fitted(mlp(), train, validation, change=lambda x, y: (x / 10, y - 1))
    report = run.diagnose()
    assert report.healthy, report.causes
