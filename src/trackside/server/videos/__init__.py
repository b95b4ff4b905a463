"""Videos: what they are, how they are shown, how they go."""
