"""Access tokens of Google Cloud: the interface, and tokens from application default credentials."""

from __future__ import annotations

import threading
from typing import Any, Protocol

from memorybank.errors import FailedPrecondition, Unavailable

_CLOUD = "https://www.googleapis.com/auth/cloud-platform"


class Tokens(Protocol):
    """Returns access tokens that stay valid for some minutes. Thread-safe."""

    quota_project: str | None
    """The quota project of user credentials."""

    def __call__(self) -> str:
        """Return a token; raise `Unavailable` or `FailedPrecondition` if none can be fetched."""
        ...


class DefaultCredentials:
    """Application default credentials, by google-auth: a key file, gcloud's login, workload identity.

    Source: https://cloud.google.com/docs/authentication/application-default-credentials
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._credentials: Any = None
        self.quota_project: str | None = None

    def __call__(self) -> str:
        """Return a token, a new one if the last one is about to expire."""
        # Takes 100 ms, and only outside Google Cloud.
        import google.auth  # noqa: PLC0415 - as said
        from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError  # noqa: PLC0415 - as said
        from google.auth.transport.requests import Request  # noqa: PLC0415 - as said

        with self._lock:
            try:
                if self._credentials is None:
                    self._credentials, _ = google.auth.default(scopes=[_CLOUD])
                    self.quota_project = getattr(self._credentials, "quota_project_id", None)
                if not self._credentials.valid:
                    self._credentials.refresh(Request())
            except DefaultCredentialsError as error:
                raise FailedPrecondition(
                    "there are no credentials for Vertex AI: run `gcloud auth application-default login`, set "
                    "GOOGLE_APPLICATION_CREDENTIALS, or use the Developer API by GEMINI_API_KEY"
                ) from error
            except GoogleAuthError as error:
                raise Unavailable("Google gives no access token for Vertex AI; see the log for the reason") from error
            return str(self._credentials.token)
