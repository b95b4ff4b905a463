"""Geometry: NURBS, camera calibration, planes and flight. Each is a package of its own; import it by name."""
