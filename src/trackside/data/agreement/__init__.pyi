from .boxes import BoxAgreement as BoxAgreement, box_agreement as box_agreement
from .coefficients import (
    cohen_kappa as cohen_kappa,
    fleiss_kappa as fleiss_kappa,
    krippendorff_alpha as krippendorff_alpha,
)
from .consensus import Consensus as Consensus, consensus_boxes as consensus_boxes, dawid_skene as dawid_skene
from .guide import write_guide as write_guide
from .intervals import Interval as Interval
from .keypoints import KeypointAgreement as KeypointAgreement, keypoint_agreement as keypoint_agreement
from .ratings import Ratings as Ratings, ratings_of as ratings_of
from .tables import confusions as confusions, of_each_annotator as of_each_annotator, of_each_class as of_each_class
