"""Which pages may open a socket."""

import pytest

from backend.gateway.origins import origin_allowed

LISTED = ("https://app.example.com",)


@pytest.mark.parametrize(
    ("origin", "host", "allowed", "may"),
    [
        (None, "keepsake.example", (), True),  # not a browser
        ("", "keepsake.example", (), True),
        ("https://keepsake.example", "keepsake.example", (), True),
        ("http://localhost:5000", "localhost:5000", (), True),
        ("http://localhost:3000", "localhost:5000", (), False),
        ("https://evil.example", "keepsake.example", (), False),
        ("https://keepsake.example.evil.com", "keepsake.example", (), False),
        ("https://app.example.com", "keepsake.example", LISTED, True),
        ("https://app.example.com/", "keepsake.example", LISTED, True),
        ("http://app.example.com", "keepsake.example", LISTED, False),
        ("https://other.example.com", "keepsake.example", LISTED, False),
        ("https://anything.example", "keepsake.example", ("*",), True),
        ("null", "keepsake.example", (), False),
        ("null", None, (), False),
        ("https://keepsake.example", None, (), False),
        ("HTTPS://Keepsake.Example", "keepsake.example", (), True),
        ("https://[bad", "keepsake.example", (), False),
    ],
)
def test_who_may_connect(
    origin: str | None, host: str | None, allowed: tuple[str, ...], may: bool
) -> None:
    assert origin_allowed(origin, host, allowed) is may
