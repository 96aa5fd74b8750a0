"""Tokens that the bank verifies itself, by certificates that it fetches and keeps."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from google.auth import crypt, jwt

from memorybank.access.certificates import Verifier, fetch
from memorybank.access.identity import Identity, identity_of
from memorybank.config import Settings
from memorybank.errors import Unauthenticated, Unavailable
from memorybank.renewal import RETRY_AFTER
from memorybank.testing.cloud_tasks.tokens import Tokens
from tests.functions.callers import token as unsigned

AUDIENCE = "https://bank.example.com"


@pytest.fixture(scope="module")
def tokens() -> Iterator[Tokens]:
    tokens = Tokens()
    yield tokens
    tokens.stop()


class Certificates:
    """Certificates that are fetched as often as `calls` says."""

    def __init__(self, tokens: Tokens, *, age: float = 3600.0) -> None:
        self.found: Mapping[str, str] = fetch(tokens.certs_url)[0]
        self.age, self.calls, self.now, self.broken = age, 0, 0.0, False

    def __call__(self, url: str) -> tuple[Mapping[str, str], float]:
        del url
        self.calls += 1
        if self.broken:
            raise OSError("no route")
        return self.found, self.age

    def verifier(self, *audiences: str) -> Verifier:
        return Verifier("https://c", audiences=audiences or [AUDIENCE], fetch=self, now=lambda: self.now)


def caller(verifier: Verifier, token: str) -> str | None:
    return Identity(verifier).caller({"authorization": f"Bearer {token}"})


def test_a_signed_token_for_this_service_names_its_caller(tokens: Tokens) -> None:
    settings = Settings(auth="verify", auth_certs_url=tokens.certs_url, auth_audiences=f"https://other, {AUDIENCE}")
    identity = identity_of(settings)
    headers = {"authorization": f"Bearer {tokens.issue('Ada@example.com', AUDIENCE)}"}
    assert identity.caller(headers) == "ada@example.com"


def test_certificates_are_fetched_once_while_they_are_good(tokens: Tokens) -> None:
    certificates = Certificates(tokens, age=100)
    verifier = certificates.verifier()
    for _ in range(3):
        caller(verifier, tokens.issue("ada@example.com", AUDIENCE))
    assert certificates.calls == 1
    certificates.now = 101
    caller(verifier, tokens.issue("ada@example.com", AUDIENCE))
    assert certificates.calls == 2


def _forged(tokens: Tokens, **changes: Any) -> str:
    head, _, signature = tokens.issue("ada@example.com", AUDIENCE).split(".")
    return ".".join([head, unsigned(aud=AUDIENCE, iat=time.time(), **changes).split(".")[1], signature])


def _headed(tokens: Tokens, **header: Any) -> str:
    _, payload, signature = tokens.issue("ada@example.com", AUDIENCE).split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return f"{head}.{payload}.{signature}"


def test_no_other_token_is_believed(tokens: Tokens) -> None:
    verifier = Certificates(tokens).verifier()
    good = tokens.issue("ada@example.com", AUDIENCE)
    for bad in (
        tokens.issue("ada@example.com", "https://elsewhere.example.com"),
        tokens.issue("ada@example.com", AUDIENCE + "/"),
        _forged(tokens, email="eve@example.com"),
        unsigned(aud=AUDIENCE, iat=time.time()),
        good[:-4] + "AAAA",
        good.rpartition(".")[0] + ".",
        _headed(tokens, alg="none"),
        _headed(tokens, alg="HS256", kid="cloud-tasks-double"),
        _headed(tokens, alg="RS256", kid=["a"]),
        _headed(tokens, alg=["RS256"]),
        base64.urlsafe_b64encode(b"[]").decode() + good[good.index(".") :],
        "a.b.c",
        "x" * 8000,
    ):
        with pytest.raises(Unauthenticated) as refused:
            caller(verifier, bad)
        assert refused.value.__cause__ is None
        assert bad[:20] not in refused.value.message
    assert caller(verifier, good) == "ada@example.com"


def test_claims_count_in_signed_tokens_too() -> None:
    key, certificates = _own_key()
    verifier = Verifier("https://c", audiences=[AUDIENCE], fetch=lambda _: (certificates, 60.0))
    now = int(time.time())
    good = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 600,
        "email": "ada@example.com",
        "email_verified": True,
    }
    assert caller(verifier, jwt.encode(key, good).decode()) == "ada@example.com"
    for wrong in (
        {"exp": now - 120, "iat": now - 700},
        {"iat": now + 600},
        {"iss": "https://evil.example.com"},
        {"email_verified": False},
        {"email": None},
        {"aud": [AUDIENCE]},
        {"aud": None},
    ):
        with pytest.raises(Unauthenticated):
            caller(verifier, jwt.encode(key, {**good, **wrong}).decode())


def _own_key() -> tuple[Any, Mapping[str, str]]:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - one test needs it
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - as above

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    return crypt.RSASigner(key, "own"), {"own": public}


def test_a_new_key_is_looked_for_but_not_for_everybody_who_makes_one_up(tokens: Tokens) -> None:
    certificates = Certificates(tokens)
    known, certificates.found = certificates.found, {"old": next(iter(certificates.found.values()))}
    verifier = certificates.verifier()
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            caller(verifier, tokens.issue("ada@example.com", AUDIENCE))
    assert certificates.calls == 1
    certificates.found, certificates.now = known, 61.0
    assert caller(verifier, tokens.issue("ada@example.com", AUDIENCE)) == "ada@example.com"
    assert certificates.calls == 2


def test_without_certificates_nobody_is_let_in_and_callers_may_try_again(tokens: Tokens) -> None:
    certificates = Certificates(tokens)
    certificates.broken = True
    verifier = certificates.verifier()
    with pytest.raises(Unavailable):
        caller(verifier, tokens.issue("ada@example.com", AUDIENCE))
    certificates.broken, certificates.now = False, RETRY_AFTER
    assert caller(verifier, tokens.issue("ada@example.com", AUDIENCE)) == "ada@example.com"


def test_good_certificates_outlive_a_failure_to_fetch_new_ones_for_an_unknown_key(tokens: Tokens) -> None:
    certificates = Certificates(tokens)
    verifier = certificates.verifier()
    assert caller(verifier, tokens.issue("ada@example.com", AUDIENCE))
    certificates.broken, certificates.now = True, 120.0
    with pytest.raises(Unauthenticated):
        caller(verifier, _headed(tokens, alg="RS256", kid="made-up"))
    assert caller(verifier, tokens.issue("ada@example.com", AUDIENCE)) == "ada@example.com"
