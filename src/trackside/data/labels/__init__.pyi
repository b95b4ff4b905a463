from .balance import Balance as Balance, measure_balance as measure_balance
from .curve import LearningCurve as LearningCurve, learning_curve as learning_curve
from .errors import LabelErrors as LabelErrors, find_label_errors as find_label_errors
from .folds import assign_folds as assign_folds, together as together
