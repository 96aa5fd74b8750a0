"""Google ID tokens: where a request carries one, how its claims are read, and when they are valid."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from memorybank.errors import Unauthenticated

ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
"""The issuers of Google's ID tokens: https://developers.google.com/identity/openid-connect/openid-connect"""

LEEWAY = 60
"""The allowed clock skew in seconds."""

_LONGEST = 25 * 3600
"""The longest remaining lifetime of a token, in seconds: Google's ID tokens live an hour."""

_LAST = 253_402_300_800  # the year 10000
_MAX_TOKEN = 8192
_HOW = "send a Google ID token as 'Authorization: Bearer TOKEN' (or in X-Serverless-Authorization)"
_EMAIL = re.compile(r"[^\s@*$,;:<>\"\\/]{1,64}@[a-z0-9.-]{1,255}")

Claims = Mapping[str, Any]
Reader = Callable[[str], Claims]
"""Returns the claims of a token, or raises `Unauthenticated` if it is not valid."""


def bearer_token(headers: Mapping[str, str]) -> str:
    """Return the token of a request, or raise `Unauthenticated` with how to send one.

    If both headers are sent, Cloud Run verifies only X-Serverless-Authorization, so only that one can be trusted.
    """
    value = headers.get("x-serverless-authorization")
    if value is None:
        value = headers.get("authorization", "")
    if not value:
        raise Unauthenticated(f"The request carries no credentials: {_HOW}.")
    scheme, _, token = value.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN:
        raise Unauthenticated(f"The request's credentials cannot be read: {_HOW}.")
    return token


def unverified_claims(token: str) -> Claims:
    """Return the claims of a token whose signature Cloud Run has verified, and may have removed."""
    parts = token.split(".")
    try:
        payload = parts[1] if len(parts) == 3 else ""  # noqa: PLR2004 - header, payload, signature
        claims = json.loads(base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise Unauthenticated(f"The token is not an ID token: {_HOW}.")
    return claims


def email_of(claims: Claims, *, now: Callable[[], float] = time.time) -> str:
    """Return the email of a token in lower case; raise `Unauthenticated` unless Google issued it and it is in date."""
    if claims.get("iss") not in ISSUERS:
        raise Unauthenticated("The token was not issued by Google.")
    expires, present = _time_of(claims, "exp"), now()
    if expires is None or expires + LEEWAY < present:
        raise Unauthenticated("The token has expired: fetch a new one.")
    if expires > present + _LONGEST:
        raise Unauthenticated("The token claims to be valid longer than Google's tokens are.")
    begins = _time_of(claims, "nbf") if "nbf" in claims else present
    if begins is None or begins - LEEWAY > present:
        raise Unauthenticated("The token is not valid yet.")
    email = checked_email(claims.get("email"))
    if email is None:
        raise Unauthenticated("The token has no email: ask for it when you fetch the token (include_email).")
    if claims.get("email_verified") is not True:
        raise Unauthenticated("The token's email is not verified.")
    return email


def _time_of(claims: Claims, name: str) -> float | None:
    """Return a time claim in seconds since 1970, None for any other value: NaN would pass every comparison."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LAST:
        return None
    return float(value)


def checked_email(value: object) -> str | None:
    """Return an email address in lower case, or None for anything else."""
    # Only ASCII is lowered: in Unicode, other characters become ASCII letters (KELVIN SIGN becomes k).
    email = value.lower() if isinstance(value, str) and value.isascii() else ""
    return email if _EMAIL.fullmatch(email) else None
