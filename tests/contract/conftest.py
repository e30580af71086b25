"""Hosted models against the test server."""

from tests.support.language_models import make, provider, server, shared_server, sleep

__all__ = ["make", "provider", "server", "shared_server", "sleep"]
