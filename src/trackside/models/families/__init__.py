"""How the outputs of each family of networks are read: arrays in, arrays out, no picture geometry."""

from trackside.models.families.base import FAMILIES, Candidates, ClassFilter, Decoder, Family

__all__ = ["FAMILIES", "Candidates", "ClassFilter", "Decoder", "Family"]
