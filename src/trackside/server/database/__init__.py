"""The server's database: its tables, how it is opened, and how it is brought up to date."""

from trackside.server.database.base import Row as Row, new_id as new_id, now as now
from trackside.server.database.opening import Database as Database
