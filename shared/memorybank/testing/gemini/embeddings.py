"""The embeddings of a scripted Gemini: the offline embedder's, under each model's rules.

Vectors have length two, like those of models that do not normalise. gemini-embedding-2 normalises, ignores `taskType`,
and takes the purpose of a text from the words before it.
"""

from __future__ import annotations

import re
from typing import Any

from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.models import Purpose
from memorybank.testing.gemini.requests import Asked

_VERTEX_ONLY = ("text-embedding-005", "text-multilingual-embedding-002")
_MOST = 250
_PREFIX = re.compile(r"title: [^|]* \| text: |task: [^|]* \| query: ")
_TEXT_DIMENSIONS = 768


def embeddings_of(asked: Asked) -> dict[str, Any] | str:
    """Return the answer to a request for embeddings, or its error."""
    text_model = asked.model.startswith("text-")
    if asked.api == "developer" and asked.model in _VERTEX_ONLY:
        return f"models/{asked.model} is not found for API version v1beta"
    if asked.method == "predict":
        return _predict(asked, text_model=text_model)
    if asked.method == "batchEmbedContents" and asked.api == "developer":
        vectors = [_vector(asked.model, each, each) for each in asked.body["requests"]]
        return {"embeddings": [{"values": values} for values in vectors]}
    if asked.method != "embedContent" or (asked.api == "vertex" and text_model):
        return f"{asked.model} does not support {asked.method}"
    options = asked.body["embedContentConfig"] if asked.api == "vertex" else asked.body
    values = _vector(asked.model, asked.body, options)
    return {"embedding": {"values": values}, "usageMetadata": {"promptTokenCount": 7}}


def _predict(asked: Asked, *, text_model: bool) -> dict[str, Any] | str:
    instances = asked.body["instances"]
    dimensions = asked.body["parameters"]["outputDimensionality"]
    if len(instances) > (_MOST if text_model else 1):
        return f"{len(instances)} instance(s) is more than the model takes"
    if text_model and dimensions > _TEXT_DIMENSIONS:
        return f"outputDimensionality {dimensions} is more than the model has"
    found = [(_embed(each["content"], dimensions), len(each["content"]) // 4) for each in instances]
    answers = [{"values": values, "statistics": {"token_count": count, "truncated": False}} for values, count in found]
    return {"predictions": [{"embeddings": answer} for answer in answers]}


def _vector(model: str, holder: dict[str, Any], options: dict[str, Any]) -> list[float]:
    """Return the single vector of a content; its parts always count as one text."""
    text = "".join(part["text"] for part in holder["content"]["parts"])
    if not model.startswith("gemini-embedding-2"):
        return _embed(text, options["outputDimensionality"])
    values = _embed(_PREFIX.sub("", text), options["outputDimensionality"])
    return [value / 2 for value in values]


def _embed(text: str, dimensions: int) -> list[float]:
    [vector] = OfflineEmbedder(dimensions=dimensions).embed([text], purpose=Purpose.DOCUMENT)
    return [2 * value for value in vector.values]
