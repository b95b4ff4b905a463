"""Error analysis in the browser: studies of the mistakes of a model."""
