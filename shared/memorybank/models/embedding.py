"""An embedder built on a provider: everything but the call that sends some texts and returns their vectors."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from memorybank.errors import FailedPrecondition, InvalidArgument, Unavailable
from memorybank.models.retry import Retry
from memorybank.models.usage import ModelCall, report
from memorybank.ports.documents import MAX_DIMENSIONS, Vector
from memorybank.ports.models import Purpose
from memorybank.text.visible import visible

DIMENSIONS = 768
SETTING = "MEMORYBANK_EMBEDDING_MODEL"
"""The setting that names another model."""

_LONGEST_TEXT = 20_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Vectors:
    """Vectors as returned, and the tokens that were counted, 0 if unknown."""

    values: list[list[float]]
    tokens: int = 0


@dataclass(frozen=True)
class Limits:
    """The most texts and bytes of UTF-8 per call, and the length of a full vector, None if unknown."""

    most: int = 1
    most_bytes: int = 40_000
    most_dimensions: int | None = None


class EmbeddingTransport(Protocol):
    """Sends texts to a provider's embedding models. Thread-safe; does not retry."""

    def model_id(self, model: str | None) -> str:
        """Return the id of a configured model, or of the provider's own default."""
        ...

    def limits(self, model: str | None) -> Limits:
        """Return how much a model takes per call."""
        ...

    def send(self, model: str | None, texts: Sequence[str], *, purpose: Purpose, dimensions: int) -> Vectors:
        """Return one vector per text, in order, of any length greater than zero.

        Errors are those of `memorybank.errors`, as for a language model (`models/prompted.py`).
        """
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class TransportEmbedder:
    """An `Embedder` on a transport; the first 20,000 characters of a text count.

    `default_model` is used if none is configured; None means the provider's own default. It raises the language model's
    errors, but gives up sooner: somebody may be waiting for a search.
    """

    def __init__(
        self,
        transport: EmbeddingTransport,
        *,
        default_model: str | None = None,
        dimensions: int = DIMENSIONS,
        retry: Retry | None = None,
    ) -> None:
        if not 1 <= dimensions <= MAX_DIMENSIONS:
            raise InvalidArgument(f"dimensions: from 1 to {MAX_DIMENSIONS}, not {dimensions}")
        self._transport = transport
        self._default_model = default_model
        self._dimensions = dimensions
        self._retry = retry or Retry(attempts=4, first=0.5, longest=8.0, total=30.0)

    def resolve(self, model: str | None) -> str:
        """Return the model's id with the vectors' length, such as `text-embedding-005@768`."""
        return f"{self._transport.model_id(model or self._default_model)}@{self._dimensions}"

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        """Return one unit vector per text, in order, in as few calls as the model supports."""
        asked = model or self._default_model
        limits = self._fitting(asked)
        vectors: list[Vector] = []
        for batch in _batches([visible(text)[:_LONGEST_TEXT] for text in texts], limits):
            vectors += self._retry(partial(self._call, asked, batch, purpose))
        return vectors

    def close(self) -> None:
        """Close idle connections."""
        self._transport.close()

    def _fitting(self, model: str | None) -> Limits:
        limits = self._transport.limits(model)
        most = limits.most_dimensions
        if most is not None and self._dimensions > most:
            raise FailedPrecondition(
                f"MEMORYBANK_EMBEDDING_DIMENSIONS asks for {self._dimensions}, which is more than the model "
                f"{self._transport.model_id(model)} offers: set at most {most}, or choose another model by {SETTING}"
            )
        return limits

    def _call(self, model: str | None, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        vectors = self._transport.send(model, texts, purpose=purpose, dimensions=self._dimensions)
        name = self._transport.model_id(model)
        told = {"step": "embed", "model": name, "texts": len(texts), "input_tokens": vectors.tokens}
        _log.info("model call", extra=told)
        report(ModelCall("embed", name, input=vectors.tokens))
        return self._checked(vectors, len(texts), name)

    def _checked(self, vectors: Vectors, wanted: int, model: str) -> list[Vector]:
        lengths = {len(values) for values in vectors.values}
        if any(not _is_usable(values) for values in vectors.values) or min(lengths, default=0) < self._dimensions:
            raise Unavailable(
                f"the embedding model {model} gave a vector that is empty, too short, zero or not of numbers: try "
                "again later, or set MEMORYBANK_EMBEDDING_DIMENSIONS to a length that the model offers"
            )
        if len(vectors.values) != wanted:
            raise FailedPrecondition(
                f"the embedding model {model} gave {len(vectors.values)} vectors for {wanted} texts"
            )
        if lengths - {self._dimensions}:
            raise FailedPrecondition(
                f"the embedding model {model} gave vectors of length {sorted(lengths)} where "
                f"MEMORYBANK_EMBEDDING_DIMENSIONS asks for {self._dimensions}: set a length that the model offers"
            )
        return [Vector(unit(values)) for values in vectors.values]


def _is_usable(values: Sequence[float]) -> bool:
    return any(values) and all(map(math.isfinite, values))


def unit(values: Sequence[float]) -> tuple[float, ...]:
    """Return the vector normalised to length one, as a truncated vector is not. A zero vector stays zero."""
    length = math.sqrt(math.fsum(value * value for value in values))
    return tuple(value / length for value in values) if length else tuple(values)


def _batches(texts: Sequence[str], limits: Limits) -> Iterator[list[str]]:
    """Yield batches of texts in order, as large as the model's limits of number and bytes allow."""
    batch: list[str] = []
    size = 0
    for text in texts:
        weight = len(text.encode())
        if batch and (len(batch) == limits.most or size + weight > limits.most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += weight
    if batch:
        yield batch
