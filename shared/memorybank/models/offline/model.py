"""The offline models: rules instead of a language model, shared words instead of meaning. No account, key or network.

They are deterministic, and meant for tests, demos and development. They are not an LLM: all they know is sentence
patterns of English, German, French, Spanish, Italian, Portuguese, Dutch, Russian, Japanese, Korean and Chinese. Of
Polish, Turkish, Arabic, Hindi and some other languages they know what the commonest words mean.

They can extract what a user states about themselves, likes, plans, decides or asks to remember; forget on request;
extract booked, confirmed or scheduled outcomes from either side; recognise a repeated fact, and a changed value of one
attribute (home, job, favourites, likes, "my X is Y").
They cannot resolve pronouns or dates, combine facts of several sentences, recognise paraphrases or translations, read
media, understand irony, or put a fact into the third person in languages other than English.
"""

from __future__ import annotations

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import MAX_DIMENSIONS, Vector
from memorybank.ports.models import Decision, DecisionRequest, ExtractedFact, ExtractionRequest, Purpose, ReviewRequest

_DIMENSIONS = 768
_MIN_DIMENSIONS = 16


class OfflineModel:
    """A `LanguageModel` by rules: at most 100 facts per call, sentences over 2,048 characters are skipped.

    Facts are quoted from the conversation, in its language, without the final full stop. In doubt a decision is CREATE:
    nothing is merged by similarity. Configured model names are ignored.
    """

    @property
    def name(self) -> str:
        """The name and version of the rules."""
        return "offline-rules-1"

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        """Return the facts in the sentences, in order; events of an example give exactly the example's facts."""
        from memorybank.models.offline.extraction import extract  # noqa: PLC0415  # tables load on first use

        return extract(request)

    def decide(self, request: DecisionRequest) -> list[Decision]:
        """Return at least one decision per fact; a fact to forget that matches nothing has none."""
        from memorybank.models.offline.decisions import decide  # noqa: PLC0415  # tables load on first use

        return decide(request)

    def review(self, request: ReviewRequest) -> list[bool]:
        """Return which changes the rules alone would make, too."""
        from memorybank.models.offline.decisions import review  # noqa: PLC0415  # tables load on first use

        return review(request)


class OfflineEmbedder:
    """An `Embedder` by feature hashing: texts are near when they share words, not when they mean the same.

    The first 20,000 characters count. Purpose and model names are ignored.
    """

    def __init__(self, *, dimensions: int = _DIMENSIONS) -> None:
        if not _MIN_DIMENSIONS <= dimensions <= MAX_DIMENSIONS:
            raise InvalidArgument(f"dimensions: from {_MIN_DIMENSIONS} to {MAX_DIMENSIONS}, not {dimensions}")
        self._dimensions = dimensions

    def resolve(self, model: str | None) -> str:  # noqa: ARG002  # no other model is to be had offline
        """Return the only name, whatever is configured."""
        return f"offline-hash-{self._dimensions}"

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:  # noqa: ARG002  # see above
        """Return one unit vector per text, in order."""
        from memorybank.models.offline.embedding import embed  # noqa: PLC0415  # tables load on first use

        return [embed(text, dimensions=self._dimensions) for text in texts]
