"""A metadata server as Cloud Run has it, as far as this project asks: tokens of one account.

ID tokens are for any audience; an access token is always the same.
"""

from __future__ import annotations

import json
from collections import Counter
from urllib.parse import parse_qs, urlsplit

from memorybank.testing.cloud_tasks.tokens import Tokens
from memorybank.testing.http_double import DoubleHandler, HttpDouble

_ACCOUNT = "/computeMetadata/v1/instance/service-accounts/default"
_ACCESS = "access"
"""What stands for the audience of an access token, which has none."""


class MetadataServer(HttpDouble):
    """Serves at `host` while it is entered; `asked` counts the audiences, and `failing` makes it answer 503."""

    def __init__(self, email: str, *, listen: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        super().__init__(_Asked, listen=listen)
        self.email = email
        self.asked: Counter[str] = Counter()
        self.failing = False


class _Asked(DoubleHandler):
    server: MetadataServer

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        audience = parse_qs(url.query).get("audience", [_ACCESS])[0]
        self.server.asked[audience] += 1
        known = url.path == (f"{_ACCOUNT}/token" if audience == _ACCESS else f"{_ACCOUNT}/identity")
        good = known and self.headers["Metadata-Flavor"] == "Google" and not self.server.failing
        self.answer(self._token(audience).encode() if good else b"no", status=200 if good else 503)

    def _token(self, audience: str) -> str:
        if audience == _ACCESS:
            return json.dumps({"access_token": "token", "expires_in": 3600, "token_type": "Bearer"})
        return Tokens().issue(self.server.email, audience)
