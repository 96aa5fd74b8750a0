"""OIDC tokens like those of Cloud Tasks, signed with a test key, and the certificate to verify them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

ISSUER = "https://accounts.google.com"
"""The issuer of Google's tokens, and so of these: verifiers check it."""

_KEY_ID = "cloud-tasks-double"
_LIFETIME = timedelta(hours=1)


class Tokens:
    """Signs tokens and, once `certs_url` is read, serves the certificate over HTTP until `stop`.

    The times in a token are the machine's, whatever clock the double uses: verifiers compare them to the machine's.
    """

    def issue(self, email: str, audience: str, *, lifetime: timedelta = _LIFETIME) -> str:
        """Return a signed token of the service account for the audience."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "azp": email,
            "sub": email,
            "email": email,
            "email_verified": True,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
        }
        return str(jwt.encode(_signer_and_certificate()[0], claims).decode())

    @cached_property
    def certs_url(self) -> str:
        """The address of the certificates by key id, in the form of https://www.googleapis.com/oauth2/v1/certs."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Certificates)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), name="cloud-tasks-certs", daemon=True)
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}/oauth2/v1/certs"

    def stop(self) -> None:
        """Stop serving."""
        if "certs_url" in self.__dict__:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            del self.__dict__["certs_url"]


class _Certificates(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({_KEY_ID: _signer_and_certificate()[1]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Keep quiet."""


@cache
def _signer_and_certificate() -> tuple[Any, str]:
    """Make a key and its certificate (as PEM), once per process because it takes a fifth of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _KEY_ID)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LIFETIME)
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return crypt.RSASigner(key, _KEY_ID), certificate.public_bytes(serialization.Encoding.PEM).decode()
