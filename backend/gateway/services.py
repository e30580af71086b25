"""What the gateway works with; made by bootstrap, reached through `app.state.services`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from backend.conversation.foresight import Foresight
from backend.conversation.ruling import LOCAL
from backend.gateway.control import Control
from backend.gateway.hub import Hub
from backend.gateway.stopping import Stopping
from backend.gateway.turn_driver import TurnDriver
from backend.memory.collections import IndexState
from backend.memory.resources import MemoryResources
from backend.ports import RateLimiter, Tickets
from backend.safety.moderation import Moderation
from backend.store import Store

if TYPE_CHECKING:
    from backend.gateway.admission import Admission
    from backend.gateway.authentication import Tokens
    from backend.gateway.census import Census
    from backend.gateway.limits import Limits

Check = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """Plain values that clients feel. `typing_seconds`: how long a typing indicator lasts;
    `this_machine_only`: whoever calls it by another name was led here, by a page say."""

    max_message_length: int = 2000
    typing_seconds: float = 3.0
    websocket_path: str = "/socket.io"
    allowed_origins: tuple[str, ...] = ()
    this_machine_only: bool = False
    page: Path | None = None  # the built web page
    most_connections: int = 20  # of one user to one process; a newer one replaces the oldest
    grace_seconds: float = 20.0  # how long running replies may take to end at shut-down


@dataclass(frozen=True, slots=True)
class Services:
    """The running system as the gateway sees it.

    `checks` prove each dependency, by name, for /readyz, and `index_state` says which model the
    index was built with and how far a rebuild is. `moderation` looks at edits.
    `local_user` is set where the page may sign in as the local user without a form.
    """

    store: Store
    memory: MemoryResources
    hub: Hub
    control: Control
    admission: "Admission"
    census: "Census"
    turns: TurnDriver
    foresight: Foresight
    tokens: "Tokens"
    tickets: Tickets
    message_rate: RateLimiter
    limits: "Limits"
    checks: dict[str, Check] = field(default_factory=dict)
    index_state: Callable[[], IndexState] | None = None
    options: GatewayOptions = field(default_factory=GatewayOptions)
    local_user: Callable[[], Awaitable[UUID]] | None = None
    moderation: Moderation = LOCAL.moderation
    stopping: Stopping = field(default_factory=Stopping)
