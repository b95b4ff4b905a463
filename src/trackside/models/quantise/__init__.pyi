from .making import Hear as Hear, Made as Made, quantise as quantise, refuse as refuse
from .pictures import LEAST_PICTURES as LEAST_PICTURES, PictureFile as PictureFile, Pictures as Pictures
from .reading import Reader as Reader, answers as answers
from .settings import LEAST as LEAST, METHODS as METHODS, TARGETS as TARGETS, Settings as Settings
from .speed import Speed as Speed, measure as measure
