"""The error tree: every failure that Keepsake raises on purpose.

    KeepsakeError
    ├── InvalidRequest            422  the caller sent something we can't use
    │   ├── MessageTooLong        422
    │   ├── ContentRefused        422  content policy blocks it
    │   ├── InvalidCard           422  a file that is no character card we can read
    │   └── IdempotencyKeyReused  422  the key came with another request before
    ├── NotAuthenticated          401
    │   └── OtherAccount          401  a good token, but of somebody else
    ├── Forbidden                 403  known, and not let in
    │   ├── AdminOnly             403
    │   ├── AccountBlocked        403  by an admin
    │   └── NotConfirmed          403  the account's owner has to prove that they mean it
    ├── NotFound                  404  also: somebody else's
    ├── Conflict                  409
    │   ├── CharacterBlocked      409  by an admin: nobody can talk to it
    │   └── RequestInProgress     409  the same request is being carried out already
    ├── ChangedMeanwhile          412  it isn't any more what the caller's If-Match says
    ├── RateLimited               429  carries retry_after and quota
    ├── BodyTooLarge              413
    ├── BodyTooSlow               408
    ├── ConfigurationError        500  a setting is wrong; names it, says what to do
    │   └── DataDirInUse               another Keepsake holds DATA_DIR
    ├── ServiceUnavailable        503  a dependency can't be reached
    │   ├── StoreUnavailable
    │   ├── SealBroken            500  a stored row can't be decrypted
    │   ├── IndexUnavailable
    │   └── EncoderUnavailable
    └── ModelError                502  the language model did not answer usefully
        ├── ModelNotFound              unknown or retired model
        ├── ModelKeyRejected           missing, wrong or unpermitted API key
        ├── ModelRateLimited      429  carries retry_after
        ├── ModelOverloaded       503  provider 5xx
        ├── ModelTimeout          504
        ├── ModelUnreachable      503  no connection
        ├── ModelRefused               the provider or model declined the content
        ├── ModelRequestRejected       the provider calls the request malformed
        └── ModelOutputInvalid         broken JSON, or JSON outside the schema

A vendor's exception is always kept as `__cause__`. The gateway maps these to
problem+json, event errors and log lines, once.
"""

from backend.quota import Quota


class KeepsakeError(Exception):
    """Base of all expected failures.

    `code` is stable and safe to show; `str(error)` is one sentence for a person.
    """

    code = "internal_error"
    status = 500
    retryable = False

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class InvalidRequest(KeepsakeError):
    """`field` is the one that is wrong, as the caller names it; empty where it is the whole."""

    code = "invalid_request"
    status = 422

    def __init__(self, message: str, *, field: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.field = field


class MessageTooLong(InvalidRequest):
    code = "message_too_long"


class ContentRefused(InvalidRequest):
    code = "content_refused"


class InvalidCard(InvalidRequest):
    code = "invalid_card"


class IdempotencyKeyReused(InvalidRequest):
    code = "idempotency_key_reused"


class NotAuthenticated(KeepsakeError):
    code = "not_authenticated"
    status = 401


class OtherAccount(NotAuthenticated):
    code = "other_account"


class Forbidden(KeepsakeError):
    code = "forbidden"
    status = 403


class AdminOnly(Forbidden):
    code = "admin_only"


class AccountBlocked(Forbidden):
    code = "account_blocked"

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(_blocked("This account", reason))


class NotConfirmed(Forbidden):
    code = "not_confirmed"


class NotFound(KeepsakeError):
    code = "not_found"
    status = 404


class Conflict(KeepsakeError):
    code = "conflict"
    status = 409


class CharacterBlocked(Conflict):
    code = "character_blocked"

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(_blocked("This character", reason))


def _blocked(what: str, reason: str | None) -> str:
    why = f": {reason.rstrip('.')}" if reason else ""
    return f"{what} was blocked by an admin{why}."


class RequestInProgress(Conflict):
    code = "request_in_progress"
    retryable = True


class ChangedMeanwhile(KeepsakeError):
    code = "changed_meanwhile"
    status = 412


class RateLimited(KeepsakeError):
    """`quota` says of which limit nothing is left."""

    code = "rate_limited"
    status = 429

    def __init__(
        self, message: str, *, retry_after: float | None = None, quota: Quota | None = None
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.quota = quota


class BodyTooLarge(KeepsakeError):
    code = "too_large"
    status = 413


class BodyTooSlow(KeepsakeError):
    code = "request_timeout"
    status = 408


class ConfigurationError(KeepsakeError):
    code = "configuration_error"


class DataDirInUse(ConfigurationError):
    code = "data_dir_in_use"


class ServiceUnavailable(KeepsakeError):
    code = "service_unavailable"
    status = 503
    retryable = True


class StoreUnavailable(ServiceUnavailable):
    code = "store_unavailable"


class SealBroken(ServiceUnavailable):
    code = "seal_broken"
    status = 500
    retryable = False


class IndexUnavailable(ServiceUnavailable):
    code = "index_unavailable"


class EncoderUnavailable(ServiceUnavailable):
    code = "encoder_unavailable"


class ModelError(KeepsakeError):
    code = "model_error"
    status = 502


class ModelNotFound(ModelError):
    code = "model_not_found"


class ModelKeyRejected(ModelError):
    code = "model_key_rejected"


class ModelRateLimited(ModelError):
    code = "model_rate_limited"
    status = 429
    retryable = True


class ModelOverloaded(ModelError):
    code = "model_overloaded"
    status = 503
    retryable = True


class ModelTimeout(ModelError):
    code = "model_timeout"
    status = 504
    retryable = True


class ModelUnreachable(ModelError):
    code = "model_unreachable"
    status = 503
    retryable = True


class ModelRefused(ModelError):
    code = "model_refused"


class ModelRequestRejected(ModelError):
    code = "model_request_rejected"


class ModelOutputInvalid(ModelError):
    """The output can't be parsed or breaks the schema; `output` is what came."""

    code = "model_output_invalid"
    retryable = True

    def __init__(self, message: str, *, output: str = "") -> None:
        super().__init__(message)
        self.output = output
