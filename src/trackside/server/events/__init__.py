"""News for the page."""
