"""The site itself: settings, storage, health."""
