"""Data sets in the browser: look at them, ask how healthy they are, work through what should be looked at."""
