"""Diagnosis: watch a training run, run the cheap experiments that tell causes apart, and rank the causes."""
