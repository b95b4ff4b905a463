"""Shortcuts: what predicts the label without being the thing itself."""
