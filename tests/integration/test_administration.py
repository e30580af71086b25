"""Reports, blocks and the log of what admins did, in the real database."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio

from backend.adapters.postgres.jobs import FORMATION_TASK
from backend.commands.rotate_keys import settle
from backend.errors import CharacterBlocked, ModelTimeout, NotFound
from backend.gateway.administration import Admin
from backend.gateway.rest.admin_reports import ReportChange, change_report
from backend.models import AdminAction, Conversation, Erasure, Message, Report, User
from backend.safety.encryption import Scope
from backend.store import AuditFilter, ParkedJob, UserFilter
from tests.support.eventually import eventually
from tests.support.records import a_character, a_user
from tests.support.sealing import a_keyring, sealing_store, sealing_system, tables_telling
from tests.support.system import System
from tests.support.turns import ask

SECRETS = ("Zorbnik", "Wombatine", "Plimsolk")


@pytest_asyncio.fixture
async def admin(system: System) -> Admin:
    """Somebody whose lines of the log are a test's alone."""
    return Admin(uuid4(), system.store)


async def logged(system: System, admin: Admin) -> list[AdminAction]:
    """What the log says of an admin, oldest first."""
    async with system.store.transaction() as tx:
        return (await tx.audit.page(AuditFilter(admin.id), limit=100, before=None))[::-1]


def a_report(conversation: Conversation, message: Message, **changes: object) -> Report:
    """Of a message, by the conversation's user."""
    fields = {
        "user_id": conversation.user_id,
        "message_id": message.id,
        "conversation_id": conversation.id,
        "character_id": conversation.character_id,
        "sender_type": message.sender_type,
        "reason": "spam",
        "evidence": {"message": {"content": message.content}, "around": []},
    }
    return Report.model_validate(fields | changes)


# --- the log ----------------------------------------------------------------------------------------


async def test_what_is_done_and_what_fails_is_logged_with_its_transaction(
    system: System, admin: Admin
) -> None:
    user = a_user()
    async with admin.acting("user.role", ("user", user.id), role="admin") as tx:
        await tx.users.add(user)
    with pytest.raises(NotFound):
        async with admin.acting("report.read", ("report", user.id)) as tx:
            await tx.people.set_role(user.id, "admin")
            raise NotFound("There is no such report.")
    with pytest.raises(ZeroDivisionError):
        async with admin.acting("overview.read"):
            raise ZeroDivisionError
    done, refused, broken = await logged(system, admin)
    assert (done.action, done.target_type, done.target_id) == ("user.role", "user", user.id)
    assert (done.outcome, done.details) == ("done", {"role": "admin"})
    assert (refused.action, refused.outcome) == ("report.read", "not_found")
    assert (broken.action, broken.outcome) == ("overview.read", "internal_error")
    async with system.store.transaction() as tx:
        assert (await tx.users.get(user.id)).role == "user"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE admin_audit SET outcome = 'done'",
        "DELETE FROM admin_audit",
        "TRUNCATE admin_audit",
        "UPDATE admin_audit SET actor_id = NULL WHERE false",
    ],
)
async def test_nobody_rewrites_the_log(system: System, admin: Admin, statement: str) -> None:
    async with admin.acting("overview.read"):
        pass
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        await system.query(statement)  # type: ignore[arg-type]
    assert len(await logged(system, admin)) == 1


async def test_the_log_is_paged_and_narrowed(system: System, admin: Admin) -> None:
    target = uuid4()
    for action in ("users.list", "user.block", "users.list"):
        async with admin.acting(action, ("user", target)):
            pass
    async with system.store.transaction() as tx:
        first = await tx.audit.page(AuditFilter(target_id=target), limit=2, before=None)
        rest = await tx.audit.page(AuditFilter(target_id=target), limit=2, before=first[-1].id)
        blocks = await tx.audit.page(AuditFilter(admin.id, "user.block"), limit=9, before=None)
    assert [line.action for line in (*first, *rest)] == ["users.list", "user.block", "users.list"]
    assert blocks == [first[1]]


# --- reports ----------------------------------------------------------------------------------------


async def test_a_message_is_reported_once_however_many_ask_at_once(system: System) -> None:
    conversation = await system.introduce()
    (message,) = await system.say(conversation, "Buy my book!")

    async def report(reason: str) -> tuple[UUID, str, bool]:
        async with system.store.transaction() as tx:
            stored, is_new = await tx.reports.file(a_report(conversation, message, reason=reason))
        return stored.id, stored.reason, is_new

    reported = await asyncio.gather(*(report(reason) for reason in ("spam", "hate", "other")))
    assert len({(identity, reason) for identity, reason, _ in reported}) == 1
    assert sorted(is_new for _, _, is_new in reported) == [False, False, True]


async def test_a_report_s_surroundings_are_the_user_s_own_and_hold_nothing_that_was_forgotten(
    system: System,
) -> None:
    conversation = await system.introduce()
    said = await system.say(conversation, *"abcdefgh")
    await system.query("UPDATE message SET forgotten_at = now() WHERE id = %s", said[2].id)
    await system.query("UPDATE message SET deleted_at = now() WHERE id = %s", said[5].id)
    reported, forgotten, deleted = said[4].id, said[2].id, said[5].id

    async def around(user_id: UUID, message_id: UUID) -> str | None:
        async with system.store.transaction() as tx:
            found = await tx.reports.surroundings(user_id, message_id, before=3, after=2)
        return "".join(message.content for message in found.around) if found else None

    user = conversation.user_id
    assert await around(user, reported) == "bdeg"
    assert await around(user, forgotten) == "abcde"  # handed over by who forgot it
    assert [await around(*pair) for pair in ((user, deleted), (uuid4(), reported))] == [None, None]
    await system.query("UPDATE conversation SET status = 'deleted'")
    assert await around(user, reported) is None


async def test_reports_outlive_what_they_are_about_but_not_their_user(system: System) -> None:
    conversation = await system.introduce()
    (message,) = await system.say(conversation, "Buy my book!")
    async with system.store.transaction() as tx:
        report, _ = await tx.reports.file(a_report(conversation, message))
    await system.query("DELETE FROM conversation")
    async with system.store.transaction() as tx:
        assert await tx.reports.get(report.id)
        assert await tx.reports.earlier(conversation.user_id, message.id)
        (listed,) = await tx.reports.page(limit=9, status="open", before=None)
        assert await tx.reports.page(limit=9, status="resolved", before=None) == []
        assert await tx.reports.page(limit=9, status=None, before=listed.id) == []
    await system.query("DELETE FROM user_account")
    async with system.store.transaction() as tx:
        assert await tx.reports.get(report.id) is None


async def test_blocking_for_a_report_and_erasing_don_t_wait_for_each_other(
    system: System, admin: Admin
) -> None:
    conversation = await system.introduce()
    (message,) = await system.say(conversation, "Buy my book!")
    async with system.store.transaction() as tx:
        report, _ = await tx.reports.file(a_report(conversation, message))

    async def block() -> None:
        async with admin.acting("report.change") as tx:
            await change_report(tx, admin, report.id, ReportChange(action="user_blocked"))

    async def somebody_waits() -> bool:
        return bool(
            await system.query(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )

    mine = Erasure(user_id=conversation.user_id)
    async with system.store.transaction() as tx:
        await tx.users.get(conversation.user_id, lock=True)  # of the two, what erasing locks first
        blocking = asyncio.create_task(block())
        await eventually(somebody_waits)
        assert (await tx.erasures.delete_rows(mine))["report"] == 1
    with pytest.raises(NotFound):
        await blocking


async def test_what_is_reported_is_stored_sealed_and_sealed_anew_under_another_key(
    database_url: str,
) -> None:
    async with sealing_system(database_url, a_keyring("k1"), Scope.SENSITIVE) as system:
        conversation = await system.introduce()
        (message,) = await system.say(conversation, "Meet me at the Zorbnik.")
        report = a_report(conversation, message, note="Wombatine!")
        async with system.store.transaction() as tx:
            stored, _ = await tx.reports.file(report)
        assert (stored.note, stored.evidence) == (report.note, report.evidence)
        async with system.store.transaction() as tx:
            changed = await tx.reports.get(report.id, for_update=True)
            assert changed is not None
            changed.resolution = "Only a Plimsolk."
            await tx.reports.save(changed)
        await system.query("UPDATE message SET content = ''")  # it is in clear: nothing marks it
    assert await tables_telling(database_url, *SECRETS) == {word: set() for word in SECRETS}
    async with sealing_system(database_url, a_keyring("k2", "k1"), Scope.SENSITIVE) as system:
        async for _ in settle(system.store):
            pass
    async with sealing_store(database_url, a_keyring("k2")) as store, store.transaction() as tx:
        (found,) = await tx.reports.page(limit=9, status=None, before=None)
    assert (found.note, found.resolution) == ("Wombatine!", "Only a Plimsolk.")
    assert found.evidence["message"]["content"] == "Meet me at the Zorbnik."


# --- blocks -----------------------------------------------------------------------------------------


async def test_people_are_found_by_any_part_of_a_name_and_by_what_they_are(system: System) -> None:
    people = [a_user("Ada 100%"), a_user("Bo", role="admin"), a_user("Cy")]
    async with system.store.transaction() as tx:
        for user in people:
            await tx.users.add(user)
        await tx.people.block_user(people[2].id, "spam")

    async def found(narrow: UserFilter) -> str:
        async with system.store.transaction() as tx:
            page = await tx.people.page(narrow, limit=9, before=None)
        return " ".join(user.display_name for user in page)

    assert await found(UserFilter()) == "Cy Bo Ada 100%"
    assert await found(UserFilter("0%")) == "Ada 100%"
    assert await found(UserFilter("%")) == "Ada 100%"
    assert await found(UserFilter(str(people[1].id).upper())) == "Bo"
    assert await found(UserFilter(people[1].email[3:20].upper())) == "Bo"
    assert await found(UserFilter(role="admin")) == "Bo"
    assert (await found(UserFilter(blocked=True)), await found(UserFilter(blocked=False))) == (
        *("Cy", "Bo Ada 100%"),
    )


async def test_a_block_has_held_since_the_first_and_says_the_last_reason(system: System) -> None:
    user = a_user()
    async with system.store.transaction() as tx:
        await tx.users.add(user)
    blocks: list[User | None] = []
    for reason in ("spam", "more spam", None):
        async with system.store.transaction() as tx:
            blocks.append(await tx.people.block_user(user.id, reason))
    first, second, none = blocks
    assert first is not None
    assert second is not None
    assert none is not None
    assert (second.blocked_reason, none.blocked_reason) == ("more spam", None)
    assert first.blocked_at == second.blocked_at is not None
    assert none.blocked_at is None
    async with system.store.transaction() as tx:
        assert await tx.people.block_user(uuid4(), "spam") is None


async def test_a_blocked_character_is_there_for_its_owner_and_who_knows_it(system: System) -> None:
    owner, friend, stranger = (a_user(name) for name in ("Ada", "Bo", "Cy"))
    async with system.store.transaction() as tx:
        for user in (owner, friend, stranger):
            await tx.users.add(user)
    character = a_character(owner_id=owner.id)
    await system.introduce(friend, character)
    async with system.store.transaction() as tx:
        await tx.people.block_character(character.id, "hate")

    async def sees(user: User) -> tuple[bool, bool]:
        async with system.store.transaction() as tx:
            listed = await tx.characters.page(user.id, limit=9, after=None)
            one = await tx.characters.visible(character.id, user.id)
        return one is not None, character.id in {each.id for each in listed}

    assert [await sees(user) for user in (owner, friend, stranger)] == [
        *((True, True), (True, False), (False, False)),
    ]


async def test_a_blocked_user_s_characters_are_there_for_who_knows_them(system: System) -> None:
    maker, friend, stranger = (a_user(name) for name in ("Ada", "Bo", "Cy"))
    async with system.store.transaction() as tx:
        for user in (maker, friend, stranger):
            await tx.users.add(user)
    character = a_character(owner_id=maker.id)
    await system.introduce(friend, character)

    async def seen() -> list[tuple[bool, bool]]:
        async with system.store.transaction() as tx:
            return [
                (
                    await tx.characters.visible(character.id, user.id) is not None,
                    [each.id for each in await tx.characters.page(user.id, limit=9, after=None)]
                    == [character.id],
                )
                for user in (friend, stranger)
            ]

    assert await seen() == [(True, True), (True, True)]
    async with system.store.transaction() as tx:
        await tx.people.block_user(maker.id, "spam")
    assert await seen() == [(True, True), (False, False)]
    async with system.store.transaction() as tx:
        await tx.people.block_user(maker.id, None)
    assert await seen() == [(True, True), (True, True)]


async def test_a_blocked_character_says_nothing_until_it_is_no_longer_blocked(
    system: System,
) -> None:
    conversation = await system.introduce()
    waiting = await ask(system, conversation, "Are you there?")
    async with system.store.transaction() as tx:
        await tx.people.block_character(conversation.character_id, "hate")
        assert await tx.turns.waiting(limit=9) == []
        assert await tx.turns.next_unanswered(conversation.id) is None
        with pytest.raises(CharacterBlocked, match="hate"):
            await tx.turns.want_variant(waiting)
    with pytest.raises(CharacterBlocked, match="hate"):
        await ask(system, conversation, "Hello?")
    async with system.store.transaction() as tx:
        await tx.people.block_character(conversation.character_id, None)
        assert await tx.turns.waiting(limit=9) == [conversation.id]
        assert (await tx.turns.next_unanswered(conversation.id)).id == waiting.id  # type: ignore[union-attr]


# --- the system as a whole --------------------------------------------------------------------------


async def test_the_overview_counts(system: System) -> None:
    ada, bo = a_user(), a_user("Bo", role="admin", blocked_at=None)
    conversation = await system.introduce(ada)
    await system.introduce(bo)
    await system.say(conversation, "Hello.", "Still there?")
    spent = {"tokens": 7, "promptTokens": 100}
    await system.say(conversation, "Yes.", sender_type="character", details=spent)
    async with system.store.transaction() as tx:
        counted = await tx.operation.overview()
    assert counted["users"] == {"total": 2, "admins": 1, "blocked": 0, "newThisWeek": 2}
    assert counted["activeUsers"] == {"day": 1, "week": 1}
    assert counted["conversations"] == {"total": 2, "active": 2, "archived": 0}
    assert counted["messages"] == {"total": 3, "today": 3}
    assert counted["tokens"] == {"prompt": 100, "completion": 7}
    assert counted["memories"] == counted["reports"] == counted["jobs"] == {}


async def test_live_conversations_are_those_written_in_and_those_listened_to(
    system: System,
) -> None:
    written, heard, quiet = [await system.introduce() for _ in range(3)]
    async with system.store.transaction() as tx:
        await tx.turns.claim(written.id, "process 1", seconds=60)
        await tx.turns.claim(quiet.id, "process 2", seconds=-1)
        found = await tx.operation.live([heard.id, uuid4()], limit=9)
    assert [(each.id, each.user_id, each.process) for each in found] == [
        (written.id, written.user_id, "process 1"),
        (heard.id, heard.user_id, None),
    ]


# --- parked jobs ------------------------------------------------------------------------------------


async def park(system: System, conversation: Conversation, error: Exception) -> None:
    """Have the conversation's job fail once, and be given up for it."""

    async def fail(_: UUID) -> None:
        raise error

    async def failed() -> bool:
        return bool(
            await system.query(
                "SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND attempts = 1"
            )
        )

    async with system.store.transaction() as tx:
        await tx.formation.enqueue(conversation.id, delay_seconds=0)
    await system.jobs.open()
    worker = asyncio.create_task(system.jobs.run_worker({FORMATION_TASK: fail}))
    try:
        await eventually(failed)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await system.jobs.close()
    await give_up(system)


async def give_up(system: System) -> None:
    await system.query("UPDATE procrastinate_jobs SET status = 'failed' WHERE status = 'todo'")


async def parked(system: System) -> list[ParkedJob]:
    async with system.store.transaction() as tx:
        return await tx.operation.parked_jobs(limit=9)


async def retry(system: System, job_id: int | None = None) -> list[int]:
    async with system.store.transaction() as tx:
        return await tx.operation.retry_parked(job_id)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelTimeout("The model took too long."), ("model_timeout", "The model took too long.")),
        (ValueError("My dog is called Biscuit."), ("internal_error", "ValueError")),
    ],
    ids=["known", "a defect"],
)
async def test_a_parked_job_says_why_and_is_tried_again(
    system: System, error: Exception, told: tuple[str, str]
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "My dog is called Biscuit.")
    await park(system, conversation, error)
    (job,) = await parked(system)
    assert (job.task, job.conversation_id) == (FORMATION_TASK, conversation.id)
    assert (job.code, job.reason) == told
    assert job.parked_at is not None
    assert job.retries_at == job.parked_at + timedelta(hours=1)
    async with system.store.transaction() as tx:
        health = await tx.operation.memory_health()
    assert (health["pendingMessages"], health["conversationsBehind"]) == (1, 1)
    assert health["jobs"] == {FORMATION_TASK: {"failed": 1}}

    assert await retry(system, job.id + 1) == []
    assert await retry(system, job.id) == [job.id]
    assert (await parked(system), await retry(system)) == ([], [])
    assert await system.jobs_of(conversation) == 1


async def test_parked_jobs_for_the_same_are_tried_as_one(system: System) -> None:
    conversation, other = [await system.introduce() for _ in range(2)]
    for wanted in (conversation, conversation, other):
        async with system.store.transaction() as tx:
            await tx.formation.enqueue(wanted.id, delay_seconds=0)
        await give_up(system)
    async with system.store.transaction() as tx:
        await tx.formation.enqueue(other.id, delay_seconds=0)  # waits anew already
    assert len(await retry(system)) == 3
    assert await parked(system) == []
    assert [await system.jobs_of(each) for each in (conversation, other)] == [1, 1]


async def test_parked_jobs_for_nothing_in_particular_are_all_tried(system: System) -> None:
    for conversation in [await system.introduce() for _ in range(2)]:
        async with system.store.transaction() as tx:
            await tx.formation.enqueue(conversation.id, delay_seconds=0)
    await system.query("UPDATE procrastinate_jobs SET queueing_lock = NULL")
    await give_up(system)
    assert len(await retry(system)) == 2
    assert await system.query("SELECT count(*) FROM procrastinate_jobs") == [(2,)]
