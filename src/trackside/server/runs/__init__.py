"""Runs: the queue, the workers, their progress."""
