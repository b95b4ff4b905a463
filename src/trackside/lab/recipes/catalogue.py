"""Recipes for pictures and their classes.

Where a paper's settings are for a thousand times the data, what was changed is said in `source`. Results named
"measured here" are those of `benchmarks/lenet_mnist.py` and `benchmarks/transfer.py`.
"""

from __future__ import annotations

from trackside.lab.recipes.recipe import RECIPES, Recipe

CLASSES = "image-classification"
_FLIP = {"use": "flip", "chance": 0.5}
# A part of at least half the area: Szegedy's eight per cent leaves too little of the subject where pictures are few.
_CROP = {"use": "crop", "smallest": 0.5}
_COLOUR = ({"use": "brightness", "by": 0.2, "chance": 0.5}, {"use": "contrast", "by": 0.2, "chance": 0.5})


def _add(recipe: Recipe) -> None:
    RECIPES.add(recipe.name, recipe)


_add(
    Recipe(
        "lenet",
        CLASSES,
        "lenet",
        "scratch",
        "sgd",
        rate=0.02,
        epochs=20,
        batch=32,
        momentum=0.9,
        weight_decay=5e-4,
        schedule="cosine",
        augment=({"use": "translate", "by": 0.07}, {"use": "rotate", "by": 8}, {"use": "scale", "by": 0.1}),
        source="LeCun et al. 1998, sections II-B, III-B and III-C: network, 20 passes, distorted training digits; SGD with "
        "momentum takes the place of the stochastic Levenberg-Marquardt method, batches of 32 the place of single digits",
        result="MNIST, 60,000 training digits: 0.95 % test error, 0.8 % with distortions (LeCun et al. 1998, section III-C)",
    )
)
_add(
    Recipe(
        "lenet-plain",
        CLASSES,
        "lenet",
        "scratch",
        "sgd",
        rate=0.02,
        epochs=20,
        batch=32,
        momentum=0.9,
        weight_decay=5e-4,
        schedule="cosine",
        source="as `lenet`, without distortions",
        result="MNIST, 60,000 training digits: 0.95 % test error (LeCun et al. 1998, section III-C)",
    )
)
_add(
    Recipe(
        "small",
        CLASSES,
        "small",
        "scratch",
        "adamw",
        rate=2e-3,
        epochs=30,
        batch=64,
        weight_decay=0.01,
        schedule="one-cycle",
        warmup=0.2,
        source="network: VGG blocks with batch normalisation; AdamW with decoupled decay (Loshchilov and Hutter 2019); one "
        "cycle of the rate (Smith and Topin 2018)",
        result="no published result for this network: compare with LeNet on the same data",
    )
)
_add(
    Recipe(
        "frozen",
        CLASSES,
        "efficientnet-lite0",
        "frozen",
        "adamw",
        rate=1e-3,
        epochs=60,
        batch=32,
        weight_decay=0.1,
        schedule="cosine",
        source="Kornblith, Shlens and Le 2019, section 3: logistic regression with a quadratic penalty on the "
        "features of the last "
        "layer but one; AdamW takes the place of L-BFGS so that the same loop fits all recipes",
        result="hymenoptera, fixed features of ResNet-18: 0.948 of 153 validation pictures, best of 25 epochs "
        "(PyTorch transfer "
        "learning tutorial)",
    )
)
_add(
    Recipe(
        "discriminative",
        CLASSES,
        "efficientnet-lite0",
        "discriminative",
        "adamw",
        rate=1e-3,
        epochs=12,
        batch=16,
        weight_decay=0.01,
        falls_by=1.6,
        schedule="one-cycle",
        warmup=0.1,
        augment=(_FLIP, _CROP, *_COLOUR),
        source="Howard and Ruder 2018, section 3.2: each layer's rate is the next one's over a constant, and the rate "
        "rises shortly, "
        "then falls long; their 2.6 is for 4 groups of layers, 1.6 over the 9 of this network spans the same range",
        result="hymenoptera, all of ResNet-18 trained further: 0.935 of 153 validation pictures, best of 25 epochs (PyTorch "
        "transfer learning tutorial)",
    )
)
_add(
    Recipe(
        "full",
        CLASSES,
        "efficientnet-lite0",
        "full",
        "sgd",
        rate=0.005,
        epochs=20,
        batch=32,
        momentum=0.9,
        weight_decay=1e-4,
        schedule="cosine",
        warmup=0.1,
        augment=(_FLIP, _CROP),
        source="Kornblith, Shlens and Le 2019, appendix A: SGD with Nesterov's momentum 0.9 and a cosine, all layers "
        "at one rate, from "
        "a grid of rates 0.0001 to 0.1; their batch of 256 is 32 here",
        result="no published result for this backbone on small sets: compare with the recipe `frozen`",
    )
)
_add(
    Recipe(
        "scratch",
        CLASSES,
        "efficientnet-lite0",
        "scratch",
        "adamw",
        rate=1e-3,
        epochs=30,
        batch=32,
        weight_decay=0.05,
        schedule="one-cycle",
        warmup=0.2,
        augment=(_FLIP, _CROP, *_COLOUR),
        smoothing=0.1,
        source="the network of `discriminative` from random weights: what transfer is compared with; not for few pictures",
        result="ImageNet, 1.28 million pictures: 75.1 % top-1 (tensorflow/tpu, efficientnet/lite)",
    )
)
_add(
    Recipe(
        "resnet18-tutorial",
        CLASSES,
        "timm:resnet18.tv_in1k",
        "full",
        "sgd",
        rate=1e-3,
        epochs=25,
        batch=4,
        momentum=0.9,
        schedule="cosine",
        augment=(_FLIP, _CROP),
        source='PyTorch, "Transfer learning for computer vision tutorial": SGD 0.001 with momentum 0.9, batches of 4, '
        "25 epochs; a "
        "cosine takes the place of a tenth every 7 epochs. Its weights come from a hub",
        result="hymenoptera: 0.935 of 153 validation pictures, best of 25 epochs (the tutorial's page; other runs of "
        "it vary)",
    )
)
