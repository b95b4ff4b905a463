from . import annotate as annotate
from .canvas import (
    Canvas as Canvas,
)
from .frame import (
    Frame as Frame,
)
from .images import (
    ImageReader as ImageReader,
    read_image as read_image,
)
from .opening import (
    open_media as open_media,
)
from .planes import (
    Planes as Planes,
)
from .probing import (
    VideoInfo as VideoInfo,
    probe as probe,
)
from .reader import (
    MediaReader as MediaReader,
    VideoReader as VideoReader,
)
from .writer import (
    VideoWriter as VideoWriter,
)
