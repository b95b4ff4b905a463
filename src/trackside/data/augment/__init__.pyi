from .applying import (
    augment as augment,
    augment_batch as augment_batch,
)
from .breaking import (
    LabelWarning as LabelWarning,
    warnings_of as warnings_of,
)
from .copies import (
    write_copies as write_copies,
)
from .previewing import (
    Preview as Preview,
    preview as preview,
)
from .recipe import (
    Recipe as Recipe,
    Step as Step,
    read_recipe as read_recipe,
    recipe_of as recipe_of,
)
from .risk import (
    LabelRisk as LabelRisk,
    label_risk as label_risk,
)
from .sample import (
    Sample as Sample,
    sample_of as sample_of,
)
from .sides import (
    point_pairs as point_pairs,
)
from .transform import (
    TRANSFORMS as TRANSFORMS,
    Warp as Warp,
    covering as covering,
    geometric as geometric,
    mixing as mixing,
    photometric as photometric,
)
