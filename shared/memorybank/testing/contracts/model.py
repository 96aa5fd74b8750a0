"""What every language model must do, as tests: subclass `LanguageModelContract` beside a fixture `model`.

    class TestMyModel(LanguageModelContract):
        @pytest.fixture
        def model(self) -> LanguageModel: ...

A model that calls a provider must also pass `prompted_model.PromptedModelContract`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from memorybank.ports.models import (
    Action,
    Candidate,
    DecisionRequest,
    Event,
    ExtractionRequest,
    Intent,
    LanguageModel,
    Media,
    NewFact,
    Topic,
)

TOPICS = tuple(
    Topic(key, managed=True)
    for key in ("USER_PERSONAL_INFO", "USER_PREFERENCES", "KEY_CONVERSATION_DETAILS", "EXPLICIT_INSTRUCTIONS")
)
THREADS = 8


def saying(*texts: str) -> ExtractionRequest:
    """Return a request about what a user says, one event each."""
    return ExtractionRequest(tuple(Event("user", text) for text in texts), TOPICS)


def deciding(*texts: str, against: str) -> DecisionRequest:
    """Return a request about new facts that one known fact is a candidate for."""
    return DecisionRequest(
        tuple(NewFact(text, Intent.REMEMBER, (0,)) for text in texts), (Candidate(0, against, ("I live in Bonn",)),)
    )


class LanguageModelContract:
    """The promises of a language model; a subclass brings the fixture `model`."""

    def test_it_has_a_name_to_record(self, model: LanguageModel) -> None:
        """Revisions tell by it which model made them."""
        assert model.name.strip()

    @pytest.mark.parametrize("events", [(), (Event("user", ""),), (Event("user", " \n\u200b"), Event("model", ""))])
    def test_an_empty_conversation_gives_nothing(self, model: LanguageModel, events: tuple[Event, ...]) -> None:
        """Neither a fact nor an error."""
        assert model.extract(ExtractionRequest(events, TOPICS)) == []

    def test_media_that_it_does_not_take_are_no_error(self, model: LanguageModel) -> None:
        """They are left out, and what was said beside them is read."""
        strange = (Media("application/x-unheard-of", data=b"\x00"), Media("", uri="ftp://example.com/a"))
        model.extract(ExtractionRequest((Event("user", "", strange),), TOPICS))
        found = model.extract(ExtractionRequest((Event("user", "I like green tea.", strange),), TOPICS))
        assert all(fact.event == 0 for fact in found)

    def test_facts_rest_on_events_and_topics_of_the_request(self, model: LanguageModel) -> None:
        """The index is one of the conversation, the quote stands there, the topics were asked for."""
        request = saying("I like green tea.", "I live in Oslo.")
        found = model.extract(request)
        assert found
        for fact in found:
            assert fact.fact.strip()
            assert fact.event is not None
            assert fact.event in range(2)
            assert fact.quote in request.events[fact.event].text
            assert set(fact.topics) <= {topic.key for topic in TOPICS}
            assert fact.profile is None

    def test_a_decision_is_about_what_was_asked(self, model: LanguageModel) -> None:
        """It names a fact of the request, and a candidate that was offered unless the fact is new."""
        for made in model.decide(deciding("I live in Rome", "I like tea", against="I live in Oslo")):
            assert made.fact in range(2)
            assert (made.candidate is None) == (made.action is Action.CREATE)
            assert made.candidate in (None, 0)
            assert bool(made.text) == (made.action is Action.UPDATE)

    def test_where_nothing_is_known_nothing_is_changed(self, model: LanguageModel) -> None:
        """Without candidates a fact can only be new."""
        made = model.decide(DecisionRequest((NewFact("I like tea", Intent.REMEMBER, ()),), ()))
        assert all(decision.action is Action.CREATE for decision in made)

    def test_threads_get_the_answers_to_their_own_questions(self, model: LanguageModel) -> None:
        """Many conversations are read at the same time by one model."""

        def read(number: int) -> set[str]:
            return {fact.quote for fact in model.extract(saying(f"I live in Town{number}."))}

        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(read, range(THREADS * 2)))
        for number, quotes in enumerate(found):
            assert quotes, f"nothing was found in conversation {number}"
            assert all(quote in f"I live in Town{number}." for quote in quotes)
