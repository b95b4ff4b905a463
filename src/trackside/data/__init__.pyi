from .annotations import Annotations as Annotations
from .checking import Subject as Subject, data_check as data_check
from .dataset import Dataset as Dataset, Trouble as Trouble
from .health import Health as Health, check_dataset as check_dataset
from .items import Items as Items
from .suspects import Suspect as Suspect
from .workbench import Workbench as Workbench
