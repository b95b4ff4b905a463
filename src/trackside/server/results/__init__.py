"""Results: tables, plots, events, files."""
