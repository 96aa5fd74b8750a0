"""Anthropic's language models as a plugin. It has no embedding models: vectors come from this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

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
    if settings.models == "anthropic" and settings.model_key is None:
        yield Violation(variable("models"), f"anthropic needs a key in ANTHROPIC_API_KEY or {variable('model_key')}")
    if settings.models == "anthropic" and settings.generation_model is None:
        says = "is needed for models of anthropic: the name of one, such as claude-haiku-4-5"
        yield Violation(variable("generation_model"), says)
    if embeddings_of(settings) not in (MODELS.find(LOCAL), MODELS.find(OFFLINE)):
        yield Violation(variable("embeddings"), f"must be {LOCAL} or {OFFLINE}: {_WITHOUT}")


def _greeting(settings: Settings) -> str:
    return f"Its language model is {settings.generation_model} of Anthropic: what is said is sent there, and billed."


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return key and URL as the variables of Anthropic's own library set them.

    Their key is not sent to a server that the bank's own setting names.
    """
    names = {"model_key": "ANTHROPIC_API_KEY", "model_url": "ANTHROPIC_BASE_URL"}
    found = {field_name: environment.get(name) for field_name, name in names.items()}
    if environment.get(variable("model_url")):
        del found["model_key"]
    return {name: value for name, value in found.items() if value}


ANTHROPIC = ModelsPlugin(
    model=_model,
    embedder=_embedder,
    label=lambda _: "anthropic",
    greeting=_greeting,
    problems=_problems,
    environment=_environment,
    has_embedder=False,
)
