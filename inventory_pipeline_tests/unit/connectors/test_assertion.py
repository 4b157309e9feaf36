"""A signed statement is one that others can check."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from inventory_pipeline.connectors.assertion import sign_assertion
from inventory_pipeline.errors import ConfigError

CLAIMS = {"iss": "client", "aud": "https://erp.example/token", "iat": 1, "exp": 2_000_000_000}


@pytest.fixture(scope="module")
def keys():
    return {
        "PS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ES256": ec.generate_private_key(ec.SECP256R1()),
        "other curve": ec.generate_private_key(ec.SECP384R1()),
        "other kind": ed25519.Ed25519PrivateKey.generate(),
    }


def write_pem(key, secret=None):
    encryption = (
        serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    ).decode()


@pytest.mark.parametrize("algorithm", ["PS256", "ES256"])
def test_the_library_of_others_takes_it(keys, algorithm):
    key = keys[algorithm]
    token = sign_assertion(CLAIMS, key=write_pem(key), key_id="k1", algorithm=algorithm)
    assert jwt.get_unverified_header(token) == {"typ": "JWT", "alg": algorithm, "kid": "k1"}
    checked = jwt.decode(
        token, key.public_key(), algorithms=[algorithm], audience=CLAIMS["aud"], issuer="client"
    )
    assert checked == CLAIMS


def test_a_changed_statement_is_not_taken(keys):
    token = sign_assertion(CLAIMS, key=write_pem(keys["ES256"]), key_id="k1", algorithm="ES256")
    head, _, signature = token.split(".")
    other = jwt.utils.base64url_encode(json.dumps({**CLAIMS, "iss": "other"}).encode()).decode()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(
            f"{head}.{other}.{signature}",
            keys["ES256"].public_key(),
            algorithms=["ES256"],
            audience=CLAIMS["aud"],
        )


@pytest.mark.parametrize(
    ("algorithm", "key", "wanted"),
    [
        ("PS256", "ES256", "an RSA key"),
        ("ES256", "PS256", "a key on the curve P-256"),
        ("ES256", "other curve", "a key on the curve P-256"),
        ("ES256", "other kind", "a key on the curve P-256"),
    ],
)
def test_a_key_of_another_kind_is_refused(keys, algorithm, key, wanted):
    with pytest.raises(ConfigError, match=f"algorithm {algorithm} signs with {wanted}"):
        sign_assertion(CLAIMS, key=write_pem(keys[key]), key_id="k1", algorithm=algorithm)


def test_what_is_no_key_is_refused_and_not_shown(keys):
    for text in ("hush", write_pem(keys["ES256"], b"password")):
        with pytest.raises(ConfigError, match="no private key in PEM") as caught:
            sign_assertion(CLAIMS, key=text, key_id="k1", algorithm="ES256")
        assert text[:40] not in str(caught.value)
