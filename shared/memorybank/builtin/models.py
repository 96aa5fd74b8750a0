"""The models that come with the bank: Gemini's, those behind OpenAI's API, and the offline ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from memorybank.config import Settings, default, variable
from memorybank.errors import Violation
from memorybank.extras import need
from memorybank.plugins import AUTO, ModelsPlugin, embeddings_of, models_of

if TYPE_CHECKING:
    from memorybank.models.openai_compatible.service import Service
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
    greeting=lambda _: "Its offline model is a set of rules: good for tests and first steps, not for quality.",
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
    yield from query_problem(settings)


def query_problem(settings: Settings) -> Iterator[Violation]:
    """Yield the problem of a URL with a query, which only OpenAI's API has a place for."""
    if "?" in (settings.model_url or ""):
        yield Violation(variable("model_url"), "must have no query: only servers that speak OpenAI's API take one")


def _gemini_label(settings: Settings) -> str:
    return "vertex" if settings.model_key is None else "developer"


def _gemini_greeting(settings: Settings) -> str:
    where = "Gemini's on Vertex AI" if settings.model_key is None else "Gemini's, by an API key"
    return f"Its models are {where}: what is said is sent there, and billed."


def _gemini_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the credentials as set by the variables that Google's own libraries read.

    As for google-genai, GOOGLE_API_KEY comes before GEMINI_API_KEY, and GOOGLE_GENAI_USE_VERTEXAI before either.
    Cloud Run sets K_SERVICE; a key file, which workload identity has too, comes before its metadata server.
    """
    key = environment.get("GOOGLE_API_KEY") or environment.get("GEMINI_API_KEY")
    vertex = environment.get("GOOGLE_GENAI_USE_VERTEXAI", "").lower() in ("1", "true")
    if environment.get("GOOGLE_APPLICATION_CREDENTIALS") or (vertex and not environment.get("K_SERVICE")):
        credentials = "adc"
    else:
        credentials = "metadata" if environment.get("K_SERVICE") else "none"
    return {"model_credentials": credentials} | ({"model_key": key} if key and not vertex else {})


GEMINI = ModelsPlugin(
    model=_gemini_model,
    embedder=_gemini_embedder,
    label=_gemini_label,
    greeting=_gemini_greeting,
    available=_gemini_available,
    problems=_gemini_problems,
    environment=_gemini_environment,
)


def _service_of(settings: Settings) -> Service:
    from memorybank.models.openai_compatible.service import OPENAI as URL  # noqa: PLC0415 - only who chose it needs it
    from memorybank.models.openai_compatible.service import Service  # noqa: PLC0415 - as above

    return Service(settings.model_url or URL, settings.model_key)


def _openai_model(settings: Settings) -> LanguageModel:
    from memorybank.models.openai_compatible.model import OpenAIModel  # noqa: PLC0415 - as above

    return OpenAIModel(
        _service_of(settings),
        default_model=settings.generation_model or "",
        max_tokens=settings.max_tokens_per_operation,
    )


def _openai_embedder(settings: Settings) -> Embedder:
    from memorybank.models.openai_compatible.embedder import OpenAIEmbedder  # noqa: PLC0415 - as above

    return OpenAIEmbedder(
        _service_of(settings),
        default_model=settings.embedding_model or "",
        dimensions=settings.embedding_dimensions,
    )


def _openai_models(settings: Settings) -> dict[str, str]:
    """Return the settings that name models of this provider, each with an example."""
    examples = {"generation_model": "gpt-5-mini", "embedding_model": "text-embedding-3-small"}
    if settings.models != "openai":
        del examples["generation_model"]
    elif embeddings_of(settings) is not OPENAI:
        del examples["embedding_model"]
    return examples


def _openai_problems(settings: Settings) -> Iterator[Violation]:
    if settings.model_key is None and settings.model_url is None:
        needs = f"openai needs a key in OPENAI_API_KEY, or {variable('model_url')} of a server that speaks OpenAI's API"
        yield Violation(variable("models"), needs)
    for name, example in _openai_models(settings).items():
        if getattr(settings, name) is None:
            says = f"is needed for models of openai: the name that the server knows, such as {example}"
            yield Violation(variable(name), says)
    if settings.embeddings == "gemini" or (settings.models in (AUTO, "gemini") and models_of(settings) is GEMINI):
        says = "must be the provider of the language model, local or offline: one key and one URL are set for both"
        yield Violation(variable("embeddings"), says)


def _openai_greeting(settings: Settings) -> str:
    named = " and ".join(str(getattr(settings, name)) for name in _openai_models(settings))
    return f"Its models are {named} of {server_of(settings, 'OpenAI')}: what is said is sent there."


def server_of(settings: Settings, provider: str) -> str:
    """Return what people are told of where a language model is asked: the host that is set, or the provider."""
    return urlsplit(settings.model_url).netloc if settings.model_url else provider


def library_environment(*, key: str, url: str) -> Callable[[Mapping[str, str]], dict[str, str]]:
    """Return what reads key and URL from the variables of a provider's own library.

    Their key is not sent to a server that the bank's own setting names.
    """

    def read(environment: Mapping[str, str]) -> dict[str, str]:
        names = {"model_url": url} if environment.get(variable("model_url")) else {"model_key": key, "model_url": url}
        return {field_name: value for field_name, name in names.items() if (value := environment.get(name))}

    return read


OPENAI = ModelsPlugin(
    model=_openai_model,
    embedder=_openai_embedder,
    label=lambda _: "openai",
    greeting=_openai_greeting,
    problems=_openai_problems,
    environment=library_environment(key="OPENAI_API_KEY", url="OPENAI_BASE_URL"),
)
