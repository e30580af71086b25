"""What clients are told of a turn: read, typing, the reply as it is written, how it ended."""

from typing import Any
from uuid import UUID

from backend.conversation.assignment import Assignment
from backend.conversation.turn import (
    MemoriesForgotten,
    MessageMarked,
    ReplyDelta,
    ReplyEnded,
    ReplyStarted,
    TurnEvent,
)
from backend.errors import KeepsakeError
from backend.gateway.error_mapping import retry_after
from backend.gateway.generations import Generations
from backend.gateway.hub import Hub
from backend.gateway.memory_events import announce_memory, forgotten
from backend.gateway.protocol import (
    CharacterResponse,
    ErrorEvent,
    MessagesRead,
    NoticeView,
    ServerEvent,
    Status,
    TypingIndicator,
    conversation_room,
)
from backend.gateway.views import MessageView
from backend.models import Conversation, Message
from backend.store import Store

ENDINGS: dict[str, Status] = {
    "complete": "completed",
    "interrupted": "interrupted",
    "failed": "failed",
}


class TurnNews:
    """Tells a conversation's connections, on every process, of the turns that this one carries out."""

    def __init__(self, store: Store, hub: Hub, generations: Generations) -> None:
        self._store = store
        self._hub = hub
        self._generations = generations

    def is_heard(self, conversation_id: UUID) -> bool:
        """Whether a connection of this process is in the conversation."""
        return bool(self._hub.members(conversation_room(conversation_id)))

    async def begins(self, assignment: Assignment) -> None:
        """The character has read the message, and types."""
        conversation = assignment.conversation
        if assignment.replaces is None:
            read = MessagesRead(
                conversation_id=conversation.id,
                up_to_seq=assignment.target.seq,
                reader_id=conversation.character_id,
            )
            await self._publish(conversation.id, ServerEvent.MESSAGE_READ, read)
        await self._typing(conversation, is_typing=True)

    async def happened(self, assignment: Assignment, event: TurnEvent) -> None:
        """Something happened in the turn."""
        match event:
            case MemoriesForgotten(owner, memory_ids):
                gone = [None] if memory_ids is None else memory_ids
                await announce_memory(self._hub, owner, [forgotten(key) for key in gone])
            case ReplyStarted():
                await self._started(assignment, event)
            case ReplyDelta():
                await self._delta(assignment.conversation.id, event)
            case MessageMarked(message):
                await self._publish(
                    message.conversation_id, ServerEvent.MESSAGE_UPDATED, MessageView.of(message)
                )
            case ReplyEnded():
                await self._ended(assignment, event)

    async def abandoned(self, conversation: Conversation) -> None:
        """What was begun will never be stored; the answer comes under another id."""
        if generation := self._generations.end(conversation.id):
            index = generation.index + 1
            await self._respond(conversation.id, generation.message_id, "failed", index=index)
        await self._typing(conversation, is_typing=False)

    async def failed(
        self, conversation_id: UUID, error: KeepsakeError, about: Message | None = None
    ) -> None:
        """A turn came to nothing, or its reply did."""
        event = ErrorEvent(
            code=error.code,
            message=error.message,
            retry_after=retry_after(error),
            conversation_id=conversation_id,
            client_message_id=about.client_message_id if about else None,
        )
        await self._publish(conversation_id, ServerEvent.ERROR, event)

    async def _started(self, assignment: Assignment, start: ReplyStarted) -> None:
        conversation_id = assignment.conversation.id
        self._generations.begin(conversation_id, start.message_id)
        notice = start.notice.as_details() if start.notice else None
        await self._respond(
            conversation_id,
            start.message_id,
            "started",
            reply_to=assignment.target.id,
            notice=_shown(notice),
        )

    async def _delta(self, conversation_id: UUID, delta: ReplyDelta) -> None:
        generation = self._generations.own(conversation_id)
        assert generation is not None, "a reply starts before it goes on"
        generation.add(delta.index, delta.text)
        await self._respond(
            conversation_id, delta.message_id, "delta", index=delta.index, delta=delta.text
        )

    async def _ended(self, assignment: Assignment, end: ReplyEnded) -> None:
        conversation_id = assignment.conversation.id
        generation = self._generations.end(conversation_id)
        assert generation is not None, "a reply starts before it ends"
        status: Status = "failed" if end.error else ENDINGS[end.message.state]
        await self._respond(
            conversation_id,
            end.message.id,
            status,
            index=generation.index + 1,
            notice=_shown(end.message.details.get("notice")),
            content=end.message.content if end.rewritten else None,
        )
        await self._typing(assignment.conversation, is_typing=False)
        await self._announce(assignment, end.message)
        if end.error:
            await self.failed(conversation_id, end.error, assignment.target)

    async def _announce(self, assignment: Assignment, reply: Message) -> None:
        event, variants = ServerEvent.MESSAGE_RECEIVED, []
        if assignment.replaces:
            event = ServerEvent.MESSAGE_UPDATED
            async with self._store.transaction() as tx:
                variants = await tx.messages.variants([reply.id])
        await self._publish(reply.conversation_id, event, MessageView.of(reply, variants))

    async def _respond(
        self,
        conversation_id: UUID,
        message_id: UUID,
        status: Status,
        *,
        index: int = 0,
        delta: str = "",
        **more: Any,
    ) -> None:
        response = CharacterResponse(
            conversation_id=conversation_id,
            message_id=message_id,
            status=status,
            index=index,
            delta=delta,
            **more,
        )
        await self._publish(conversation_id, ServerEvent.CHARACTER_RESPONSE, response)

    async def _typing(self, conversation: Conversation, *, is_typing: bool) -> None:
        indicator = TypingIndicator(
            conversation_id=conversation.id,
            user_id=conversation.character_id,
            is_typing=is_typing,
        )
        await self._publish(conversation.id, ServerEvent.TYPING_INDICATOR, indicator)

    async def _publish(
        self,
        conversation_id: UUID,
        event: ServerEvent,
        data: CharacterResponse | ErrorEvent | MessagesRead | TypingIndicator | MessageView,
    ) -> None:
        await self._hub.publish(conversation_room(conversation_id), event, data.wire())


def _shown(notice: dict[str, Any] | None) -> NoticeView | None:
    return NoticeView.model_validate(notice) if notice else None
