"""/docs: Swagger UI over /openapi.json, from our own files alone."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles

TITLE = "Keepsake: the API"

_HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{TITLE}</title>
"""

PAGE = f"""{_HEAD}<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/files/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<noscript>This page needs JavaScript; <a href="/openapi.json">/openapi.json</a> says the same.</noscript>
<script src="/docs/files/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""

# The token that is entered stays in this tab alone, and is gone when it is closed.
START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  validatorUrl: null,
  tagsSorter: "alpha",
});
"""

NOT_BUILT = f"""{_HEAD}</head>
<body>
<p>The API is described in <a href="/openapi.json">/openapi.json</a>, and its events in
<a href="/asyncapi.json">/asyncapi.json</a>. To read it here, install Node.js 20 or newer and run
<code>make run</code> again.</p>
</body>
</html>
"""


def add_docs(app: FastAPI, built_page: Path | None) -> None:
    """Serve it; `built_page` is the folder of the built web page, which has Swagger UI in it."""
    files = built_page / "docs" if built_page else None
    built = files is not None and files.is_dir()
    if files and built:
        app.mount("/docs/files", StaticFiles(directory=files), name="docs")

    @app.api_route("/docs", methods=["GET", "HEAD"], include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(PAGE if built else NOT_BUILT)

    @app.get("/docs/start.js", include_in_schema=False)
    async def start() -> Response:
        return Response(START, media_type="text/javascript")
