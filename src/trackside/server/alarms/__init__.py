"""Alarms of live cameras: kept, looked at by people, and told to other programs."""
