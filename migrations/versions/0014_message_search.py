"""Messages are searched in their language

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# What parts words: space, punctuation, symbols, emoji. And what is written without spaces (Chinese,
# Japanese, Korean, Thai, Lao, Khmer, Burmese): it is taken letter by letter, so that any part of it is a
# phrase. backend/adapters/postgres/search_terms.py reads queries in the same way.
PARTS_WORDS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb"
    r"\u00bf\u00d7\u00f7\u02c2-\u02df\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f"
    r"\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufe00-\ufe6f"
    r"\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U0001f000-\U0001faff"
    r"\U000e0000-\U000e01ef"
)
SPACELESS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf"
    r"\u4e00-\u9fff\uac00-\ud7af\uff66-\uff9d\U00020000-\U0003ffff"
)
SPACED_OUT = f"""
CREATE FUNCTION spaced_out(content text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(lower(normalize(content, NFC)), '[{PARTS_WORDS}]+', ' ', 'g'),
        '([{SPACELESS}])', ' \\1 ', 'g')
$$
"""
# Behind the stemmer, which goes by accents.
WITHOUT_ACCENTS = """
CREATE FUNCTION without_accents(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(words,
        'àáâãäåāăąçćčďèéêëēėęěğìíîïīįıłñńňòóôõöøōőŕřśšşșťțùúûüūůűųýÿźżž',
        'aaaaaaaaacccdeeeeeeeegiiiiiiilnnnoooooooorrssssttuuuuuuuuyyzzz')
$$
"""
# By trigger, and so by whatever comes to change a message: what is sealed, deleted or forgotten leaves
# no words here. A message that doesn't tell its language is read in that of the talk before it, or as
# English: a dictionary only decides which forms count as one word, so the exact word is found anyway.
FOLLOW = """
CREATE FUNCTION follow_message_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    spoken text := NEW.language;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM message_words WHERE message_id = NEW.id;
    END IF;
    IF NEW.language IS NULL OR NEW.key_id IS NOT NULL OR NEW.content = ''
        OR NEW.deleted_at IS NOT NULL OR NEW.forgotten_at IS NOT NULL
    THEN
        RETURN NULL;
    END IF;
    IF spoken = 'simple' THEN
        SELECT language INTO spoken FROM message
        WHERE conversation_id = NEW.conversation_id AND seq BETWEEN NEW.seq - 10 AND NEW.seq
            AND language <> 'simple'
        ORDER BY seq DESC LIMIT 1;
        spoken := coalesce(spoken, 'english');
    END IF;
    INSERT INTO message_words
        (message_id, user_id, character_id, conversation_id, sender_type, language, created_at, words)
    SELECT NEW.id, user_id, character_id, id, NEW.sender_type, spoken, NEW.created_at,
        array_to_tsvector(ARRAY['@' || user_id, '=' || spoken])
        || CAST(without_accents(CAST(
            to_tsvector(CAST(spoken AS regconfig), spaced_out(NEW.content)) AS text)) AS tsvector)
    FROM conversation WHERE id = NEW.conversation_id;
    RETURN NULL;
END $$
"""
TRIGGERS = (
    """CREATE TRIGGER message_words_come AFTER INSERT ON message
    FOR EACH ROW EXECUTE FUNCTION follow_message_words()""",
    """CREATE TRIGGER message_words_follow
    AFTER UPDATE OF content, language, key_id, deleted_at, forgotten_at ON message
    FOR EACH ROW EXECUTE FUNCTION follow_message_words()""",
)


def upgrade() -> None:
    # Messages from before have no language: the background work reads them, batch by batch.
    op.add_column("message", sa.Column("language", sa.String(), nullable=True))
    op.create_index(
        "ix_message_unread_language",
        "message",
        ["id"],
        postgresql_where=sa.text("language IS NULL AND key_id IS NULL"),
    )
    op.create_index(
        "ix_message_without_words",
        "message",
        ["conversation_id", "created_at"],
        postgresql_where=sa.text("language IS NULL OR key_id IS NOT NULL"),
    )
    op.create_table(
        "message_words",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("character_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("sender_type", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], ondelete="CASCADE"),
    )
    op.create_index(
        "ix_message_words",
        "message_words",
        ["words"],
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 256},
    )
    op.create_index(
        "ix_message_words_newest", "message_words", ["user_id", "created_at", "message_id"]
    )
    op.create_index("ix_message_words_language", "message_words", ["user_id", "language"])
    for statement in (SPACED_OUT, WITHOUT_ACCENTS, FOLLOW, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER message_words_follow ON message")
    op.execute("DROP TRIGGER message_words_come ON message")
    op.drop_table("message_words")
    for function in ("follow_message_words()", "without_accents(text)", "spaced_out(text)"):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_index("ix_message_without_words", table_name="message")
    op.drop_index("ix_message_unread_language", table_name="message")
    op.drop_column("message", "language")
