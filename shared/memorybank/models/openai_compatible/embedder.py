"""The embedder on OpenAI's API."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from memorybank.errors import FailedPrecondition
from memorybank.models.embedding import DIMENSIONS, SETTING, Limits, TransportEmbedder, Vectors
from memorybank.models.failures import Endpoint, failure_of, garbled
from memorybank.models.openai_compatible.dialect import refusal_of
from memorybank.models.openai_compatible.service import Service, model_id
from memorybank.models.rest import Answer, Rest, exchange
from memorybank.models.retry import Retry
from memorybank.ports.models import Purpose

_TIMEOUT = 30.0
_LONGEST = 8_000
"""Characters of a text that are sent: no more than 8,192 tokens in any language. Facts are shorter."""

_LIMITS = Limits(most=64, most_bytes=200_000)


class OpenAIEmbedder(TransportEmbedder):
    """An `Embedder` on a server that speaks OpenAI's API. `timeout` is the read timeout in seconds."""

    def __init__(
        self,
        service: Service,
        *,
        default_model: str,
        dimensions: int = DIMENSIONS,
        timeout: float = _TIMEOUT,
        retry: Retry | None = None,
    ) -> None:
        transport = _Embeddings(service, default_model=default_model, timeout=timeout)
        super().__init__(transport, default_model=default_model, dimensions=dimensions, retry=retry)


class _Embeddings:
    """A server's embedding models. Those that do not know `dimensions` are asked without it from then on."""

    def __init__(self, service: Service, *, default_model: str, timeout: float) -> None:
        self._service = service
        self._default_model = default_model
        self._rest = Rest(timeout=timeout)
        self._fixed: set[str] = set()
        self._lock = threading.Lock()

    def model_id(self, model: str | None) -> str:
        return model_id(model or self._default_model)

    def limits(self, model: str | None) -> Limits:
        del model
        return _LIMITS

    def send(self, model: str | None, texts: Sequence[str], *, purpose: Purpose, dimensions: int) -> Vectors:
        del purpose  # the API has no word for it
        name = self.model_id(model)
        endpoint = self._service.endpoint(name, setting=SETTING)
        # An empty text is refused by some servers.
        body = {"model": name, "input": [text[:_LONGEST] or " " for text in texts]}
        with self._lock:
            fixed = name in self._fixed
        answer = self._post(name, body if fixed else {**body, "dimensions": dimensions}, endpoint)
        if not fixed and _is_about_length(refusal_of(answer.status, answer.body)):
            with self._lock:
                self._fixed.add(name)
            answer = self._post(name, body, endpoint)
        if answer.status != HTTPStatus.OK:
            error = failure_of(answer.status, answer.body, headers=answer.headers, endpoint=endpoint)
            raise error from HTTPException(f"status {answer.status}")
        vectors = _vectors(answer.body, endpoint)
        _check_length(vectors, dimensions, name)
        return vectors

    def close(self) -> None:
        self._rest.close()

    def _post(self, model: str, body: dict[str, Any], endpoint: Endpoint) -> Answer:
        url = self._service.address(model, "embeddings")
        return exchange(self._rest, url, body, headers=self._service.headers(), endpoint=endpoint)


def _is_about_length(refusal: str) -> bool:
    """Tell whether a refusal is about the length of vectors."""
    return "dimension" in refusal.lower() or "matryoshka" in refusal.lower()


def _check_length(vectors: Vectors, dimensions: int, model: str) -> None:
    """Raise `FailedPrecondition` if all vectors are shorter than asked for: that is how the model is, and no outage."""
    lengths = {len(values) for values in vectors.values}
    if len(lengths) == 1 and 0 < max(lengths) < dimensions:
        raise FailedPrecondition(
            f"the embedding model {model} gives vectors of length {max(lengths)}: set MEMORYBANK_EMBEDDING_DIMENSIONS "
            f"to that, not {dimensions}, or choose another model by {SETTING}"
        )


def _vectors(body: bytes, endpoint: Endpoint) -> Vectors:
    try:
        found = json.loads(body)
        listed = sorted(found["data"], key=lambda each: int(each["index"]))
        usage = found.get("usage") or {}
        values = [[float(value) for value in each["embedding"]] for each in listed]
        return Vectors(values, int(usage.get("prompt_tokens") or 0))
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise garbled(endpoint) from error
