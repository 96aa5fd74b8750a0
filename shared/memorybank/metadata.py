"""A client of Google's metadata server for the tokens by which this service authenticates to others.

Source: https://cloud.google.com/run/docs/authenticating/service-to-service. google-auth does the same, but takes 120 ms
to import, which the router would pay at every start.
"""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus
from urllib.parse import urlencode

from memorybank.errors import Unavailable
from memorybank.renewal import Renewing

_PATH = "/computeMetadata/v1/instance/service-accounts/default"
_TIMEOUT = 5.0
_MARGIN = 300.0
"""How many seconds before it expires a token is replaced: it must outlive the call that uses it."""

_ACCESS_MARGIN = 200.0
"""The same for access tokens. The metadata server issues a new one only in the last 300 seconds of the old one."""


class IdTokens:
    """ID tokens of this service's account, one per audience, each kept until shortly before it expires.

    `host` is the metadata server's, with a port if it is not 80; `now` returns seconds since 1970.
    """

    def __init__(self, host: str, *, now: Callable[[], float] = time.time) -> None:
        self._host = host
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, Renewing[str]] = {}

    def __call__(self, audience: str) -> str:
        """Return a token for `audience`; raise `Unavailable` if none can be fetched."""
        with self._lock:
            if audience not in self._kept:
                self._kept[audience] = Renewing(lambda: self._renew(audience), margin=_MARGIN, now=self._now)
            kept = self._kept[audience]
        return kept()

    def _renew(self, audience: str) -> tuple[str, float]:
        token = self._fetch(audience)
        return token, _end_of(token)

    def _fetch(self, audience: str) -> str:
        query = urlencode({"audience": audience, "format": "full"})
        return _get(self._host, f"{_PATH}/identity?{query}", what="ID token")


class AccessTokens:
    """Access tokens of this service's account for Google's APIs, kept until shortly before they expire.

    `host` and `now` are as above. `quota_project` exists for other kinds of credentials: a service account has none.
    """

    quota_project: str | None = None

    def __init__(self, host: str, *, now: Callable[[], float] = time.time) -> None:
        self._host = host
        self._now = now
        self._kept = Renewing(self._renew, margin=_ACCESS_MARGIN, now=now)

    def __call__(self) -> str:
        """Return a token; raise `Unavailable` if none can be fetched."""
        return self._kept()

    def _renew(self) -> tuple[str, float]:
        text = _get(self._host, f"{_PATH}/token", what="access token")
        try:
            found = json.loads(text)
            return str(found["access_token"]), self._now() + float(found["expires_in"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("the metadata server gave something that is not an access token") from error


def _get(host: str, path: str, *, what: str) -> str:
    with closing(http.client.HTTPConnection(host, timeout=_TIMEOUT)) as connection:
        try:
            connection.request("GET", path, headers={"Metadata-Flavor": "Google"})
            answer = connection.getresponse()
            text = answer.read().decode("ascii").strip()
        except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
            raise Unavailable(f"the metadata server gives no {what}") from error
    if answer.status != HTTPStatus.OK:
        raise Unavailable(f"the metadata server gives no {what}: it answered {answer.status}")
    return text


def _end_of(token: str) -> float:
    """Return when a token expires. The receiver checks its signature; here it comes straight from the issuer."""
    try:
        claims = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise Unavailable("the metadata server gave something that is no ID token") from error
