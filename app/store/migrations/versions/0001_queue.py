"""The queue's own tables, as procrastinate 3.10 lays them; a newer procrastinate gets a revision of its own."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None


def upgrade() -> None:
    # The driver's own cursor: the functions in the schema hold colons and percent signs that are no parameters.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(SchemaManager.get_schema())
