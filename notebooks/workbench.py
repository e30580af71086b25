"""What the notebooks share: one look for plots, tables, and no server left behind."""

import atexit
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path

import httpx
import matplotlib.pyplot as plt
import psutil
from IPython.display import HTML, display

from backend.errors import InvalidRequest
from backend.monitoring.logs import configure_logging

LOOK = Path(__file__).with_name("plots.mplstyle")
END_SECONDS = 4.0  # a kernel that takes longer to restart is killed


def set_up() -> None:
    """Plots in the notebooks' look, logs for errors only, and servers that end with the kernel."""
    plt.style.use(LOOK)
    configure_logging(level="error")
    atexit.register(_end_servers)


def _end_servers() -> None:
    """A kernel can be restarted before the notebook's last cell has closed what the first one
    opened; PostgreSQL and Valkey would outlive it."""
    children = psutil.Process().children()
    for child in children:
        child.terminate()
    psutil.wait_procs(children, timeout=END_SECONDS)


class Unusable(Exception):
    """The notebook can't go on until its reader does what the sentence says."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows instead of a traceback."""
        return [str(self)]


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Say in a sentence what is wrong with what the reader gave: server, token or report."""
    try:
        yield
    except httpx.HTTPStatusError as error:
        status, url = error.response.status_code, error.request.url
        if status in (401, 403):
            raise Unusable(
                f"The server lets nobody in ({status}): set KEEPSAKE_TOKEN to what `keepsake token`"
                " prints on its machine, and run the notebook again."
            ) from None
        raise Unusable(f"The server answered {url} with {status}: {error.response.text}") from None
    except httpx.TransportError as error:
        raise Unusable(
            f"No Keepsake answers at {error.request.url}: start it, or set KEEPSAKE_URL to where it"
            " runs, or unset it to have this notebook start one."
        ) from None
    except (InvalidRequest, OSError) as error:
        reason = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else error
        raise Unusable(
            f"{reason} Set KEEPSAKE_REPORT to a report that `keepsake eval` wrote, or unset it to"
            " have this notebook measure a few stories."
        ) from None


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Show rows under headings; numbers stand right, everything else left."""
    head = "".join(f'<th align="left" style="text-align:left">{escape(h)}</th>' for h in headings)
    body = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in rows)
    display(HTML(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"))


def _cell(value: object) -> str:
    side = "right" if isinstance(value, int | float) else "left"
    return f'<td align="{side}" style="text-align:{side}">{escape(_text(value))}</td>'


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
