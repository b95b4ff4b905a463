from .book import (
    Book as Book,
    Draw as Draw,
    Mistakes as Mistakes,
)
from .clusters import (
    Suggestion as Suggestion,
    suggest as suggest,
)
from .coco import (
    read_coco_results as read_coco_results,
)
from .compare import (
    Comparison as Comparison,
    Moved as Moved,
    compare as compare,
    mcnemar as mcnemar,
)
from .detection import (
    detection_mistakes as detection_mistakes,
)
from .drawing import (
    Drawn as Drawn,
    draw as draw,
)
from .ideas import (
    Idea as Idea,
    Ideas as Ideas,
    ideas as ideas,
)
from .intervals import (
    wilson as wilson,
)
from .predictions import (
    Predictions as Predictions,
)
from .properties import (
    with_picture_columns as with_picture_columns,
)
from .reading import (
    read_predictions as read_predictions,
)
from .report import (
    comparison_report as comparison_report,
    ideas_report as ideas_report,
    slices_report as slices_report,
)
from .sheets import (
    export_sheet as export_sheet,
    import_sheet as import_sheet,
)
from .slices import (
    Slice as Slice,
    Slices as Slices,
    find_slices as find_slices,
)
