"""How an agent proves to a bank who it is: an ID token of its service account, or a token that it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from google.auth.credentials import Credentials
from google.oauth2 import credentials as oauth2
from google.oauth2.id_token import fetch_id_token_credentials

Token = str | Callable[[], str]


def credentials_for(url: str, *, token: Token | None = None, audience: str | None = None) -> Credentials:
    """Return what the SDK asks for a token.

    A function is asked before every call; a text is sent as it is. Without either, an `https` address gets ID tokens
    for `audience` (else for the address), renewed before they end, and a plain `http` one gets a token that proves
    nothing: a bank on this machine asks for none, and an ID token does not go over the wire unencrypted.
    """
    if callable(token):
        return _Asked(token)
    parts = urlsplit(url)
    if token is not None or parts.scheme == "http":
        return oauth2.Credentials(token=token or "none")
    return _IdToken(audience or f"{parts.scheme}://{parts.netloc}")


class _Asked(Credentials):  # type: ignore[misc]  # Google's packages carry no types
    """The tokens that a function returns. It knows how long they live, so it is asked every time."""

    def __init__(self, ask: Callable[[], str]) -> None:
        super().__init__()
        self._ask = ask

    @property
    def expired(self) -> bool:
        return True

    def refresh(self, request: Any) -> None:
        del request
        self.token = self._ask()


class _IdToken(Credentials):  # type: ignore[misc]  # as above
    """ID tokens for an audience, from the metadata server or a service account's key (google.aip.dev/auth/4110).

    They are looked for when the first is needed, and not when an agent is put together.
    """

    def __init__(self, audience: str) -> None:
        super().__init__()
        self._audience = audience
        self._source: Any = None

    def refresh(self, request: Any) -> None:
        self._source = self._source or fetch_id_token_credentials(self._audience, request)
        self._source.refresh(request)
        self.token, self.expiry = self._source.token, self._source.expiry
