"""Live cameras over the API: what the engine does, its pictures, its figures for monitors."""
