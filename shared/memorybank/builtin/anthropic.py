"""Anthropic's language models as a plugin. It has no embedding models: vectors come from this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memorybank.builtin.models import library_environment, query_problem, server_of
from memorybank.config import Settings, variable
from memorybank.errors import FailedPrecondition, Violation
from memorybank.plugins import LOCAL, MODELS, OFFLINE, ModelsPlugin, embeddings_of

if TYPE_CHECKING:
    from memorybank.ports.models import Embedder, LanguageModel

_WITHOUT = "anthropic has no embedding models"


def _model(settings: Settings) -> LanguageModel:
    from memorybank.models.anthropic import URL, AnthropicModel, Service  # noqa: PLC0415 - only what generates needs it

    return AnthropicModel(
        Service(settings.model_key or "", settings.model_url or URL),
        default_model=settings.generation_model or "",
        max_tokens=settings.max_tokens_per_operation,
    )


def _embedder(settings: Settings) -> Embedder:
    del settings
    raise FailedPrecondition(_WITHOUT)


def _problems(settings: Settings) -> Iterator[Violation]:
    if settings.models == "anthropic":
        yield from _model_problems(settings)
    if embeddings_of(settings) not in (MODELS.find(LOCAL), MODELS.find(OFFLINE)):
        yield Violation(variable("embeddings"), f"must be {LOCAL} or {OFFLINE}: {_WITHOUT}")


def _model_problems(settings: Settings) -> Iterator[Violation]:
    if settings.model_key is None:
        yield Violation(variable("models"), f"anthropic needs a key in ANTHROPIC_API_KEY or {variable('model_key')}")
    if settings.generation_model is None:
        says = "is needed for models of anthropic: the name of one, such as claude-haiku-4-5"
        yield Violation(variable("generation_model"), says)
    yield from query_problem(settings)


def _greeting(settings: Settings) -> str:
    where = server_of(settings, "Anthropic")
    return f"Its language model is {settings.generation_model} of {where}: what is said is sent there, and billed."


ANTHROPIC = ModelsPlugin(
    model=_model,
    embedder=_embedder,
    label=lambda _: "anthropic",
    greeting=_greeting,
    problems=_problems,
    environment=library_environment(key="ANTHROPIC_API_KEY", url="ANTHROPIC_BASE_URL"),
    has_embedder=False,
)
