"""The table of published results. Every row names paper and table, or page.

Most rows were written from knowledge of the papers and read by a second reader, not copied from them: look at the source
before citing.
"""

from __future__ import annotations

from trackside.lab.recipes.known import Known

_LECUN = "LeCun et al. 1998, Proceedings of the IEEE 86(11), section III-C and figure 9"
_LEE = "Lee, Grosse, Ranganath and Ng 2009, ICML, table 2"
_HE = "He, Zhang, Ren and Sun 2016, CVPR, table 6"
_LAKE = "Lake, Salakhutdinov and Tenenbaum 2015, Science 350, figure 6 and text"
_CASANUEVA = "Casanueva et al. 2020, NLP for Conversational AI, table 3"
_TUTORIAL = 'PyTorch, "Transfer learning for computer vision tutorial", the page\'s own run'
_LITE = "github.com/tensorflow/tpu, models/official/efficientnet/lite, README"
_NO_DISTORTIONS, _BEST_EPOCH = "60,000 training digits, undistorted", "the best of 25 epochs by the same 153 pictures"


def _error(dataset: str, model: str, value: float, source: str, note: str = "", split: str = "test") -> Known:
    return Known(dataset, split, "error", value, "%", model, source, note, higher_is_better=False)


def _accuracy(
    dataset: str, model: str, value: float, source: str, note: str = "", split: str = "test", unit: str = "%"
) -> Known:
    return Known(dataset, split, "accuracy", value, unit, model, source, note)


KNOWN: tuple[Known, ...] = (
    _error("MNIST", "linear classifier", 12.0, _LECUN, _NO_DISTORTIONS),
    _error("MNIST", "LeNet-1", 1.7, _LECUN, _NO_DISTORTIONS),
    _error("MNIST", "LeNet-4", 1.1, _LECUN, _NO_DISTORTIONS),
    _error("MNIST", "LeNet-5", 0.95, _LECUN, _NO_DISTORTIONS),
    _error("MNIST", "LeNet-5, distorted digits", 0.8, _LECUN, "60,000 training digits and 540,000 distorted ones"),
    _error("MNIST", "boosted LeNet-4", 0.7, _LECUN, "60,000 training digits, distorted"),
    _error(
        "MNIST", "convolutional net with pre-training (Ranzato et al. 2007)", 1.52, _LEE, "5,000 labelled training digits"
    ),
    _error(
        "MNIST", "convolutional net with pre-training (Ranzato et al. 2007)", 3.21, _LEE, "1,000 labelled training digits"
    ),
    _error("MNIST", "convolutional deep belief network", 1.59, _LEE, "5,000 labelled training digits"),
    _error("MNIST", "convolutional deep belief network", 2.62, _LEE, "1,000 labelled training digits"),
    _error("CIFAR-10", "ResNet-20", 8.75, _HE, "0.27 million weights"),
    _error("CIFAR-10", "ResNet-56", 6.97, _HE, "0.85 million weights"),
    _error("CIFAR-10", "ResNet-110", 6.43, _HE, "1.7 million weights, the best of 5 runs"),
    _accuracy("hymenoptera", "ResNet-18, all layers trained further", 0.935, _TUTORIAL, _BEST_EPOCH, "val", ""),
    _accuracy("hymenoptera", "ResNet-18, fixed features", 0.948, _TUTORIAL, _BEST_EPOCH, "val", ""),
    _error("Omniglot", "humans", 4.5, _LAKE, "20-way one-shot within an alphabet", "one-shot"),
    _error("Omniglot", "Bayesian program learning", 3.3, _LAKE, "20-way one-shot within an alphabet", "one-shot"),
    _error("Omniglot", "Siamese convolutional net", 8.0, _LAKE, "20-way one-shot within an alphabet", "one-shot"),
    _error("Omniglot", "convolutional net", 13.5, _LAKE, "20-way one-shot within an alphabet", "one-shot"),
    _accuracy("Banking77", "BERT, tuned", 93.66, _CASANUEVA, "10,003 training queries"),
    _accuracy("Banking77", "USE and ConveRT, fixed, with a head", 93.36, _CASANUEVA, "10,003 training queries"),
    _accuracy("ImageNet", "EfficientNet-Lite0", 75.1, _LITE, "float32, top-1", "val"),
    _accuracy("ImageNet", "EfficientNet-Lite0", 74.4, _LITE, "int8, top-1", "val"),
    _accuracy("ImageNet", "ResNet-50, weights a1_in1k", 80.38, "timm, results-imagenet.csv", "224 pixels, top-1", "val"),
    _accuracy("AG news", "fastText with word pairs", 92.5, "Joulin et al. 2017, EACL, table 1"),
    _accuracy("TREC", "CNN-rand", 91.2, "Kim 2014, EMNLP, table 2"),
    Known(
        "COCO",
        "val2017",
        "AP",
        0.281,
        "",
        "CenterNet, ResNet-18",
        "Zhou, Wang and Krähenbühl 2019, table 1",
        "object detection",
    ),
    Known(
        "COCO",
        "val2017",
        "AP of points",
        0.704,
        "",
        "Simple Baselines, ResNet-50",
        "Xiao, Wu and Wei 2018, table 1",
        "256 x 192",
    ),
)
