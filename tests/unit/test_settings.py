"""Settings: a wrong value stops the start with its name, its problem and an example."""

from pathlib import Path
from typing import Any

import pytest

from backend.errors import ConfigurationError
from backend.settings import LogFormat, Provider, Settings, load_settings

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env` and none of our variables, whatever machine this runs on."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def from_environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def test_with_nothing_set_everything_is_embedded_and_offline() -> None:
    settings = load_settings()

    assert settings.provider is Provider.OFFLINE
    assert settings.embedded_database
    assert settings.host == "127.0.0.1"
    assert (settings.websocket_port, settings.websocket_path) == (5000, "/socket.io")


def test_the_seed_s_defaults() -> None:
    settings = load_settings()

    assert (settings.llm_max_tokens, settings.llm_temperature) == (500, 0.8)
    assert (settings.memory_context_window, settings.memory_retention_days) == (20, 90)
    assert settings.fact_extraction_threshold == 0.7
    assert (settings.max_message_length, settings.message_rate_limit) == (2000, "10/minute")
    assert settings.typing_timeout == 3000
    assert (settings.groq_model, settings.groq_memory_model) == (
        "openai/gpt-oss-120b",
        "openai/gpt-oss-20b",
    )


def test_at_most_forty_settings() -> None:
    assert len(Settings.model_fields) <= 40


@pytest.mark.parametrize(
    ("variables", "provider"),
    [
        ({}, Provider.OFFLINE),
        ({"GROQ_API_KEY": "gsk_1"}, Provider.GROQ),
        ({"LLM_BASE_URL": "http://localhost:1/v1", "LLM_MODEL": "m"}, Provider.OPENAI),
        (
            {"GROQ_API_KEY": "gsk_1", "LLM_BASE_URL": "http://localhost:1/v1"},
            Provider.GROQ,
        ),
        ({"GROQ_API_KEY": "gsk_1", "LLM_PROVIDER": "offline"}, Provider.OFFLINE),
        (
            {"LLM_PROVIDER": "openai", "LLM_API_KEY": "sk-1", "LLM_MODEL": "m"},
            Provider.OPENAI,
        ),
        ({"GROQ_API_KEY": ""}, Provider.OFFLINE),  # left empty is not set
    ],
)
def test_which_provider_writes(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], provider: Provider
) -> None:
    assert from_environment(monkeypatch, **variables).provider is provider


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLM_PROVIDER", "claude"),
        ("GROQ_BASE_URL", "api.groq.com"),
        ("LLM_BASE_URL", "localhost:11434"),
        ("LLM_MAX_TOKENS", "0"),
        ("LLM_MAX_TOKENS", "many"),
        ("LLM_TEMPERATURE", "2.1"),
        ("WEBSOCKET_PORT", "0"),
        ("WEBSOCKET_PORT", "65536"),
        ("WEBSOCKET_PATH", "socket.io"),
        ("WEBSOCKET_PATH", "/"),
        ("WEBSOCKET_PATH", "/ws/"),
        ("WEBSOCKET_PATH", "/api"),
        ("WEBSOCKET_PATH", "/api/v1"),
        ("TYPING_TIMEOUT", "50"),
        ("MAX_MESSAGE_LENGTH", "-1"),
        ("MESSAGE_RATE_LIMIT", "banana"),
        ("MESSAGE_RATE_LIMIT", "0/minute"),
        ("MEMORY_CONTEXT_WINDOW", "0"),
        ("MEMORY_RETENTION_DAYS", "soon"),
        ("FACT_EXTRACTION_THRESHOLD", "70"),
        ("DATABASE_URL", "mysql://localhost/keepsake"),
        ("REDIS_URL", "localhost:6379"),
        ("QDRANT_URL", "localhost:6333"),
        ("JWT_SECRET", "short"),
        ("JWT_PUBLIC_KEY", "a shared secret"),
        ("LOG_FORMAT", "xml"),
        ("CRISIS_RESOURCES", "no-such-file.json"),
        ("CRISIS_RESOURCES", '{"AT": "142"}'),
        ("AI_DISCLOSURE", "sometimes"),
        ("BREAK_REMINDER", "never"),
        ("BREAK_REMINDER", "0"),
        ("BREAK_REMINDER", "25"),
    ],
)
def test_a_wrong_value_names_the_variable_the_problem_and_an_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        from_environment(monkeypatch, **{name: value})

    message = str(error.value)
    assert message.startswith(f"{name}: ")
    assert f" Example: {name}=" in message
    problem = message.removeprefix(f"{name}: ").partition(" Example: ")[0]
    assert len(problem.split()) >= 3
    assert "Value error" not in message
    assert "\n" not in message


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError) as error:
        from_environment(monkeypatch, WEBSOCKET_PORT="x", LLM_TEMPERATURE="y")

    assert "WEBSOCKET_PORT: " in str(error.value)
    assert "LLM_TEMPERATURE: " in str(error.value)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"LLM_PROVIDER": "groq"}, "GROQ_API_KEY"),
        ({"LLM_PROVIDER": "openai"}, "LLM_BASE_URL"),
        ({"LLM_BASE_URL": "http://localhost:1/v1"}, "LLM_MODEL"),
        ({"DATABASE_URL": "postgresql://localhost/k"}, "JWT_SECRET"),
    ],
)
def test_what_another_setting_needs_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{named}: needed .* Example: {named}="):
        from_environment(monkeypatch, **variables)


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError) as error:
        from_environment(monkeypatch, JWT_SECRET="hunter2", ENCRYPTION_KEYS="key-of-keys")

    assert "hunter2" not in str(error.value)
    assert "key-of-keys" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://localhost/k",
        "postgres://localhost/k",
        "postgresql+psycopg://localhost/k",
    ],
)
def test_with_a_database_of_one_s_own_every_address_is_served(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    settings = from_environment(monkeypatch, DATABASE_URL=url, JWT_SECRET=SECRET)

    assert not settings.embedded_database
    assert settings.host == "0.0.0.0"


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", []),
        (" https://a.example , https://b.example,", ["https://a.example", "https://b.example"]),
    ],
)
def test_origins_are_a_list(monkeypatch: pytest.MonkeyPatch, text: str, origins: list[str]) -> None:
    assert from_environment(monkeypatch, CORS_ORIGINS=text).allowed_origins == origins


def test_the_file_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("LOG_FORMAT=json\nWEBSOCKET_PORT=6000\nSOMEBODY_ELSES=1\n")

    settings = from_environment(monkeypatch, WEBSOCKET_PORT="7000")

    assert (settings.log_format, settings.websocket_port) == (LogFormat.JSON, 7000)


def test_a_path_ends_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment(monkeypatch, WEBSOCKET_PATH="/chat/").websocket_path == "/chat"


def test_settings_do_not_change() -> None:
    changes: dict[str, Any] = {"websocket_port": 1}
    with pytest.raises(ValueError, match="frozen"):
        setattr(load_settings(), *changes.popitem())


@pytest.mark.parametrize(("value", "hours"), [("0.5", 0.5), ("off", None), ("OFF", None), ("", 3)])
def test_breaks_are_every_so_many_hours_or_never(
    monkeypatch: pytest.MonkeyPatch, value: str, hours: float | None
) -> None:
    assert from_environment(monkeypatch, BREAK_REMINDER=value).break_reminder == hours


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"JWT_ALGORITHM": "RS256"}, "JWT_ALGORITHM"),
        ({"JWT_ALGORITHM": "none"}, "JWT_ALGORITHM"),
        ({"JWT_ISSUER": "https://id.example.com/"}, "JWT_ISSUER"),
        ({"JWT_AUDIENCE": "keepsake"}, "JWT_AUDIENCE"),
    ],
    ids=str,
)
def test_what_is_about_another_issuer_needs_its_key(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{named}: .* JWT_PUBLIC_KEY"):
        from_environment(monkeypatch, **variables)


def test_our_own_algorithm_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment(monkeypatch, JWT_ALGORITHM="HS256").jwt_public_key is None


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "quokka" * 8
    settings = from_environment(
        monkeypatch,
        DATABASE_URL=f"postgresql://keepsake:{secret}@localhost/keepsake",
        REDIS_URL=f"redis://:{secret}@localhost",
        QDRANT_URL=f"http://{secret}@localhost",
        QDRANT_API_KEY=secret,
        GROQ_API_KEY=secret,
        GROQ_BASE_URL=f"https://user:{secret}@localhost",
        LLM_API_KEY=secret,
        LLM_BASE_URL=f"https://user:{secret}@localhost",
        JWT_SECRET=secret,
    )
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert "quokka" not in shown
        assert "websocket_port=5000" in shown
