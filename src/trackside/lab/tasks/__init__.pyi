from .preparing import Prepared as Prepared, prepare as prepare
from .task import TASKS as TASKS, Task as Task
