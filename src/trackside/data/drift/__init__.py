"""Drift: whether the splits of a data set look as if they came from one source."""
