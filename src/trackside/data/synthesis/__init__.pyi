from .backgrounds import (
    Place as Place,
    drawn_places as drawn_places,
    places_of_folder as places_of_folder,
)
from .joints import (
    JOINTS as JOINTS,
    angles_of as angles_of,
    mirrored as mirrored,
    perturb as perturb,
    within_limits as within_limits,
)
from .lifting import (
    Lifted as Lifted,
    lift as lift,
)
from .making import (
    pictures_of as pictures_of,
    synthesize as synthesize,
)
from .planning import (
    Design as Design,
    design as design,
)
from .pose_files import (
    Poses as Poses,
    builtin_poses as builtin_poses,
    poses_of as poses_of,
    poses_of_dataset as poses_of_dataset,
    read_poses as read_poses,
)
from .scene import (
    FACTORS as FACTORS,
    Picture as Picture,
    Settings as Settings,
    draw as draw,
)
