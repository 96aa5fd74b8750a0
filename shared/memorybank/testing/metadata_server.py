"""A metadata server as Cloud Run has it, as far as this project asks: tokens of one account.

ID tokens are for any audience; an access token is always the same.
"""

from __future__ import annotations

import json
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self
from urllib.parse import parse_qs, urlsplit

from memorybank.testing.cloud_tasks.tokens import Tokens

_ACCOUNT = "/computeMetadata/v1/instance/service-accounts/default"
_ACCESS = "access"
"""What stands for the audience of an access token, which has none."""


class MetadataServer(ThreadingHTTPServer):
    """Serves at `host` while it is entered; `asked` counts the audiences, and `failing` makes it answer 503."""

    daemon_threads = True

    def __init__(self, email: str, *, listen: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        super().__init__(listen, _Asked)
        self.email = email
        self.host = f"127.0.0.1:{self.server_port}"
        self.asked: Counter[str] = Counter()
        self.failing = False
        self._thread = Thread(target=self.serve_forever, args=(0.01,), name="metadata")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Asked(BaseHTTPRequestHandler):
    server: MetadataServer

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        audience = parse_qs(url.query).get("audience", [_ACCESS])[0]
        self.server.asked[audience] += 1
        known = url.path == (f"{_ACCOUNT}/token" if audience == _ACCESS else f"{_ACCOUNT}/identity")
        good = known and self.headers["Metadata-Flavor"] == "Google" and not self.server.failing
        body = self._token(audience) if good else "no"
        self.send_response(200 if good else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def _token(self, audience: str) -> str:
        if audience == _ACCESS:
            return json.dumps({"access_token": "token", "expires_in": 3600, "token_type": "Bearer"})
        return Tokens().issue(self.server.email, audience)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Keep quiet."""
