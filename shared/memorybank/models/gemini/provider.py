"""The two APIs of Gemini: the Developer API with a key, and Vertex AI with Google Cloud credentials."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from memorybank.models.failures import Endpoint, NotOffered
from memorybank.models.gemini.credentials import Tokens
from memorybank.models.gemini.names import ModelName

GLOBAL = "global"
VERTEX_VERSION = "v1beta1"
_DEVELOPER = "https://generativelanguage.googleapis.com"
_MULTI_REGIONS = frozenset({"us", "eu"})

_T = TypeVar("_T")


@dataclass(frozen=True)
class Developer:
    """The Developer API. `url` replaces Google's, for a gateway that speaks the same."""

    key: str = field(repr=False)
    url: str | None = None
    label = "the Gemini Developer API"

    @property
    def origin(self) -> str:
        """The base URL."""
        return (self.url or _DEVELOPER).rstrip("/")

    def address(self, model: ModelName, method: str) -> str:
        """Return the URL of a method of a model."""
        return f"{self.origin}/v1beta/models/{model.id}:{method}"

    def headers(self) -> dict[str, str]:
        """Return what proves who asks."""
        return {"x-goog-api-key": self.key}


@dataclass(frozen=True)
class Vertex:
    """Vertex AI in a project and location. `url` replaces Google's, for a gateway that speaks the same.

    With `anywhere`, a model that the location does not offer is called at the global endpoint, which gives no data
    residency. It is off when a deployment has chosen a location for models.
    """

    project: str
    location: str
    tokens: Tokens = field(repr=False)
    url: str | None = None
    anywhere: bool = False
    label = "Vertex AI"
    _found: dict[str, str] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def origin(self, location: str) -> str:
        """Return the base URL for a location."""
        if self.url:
            return self.url.rstrip("/")
        if location == GLOBAL:
            return "https://aiplatform.googleapis.com"
        if location in _MULTI_REGIONS:
            return f"https://aiplatform.{location}.rep.googleapis.com"
        return f"https://{location}-aiplatform.googleapis.com"

    def path(self, model: ModelName, location: str) -> str:
        """Return the full resource name of a model at a location."""
        return f"projects/{model.project or self.project}/locations/{location}/{model.resource}"

    def address(self, model: ModelName, location: str, method: str) -> str:
        """Return the URL of a method of a model at a location."""
        return f"{self.origin(location)}/{VERTEX_VERSION}/{self.path(model, location)}:{method}"

    def headers(self) -> dict[str, str]:
        """Return what proves who asks."""
        token = self.tokens()  # before the project, which may be known only after that
        quota = {"x-goog-user-project": self.tokens.quota_project} if self.tokens.quota_project else {}
        return {"authorization": f"Bearer {token}", **quota}

    def with_global_fallback(self, model: ModelName, ask: Callable[[str], _T]) -> _T:
        """Call `ask` with the location of a model, or with `global` if it is not offered there and that is allowed.

        The location where a model was found is cached.
        """
        [*before, last] = self._locations(model)
        for location in before:
            try:
                return ask(location)
            except NotOffered:
                continue
        answer = ask(last)
        if before:
            with self._lock:
                self._found[model.id] = last
        return answer

    def _locations(self, model: ModelName) -> Iterator[str]:
        with self._lock:
            known = self._found.get(model.id)
        first = model.location or known or self.location
        yield first
        if self.anywhere and not model.location and first != GLOBAL:
            yield GLOBAL


Provider = Developer | Vertex


def endpoint_of(provider: Provider, model: str, *, setting: str) -> Endpoint:
    """Describe the endpoint for error messages; `setting` is the variable that names another model."""
    return Endpoint(
        model,
        provider.label,
        setting,
        access=(
            "check GEMINI_API_KEY, or that the bank's service account has roles/aiplatform.user and the API is enabled"
        ),
        elsewhere=", or another place by MEMORYBANK_MODEL_LOCATION",
    )
