"""Reports, blocks and what admins did

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Whoever may write to the log may add to it, no more: not the application, not a slip in a console.
REFUSE = """
CREATE FUNCTION refuse_to_rewrite_the_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'admin_audit is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
"""
APPEND_ONLY = """
CREATE TRIGGER admin_audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_the_audit_log()
"""

# Why a job failed last; the queue itself keeps only when. The row goes with the job. Named like the
# queue's own tables, one of which it hangs on, so that comparing with our models leaves it out.
JOB_PROBLEMS = """
CREATE TABLE procrastinate_job_problem (
    job_id bigint PRIMARY KEY REFERENCES procrastinate_jobs(id) ON DELETE CASCADE,
    code text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)
"""

# Who sits at the machine runs it: see docs/decisions/0022.
LOCAL_ADMIN = """
UPDATE user_account SET role = 'admin'
WHERE email = 'local@keepsake.localhost' AND password_hash IS NULL
"""


def upgrade() -> None:
    _add_reports()
    _add_audit_log()
    for table in ("user_account", "character"):
        op.add_column(table, sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("blocked_reason", sa.String(), nullable=True))
    op.execute(JOB_PROBLEMS)
    op.execute(LOCAL_ADMIN)


def _add_reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("character_id", sa.Uuid(), nullable=False),
        sa.Column("sender_type", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("user_id", "message_id", name="uq_report_user_message"),
    )
    op.create_index("ix_report_status", "report", ["status", "id"])
    op.create_index(
        "ix_report_key", "report", ["key_id"], postgresql_where=sa.text("key_id IS NOT NULL")
    )


def _add_audit_log() -> None:
    op.create_table(
        "admin_audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target_type", sa.String(), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("details", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_admin_audit_actor", "admin_audit", ["actor_id", "id"])
    op.create_index("ix_admin_audit_target", "admin_audit", ["target_id", "id"])
    op.execute(REFUSE)
    op.execute(APPEND_ONLY)


def downgrade() -> None:
    op.execute("DROP TABLE procrastinate_job_problem")
    for table in ("user_account", "character"):
        op.drop_column(table, "blocked_reason")
        op.drop_column(table, "blocked_at")
    op.drop_table("admin_audit")
    op.execute("DROP FUNCTION refuse_to_rewrite_the_audit_log()")
    op.drop_table("report")
