"""What every turn asks of its conversation's row, as statements that are built once: building one takes
longer than running it. The database's clock decides, so that processes' clocks needn't agree.

Parameters: `the_id` is the conversation's, `fence` the lease's, `lease` how long it is to live.
"""

from sqlalchemy import Interval, and_, bindparam, exists, func, or_, select, update
from sqlmodel import col
from sqlmodel import select as select_model

from backend.adapters.postgres.unanswered import may_speak, unanswered
from backend.models import Conversation, Message, WantedVariant

_THIS = col(Conversation.id) == bindparam("the_id")
_UNDER_LEASE = (
    col(Conversation.turn_fence) == bindparam("fence"),
    col(Conversation.status) != "deleted",
)
LEASE_LIVE = col(Conversation.turn_lease_until) >= func.now()
LEASE_FREE = or_(
    col(Conversation.turn_lease_until).is_(None),
    col(Conversation.turn_lease_until) < func.now(),
)
_LEASE_ENDS = func.now() + bindparam("lease", type_=Interval)
NO_LEASE = {"turn_lease_owner": None, "turn_lease_until": None}

CLAIM = (
    update(Conversation)
    .where(_THIS, col(Conversation.status) != "deleted", LEASE_FREE)
    .values(
        turn_lease_owner=bindparam("process"),
        turn_lease_until=_LEASE_ENDS,
        turn_fence=Conversation.turn_fence + 1,
    )
    .returning(Conversation)
    .execution_options(synchronize_session=False, populate_existing=True)
)
NEXT_UNANSWERED = (
    select_model(Message)
    .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
    .where(
        *unanswered(bindparam("the_id"), col(Conversation.answered_seq)),
        may_speak(col(Conversation.character_id)),
    )
    .order_by(col(Message.seq))
    .limit(1)
)
_READ_TO = (
    update(Conversation)
    .where(_THIS)
    .values(character_read_seq=bindparam("to"))
    .returning(col(Conversation.id))
    .cte("read_to")
)
READ = (
    update(Message)
    .add_cte(_READ_TO)
    .where(
        col(Message.conversation_id) == bindparam("the_id"),
        col(Message.sender_type) == "user",
        col(Message.seq) > bindparam("known_to"),
        col(Message.seq) <= bindparam("to"),
        col(Message.status) != "read",
    )
    .values(status="read", read_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)
_BEFORE = (
    select(col(Conversation.id), col(Conversation.turn_stop_fence))
    .where(_THIS)
    .with_for_update()
    .subquery("before")
)
RENEW = (
    update(Conversation)
    .where(col(Conversation.id) == _BEFORE.c.id, *_UNDER_LEASE)
    .values(turn_lease_until=_LEASE_ENDS, turn_stop_fence=None)
    .returning(_BEFORE.c.turn_stop_fence)
    .execution_options(synchronize_session=False)
)
HOLD = (
    select_model(Conversation)
    .where(_THIS, *_UNDER_LEASE)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_SOMETHING_WAITS = and_(
    may_speak(col(Conversation.character_id)),
    or_(
        exists().where(*unanswered(col(Conversation.id), col(Conversation.answered_seq))),
        exists().where(col(WantedVariant.conversation_id) == col(Conversation.id)),
    ),
)
LET_GO = (
    update(Conversation)
    .where(_THIS, ~_SOMETHING_WAITS)
    .values(**NO_LEASE)
    .returning(col(Conversation.id))
    .execution_options(synchronize_session=False)
)
