"""Credentials for Google's SDKs when they call a bank: `bearer_for` in the form of google-auth."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from google.auth.credentials import Credentials
from google.oauth2 import credentials as oauth2
from google.oauth2.id_token import fetch_id_token_credentials

from memorybank.client.bearer import Bearer, Token
from memorybank.hosts import is_this_machine

_NO_PROOF = "none"
"""The token of calls that need none: the SDKs require one."""


def credentials_for(url: str, *, token: Token | Bearer | None = None, audience: str | None = None) -> Credentials:
    """Return credentials for the SDK; the rules are those of `bearer_for`."""
    if callable(token):
        return _Asked(token)
    parts = urlsplit(url)
    if token is not None or parts.scheme == "http" or is_this_machine(parts.hostname or ""):
        return oauth2.Credentials(token=token or _NO_PROOF)
    return IdToken(audience or f"{parts.scheme}://{parts.netloc}")


class _Asked(Credentials):  # type: ignore[misc]  # Google's packages carry no types
    """The tokens that a function returns. It knows when they expire, so it is called every time."""

    def __init__(self, ask: Bearer) -> None:
        super().__init__()
        self._ask = ask

    @property
    def expired(self) -> bool:
        return True

    def refresh(self, request: Any) -> None:
        del request
        self.token = self._ask() or _NO_PROOF


class IdToken(Credentials):  # type: ignore[misc]  # as above
    """ID tokens for an audience, from the metadata server or a service account's key (google.aip.dev/auth/4110).

    The source is looked up when the first token is needed, and not when an agent is constructed.
    """

    def __init__(self, audience: str) -> None:
        super().__init__()
        self._audience = audience
        self._source: Any = None

    def refresh(self, request: Any) -> None:
        """Fetch a token; the SDK calls this if there is none, or if it is about to expire."""
        self._source = self._source or fetch_id_token_credentials(self._audience, request)
        self._source.refresh(request)
        self.token, self.expiry = self._source.token, self._source.expiry
