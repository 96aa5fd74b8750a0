"""The server that is called: its addresses, what proves who asks, and how it is named in errors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from memorybank.models.failures import Endpoint

OPENAI = "https://api.openai.com/v1"
"""The server if no other is named."""

_GOOGLE = re.compile("(?:projects/[^/]+/locations/[^/]+/)?publishers/google/models/(.+)")


def model_id(name: str) -> str:
    """Return the id of a model; Google's SDKs put it into a full resource name."""
    match = _GOOGLE.fullmatch(name)
    return match[1] if match else name


@dataclass(frozen=True)
class Service:
    """A server that speaks OpenAI's API.

    `url` is its base URL, which usually ends in /v1; a bare host gets that path. Below a path that ends in /deployments
    (Azure's older API) each model has its own address. A query, such as Azure's api-version, is sent with every call.
    """

    url: str = OPENAI
    key: str | None = field(default=None, repr=False)

    def address(self, model: str, method: str) -> str:
        """Return the URL of a method, such as chat/completions."""
        parts = urlsplit(self.url)
        path = parts.path.rstrip("/").removesuffix("/chat/completions").removesuffix("/embeddings") or "/v1"
        if path.endswith("/deployments"):
            path = f"{path}/{quote(model, safe='')}"
        return urlunsplit((parts.scheme, parts.netloc, f"{path}/{method}", parts.query, ""))

    def headers(self) -> dict[str, str]:
        """Return what proves who asks; a local server needs nothing."""
        if not self.key:
            return {}
        return {"api-key": self.key} if self._is_azure else {"authorization": f"Bearer {self.key}"}

    def endpoint(self, model: str, *, setting: str) -> Endpoint:
        """Describe the endpoint for error messages; `setting` is the variable that names another model."""
        return Endpoint(
            model,
            "OpenAI" if self.url == OPENAI else "the server of MEMORYBANK_MODEL_URL",
            setting,
            access="check MEMORYBANK_MODEL_KEY",
            elsewhere=(
                f", load it there (on Ollama: ollama pull {model}), or check MEMORYBANK_MODEL_URL, "
                "which usually ends in /v1"
            ),
        )

    @property
    def _is_azure(self) -> bool:
        parts = urlsplit(self.url)
        return (parts.hostname or "").endswith(".azure.com") or "api-version" in parse_qs(parts.query)
