"""What every turn and every batch of formation asks of memories, as statements that are built once: building
one takes longer than running it. What their partial indexes go by stands in the text, as a prepared statement
needs it.

Parameters: `character_id` and `user_id` are the owner's; lists are arrays, so that there is one statement
for any number.
"""

from sqlalchemy import Text, and_, any_, bindparam, or_, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlmodel import col, select

from backend.adapters.postgres.known_memories import UUIDS
from backend.adapters.postgres.of_owner import taking_lock
from backend.models import Memory

_OWNED = (
    col(Memory.character_id) == bindparam("character_id"),
    col(Memory.user_id) == bindparam("user_id"),
)

TAKING_LOCK = select(taking_lock(bindparam("owner")))
# Its rows are parameters, not values of the statement, which would be compiled anew each time: half a
# second for a hundred.
ADDING = insert(Memory).on_conflict_do_nothing().returning(col(Memory.id))
FACTS_SINCE = (
    select(Memory)
    .where(
        *_OWNED,
        text("kind = 'fact' AND status = 'active'"),
        or_(col(Memory.updated_at) >= bindparam("since"), col(Memory.index_state) != "synced"),
    )
    .order_by(col(Memory.updated_at).desc())
    .limit(bindparam("most"))
)
_ALIKE = or_(
    col(Memory.id) == any_(bindparam("ids", type_=UUIDS)),
    and_(
        text("kind = 'fact'"),
        col(Memory.content_hash) == any_(bindparam("said", type_=ARRAY(Text))),
    ),
    col(Memory.attribute) == any_(bindparam("about", type_=ARRAY(Text))),
)
MATCHING = select(Memory).where(
    *_OWNED, or_(and_(text("status = 'active'"), _ALIKE), text("status = 'unsure'"))
)
UNSURE = select(Memory).where(*_OWNED, text("status = 'unsure'")).order_by(col(Memory.id).desc())
NEWEST_SUMMARY = (
    select(Memory)
    .where(
        *_OWNED,
        col(Memory.conversation_id) == bindparam("conversation_id"),
        text("kind = 'summary' AND status = 'active'"),
    )
    .order_by(col(Memory.id).desc())
    .limit(1)
)
BEHIND_THE_TALK = select(Memory).from_statement(
    union_all(NEWEST_SUMMARY.subquery().select(), UNSURE.subquery().select())
)
