"""The embedder: texts to vectors by plain HTTP, for whoever searches must not load google-genai first."""

from __future__ import annotations

import http.client
import json
import logging
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from memorybank.errors import FailedPrecondition, InvalidArgument, Unavailable
from memorybank.models.gemini.embedding_calls import Shape, Vectors, shape_of
from memorybank.models.gemini.failures import Failed, failure_of, timed_out, unreachable
from memorybank.models.gemini.families import embedding_family
from memorybank.models.gemini.names import EMBED, EMBED_DEVELOPER, VERTEX_ONLY, ModelName, model_name
from memorybank.models.gemini.provider import Developer, Provider
from memorybank.models.gemini.rest import Rest
from memorybank.models.gemini.retry import Retry
from memorybank.models.usage import ModelCall, report
from memorybank.ports.documents import MAX_DIMENSIONS, Vector
from memorybank.ports.models import Purpose
from memorybank.text.visible import visible

DIMENSIONS = 768
SETTING = "MEMORYBANK_EMBEDDING_MODEL"
"""What names another model."""

_TIMEOUT = 15.0
_LONGEST_TEXT = 20_000
_log = logging.getLogger(__name__)


class GeminiEmbedder:
    """An `Embedder` on Gemini's embedding models; the first 20,000 characters of a text count.

    `default_model` is the model where none is configured, None for the provider's own default.
    Errors as the language model's, but soon: somebody may be waiting for a search.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        default_model: str | None = None,
        dimensions: int = DIMENSIONS,
        timeout: float = _TIMEOUT,
        retry: Retry | None = None,
    ) -> None:
        if not 1 <= dimensions <= MAX_DIMENSIONS:
            raise InvalidArgument(f"dimensions: from 1 to {MAX_DIMENSIONS}, not {dimensions}")
        self._provider = provider
        self._default_model = default_model
        self._dimensions = dimensions
        self._rest = Rest(timeout=timeout)
        self._retry = retry or Retry(attempts=4, first=0.5, longest=8.0, total=30.0)
        self._replaced: set[str] = set()
        self._lock = threading.Lock()

    def resolve(self, model: str | None) -> str:
        """Return the model's id with the vectors' length, such as `text-embedding-005@768`."""
        return f"{self._model(model).id}@{self._dimensions}"

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        """Return one unit vector per text, in order, by as few calls as the model is known to answer rightly."""
        name = self._model(model)
        self._fits(name)
        shape = shape_of(name, self._provider)
        vectors: list[Vector] = []
        for batch in _batches([visible(text)[:_LONGEST_TEXT] for text in texts], shape):
            vectors += self._retry(partial(self._call, name, shape, batch, purpose))
        return vectors

    def close(self) -> None:
        """Close idle connections."""
        self._rest.close()

    def _model(self, model: str | None) -> ModelName:
        """Return the model for a configured name; the Developer API has another one for those that it lacks."""
        developer = isinstance(self._provider, Developer)
        name = model_name(model or self._default_model or (EMBED_DEVELOPER if developer else EMBED))
        if not developer or self._provider.url or name.id not in VERTEX_ONLY:
            return name
        with self._lock:
            new = name.id not in self._replaced
            self._replaced.add(name.id)
        if new:
            told = {"configured": name.id, "used": EMBED_DEVELOPER}
            _log.warning("the Developer API lacks the configured embedding model; another one is used", extra=told)
        return model_name(EMBED_DEVELOPER)

    def _fits(self, name: ModelName) -> None:
        most = embedding_family(name.id).most_dimensions
        if most is not None and self._dimensions > most:
            raise FailedPrecondition(
                f"MEMORYBANK_EMBEDDING_DIMENSIONS asks for {self._dimensions}, which is more than the model {name.id} "
                f"has: set at most {most}, or another model by {SETTING}"
            )

    def _call(self, name: ModelName, shape: Shape, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        body = shape.body(texts, purpose=purpose, dimensions=self._dimensions)
        provider = self._provider
        if isinstance(provider, Developer):
            found = self._post(provider.address(name, shape.method), body, provider.headers(), name.id)
        else:
            vertex, headers = provider, provider.headers()
            found = vertex.with_global_fallback(
                name, lambda place: self._post(vertex.address(name, place, shape.method), body, headers, name.id)
            )
        vectors = self._read(shape, found, name.id)
        told = {"step": "embed", "model": name.id, "texts": len(texts), "input_tokens": vectors.tokens}
        _log.info("model call", extra=told)
        report(ModelCall("embed", name.id, input=vectors.tokens))
        return self._checked(vectors, len(texts), name.id)

    def _post(self, url: str, body: Any, headers: Mapping[str, str], model: str) -> bytes:
        try:
            answer = self._rest.post(url, body, headers)
        except TimeoutError as error:
            raise timed_out(model, self._rest.timeout) from error
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(model, self._provider.label) from error
        if answer.status != HTTPStatus.OK:
            label = self._provider.label
            raise failure_of(
                answer.status, answer.body, headers=answer.headers, model=model, place=label, setting=SETTING
            )
        return answer.body

    def _read(self, shape: Shape, body: bytes, model: str) -> Vectors:
        try:
            return shape.read(json.loads(body))
        except (LookupError, TypeError, ValueError) as error:
            label = self._provider.label
            raise Failed(
                Unavailable(f"{label} answered for the embedding model {model} with what cannot be read"), again=True
            ) from error

    def _checked(self, vectors: Vectors, wanted: int, model: str) -> list[Vector]:
        lengths = {len(values) for values in vectors.values}
        if len(vectors.values) != wanted:
            raise Failed(
                FailedPrecondition(f"the embedding model {model} gave {len(vectors.values)} vectors for {wanted} texts")
            )
        if lengths - {self._dimensions}:
            raise Failed(
                FailedPrecondition(
                    f"the embedding model {model} gave vectors of length {sorted(lengths)} where "
                    f"MEMORYBANK_EMBEDDING_DIMENSIONS asks for {self._dimensions}: set what the model can do"
                )
            )
        return [Vector(unit(values)) for values in vectors.values]


def unit(values: Sequence[float]) -> tuple[float, ...]:
    """Return a vector at length one: what has been cut to fewer dimensions is not. Zero stays zero."""
    length = math.sqrt(math.fsum(value * value for value in values))
    return tuple(value / length for value in values) if length else tuple(values)


def _batches(texts: Sequence[str], shape: Shape) -> Iterator[list[str]]:
    """Yield the texts in order, as many at once as the model takes in number and bytes."""
    batch: list[str] = []
    size = 0
    for text in texts:
        weight = len(text.encode())
        if batch and (len(batch) == shape.most or size + weight > shape.most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += weight
    if batch:
        yield batch
