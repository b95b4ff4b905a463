"""Boxes and keypoints that cannot be right: impossible geometry, exchanged sides, objects that were left out."""
