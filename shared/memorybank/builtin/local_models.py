"""The embedder that compares meaning in this process: an encoder from a package, or from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memorybank.config import Settings, variable
from memorybank.errors import Violation
from memorybank.extras import missing, need
from memorybank.plugins import LOCAL as NAME
from memorybank.plugins import MODELS, OFFLINE, ModelsPlugin, models_of, store_of

if TYPE_CHECKING:
    from memorybank.models.local import Encoder
    from memorybank.ports.models import Embedder, LanguageModel


def _model(settings: Settings) -> LanguageModel:
    return MODELS.find(OFFLINE).model(settings)


def _encoder(settings: Settings) -> Encoder:
    if settings.local_embedding is not None:
        from memorybank.models.local.onnx import OnnxEncoder  # noqa: PLC0415 - only who names a folder needs it

        return OnnxEncoder(settings.local_embedding)
    from memorybank.models.local.universal import UniversalEncoder  # noqa: PLC0415 - only who embeds needs it

    return UniversalEncoder()


def _embedder(settings: Settings) -> Embedder:
    from memorybank.models.local import LocalEmbedder  # noqa: PLC0415 - as above
    from memorybank.models.offline.embedding import embed  # noqa: PLC0415 - as above

    return LocalEmbedder(_encoder(settings), words=embed, dimensions=settings.embedding_dimensions)


def _embeds(settings: Settings) -> bool:
    """Say whether `auto` takes it: a folder is named, or no embedder is set and everything that it needs is there.

    Only beside a store on this machine. There, memories that have other vectors are re-embedded at a start.
    """
    if settings.local_embedding is not None:
        return True
    models = models_of(settings)
    return (
        (models is MODELS.find(OFFLINE) or not models.has_embedder)
        and store_of(settings).local
        and not missing("encoder")
        and _dimensions_problem(settings) is None
    )


def _dimensions_problem(settings: Settings) -> str | None:
    from memorybank.models.local.embedder import problem_of  # noqa: PLC0415 - as above

    return problem_of(_encoder(settings).length, settings.embedding_dimensions)


def _problems(settings: Settings) -> Iterator[Violation]:
    if settings.models == NAME:
        instead = f"set {variable('models')} to another provider, or to offline, and {variable('embeddings')}={NAME}"
        yield Violation(variable("models"), f"{NAME} has an embedder, but no language model: {instead}")
    if lacks := need("encoder" if settings.local_embedding is None else "onnx"):
        yield Violation(variable("embeddings"), f"{NAME} {lacks}")
        return
    if settings.local_embedding is not None:
        from memorybank.models.local.onnx import folder_problem  # noqa: PLC0415 - as above

        if wrong := folder_problem(settings.local_embedding):
            yield Violation(variable("local_embedding"), wrong)
            return
    if wrong := _dimensions_problem(settings):
        yield Violation(variable("embedding_dimensions"), wrong)


def _greeting(settings: Settings) -> str:
    languages = "" if settings.local_embedding is not None else ", in 16 languages"
    return f"Its embedder runs in this process and compares meaning{languages}."


LOCAL = ModelsPlugin(
    model=_model,
    embedder=_embedder,
    label=lambda _: NAME,
    greeting=_greeting,
    embeds=_embeds,
    problems=_problems,
)
