"""Alembic's entry: run the revisions on the connection that `store.database.migrate` hands over."""

from alembic import context

import app.store.record_tables  # noqa: F401 - its tables belong to the metadata too
from app.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
