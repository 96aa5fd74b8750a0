"""How a program authenticates to a bank: an ID token of its service account, or a token that it is given."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from memorybank.client.bearer import Bearer, Token
from memorybank.errors import MemoryBankError, Unauthenticated
from memorybank.hosts import is_this_machine
from memorybank.metadata import IdTokens

_METADATA_HOST = "metadata.google.internal"
_KEY_FILE = "GOOGLE_APPLICATION_CREDENTIALS"


def bearer_for(url: str, *, token: Token | None = None, audience: str | None = None) -> Bearer:
    """Return the function that gives the token of each request to `url`.

    A function is called before every request; a string is sent as it is. Without either, an `https` URL gets ID tokens
    for `audience` (by default the URL), and a plain `http` URL, or one on this machine, gets none: an ID token must not
    be sent unencrypted.
    """
    if callable(token):
        return token
    if token is not None:
        return lambda: token
    parts = urlsplit(url)
    if parts.scheme == "http" or is_this_machine(parts.hostname or ""):
        return lambda: None
    return _IdToken(audience or f"{parts.scheme}://{parts.netloc}")


class _IdToken:
    """ID tokens for one audience, from the key file that the environment names, else from the metadata server."""

    def __init__(self, audience: str, *, metadata_host: str | None = None) -> None:
        self._audience = audience
        self._metadata = IdTokens(metadata_host or _METADATA_HOST)
        self._of_key: Any = None

    def __call__(self) -> str:
        if os.environ.get(_KEY_FILE):
            return self._by_key()
        try:
            return self._metadata(self._audience)
        except MemoryBankError as error:
            raise Unauthenticated(
                f"There is no ID token for {self._audience}: {error.message}. A program on Google Cloud gets one from "
                f"its service account, elsewhere it needs a key file in {_KEY_FILE}; or pass a token yourself."
            ) from error

    def _by_key(self) -> str:
        if self._of_key is None:
            try:
                from memorybank.client.google_credentials import IdToken  # noqa: PLC0415 - slow to import
            except ImportError as error:
                raise Unauthenticated(f"{_KEY_FILE} needs google-auth: pip install google-auth requests") from error
            self._of_key = IdToken(self._audience)
        if not self._of_key.valid:
            self._refresh()
        return str(self._of_key.token)

    def _refresh(self) -> None:
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - slow to import
        from google.auth.transport.requests import Request  # noqa: PLC0415 - as above

        try:
            self._of_key.refresh(Request())
        except (GoogleAuthError, OSError) as error:
            why = f"There is no ID token for {self._audience}: the key file in {_KEY_FILE} gives none: {error}"
            raise Unauthenticated(why) from error
