"""What every command does with the terminal: where it writes, how it fails, how it is cut off."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import typer
from rich.console import Console

from backend.errors import KeepsakeError
from backend.monitoring.logs import configure_logging
from backend.settings import Settings, load_settings

console = Console(stderr=True)  # progress and notes
tables = Console()  # results
QUIET = "warning"  # the log of a command that shows its progress
Arguments = ParamSpec("Arguments")


def one_line_errors(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """End a command that fails with one line and a status of 1, never a traceback."""

    @wraps(command)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KeepsakeError as error:
            _fail(error.message)
        except FileExistsError as error:
            _fail(f"There is such a file already: {error.filename}")
        except OSError as error:
            _fail(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return wrapped


def _fail(reason: str) -> None:
    typer.echo(f"keepsake: {' '.join(reason.split())}", err=True)
    raise typer.Exit(1) from None


def settings_for(level: str = "info") -> Settings:
    """The settings, with the log at `level`.

    Raises:
        ConfigurationError: a value is wrong; names the variable.
    """
    settings = load_settings()
    configure_logging(settings.log_format.value, level)
    return settings


@contextmanager
def resumable() -> Iterator[None]:
    """End a run that Ctrl-C cuts off with a word on what to do."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Interrupted; the same command goes on from here.", err=True)
        raise typer.Exit(130) from None


def typed() -> str:
    """The command as it was given, for a report."""
    return shlex.join(["keepsake", *sys.argv[1:]])
