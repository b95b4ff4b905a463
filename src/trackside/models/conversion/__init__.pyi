from .checkpoint import read_checkpoint as read_checkpoint
from .table import CONVERSIONS as CONVERSIONS, Conversion as Conversion
