"""The options that each family of Gemini models accepts, in one table.

Sources, read 2026-11-28: the pages of the models and their migration guides at
https://docs.cloud.google.com/gemini-enterprise-agent-platform/models, https://ai.google.dev/gemini-api/docs/thinking
and https://ai.google.dev/gemini-api/docs/embeddings.

Nothing sets temperature, top_p or top_k: Google deprecated them on 2026-07-21, and models since 3.5 ignore or refuse
them. A family that is not in the table gets only options that every model accepts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from memorybank.ports.models import Purpose

MAX_OUTPUT = 32_768
"""The most output tokens of an answer that is not streamed, thoughts included."""


@dataclass(frozen=True)
class LanguageFamily:
    """Language models whose ids match `ids`.

    `level` is the thinking level: LOW is the least that all models since generation 3 accept. `budget` is the thinking
    budget of models that count tokens instead, None where the model decides.
    """

    ids: str
    max_output: int = MAX_OUTPUT
    level: Literal["LOW"] | None = None
    budget: int | None = None


@dataclass(frozen=True)
class EmbeddingFamily:
    """Embedding models whose ids match `ids`.

    `way` is the method on Vertex AI, and `batch` the most texts per call; `developer_batch` is the same for the
    Developer API, 1 for embedContent. The purpose of a text is sent as `taskType` if `task_type` is set, or as words
    before the text if there are `prefixes`. `most_dimensions` is the length of a full vector, None if unknown.
    """

    ids: str
    way: Literal["predict", "embedContent"] = "embedContent"
    batch: int = 1
    developer_batch: int = 1
    task_type: bool = True
    prefixes: dict[Purpose, str] = field(default_factory=dict)
    most_dimensions: int | None = None


_LANGUAGE = (
    LanguageFamily(r"gemini-(1([.-].*)?|2\.0.*)", max_output=8_192),
    LanguageFamily(r"gemini-2\.5.*", budget=1024),
    LanguageFamily(r"gemini-[34]([.-].*)?", level="LOW"),
    LanguageFamily(r"gemini-(pro|flash|flash-lite)-latest", level="LOW"),
    LanguageFamily(r".*"),
)

_EMBEDDING = (
    EmbeddingFamily(
        r"(text-embedding-|text-multilingual-embedding-|textembedding-gecko).*",
        way="predict",
        batch=250,
        developer_batch=100,
        most_dimensions=768,
    ),
    EmbeddingFamily(r"gemini-embedding-001", way="predict", developer_batch=100, most_dimensions=3072),
    EmbeddingFamily(
        r"gemini-embedding-2.*",
        task_type=False,
        prefixes={Purpose.DOCUMENT: "title: none | text: ", Purpose.QUERY: "task: search result | query: "},
        most_dimensions=3072,
    ),
    # A tuned model behind an endpoint is one of the text models. Which one is unknown, so texts are sent one by one.
    EmbeddingFamily(r"[a-z0-9-]+-endpoints/.*", way="predict"),
    EmbeddingFamily(r".*"),
)


def language_family(model: str) -> LanguageFamily:
    """Return the options of a language model."""
    return next(family for family in _LANGUAGE if re.fullmatch(family.ids, model))


def embedding_family(model: str) -> EmbeddingFamily:
    """Return the options of an embedding model."""
    return next(family for family in _EMBEDDING if re.fullmatch(family.ids, model))
