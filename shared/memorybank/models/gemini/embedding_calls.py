"""How each embedding model is called: method, body, answer, and how many texts it takes at once.

Sources: https://ai.google.dev/api/embeddings and
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api; the options of models are in
`families.py`. A model that is not known to take several texts gets one per call: some treat several as parts of one
text, and answer with one vector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from memorybank.models.embedding import Vectors
from memorybank.models.gemini.families import EmbeddingFamily, embedding_family
from memorybank.models.gemini.names import ModelName
from memorybank.models.gemini.provider import Developer, Provider
from memorybank.ports.models import Purpose

_MOST_BYTES = 40_000
"""Bytes per call: Vertex AI takes 20,000 tokens, and no language needs more than one token for two bytes."""


class Shape(Protocol):
    """One method of embedding. A call takes up to `most` texts of `most_bytes` bytes together."""

    @property
    def method(self) -> str:
        """The part of the URL after the colon."""
        ...

    @property
    def most(self) -> int:
        """The most texts per call."""
        ...

    @property
    def most_bytes(self) -> int:
        """The most bytes of UTF-8 in a call of several texts."""
        ...

    def body(self, texts: Sequence[str], *, purpose: Purpose, dimensions: int) -> dict[str, Any]:
        """Return the request for some texts."""
        ...

    def read(self, answer: Any) -> Vectors:
        """Parse an answer; raise LookupError, TypeError or ValueError if it is malformed."""
        ...


@dataclass(frozen=True)
class _Batch:
    """The Developer API's method for several texts, each a request of its own."""

    model: str
    family: EmbeddingFamily
    method: str = "batchEmbedContents"
    most_bytes: int = _MOST_BYTES

    @property
    def most(self) -> int:
        return self.family.developer_batch

    def body(self, texts: Sequence[str], *, purpose: Purpose, dimensions: int) -> dict[str, Any]:
        options = _options(self.family, purpose, dimensions)
        contents = [_content(self.family, text, purpose) for text in texts]
        return {"requests": [{"model": f"models/{self.model}", "content": each, **options} for each in contents]}

    def read(self, answer: Any) -> Vectors:
        return Vectors([_floats(each["values"]) for each in answer["embeddings"]], _tokens(answer))


@dataclass(frozen=True)
class _One:
    """One text: embedContent. On Vertex AI its options are in a nested message."""

    family: EmbeddingFamily
    vertex: bool
    method: str = "embedContent"
    most: int = 1
    most_bytes: int = _MOST_BYTES

    def body(self, texts: Sequence[str], *, purpose: Purpose, dimensions: int) -> dict[str, Any]:
        [text] = texts
        options = _options(self.family, purpose, dimensions)
        content = _content(self.family, text, purpose)
        return {"content": content, **({"embedContentConfig": options} if self.vertex else options)}

    def read(self, answer: Any) -> Vectors:
        return Vectors([_floats(answer["embedding"]["values"])], _tokens(answer))


@dataclass(frozen=True)
class _Predict:
    """Vertex AI's method for text models and the first Gemini embedding model."""

    family: EmbeddingFamily
    method: str = "predict"
    most_bytes: int = _MOST_BYTES

    @property
    def most(self) -> int:
        return self.family.batch

    def body(self, texts: Sequence[str], *, purpose: Purpose, dimensions: int) -> dict[str, Any]:
        instances = [{"content": text, "task_type": purpose.value} for text in texts]
        return {"instances": instances, "parameters": {"outputDimensionality": dimensions}}

    def read(self, answer: Any) -> Vectors:
        found = [each["embeddings"] for each in answer["predictions"]]
        tokens = sum(int((each.get("statistics") or {}).get("token_count") or 0) for each in found)
        return Vectors([_floats(each["values"]) for each in found], tokens)


def shape_of(name: ModelName, provider: Provider) -> Shape:
    """Return the method by which a model of a provider is called."""
    family = embedding_family(name.id)
    if isinstance(provider, Developer):
        return _Batch(name.id, family) if family.developer_batch > 1 else _One(family, vertex=False)
    return _Predict(family) if family.way == "predict" else _One(family, vertex=True)


def _options(family: EmbeddingFamily, purpose: Purpose, dimensions: int) -> dict[str, Any]:
    return ({"taskType": purpose.value} if family.task_type else {}) | {"outputDimensionality": dimensions}


def _content(family: EmbeddingFamily, text: str, purpose: Purpose) -> dict[str, Any]:
    return {"parts": [{"text": family.prefixes.get(purpose, "") + text}]}


def _floats(values: Any) -> list[float]:
    found = [float(value) for value in values]
    if not found:
        raise ValueError("an empty vector")
    return found


def _tokens(answer: Mapping[str, Any]) -> int:
    return int((answer.get("usageMetadata") or {}).get("promptTokenCount") or 0)
