"""The embedder on Gemini, by plain HTTP: a search should not have to load google-genai first."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence

from memorybank.models.embedding import DIMENSIONS, SETTING, Limits, TransportEmbedder, Vectors
from memorybank.models.failures import garbled
from memorybank.models.gemini.embedding_calls import shape_of
from memorybank.models.gemini.families import embedding_family
from memorybank.models.gemini.names import EMBED, EMBED_DEVELOPER, VERTEX_ONLY, ModelName, model_name
from memorybank.models.gemini.provider import Developer, Provider, endpoint_of
from memorybank.models.rest import Rest, ask
from memorybank.models.retry import Retry
from memorybank.ports.models import Purpose

_TIMEOUT = 15.0
_log = logging.getLogger(__name__)


class GeminiEmbedder(TransportEmbedder):
    """An `Embedder` on Gemini's embedding models. `timeout` is the read timeout in seconds."""

    def __init__(
        self,
        provider: Provider,
        *,
        default_model: str | None = None,
        dimensions: int = DIMENSIONS,
        timeout: float = _TIMEOUT,
        retry: Retry | None = None,
    ) -> None:
        transport = _GeminiEmbeddings(provider, timeout=timeout)
        super().__init__(transport, default_model=default_model, dimensions=dimensions, retry=retry)


class _GeminiEmbeddings:
    """Gemini's embedding models, on either API."""

    def __init__(self, provider: Provider, *, timeout: float) -> None:
        self._provider = provider
        self._rest = Rest(timeout=timeout)
        self._replaced: set[str] = set()
        self._lock = threading.Lock()

    def model_id(self, model: str | None) -> str:
        return self._model(model).id

    def limits(self, model: str | None) -> Limits:
        name = self._model(model)
        shape = shape_of(name, self._provider)
        return Limits(shape.most, shape.most_bytes, embedding_family(name.id).most_dimensions)

    def send(self, model: str | None, texts: Sequence[str], *, purpose: Purpose, dimensions: int) -> Vectors:
        name = self._model(model)
        shape = shape_of(name, self._provider)
        body = shape.body(texts, purpose=purpose, dimensions=dimensions)
        endpoint = endpoint_of(self._provider, name.id, setting=SETTING)
        provider, headers = self._provider, self._provider.headers()
        if isinstance(provider, Developer):
            found = ask(self._rest, provider.address(name, shape.method), body, headers=headers, endpoint=endpoint)
        else:
            vertex = provider
            found = vertex.with_global_fallback(
                name,
                lambda place: ask(
                    self._rest, vertex.address(name, place, shape.method), body, headers=headers, endpoint=endpoint
                ),
            )
        try:
            return shape.read(json.loads(found))
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            raise garbled(endpoint) from error

    def close(self) -> None:
        self._rest.close()

    def _model(self, model: str | None) -> ModelName:
        """Return the model for a configured name; on the Developer API, a substitute for models that it lacks."""
        developer = isinstance(self._provider, Developer)
        name = model_name(model or (EMBED_DEVELOPER if developer else EMBED))
        if not developer or self._provider.url or name.id not in VERTEX_ONLY:
            return name
        with self._lock:
            new = name.id not in self._replaced
            self._replaced.add(name.id)
        if new:
            told = {"configured": name.id, "used": EMBED_DEVELOPER}
            _log.warning("the Developer API lacks the configured embedding model; using another one", extra=told)
        return model_name(EMBED_DEVELOPER)
