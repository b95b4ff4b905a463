"""Web interfaces. Needs the extra `serve`: `pip install 'trackside[serve]'`."""
