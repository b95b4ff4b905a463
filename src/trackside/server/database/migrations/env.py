"""Alembic's entry: runs the migrations on the connection that `Database.upgrade` hands over."""

from alembic import context

from trackside.server.database import tables
from trackside.server.database.base import Row, UtcTime

assert tables.ALL
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=lambda kind, item, _: (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcTime) else False
    ),
)
with context.begin_transaction():
    context.run_migrations()
