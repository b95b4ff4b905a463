from .known import Known as Known, known_results as known_results, nearest_known as nearest_known
from .recipe import RECIPES as RECIPES, Recipe as Recipe
