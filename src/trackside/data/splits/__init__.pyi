from .checking import (
    check_split as check_split,
)
from .frozen import (
    Splits as Splits,
    content_hashes as content_hashes,
)
from .joining import (
    join as join,
)
from .making import (
    make_splits as make_splits,
)
from .shares import (
    achieved as achieved,
)
