"""Analytics: what happened in one conversation or in all, in figures."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from backend.conversation.analytics import (
    MOST_PERIODS,
    MOST_TOPICS,
    Happened,
    Progress,
    Report,
    Spread,
    report_of,
)
from backend.errors import InvalidRequest
from backend.gateway.authentication import Caller, Here
from backend.gateway.ownership import own_conversation
from backend.gateway.views import Time, View
from backend.gateway.wire_types import Moment, check_span
from backend.models import User, utc_now
from backend.store.analytics import AnalyticsScope, Bucket, Counts

router = APIRouter(tags=["analytics"])


class MessageCounts(View):
    """Messages as they stand; deleted ones don't count."""

    total: int
    from_user: int
    from_character: int


class TokenCounts(View):
    """What replies cost, those that were written anew too. 0 where the provider doesn't say."""

    prompt: int
    completion: int
    total: int


class SpreadView(View):
    """Milliseconds, by the middle one of `count` replies and by one that 95 of 100 are faster than."""

    count: int
    p50: float
    p95: float


class ResponseTimes(View):
    """`generation`: how long the reply was written. `reply`: from the user's message until the reply was
    stored."""

    generation: SpreadView
    reply: SpreadView


class MemoryCounts(View):
    """Memories formed, but for retracted ones."""

    total: int
    by_kind: dict[str, int]
    by_category: dict[str, int]


class MoodCounts(View):
    """Messages by the mood that was read off them. Imported messages have none."""

    user: dict[str, int]
    character: dict[str, int]


class TopicCount(View):
    """How many replies were about it."""

    topic: str
    count: int


class Figures(View):
    """What there was; 0 or empty where there was nothing."""

    messages: MessageCounts
    tokens: TokenCounts
    memories: MemoryCounts
    moods: MoodCounts
    topics: Annotated[
        list[TopicCount], Field(description="The most frequent, most frequent first.")
    ]


class Period(Figures):
    """`start` is the first day, in the user's time zone."""

    start: date


class StandingView(View):
    """How the two stood at the end of a period, on scales of 0-100."""

    start: date
    level: float
    trust: float
    intimacy: float
    stage: str


class StageChange(View):
    """Another stage was reached in the period that begins at `start`."""

    start: date
    before: str
    after: str


class ProgressView(View):
    """How the relationship with a character went, by its ledger: what silence takes is told in with the
    next message. `points` are the periods in which it moved."""

    character_id: UUID
    points: list[StandingView]
    stage_changes: list[StageChange]


class AnalyticsView(Figures):
    """Everything in all, by `periods` without gaps (the newest 400, none later than today), and the
    relationships with the characters talked with most (20). `unread`: of so many replies the mood and the
    topic aren't counted: they are encrypted, and only the newest 500 of those are read."""

    conversation_id: UUID | None
    since: Annotated[Time | None, Field(serialization_alias="from")]
    until: Annotated[Time | None, Field(serialization_alias="to")]
    bucket: Bucket
    time_zone: str
    response_times: ResponseTimes
    periods: Annotated[list[Period], Field(max_length=MOST_PERIODS)]
    relationships: list[ProgressView]
    unread: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request narrows its analytics to."""

    bucket: Bucket
    since: datetime | None
    until: datetime | None

    def scope(self, user: User, conversation_id: UUID | None = None) -> AnalyticsScope:
        return AnalyticsScope(
            user.id, user.time_zone, self.bucket, conversation_id, self.since, self.until
        )


def _asked(
    bucket: Annotated[Bucket, Query(description="How long each of `periods` is.")] = Bucket.DAY,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Not within.")] = None,
) -> _Asked:
    return _Asked(bucket, since, until)


Asked = Annotated[_Asked, Depends(_asked)]


@router.get("/conversations/{conversation_id}/analytics")
async def conversation_analytics(
    here: Here, caller: Caller, asked: Asked, conversation_id: UUID
) -> AnalyticsView:
    """What happened in a conversation, in figures. The relationship is that with its character, whatever
    the conversation."""
    days = _days(caller, asked)
    scope = asked.scope(caller, conversation_id)
    async with here.store.transaction() as tx:
        await own_conversation(tx, conversation_id, caller.id)
        counts = await tx.analytics.counts(scope)
    return _view(scope, counts, days)


@router.get("/users/me/analytics")
async def own_analytics(here: Here, caller: Caller, asked: Asked) -> AnalyticsView:
    """What happened in all conversations of the caller, in figures."""
    days = _days(caller, asked)
    scope = asked.scope(caller)
    async with here.store.transaction() as tx:
        counts = await tx.analytics.counts(scope)
    return _view(scope, counts, days)


def _days(user: User, asked: _Asked) -> tuple[date | None, date | None]:
    """The first and the last day within, as the user has them."""
    check_span(asked.since, asked.until)
    last_moment = asked.until and asked.until - timedelta(microseconds=1)
    try:
        first, last = (
            moment and moment.astimezone(user.zone).date() for moment in (asked.since, last_moment)
        )
    except (OverflowError, ValueError) as error:
        raise InvalidRequest("from and to must be in years that calendars have.") from error
    return first, last


def _view(
    scope: AnalyticsScope, counts: Counts, days: tuple[date | None, date | None]
) -> AnalyticsView:
    today = utc_now().astimezone(ZoneInfo(scope.zone)).date()
    report: Report = report_of(
        counts.counts, scope.bucket, first=days[0], last=days[1], today=today
    )
    return AnalyticsView(
        **_figures(report.total, MOST_TOPICS),
        conversation_id=scope.conversation_id,
        since=scope.since,
        until=scope.until,
        bucket=scope.bucket,
        time_zone=scope.zone,
        response_times=ResponseTimes(
            generation=_spread(report.generation), reply=_spread(report.reply)
        ),
        periods=[
            Period(start=start, **_figures(happened, 5)) for start, happened in report.periods
        ],
        relationships=[_progress(progress) for progress in report.relationships],
        unread=counts.unread,
    )


def _figures(happened: Happened, topics: int) -> dict[str, View | list[TopicCount]]:
    prompt, completion = happened.prompt_tokens, happened.completion_tokens
    return {
        "messages": MessageCounts(
            total=happened.from_user + happened.from_character,
            from_user=happened.from_user,
            from_character=happened.from_character,
        ),
        "tokens": TokenCounts(prompt=prompt, completion=completion, total=prompt + completion),
        "memories": MemoryCounts(
            total=happened.memories.total(),
            by_kind=dict(happened.memories),
            by_category=dict(happened.categories),
        ),
        "moods": MoodCounts(
            user=dict(happened.user_moods), character=dict(happened.character_moods)
        ),
        "topics": [
            TopicCount(topic=topic, count=count)
            for topic, count in sorted(
                happened.topics.items(), key=lambda item: (-item[1], item[0])
            )[:topics]
        ],
    }


def _spread(spread: Spread) -> SpreadView:
    return SpreadView.model_validate(spread)


def _progress(progress: Progress) -> ProgressView:
    points = [StandingView.model_validate(point) for point in progress.points]
    return ProgressView(
        character_id=progress.character_id,
        points=points,
        stage_changes=[
            StageChange(start=later.start, before=earlier.stage, after=later.stage)
            for earlier, later in pairwise(points)
            if earlier.stage != later.stage
        ],
    )
