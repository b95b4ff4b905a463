"""Experiment records: runs of trainings as `trackside train --store` keeps them, to look at. Nothing here writes."""
