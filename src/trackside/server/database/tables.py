"""All tables, in one place: whoever makes or migrates the database imports this."""

from trackside.server.access import tables as access
from trackside.server.alarms import tables as alarms
from trackside.server.datasets import tables as datasets
from trackside.server.library import tables as library
from trackside.server.live import tables as live
from trackside.server.runs import tables as runs
from trackside.server.site import tables as site
from trackside.server.videos import tables as videos
from trackside.server.webhooks import tables as webhooks

ALL = (access, alarms, datasets, library, live, runs, site, videos, webhooks)
