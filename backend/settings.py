"""Every setting, read from the environment and `.env`, checked before anything starts."""

from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.adapters.rate_window import parse_limit
from backend.errors import ConfigurationError
from backend.safety.crisis import read_resources
from backend.safety.encryption import Keyring, read_keys

EXAMPLES = {
    "groq_model": "openai/gpt-oss-120b",
    "groq_base_url": "https://api.groq.com",
    "llm_provider": "groq",
    "llm_base_url": "http://localhost:11434/v1",
    "llm_max_tokens": "500",
    "llm_temperature": "0.8",
    "websocket_port": "5000",
    "websocket_path": "/socket.io",
    "memory_context_window": "20",
    "memory_retention_days": "90",
    "message_retention_days": "365",
    "fact_extraction_threshold": "0.7",
    "max_message_length": "2000",
    "message_rate_limit": "10/minute",
    "typing_timeout": "3000",
    "database_url": "postgresql://keepsake:secret@localhost:5432/keepsake",
    "redis_url": "redis://localhost:6379/0",
    "qdrant_url": "http://localhost:6333",
    "cors_origins": "https://app.example.com,https://www.example.com",
    "jwt_secret": "<output of: openssl rand -hex 32>",
    "encryption_keys": "2026:<output of: openssl rand -base64 32>",
    "encryption_scope": "all",
    "jwt_public_key": "/run/secrets/issuer.pem",
    "log_format": "json",
    "crisis_resources": '{"AT": [{"name": "Telefonseelsorge", "contact": "142"}]}',
    "ai_disclosure": "off",
    "break_reminder": "3",
}

OUR_ALGORITHM = "HS256"  # of the tokens that are signed with JWT_SECRET


class Provider(StrEnum):
    """Who writes the replies."""

    GROQ = "groq"
    OPENAI = "openai"
    OFFLINE = "offline"


class LogFormat(StrEnum):
    """`console` for people, `json` for machines."""

    CONSOLE = "console"
    JSON = "json"


class Switch(StrEnum):
    """A setting that is on or off."""

    ON = "on"
    OFF = "off"


class Settings(BaseSettings):
    """Names are the environment variables' in lower case; see docs/configuration.md."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    groq_api_key: str | None = Field(default=None, repr=False)
    groq_model: str = "openai/gpt-oss-120b"
    groq_memory_model: str = "openai/gpt-oss-20b"
    groq_base_url: str | None = Field(default=None, repr=False)
    llm_provider: Provider | None = None
    llm_base_url: str | None = Field(default=None, repr=False)
    llm_api_key: str | None = Field(default=None, repr=False)
    llm_model: str | None = None
    llm_fallback_model: str | None = None
    llm_max_tokens: int = Field(default=500, ge=1, le=32_000)
    llm_temperature: float = Field(default=0.8, ge=0, le=2)

    websocket_host: str | None = None
    websocket_port: int = Field(default=5000, ge=1, le=65_535)
    websocket_path: str = "/socket.io"
    typing_timeout: int = Field(default=3000, ge=100, le=60_000)
    max_message_length: int = Field(default=2000, ge=1, le=100_000)
    message_rate_limit: str = "10/minute"

    memory_context_window: int = Field(default=20, ge=1, le=200)
    memory_retention_days: int = Field(default=90, ge=1)
    message_retention_days: int | None = Field(default=None, ge=1, le=36_500)
    fact_extraction_threshold: float = Field(default=0.7, ge=0, le=1)
    embedding_model: str = "all-MiniLM-L6-v2"
    reranker_model: str | None = None

    # Out of every repr: what is secret, and addresses, which may hold a password.
    database_url: str | None = Field(default=None, repr=False)
    redis_url: str | None = Field(default=None, repr=False)
    qdrant_url: str | None = Field(default=None, repr=False)
    qdrant_api_key: str | None = Field(default=None, repr=False)
    data_dir: Path = Path("data")

    jwt_secret: str | None = Field(default=None, min_length=32, repr=False)
    jwt_public_key: str | None = None
    jwt_algorithm: str | None = None
    jwt_issuer: str | None = None
    jwt_audience: str | None = None
    encryption_keys: str | None = Field(default=None, repr=False)
    encryption_scope: Literal["sensitive", "all"] = "sensitive"
    cors_origins: str = ""
    crisis_resources: str | None = None
    ai_disclosure: Switch = Switch.ON
    break_reminder: float | None = Field(default=3, gt=0, le=24)
    log_format: LogFormat = LogFormat.CONSOLE

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str | None) -> str | None:
        if value and not value.startswith(
            ("postgresql://", "postgres://", "postgresql+psycopg://")
        ):
            raise ValueError("only PostgreSQL is supported")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_only(cls, value: str | None) -> str | None:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @field_validator("qdrant_url", "groq_base_url", "llm_base_url")
    @classmethod
    def _http_only(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value

    @field_validator("websocket_path")
    @classmethod
    def _absolute_path(cls, value: str) -> str:
        path = value.rstrip("/")
        if not path.startswith("/") or path in {"/ws", "/api"} or path.startswith("/api/"):
            raise ValueError("must start with / and be neither / nor /ws nor under /api")
        return path

    @field_validator("message_rate_limit")
    @classmethod
    def _rate_only(cls, value: str) -> str:
        try:
            parse_limit(value)
        except ConfigurationError as error:
            raise ValueError(error.message) from error
        return value

    @field_validator("crisis_resources")
    @classmethod
    def _contacts_only(cls, value: str | None) -> str | None:
        try:
            if value:
                read_resources(value)
        except ConfigurationError as error:
            raise ValueError(error.message) from error
        return value

    @field_validator("break_reminder", mode="before")
    @classmethod
    def _none_if_off(cls, value: Any) -> Any:
        return None if str(value).lower() == "off" else value

    @field_validator("encryption_keys")
    @classmethod
    def _keys_only(cls, value: str | None) -> str | None:
        try:
            if value:
                read_keys(value)
        except ConfigurationError as error:
            raise ValueError(error.message) from error
        return value

    @property
    def keyring(self) -> Keyring | None:
        """The keys of encryption at rest; None: there are none."""
        return read_keys(self.encryption_keys) if self.encryption_keys else None

    @property
    def embedded_database(self) -> bool:
        """Whether Keepsake starts its own PostgreSQL; then it is a one-machine installation."""
        return self.database_url is None

    @property
    def provider(self) -> Provider:
        """The provider in force: as set, else by which key or URL is there, else offline."""
        if self.llm_provider:
            return self.llm_provider
        if self.groq_api_key:
            return Provider.GROQ
        return Provider.OPENAI if self.llm_base_url else Provider.OFFLINE

    @property
    def host(self) -> str:
        """Address to listen on: this machine alone while the local user signs in by itself."""
        return self.websocket_host or ("127.0.0.1" if self.embedded_database else "0.0.0.0")

    @property
    def allowed_origins(self) -> list[str]:
        """Origins that browsers may call from; the page's own origin always may."""
        return [origin.strip() for origin in self.cors_origins.split(",") if origin.strip()]


def load_settings(**overrides: Any) -> Settings:
    """Read and check the settings.

    Raises:
        ConfigurationError: a wrong value: its name, what is wrong with it, an example.
    """
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise ConfigurationError(_explain(error)) from error
    _check_together(settings)
    return settings


def _explain(error: ValidationError) -> str:
    problems = []
    for problem in error.errors():
        name = str(problem["loc"][0]) if problem["loc"] else "settings"
        reason = problem["msg"].removeprefix("Value error, ")
        example = f" Example: {name.upper()}={EXAMPLES[name]}" if name in EXAMPLES else ""
        problems.append(f"{name.upper()}: {reason}.{example}")
    return " ".join(problems)


def _check_together(settings: Settings) -> None:
    if settings.provider is Provider.GROQ and not settings.groq_api_key:
        raise ConfigurationError(
            "GROQ_API_KEY: needed for LLM_PROVIDER=groq. Example: GROQ_API_KEY=gsk_…"
        )
    if settings.provider is Provider.OPENAI and not (settings.llm_base_url or settings.llm_api_key):
        raise ConfigurationError(
            "LLM_BASE_URL: needed for LLM_PROVIDER=openai (or LLM_API_KEY for OpenAI itself). "
            f"Example: LLM_BASE_URL={EXAMPLES['llm_base_url']}"
        )
    if settings.provider is Provider.OPENAI and not settings.llm_model:
        raise ConfigurationError(
            "LLM_MODEL: needed for LLM_PROVIDER=openai. Example: LLM_MODEL=llama3.2"
        )
    _check_other_issuer(settings)
    if not settings.embedded_database and not settings.jwt_secret:
        raise ConfigurationError(
            "JWT_SECRET: needed when DATABASE_URL is set; at least 32 characters. "
            f"Example: JWT_SECRET={EXAMPLES['jwt_secret']}"
        )


def _check_other_issuer(settings: Settings) -> None:
    algorithm = settings.jwt_algorithm
    if settings.jwt_public_key is not None:
        from backend.public_key import read_public_key  # takes a moment, and few need it

        try:
            read_public_key(settings.jwt_public_key, algorithm)
        except ValueError as error:
            raise ConfigurationError(
                f"JWT_PUBLIC_KEY: {error}. Example: JWT_PUBLIC_KEY={EXAMPLES['jwt_public_key']}"
            ) from None
    elif algorithm not in {None, OUR_ALGORITHM}:
        raise ConfigurationError(
            f"JWT_ALGORITHM: {algorithm} needs the issuer's key in JWT_PUBLIC_KEY. "
            f"Example: JWT_PUBLIC_KEY={EXAMPLES['jwt_public_key']}"
        )
    elif settings.jwt_issuer or settings.jwt_audience:
        name = "JWT_ISSUER" if settings.jwt_issuer else "JWT_AUDIENCE"
        raise ConfigurationError(
            f"{name}: is about another issuer's tokens, and JWT_PUBLIC_KEY is unset. "
            f"Example: JWT_PUBLIC_KEY={EXAMPLES['jwt_public_key']}"
        )
