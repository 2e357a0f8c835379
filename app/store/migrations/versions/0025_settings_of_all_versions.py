"""Timers and kinds of live tasks belong to a challenge and not to one of its versions: the newest version's stay."""

from alembic import op

revision = "0025"
down_revision = "0024"

NEWEST = """
DELETE FROM {table} old USING {table} new
WHERE old.org_id = new.org_id AND split_part(old.challenge, '@', 1) = split_part(new.challenge, '@', 1)
AND coalesce(nullif(split_part(old.challenge, '@', 2), ''), '1')::numeric
  < coalesce(nullif(split_part(new.challenge, '@', 2), ''), '1')::numeric
"""
OF_ALL = "UPDATE {table} SET challenge = split_part(challenge, '@', 1) WHERE challenge LIKE '%@%'"


def upgrade() -> None:
    for table in ("timers", "live_kinds"):
        op.execute(NEWEST.format(table=table))
        op.execute(OF_ALL.format(table=table))
