"""Exits 0 when the API in this container answers; for container health checks."""

import os
import sys
from http.client import HTTPConnection, HTTPException

connection = HTTPConnection("127.0.0.1", int(os.environ.get("WEBSOCKET_PORT") or 5000), timeout=4)
try:
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
except (OSError, HTTPException) as error:
    sys.exit(f"the API does not answer: {error}")
sys.exit(0 if status == 200 else f"the API answers {status}")
