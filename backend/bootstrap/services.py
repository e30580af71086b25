"""The whole API process, behind an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from backend.adapters.redis.connection import command_client
from backend.adapters.redis.rate_limiter import RedisRateLimiter
from backend.adapters.redis.tickets import RedisTickets
from backend.bootstrap.background import run_behind
from backend.bootstrap.core import checks_of, open_core
from backend.bootstrap.limits import build_limits
from backend.bootstrap.local_user import local_user_id
from backend.bootstrap.safeguards import build_safeguards
from backend.bootstrap.tokens import tokens_of
from backend.bootstrap.worker import quiet_seconds, worker_loops
from backend.conversation.assignment import TurnResources
from backend.conversation.context_builder import ContextPolicy
from backend.conversation.foresight import Foresight
from backend.gateway.admission import Admission
from backend.gateway.application import Application, create_application
from backend.gateway.census import Census
from backend.gateway.control import Control
from backend.gateway.hub import Hub
from backend.gateway.networks import is_this_machine
from backend.gateway.services import GatewayOptions, Services
from backend.gateway.turn_driver import TurnDriver
from backend.memory.index_wishes import ask_as_configured
from backend.models.ready_made import READY_MADE
from backend.settings import Settings
from backend.store import Store

PAGE = Path(__file__).parents[2] / "web" / "dist"


@asynccontextmanager
async def open_services(settings: Settings, *, with_worker: bool = True) -> AsyncIterator[Services]:
    """The whole API process."""
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(open_core(settings))
        hub = Hub(core.bus)
        control = Control(hub)
        safeguards = build_safeguards(settings, stack)
        resources = TurnResources(
            core.memory,
            core.model,
            ContextPolicy(window=settings.memory_context_window),
            formation_delay=quiet_seconds(settings),
            safeguards=safeguards,
        )
        turns = TurnDriver(core.store, resources, hub)
        foresight = Foresight(core.memory)
        stack.push_async_callback(foresight.close)
        redis = command_client(core.stores.redis_url)
        stack.push_async_callback(redis.aclose)
        await _prepare_data(settings, core.store)
        options, tokens = gateway_options(settings), tokens_of(settings, core.stores)
        admission = Admission(core.store, tokens, control, most=options.most_connections)
        census = Census(control, hub, admission, turns.process)
        await control.listen()
        await turns.listen()
        services = Services(
            store=core.store,
            memory=core.memory,
            hub=hub,
            control=control,
            admission=admission,
            census=census,
            turns=turns,
            foresight=foresight,
            tokens=tokens,
            tickets=RedisTickets(redis),
            message_rate=RedisRateLimiter(redis, settings.message_rate_limit),
            limits=build_limits(redis, settings.message_rate_limit),
            checks=checks_of(core),
            index_state=core.collections.state,
            options=options,
            local_user=partial(local_user_id, core.store) if settings.embedded_database else None,
            moderation=safeguards.moderation,
        )
        following = core.collections.follow()
        run_behind(
            stack, {"events": hub.run(), "turn sweep": turns.sweep(), "index books": following}
        )
        run_behind(stack, {"admission": admission.watch()})
        if with_worker:
            if not settings.qdrant_url:  # nobody else can
                await ask_as_configured(core.store, settings.embedding_model)
            run_behind(stack, worker_loops(settings, core, hub.publish))
        stack.push_async_callback(turns.close, services.options.grace_seconds)
        yield services


async def _prepare_data(settings: Settings, store: Store) -> None:
    """The ready-made characters, and embedded the local user; leases of a dead process go."""
    async with store.transaction() as tx:
        await tx.characters.add_missing(READY_MADE)
        if not settings.embedded_database:
            return
        await tx.turns.release_all()
    await local_user_id(store)


def gateway_options(settings: Settings) -> GatewayOptions:
    """The settings that clients feel."""
    return GatewayOptions(
        max_message_length=settings.max_message_length,
        typing_seconds=settings.typing_timeout / 1000,
        websocket_path=settings.websocket_path,
        allowed_origins=tuple(settings.allowed_origins),
        this_machine_only=is_this_machine(settings.host) and settings.embedded_database,
        page=PAGE,
    )


def build_application(settings: Settings, *, with_worker: bool = True) -> Application:
    """The ASGI application for these settings."""
    return create_application(
        lambda: open_services(settings, with_worker=with_worker), gateway_options(settings)
    )
