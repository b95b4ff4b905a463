"""Live cameras: a fleet that fails, a device that is never idle, and the peers."""
