"""How many false alarms rules with hysteresis and the ladder take away, and how many true ones: see `__main__`."""
