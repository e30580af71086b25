"""Is it alive, is it ready, what does it measure."""

import asyncio
from dataclasses import asdict

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from backend.errors import KeepsakeError
from backend.gateway.authentication import Here
from backend.gateway.services import Check

router = APIRouter(tags=["operation"])

CHECK_SECONDS = 3.0


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Something isn't ready; says what."}})
async def readyz(here: Here) -> Response:
    """Every dependency answers, the encoder is loaded. 503 and the reasons otherwise. `index` says
    which model recall uses, how far a rebuild is, and what is to be done, if anything."""
    names = list(here.checks)
    results = await asyncio.gather(*(_state(here.checks[name]) for name in names))
    ready = all(result == "ok" for result in results)
    return JSONResponse(
        {
            "status": "ready" if ready else "not ready",
            "checks": dict(zip(names, results, strict=True)),
            "index": asdict(here.index_state()) if here.index_state else None,
        },
        200 if ready else 503,
    )


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except KeepsakeError as error:
        return error.message
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:.0f} s"
    return "ok"


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus metrics."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
