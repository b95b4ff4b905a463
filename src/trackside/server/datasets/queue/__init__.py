"""The relabel queue in the browser."""
