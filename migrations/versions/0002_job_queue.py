"""The job queue: procrastinate's own schema.

Revision: 0002
Follows: 0001

The schema is the installed, locked procrastinate's. When the lock moves to a version with schema
migrations of its own (procrastinate/sql/migrations), a new revision here applies those.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without parameters psycopg sends the text as it is: many statements, percent signs and all.
    unparsed = op.get_bind().execution_options(no_parameters=True)
    unparsed.exec_driver_sql(SchemaManager.get_schema())


def downgrade() -> None:
    raise NotImplementedError(
        "Dropping the queue would lose waiting jobs; restore a backup instead."
    )
