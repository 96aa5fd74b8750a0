"""How each embedding model is asked: method, body, what comes back, and how many texts it takes at once.

Sources: https://ai.google.dev/api/embeddings and
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api; what a model takes is in
`families.py`. One that is not known to take several texts gets one per call: some take several for the parts of one
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
"""Of one call: Vertex AI takes 20,000 tokens, and no language needs more than one for two bytes."""


class Shape(Protocol):
    """One way to ask. `most` texts of `most_bytes` bytes fit a call."""

    @property
    def method(self) -> str:
        """What follows the colon in the URL."""
        ...

    @property
    def most(self) -> int:
        """How many texts fit a call."""
        ...

    @property
    def most_bytes(self) -> int:
        """How many bytes of UTF-8 fit a call of several texts."""
        ...

    def body(self, texts: Sequence[str], *, purpose: Purpose, dimensions: int) -> dict[str, Any]:
        """Return the request for some texts."""
        ...

    def read(self, answer: Any) -> Vectors:
        """Read an answer; LookupError, TypeError or ValueError if it is none."""
        ...


@dataclass(frozen=True)
class _Batch:
    """The Developer API's way for several texts, each a request of its own."""

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
    """One text: embedContent, whose options stand in a message of their own on Vertex AI."""

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
    """Vertex AI's way for text models and the first Gemini embedding model."""

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
    """Return how a model of a provider is asked."""
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
