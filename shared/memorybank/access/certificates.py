"""Verification of tokens with Google's certificates, fetched on first use and cached until they expire."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from memorybank.access.tokens import LEEWAY, Claims
from memorybank.errors import Unauthenticated, Unavailable
from memorybank.renewal import Renewing

Fetch = Callable[[str], tuple[Mapping[str, str], float]]
"""Returns the certificates at a URL, PEM by key id, and for how many seconds they may be cached."""

_AGAIN_AFTER = 60.0
"""The minimum number of seconds before certificates are fetched again because a key is missing."""

_MARGIN = 30.0
"""How many seconds before they expire certificates are fetched again, in the background."""

_TIMEOUT = 10
_MAX_BYTES = 1024 * 1024
_MAX_AGE = re.compile(r"max-age=([0-9]{1,9})")


def fetch(url: str) -> tuple[Mapping[str, str], float]:
    """Fetch certificates over HTTP."""
    import urllib.request  # noqa: PLC0415 - only who verifies pays for it

    with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310 - an address from the settings
        found = json.loads(answer.read(_MAX_BYTES))
        age = _MAX_AGE.search(answer.headers.get("Cache-Control", ""))
    if not isinstance(found, dict):
        raise ValueError("certificates must be an object of PEM texts by key id")  # noqa: TRY004 - as unreadable JSON
    return found, float(age[1]) if age else _AGAIN_AFTER


class Verifier:
    """Verifies tokens that are signed with one of the certificates at `url` and meant for one of `audiences`."""

    def __init__(
        self,
        url: str,
        *,
        audiences: Sequence[str],
        fetch: Fetch = fetch,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url, self._audiences, self._fetch, self._now = url, list(audiences), fetch, now
        self._certificates = Renewing(self._renew, margin=_MARGIN, now=now)

    def __call__(self, token: str) -> Claims:
        """Return the claims of a token, or raise `Unauthenticated`; `Unavailable` if there are no certificates."""
        from google.auth import jwt  # noqa: PLC0415 - only who verifies pays for it
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - as above

        try:
            key = jwt.decode_header(token).get("kid")
            certificates = self._with(key if isinstance(key, str) else "")
            claims: Any = jwt.decode(token, certs=certificates, audience=self._audiences, clock_skew_in_seconds=LEEWAY)
        except (GoogleAuthError, ValueError, TypeError, AttributeError, RecursionError):
            # Keep nothing of the token, not even as the cause, whose text may quote it.
            raise Unauthenticated("The token is not a Google ID token for this service, or has expired.") from None
        if not isinstance(claims, dict):
            raise Unauthenticated("The token is not a Google ID token for this service.")
        return claims

    def _with(self, key: str) -> Mapping[str, str]:
        """Return the certificates; fetch them again if they have expired, or if the key is missing and may be new."""
        found = self._certificates()
        return found if key in found else self._certificates.again(interval=_AGAIN_AFTER)

    def _renew(self) -> tuple[Mapping[str, str], float]:
        try:
            found, age = self._fetch(self._url)
        except (OSError, ValueError) as error:
            raise Unavailable("The certificates for verifying tokens cannot be fetched now.") from error
        return found, self._now() + age
