"""Is it alive, is it ready, what does it measure."""

import asyncio
from dataclasses import asdict

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from backend.errors import KeepsakeError
from backend.gateway.authentication import Here
from backend.gateway.services import Check, Services
from backend.gateway.views import View
from backend.memory.collections import IndexState
from backend.monitoring.metrics import exposition

router = APIRouter(tags=["operation"])

CHECK_SECONDS = 3.0
METRICS = {"schema": {"type": "string"}, "example": "keepsake_turns_running 2.0\n"}
SPARED = {"redis", "qdrant"}  # what it can serve without


class Readiness(View):
    """`checks` says "ok" or what is wrong, by dependency."""

    status: str
    checks: dict[str, str]
    index: IndexState | None


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "It can't serve now; says why."}},
)
async def readyz(here: Here) -> Response:
    """Whether clients shall be sent here. `ready`: everything works. `degraded` (200, too): it serves,
    but without what `checks` says is wrong: without Redis, events stay in their process; without
    Qdrant, replies come without recall. Every process would be in the same state, so taking it out
    would help nobody. 503 `stopping`: a signal came. 503 `not ready`: it can't do its work.

    `index` says which model recall uses, how far a rebuild is, and what is to be done, if anything."""
    names = list(here.checks)
    results = await asyncio.gather(*(_state(here.checks[name]) for name in names))
    checks = dict(zip(names, results, strict=True))
    status = _status(here, {name for name, result in checks.items() if result != "ok"})
    return JSONResponse(
        {
            "status": status,
            "checks": checks,
            "index": asdict(here.index_state()) if here.index_state else None,
        },
        200 if status in {"ready", "degraded"} else 503,
    )


def _status(here: Services, failed: set[str]) -> str:
    if here.stopping.begun:
        return "stopping"
    if failed - SPARED:
        return "not ready"
    return "degraded" if failed else "ready"


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except KeepsakeError as error:
        return error.message
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:.0f} s"
    return "ok"


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE_LATEST: METRICS}}},
)
async def metrics() -> Response:
    """Prometheus metrics; of several workers behind one port, all of theirs together."""
    return Response(await asyncio.to_thread(exposition), media_type=CONTENT_TYPE_LATEST)
