"""The models that come with the bank: Gemini's, and the offline ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memorybank.config import Settings, default, variable
from memorybank.errors import Violation
from memorybank.extras import need
from memorybank.plugins import ModelsPlugin

if TYPE_CHECKING:
    from memorybank.ports.models import Embedder, LanguageModel


def _offline_model(settings: Settings) -> LanguageModel:
    del settings
    from memorybank.models.offline import OfflineModel  # noqa: PLC0415 - only who is without others needs it

    return OfflineModel()


def _offline_embedder(settings: Settings) -> Embedder:
    from memorybank.models.offline import OfflineEmbedder  # noqa: PLC0415 - as above

    return OfflineEmbedder(dimensions=settings.embedding_dimensions)


OFFLINE = ModelsPlugin(
    model=_offline_model,
    embedder=_offline_embedder,
    label=lambda _: "offline",
    greeting=lambda _: "Its offline model is rule-based and lexical: good for tests and first steps, not for quality.",
)


def _gemini_model(settings: Settings) -> LanguageModel:
    from memorybank.models.gemini.model import GeminiModel  # noqa: PLC0415 - only what generates needs it
    from memorybank.models.gemini.provider_settings import provider_of  # noqa: PLC0415 - as above

    return GeminiModel(
        provider_of(settings),
        default_model=settings.generation_model,
        max_tokens=settings.max_tokens_per_operation,
    )


def _gemini_embedder(settings: Settings) -> Embedder:
    from memorybank.models.gemini.embedder import GeminiEmbedder  # noqa: PLC0415 - only what embeds needs it
    from memorybank.models.gemini.provider_settings import provider_of  # noqa: PLC0415 - as above

    return GeminiEmbedder(
        provider_of(settings), default_model=settings.embedding_model, dimensions=settings.embedding_dimensions
    )


def _has_project(settings: Settings) -> bool:
    return bool(settings.project != default("project"))


def _gemini_available(settings: Settings) -> bool:
    """Say whether what was set shows that Gemini is to be had; nothing is probed."""
    return settings.model_key is not None or (settings.model_credentials != "none" and _has_project(settings))


def _gemini_problems(settings: Settings) -> Iterator[Violation]:
    if lacks := need("gemini"):
        instead = "" if settings.models == "gemini" else f", or set {variable('models')}=offline"
        yield Violation(variable("models"), f"gemini, of which a key or project is set, {lacks}{instead}")
    if settings.model_key is None and not _has_project(settings):
        needs = f"gemini needs a key in GEMINI_API_KEY, or {variable('project')} and credentials for Vertex AI"
        yield Violation(variable("models"), needs)


def _gemini_label(settings: Settings) -> str:
    return "vertex" if settings.model_key is None else "developer"


def _gemini_greeting(settings: Settings) -> str:
    where = "Gemini's on Vertex AI" if settings.model_key is None else "Gemini's, by an API key"
    return f"Its models are {where}: what is said is sent there, and billed."


GEMINI = ModelsPlugin(
    model=_gemini_model,
    embedder=_gemini_embedder,
    label=_gemini_label,
    greeting=_gemini_greeting,
    available=_gemini_available,
    problems=_gemini_problems,
)
