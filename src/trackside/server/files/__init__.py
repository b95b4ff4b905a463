"""Where videos and results lie: a folder by default, S3 or anything else that fsspec reaches at scale."""

from trackside.server.files.storage import Files as Files
