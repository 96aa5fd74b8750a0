"""What every language model that asks a provider must do, as tests: `PromptedModelContract` beside a fixture `bench`.

class TestMyProvider(PromptedModelContract):
@pytest.fixture
def bench(self) -> Iterator[ModelBench]: ...
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from memorybank.errors import (
    InvalidArgument,
    MemoryBankError,
    ResourceExhausted,
    Unavailable,
)
from memorybank.models.chunks import ChunkProgress, Chunks, resumable
from memorybank.models.usage import Meter, OverBudget, UnreadableAnswer, metered
from memorybank.ports.models import (
    Action,
    Event,
    ExtractionRequest,
    Intent,
    Media,
    ProposedChange,
    Reviewer,
    ReviewRequest,
)
from memorybank.retrying import decision_of
from memorybank.testing.contracts.model import TOPICS, deciding, saying
from memorybank.testing.contracts.model_bench import LASTING, PASSING, Fault, ModelBench

PICTURE = Media("image/png", data=b"\x89PNG")
LONG = tuple(f"{number} " + "word " * 4000 for number in range(6))
"""Six turns of 20,000 characters, which take three calls."""


def fact(text: str, *, event: int = 0, **more: Any) -> dict[str, Any]:
    """Return a fact as a model answers it."""
    usual = {"quote": text, "reason": "it was said", "topics": ["USER_PREFERENCES"], "intent": "REMEMBER"}
    return {"event": event, "fact": text, **usual, **more}


def facts(*found: dict[str, Any]) -> str:
    """Return an answer of facts."""
    return json.dumps({"facts": list(found)})


def decisions(*made: dict[str, Any]) -> str:
    """Return an answer of decisions."""
    usual = {"fact": 0, "reason": "because", "candidate": None, "text": None}
    return json.dumps({"decisions": [{**usual, **each} for each in made]})


class PromptedModelContract:
    """The promises of a language model that asks a provider; a subclass brings the fixture `bench`."""

    def test_what_is_answered_becomes_facts_and_decisions_by_one_call_each(self, bench: ModelBench) -> None:
        """Billed calls are what a bank costs."""
        bench.answer(facts(fact("I like tea")))
        bench.answer(decisions({"action": "UPDATE", "candidate": 0, "text": "I live in Rome"}))
        model = bench.model()
        assert [found.fact for found in model.extract(saying("I like tea"))] == ["I like tea"]
        [made] = model.decide(deciding("I live in Rome", against="I live in Oslo"))
        assert (made.action, made.candidate, made.text) == (Action.UPDATE, 0, "I live in Rome")
        read, decided = bench.asked
        assert "I like tea" in read
        assert "I live in Oslo" in decided

    def test_a_second_opinion_takes_one_call_and_needs_a_verdict_whose_reasons_fit(self, bench: ModelBench) -> None:
        """A change without a verdict, or with one that contradicts itself, is not made."""
        usual = {"still_true": "", "asked_to_forget": False, "disproved": True, "right": True}
        verdicts = [{"change": 0, **usual}, {"change": 1, **usual, "disproved": False}, {"change": 3, **usual}]
        bench.answer(json.dumps({"verdicts": [*verdicts, {"change": 3, **usual, "right": False}]}))
        changes = [ProposedChange(f"I live in Town{n}", Intent.REMEMBER, "I live in Oslo", "x") for n in range(4)]
        model = bench.model()
        assert isinstance(model, Reviewer)
        with metered(Meter()) as meter:
            assert model.review(ReviewRequest(tuple(changes))) == [True, False, False, False]
        [asked] = bench.asked
        assert all(f"Town{n}" in asked for n in range(4))
        assert meter.summary()["review"]["calls"] == 1

    def test_nothing_to_read_costs_nothing(self, bench: ModelBench) -> None:
        """No call is made for a conversation in which nobody said or showed anything."""
        assert bench.model().extract(saying("", " \u200b")) == []
        assert bench.asked == []

    def test_numbers_that_were_not_offered_are_neither_mapped_nor_hidden(self, bench: ModelBench) -> None:
        """The bank refuses them; a model that dropped them would make a fact new without a word."""
        bench.answer(decisions({"action": "DELETE", "candidate": 7}))
        [made] = bench.model().decide(deciding("I left Oslo", against="I live in Oslo"))
        assert made.candidate == 7

    def test_facts_of_no_event_or_topic_of_the_request_are_left_out(self, bench: ModelBench) -> None:
        """What rests on nothing is not remembered."""
        bench.answer(facts(fact("a", event=5), fact("b", event=-1), fact("c", topics=["OTHER"]), fact("I like tea")))
        assert [found.fact for found in bench.model().extract(saying("I like tea"))] == ["I like tea"]

    @pytest.mark.parametrize("wrong", ["Sure, here it is:", '{"facts": 7}', "", "[]"])
    def test_an_answer_that_cannot_be_read_is_shown_and_mended_once(self, bench: ModelBench, wrong: str) -> None:
        """The second call says what was wrong; both are billed."""
        bench.answer(wrong)
        bench.answer(facts(fact("I like tea")))
        with metered(Meter()) as meter:
            assert bench.model().extract(saying("I like tea"))
        assert len(bench.asked) == 2
        assert len(bench.asked[1]) > len(bench.asked[0])
        assert meter.summary()["extract"]["calls"] == 2

    def test_an_answer_that_was_cut_off_is_mended(self, bench: ModelBench) -> None:
        """Half an answer is none, also where it can be read."""
        bench.answer(facts(), cut_off=True)
        bench.answer(facts(fact("I like tea")))
        assert bench.model().extract(saying("I like tea"))
        assert len(bench.asked) == 2

    def test_two_answers_that_cannot_be_read_are_an_error_without_their_words(self, bench: ModelBench) -> None:
        """Nothing was found is never the outcome, and the error is final."""
        bench.answer("hunter2")
        bench.answer('{"facts": "hunter2"}')
        with pytest.raises(UnreadableAnswer) as caught:
            bench.model().extract(saying("I like tea"))
        assert "hunter2" not in caught.value.message
        assert len(bench.asked) == 2

    def test_a_refusal_is_told_and_not_asked_again(self, bench: ModelBench) -> None:
        """The caller sent what the provider will not read."""
        bench.refuse()
        with pytest.raises(InvalidArgument, match="safety filter"):
            bench.model().extract(saying("I like tea"))
        assert len(bench.asked) == 1

    @pytest.mark.parametrize("fault", PASSING)
    def test_what_passes_is_waited_out(self, bench: ModelBench, fault: Fault) -> None:
        """One failure costs a wait and no more."""
        bench.fail(fault)
        bench.answer(facts(fact("I like tea")))
        assert bench.model().extract(saying("I like tea"))
        assert len(bench.asked) == 2
        assert len(bench.waits) == 1

    @pytest.mark.parametrize("fault", PASSING)
    def test_what_goes_on_is_told_by_its_kind_with_its_cause(self, bench: ModelBench, fault: Fault) -> None:
        """The work may be tried again later, and the log shows what the driver said."""
        for _ in range(bench.attempts):
            bench.fail(fault)
        with pytest.raises(PASSING[fault]) as caught:
            bench.model().extract(saying("I like tea"))
        self._is_kept(caught.value, final=False)
        assert len(bench.asked) == bench.attempts

    @pytest.mark.parametrize("fault", LASTING)
    def test_what_does_not_pass_is_told_at_once(self, bench: ModelBench, fault: Fault) -> None:
        """No second call, and no second attempt of the operation."""
        bench.fail(fault)
        with pytest.raises(LASTING[fault]) as caught:
            bench.model().extract(saying("I like tea"))
        self._is_kept(caught.value, final=True)
        assert len(bench.asked) == 1

    def _is_kept(self, error: MemoryBankError, *, final: bool) -> None:
        assert error.__cause__ is not None, "the driver's error is lost"
        assert decision_of(error).final is final

    def test_the_provider_says_how_long_to_wait(self, bench: ModelBench) -> None:
        """A shorter wait would only be refused again; one too long for a thread is left to the queue."""
        bench.fail(Fault.EXHAUSTED, retry_after=9.0)
        bench.answer(facts())
        bench.model().extract(saying("I like tea"))
        assert bench.waits == [9.0]
        bench.fail(Fault.EXHAUSTED, retry_after=7200.0)
        with pytest.raises(ResourceExhausted) as caught:
            bench.model().extract(saying("I like tea"))
        assert decision_of(caught.value).after == 7200
        assert bench.waits == [9.0]

    def test_every_billed_call_is_reported(self, bench: ModelBench) -> None:
        """By step, with tokens, model and the prompt's version."""
        bench.answer(facts())
        bench.answer(decisions())
        model = bench.model()
        with metered(Meter()) as meter:
            model.extract(saying("I like tea"))
            model.decide(deciding("I live in Rome", against="I live in Oslo"))
        counts = {"calls": 1, "inputTokens": 100, "outputTokens": 20, "cachedTokens": 40}
        for step in ("extract", "decide"):
            told = meter.summary()[step]
            assert {name: told[name] for name in counts} == counts
            assert told["model"] == model.name
            assert told["prompt"]

    def test_a_budget_stops_before_the_call_that_would_exceed_it(self, bench: ModelBench) -> None:
        """Also where earlier attempts of the operation have used it up."""
        with metered(Meter({"extract": {"calls": 1, "inputTokens": 900, "outputTokens": 90, "cachedTokens": 0}})):
            with pytest.raises(OverBudget, match="MEMORYBANK_MAX_TOKENS_PER_OPERATION"):
                bench.model(max_tokens=1000).extract(saying("I like tea"))
            assert bench.asked == []
            bench.model().extract(saying("I like tea"))
        assert len(bench.asked) == 1

    def test_media_go_along_if_the_model_takes_them(self, bench: ModelBench) -> None:
        """Once, and only kinds that it takes."""
        sent = (PICTURE, Media("application/x-unheard-of", data=b"x"))
        bench.model().extract(ExtractionRequest((Event("user", "Look at this", sent),), TOPICS))
        assert bench.pictures == [1 if bench.takes_pictures else 0]

    def test_a_long_conversation_is_read_in_chunks_that_are_told_apart(self, bench: ModelBench) -> None:
        """Events keep their index; what is said twice counts once, as it was said last."""
        for event in (0, 3, 3):  # numbers within a chunk, the later ones behind a repeated end of the one before
            bench.answer(facts(fact("I repeat myself", event=event, quote="word")))
        found = bench.model().extract(saying(*LONG))
        assert len(bench.asked) == 3
        [last] = found
        assert last.chunk == 2
        assert last.event in (4, 5)

    def test_chunks_that_have_been_read_are_not_paid_for_twice(self, bench: ModelBench) -> None:
        """An outage in the middle costs the chunk whose reading failed and no other."""
        kept: list[tuple[str, Chunks]] = []
        bench.answer(facts(fact("I like tea", quote="0")))
        for _ in range(bench.attempts):
            bench.fail(Fault.DOWN)
        model = bench.model()
        with (
            resumable(ChunkProgress("", [], lambda plan, read: kept.append((plan, list(read))))),
            pytest.raises(Unavailable),
        ):
            model.extract(saying(*LONG))
        [(plan, read)] = kept
        before = len(bench.asked)
        with resumable(ChunkProgress(plan, read, lambda *_: None)):
            found = model.extract(saying(*LONG))
        assert len(bench.asked) - before == 2
        assert [each.fact for each in found] == ["I like tea"]

    def test_a_conversation_beyond_all_bounds_is_refused_before_it_costs(self, bench: ModelBench) -> None:
        """The caller is told to send it in pieces."""
        with pytest.raises(InvalidArgument, match="in pieces"):
            bench.model().extract(saying(*(f"{number} " * 9000 for number in range(40))))
        assert bench.asked == []
