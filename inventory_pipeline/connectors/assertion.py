"""Assertions: a JSON Web Token (RFC 7519) that says who asks, signed with a private key.

The signature is made by ``cryptography``, which only those install who need it.
"""

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

from inventory_pipeline.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

# Bytes of each of the two numbers of a signature on the curve P-256 (RFC 7518, 3.4).
_COORDINATE = 32
_CURVE = "secp256r1"


def sign_assertion(claims: Mapping[str, Any], *, key: str, key_id: str, algorithm: str) -> str:
    """Return the signed token.

    Args:
        key: private key in PEM, without a password.
        algorithm: PS256 or ES256.

    Raises:
        ConfigError: the key is none, or of another kind than the algorithm takes; or the
            library that signs is not installed.
    """
    head = {"typ": "JWT", "alg": algorithm, "kid": key_id}
    signed = f"{_pack_json(head)}.{_pack_json(claims)}"
    return f"{signed}.{_pack(_sign(signed.encode('ascii'), key, algorithm))}"


def _sign(text: bytes, key: str, algorithm: str) -> bytes:
    try:
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils  # noqa: PLC0415
    except ImportError:
        raise ConfigError(
            "signing needs the package cryptography: pip install 'inventory-pipeline[signing]'"
        ) from None
    try:
        private = serialization.load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError):
        # The library's own text may hold a piece of the key.
        raise ConfigError(
            "the key that signs is no private key in PEM without a password"
        ) from None
    if algorithm == "PS256" and isinstance(private, rsa.RSAPrivateKey):
        salted = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        return private.sign(text, salted, hashes.SHA256())
    if algorithm == "ES256" and _is_on_curve(private):
        pair = utils.decode_dss_signature(private.sign(text, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(_COORDINATE, "big") for number in pair)
    wanted = "an RSA key" if algorithm == "PS256" else "a key on the curve P-256"
    raise ConfigError(f"algorithm {algorithm} signs with {wanted}; the key is of another kind")


def _is_on_curve(private: object) -> "TypeGuard[ec.EllipticCurvePrivateKey]":
    curve = getattr(private, "curve", None)
    return getattr(curve, "name", "") == _CURVE


def _pack_json(value: Mapping[str, Any]) -> str:
    return _pack(json.dumps(value, separators=(",", ":")).encode())


def _pack(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
