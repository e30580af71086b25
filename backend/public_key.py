"""The public key that another issuer's tokens are checked with, as JWT_PUBLIC_KEY gives it."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

LEAST_RSA_BITS = 2048
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
BY_CURVE = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
ISSUER_ALGORITHMS = (*RSA, *BY_CURVE.values(), "EdDSA")

VerifyingKey = (
    rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key and the one algorithm that it is used with, which the token has no say in."""

    key: VerifyingKey
    algorithm: str


def read_public_key(text_or_path: str, algorithm: str | None = None) -> PublicKey:
    """Read a key: PEM text, in one line with `\\n` too, or the path of a PEM file. Without an
    algorithm the usual one for such a key: RS256, ES256, ES384, ES512 or EdDSA.

    Raises:
        ValueError: what is wrong with it, as a phrase.
    """
    pem = _pem(text_or_path.strip())
    if "PRIVATE KEY" in pem:
        raise ValueError("this is a private key; give the public one and keep that at its issuer")
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(
            "must be a public key in PEM (BEGIN PUBLIC KEY), or a file of one"
        ) from None
    algorithms = _algorithms(key)
    if algorithm is not None and algorithm not in algorithms:
        raise ValueError(f"is a key for {' or '.join(algorithms)}, not for {algorithm}")
    return PublicKey(key, algorithm or algorithms[0])  # type: ignore[arg-type]  # _algorithms checked


def _pem(text_or_path: str) -> str:
    if text_or_path.startswith("-----BEGIN"):
        return text_or_path.replace("\\n", "\n")
    try:
        return Path(text_or_path).expanduser().read_text(encoding="ascii")
    except (OSError, ValueError):
        raise ValueError("is neither a key in PEM nor a file that can be read") from None


def _algorithms(key: object) -> tuple[str, ...]:
    """What a key may be used with."""
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < LEAST_RSA_BITS:
            raise ValueError(f"an RSA key must have {LEAST_RSA_BITS} bits or more")
        return RSA
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in BY_CURVE:
        return (BY_CURVE[key.curve.name],)
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return ("EdDSA",)
    raise ValueError("must be an RSA, P-256, P-384, P-521 or Ed25519 key")
