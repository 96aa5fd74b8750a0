"""What each family of Gemini's models takes: the one table of their options.

Sources, read 2026-11-28: the pages of the models and their migration guides at
https://docs.cloud.google.com/gemini-enterprise-agent-platform/models, https://ai.google.dev/gemini-api/docs/thinking
and https://ai.google.dev/gemini-api/docs/embeddings.

Nothing sets temperature, top_p or top_k: Google deprecated them on 2026-07-21, and models since 3.5 pass over or refuse
them. A family that is not in the table gets only what every model takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from memorybank.ports.models import Purpose

MAX_OUTPUT = 32_768
"""The most tokens of an answer that is not streamed, thoughts included."""


@dataclass(frozen=True)
class LanguageFamily:
    """Language models whose ids match `ids`.

    `level` is how much they are asked to think: LOW is the least that all models since generation 3 take. `budget` is
    the same for those that count tokens instead, None where the model decides.
    """

    ids: str
    max_output: int = MAX_OUTPUT
    level: Literal["LOW"] | None = None
    budget: int | None = None


@dataclass(frozen=True)
class EmbeddingFamily:
    """Embedding models whose ids match `ids`.

    `way` is the method for one call on Vertex AI, and `batch` how many texts that takes; `developer_batch` is the same
    for the Developer API, 1 for embedContent. What a text is for is told by `taskType` where `task_type`, and by words
    before the text where there are `prefixes`. `most_dimensions` is the length of an uncut vector, None if unknown.
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
    # A tuned model behind an endpoint is one of the text models; it is asked one by one, for nobody says which.
    EmbeddingFamily(r"[a-z0-9-]+-endpoints/.*", way="predict"),
    EmbeddingFamily(r".*"),
)


def language_family(model: str) -> LanguageFamily:
    """Return what a language model takes."""
    return next(family for family in _LANGUAGE if re.fullmatch(family.ids, model))


def embedding_family(model: str) -> EmbeddingFamily:
    """Return what an embedding model takes."""
    return next(family for family in _EMBEDDING if re.fullmatch(family.ids, model))
