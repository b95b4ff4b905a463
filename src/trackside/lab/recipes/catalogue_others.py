"""Recipes for boxes, points, poses and texts."""

from __future__ import annotations

from trackside.lab.recipes.recipe import RECIPES, Recipe

DETECTION, KEYPOINTS, POSE, TEXT = "object-detection", "keypoints", "six-degree-pose", "text-classification"


def _add(recipe: Recipe) -> None:
    RECIPES.add(recipe.name, recipe)


_CENTRES = (
    'Zhou, Wang and Krähenbühl 2019, "Objects as points", sections 3 and 5: Adam, focal loss of centres (2 and 4), '
    "sizes at 0.1"
)
_add(
    Recipe(
        "centres",
        DETECTION,
        "efficientnet-lite0",
        "discriminative",
        "adamw",
        rate=1e-3,
        epochs=40,
        batch=8,
        weight_decay=0.01,
        falls_by=1.6,
        schedule="one-cycle",
        warmup=0.1,
        augment=({"use": "flip", "chance": 0.5}, {"use": "scale", "by": 0.2}, {"use": "translate", "by": 0.1}),
        source=f"{_CENTRES}; their batch of 128 is 8 here, rates fall towards the input",
        result="COCO val2017: AP 0.281 with ResNet-18 at 142 pictures a second (Zhou et al. 2019, table 1); not with "
        "this backbone",
    )
)
_add(
    Recipe(
        "centres-small",
        DETECTION,
        "small",
        "scratch",
        "adamw",
        rate=2e-3,
        epochs=60,
        batch=16,
        weight_decay=0.01,
        schedule="one-cycle",
        warmup=0.1,
        augment=({"use": "flip", "chance": 0.5},),
        source=f"{_CENTRES}; a small network for simple scenes",
        result="no published result for this network",
    )
)
_HEATMAPS = (
    'Xiao, Wu and Wei 2018, "Simple baselines for human pose estimation", section 2: Adam 0.001, crops 1.25 times the '
    "box; places are "
    'the mean of the heat map (Sun et al. 2018, "Integral human pose regression", L1 loss)'
)
_POINTS = ({"use": "flip", "chance": 0.5}, {"use": "rotate", "by": 20}, {"use": "scale", "by": 0.2})
_add(
    Recipe(
        "points",
        KEYPOINTS,
        "efficientnet-lite0",
        "discriminative",
        "adamw",
        rate=1e-3,
        epochs=40,
        batch=16,
        weight_decay=0.01,
        falls_by=1.6,
        schedule="one-cycle",
        warmup=0.1,
        augment=_POINTS,
        source=f"{_HEATMAPS}; rates fall towards the input",
        result="COCO val2017: AP 0.704 with ResNet-50 at 256 x 192 (Xiao et al. 2018, table 1); not with this backbone",
    )
)
_add(
    Recipe(
        "points-small",
        KEYPOINTS,
        "small",
        "scratch",
        "adamw",
        rate=2e-3,
        epochs=60,
        batch=32,
        weight_decay=0.01,
        schedule="one-cycle",
        warmup=0.1,
        augment=({"use": "rotate", "by": 10}, {"use": "scale", "by": 0.1}),
        source=f"{_HEATMAPS}; a small network for simple scenes",
        result="no published result for this network",
    )
)
_QUATERNIONS = (
    "position and unit quaternion by L2, as in PoseNet (Kendall, Grimes and Cipolla 2015, equation 2) and in the step "
    "before PoseCNN's "
    "own loss (Xiang et al. 2018, section III-C); q and -q are the same turn, the nearer one counts"
)
_add(
    Recipe(
        "pose",
        POSE,
        "efficientnet-lite0",
        "discriminative",
        "adamw",
        rate=1e-3,
        epochs=40,
        batch=16,
        weight_decay=0.01,
        falls_by=1.6,
        schedule="one-cycle",
        warmup=0.1,
        source=f"{_QUATERNIONS}; positions count in units of their spread",
        result="PoseNet, King's College: 1.92 m and 5.40 degrees, medians (Kendall et al. 2015, figure 6); not with "
        "this backbone",
        settings={"orientation": 1.0},
    )
)
_add(
    Recipe(
        "pose-small",
        POSE,
        "small",
        "scratch",
        "adamw",
        rate=2e-3,
        epochs=60,
        batch=32,
        weight_decay=0.01,
        schedule="one-cycle",
        warmup=0.1,
        source=_QUATERNIONS,
        result="no published result for this network",
        settings={"orientation": 1.0},
    )
)
_add(
    Recipe(
        "bag-of-embeddings",
        TEXT,
        "bag",
        "scratch",
        "adamw",
        rate=5e-3,
        epochs=20,
        batch=64,
        weight_decay=0.01,
        schedule="cosine",
        source='Joulin et al. 2017, "Bag of tricks for efficient text classification": means of embeddings of words and '
        "word pairs; "
        "AdamW and a cosine take the place of plain SGD and a line",
        result="AG news: 92.5 % with word pairs (Joulin et al. 2017, table 1)",
        settings={"width": 128, "pairs": 20000, "dropout": 0.3},
    )
)
_add(
    Recipe(
        "text-convolution",
        TEXT,
        "convolution",
        "scratch",
        "adamw",
        rate=1e-3,
        epochs=20,
        batch=50,
        weight_decay=0.01,
        schedule="cosine",
        source='Kim 2014, "Convolutional neural networks for sentence classification", section 3.1: windows of 3, 4 and '
        "5 words, 100 "
        "maps each, dropout 0.5, batches of 50; AdamW takes the place of Adadelta, embeddings begin at random",
        result="TREC questions: 91.2 % with random embeddings (Kim 2014, table 2, CNN-rand)",
        settings={"width": 128, "maps": 100, "dropout": 0.5},
    )
)
