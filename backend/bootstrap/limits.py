"""The limits of everything but messages, and how they follow MESSAGE_RATE_LIMIT."""

from redis.asyncio import Redis

from backend.adapters.in_memory.rate_limiter import InMemoryRateLimiter
from backend.adapters.rate_window import parse_limit
from backend.adapters.redis.rate_limiter import RedisRateLimiter
from backend.gateway.limits import Limits

MESSAGES_A_MINUTE = 10  # MESSAGE_RATE_LIMIT's default
REQUESTS_A_MINUTE = 600
STRANGERS_REQUESTS_A_MINUTE = 120
REGISTRATIONS_AN_HOUR = 30
SIGN_INS_FROM_AN_ADDRESS_A_MINUTE = 30
# These don't follow: a password is no harder to guess on a server that allows more talk.
SIGN_INS_TO_AN_ACCOUNT_FROM_AN_ADDRESS = "10/5 minutes"
SIGN_INS_TO_AN_ACCOUNT = "60/hour"


def build_limits(redis: Redis, message_rate_limit: str) -> Limits:
    """Who allows each user more messages than usual allows more of the rest, by as much; fewer
    messages leave the rest as it is."""
    messages = parse_limit(message_rate_limit)
    times = max(1.0, messages.amount * 60 / messages.get_expiry() / MESSAGES_A_MINUTE)
    return Limits(
        requests=InMemoryRateLimiter(f"{round(REQUESTS_A_MINUTE * times)}/minute"),
        strangers_requests=InMemoryRateLimiter(
            f"{round(STRANGERS_REQUESTS_A_MINUTE * times)}/minute"
        ),
        registrations=RedisRateLimiter(redis, f"{round(REGISTRATIONS_AN_HOUR * times)}/hour"),
        sign_ins_from=RedisRateLimiter(
            redis, f"{round(SIGN_INS_FROM_AN_ADDRESS_A_MINUTE * times)}/minute"
        ),
        sign_ins_to_from=RedisRateLimiter(redis, SIGN_INS_TO_AN_ACCOUNT_FROM_AN_ADDRESS),
        sign_ins_to=RedisRateLimiter(redis, SIGN_INS_TO_AN_ACCOUNT),
    )
