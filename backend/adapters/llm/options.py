"""What a hosted model is told at construction, and the words it uses in its errors."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds; no call to a model waits without one.

    `first_token` is the wait for the first sign of life (text or reasoning), `stall` the wait
    between two of them, `total` the whole of one `stream` or `structured`, retries included.
    """

    connect: float = 5.0
    first_token: float = 30.0
    stall: float = 20.0
    total: float = 120.0


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How to reach a model and how it should talk.

    `base_url` None is the provider's own address. `memory_model` answers `structured`; None means
    `model`. `fallback_model` is tried once when the first can't answer. `max_tokens` bounds the
    visible reply: a model that reasons gets room for that on top.
    """

    api_key: str
    model: str
    base_url: str | None = None
    memory_model: str | None = None
    fallback_model: str | None = None
    max_tokens: int = 500
    temperature: float = 0.8
    timeouts: Timeouts = field(default_factory=Timeouts)

    def __repr__(self) -> str:
        """Leaves the key out, so that it can't reach a log by accident."""
        return f"ModelOptions(model={self.model!r}, base_url={self.base_url!r})"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider in the words of its error sentences: its name and the settings that fix things."""

    name: str
    base_url: str
    key_setting: str
    key_source: str
    model_settings: dict[str, str]  # model -> the setting that chose it
    model_example: str
    base_url_setting: str
    base_url_example: str


def shown_address(url: str) -> str:
    """A base URL as it may be shown: without user, password or query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}".rstrip("/")
