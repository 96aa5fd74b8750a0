"""A Gemini that fails: what is tried again and after what time, and what is told of the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from memorybank.errors import (
    DeadlineExceeded,
    FailedPrecondition,
    MemoryBankError,
    ResourceExhausted,
    Unavailable,
)
from memorybank.models.usage import OverBudget
from memorybank.ports.models import (
    Candidate,
    DecisionRequest,
    ExtractedFact,
    Intent,
    NewFact,
)
from memorybank.testing.gemini.server import GeminiServer, Reply, failing, said
from tests.contract.gemini import Waits, fact, facts, model, saying
from tests.waiting import PATIENCE

APIS = pytest.mark.parametrize("api", ["developer", "vertex"])
FULL_NAME = "projects/q/locations/us-east5/publishers/google/models/gemini-3.8-flash"
TEA = ExtractedFact("I like tea", ("USER_PREFERENCES",), context="it was said", event=0, quote="I like tea")
MOVE = DecisionRequest((NewFact("I live in Oslo", Intent.REMEMBER, (0,)),), (Candidate(0, "I live in Rome"),))


@APIS
def test_what_passes_is_tried_again_with_growing_waits(server: GeminiServer, api: str) -> None:
    waits = Waits()
    server.script += [failing(503), Reply("<html>", 502), failing(429), said(facts(fact("I like tea")))]
    with model(server, api, retry=waits.retry()) as gemini:
        assert gemini.extract(saying("I like tea")) == [TEA]
    assert waits.waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        (failing(429, retry_info="3.5s"), 3.5),
        (failing(429, retry_after="7"), 7.0),
        (failing(503, retry_after="2", retry_info="9s"), 9.0),
        (failing(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), 1.0),
        (failing(429, retry_after="Wed, 21 Oct 2015 07:28:00 -0000"), 1.0),
        (failing(429, retry_after="soon"), 1.0),
        (failing(429, retry_after="-5"), 1.0),
        (Reply({"error": {"code": 429, "details": [None, {"@type": None, "retryDelay": {}}]}}, 429), 1.0),
    ],
)
def test_the_other_side_says_how_long_to_wait(server: GeminiServer, told: Reply, wait: float) -> None:
    waits = Waits()
    server.script += [told, said(facts())]
    with model(server, retry=waits.retry()) as gemini:
        gemini.extract(saying("I like tea"))
    assert waits.waits == [wait]


def test_the_other_side_may_say_until_when_to_wait(server: GeminiServer) -> None:
    waits = Waits()
    moment = datetime.now(UTC) + timedelta(seconds=30)
    server.script += [failing(429, retry_after=format_datetime(moment, usegmt=True)), said(facts())]
    with model(server, retry=waits.retry()) as gemini:
        gemini.extract(saying("I like tea"))
    [wait] = waits.waits
    assert 20 < wait <= 30


def test_a_wait_that_is_too_long_is_left_to_the_queue(server: GeminiServer) -> None:
    waits = Waits()
    server.script.append(failing(429, "Quota exceeded for tokens per day", retry_info="7200s"))
    with model(server, retry=waits.retry()) as gemini, pytest.raises(ResourceExhausted) as caught:
        gemini.extract(saying("I like tea"))
    assert "has no quota left" in caught.value.message
    assert waits.waits == []
    assert not isinstance(caught.value, OverBudget), "the operation is tried again later"


@pytest.mark.parametrize("body", ["<html>busy</html>", {"candidates": [{"content": 7}]}, {"usageMetadata": "no"}])
def test_an_answer_that_is_none_of_the_api_is_waited_out_like_an_outage(server: GeminiServer, body: Any) -> None:
    server.script += [Reply(body), said(facts(fact("I like tea")))]
    with model(server) as gemini:
        assert gemini.extract(saying("I like tea")) == [TEA]
        server.script += [Reply(body)] * 4
        with pytest.raises(Unavailable, match=r"an unreadable answer for the model gemini-3\.5-flash-lite"):
            gemini.extract(saying("I like tea"))
    assert len(server.asked) == 6


@pytest.mark.parametrize("body", ["", "null", "7", [], {"error": "boom"}, [{"error": {"message": "x"}}]])
def test_an_error_of_any_form_is_an_error(server: GeminiServer, body: Any) -> None:
    server.script += [Reply(body, 503), Reply(body, 400)]
    with model(server) as gemini, pytest.raises(FailedPrecondition, match="refuses the bank's request"):
        gemini.extract(saying("I like tea"))
    assert len(server.asked) == 2


def test_an_outage_ends_after_a_bounded_number_of_calls(server: GeminiServer) -> None:
    server.script += [failing(503)] * 20
    with model(server) as gemini, pytest.raises(Unavailable):
        gemini.extract(saying("I like tea"))
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        (400, "API key not valid. Please pass a valid API key.", "check GEMINI_API_KEY"),
        (403, "Permission denied on resource", "roles/aiplatform.user"),
        (400, "The input token count (2000000) exceeds the maximum", "refuses the bank's request"),
        (404, "models/x is not found", "does not offer the model gemini-3.5-flash-lite"),
    ],
)
def test_what_does_not_pass_is_told_at_once(server: GeminiServer, status: int, message: str, words: str) -> None:
    server.script.append(failing(status, message))
    with model(server) as gemini, pytest.raises(FailedPrecondition) as caught:
        gemini.extract(saying("I like tea"))
    assert words in caught.value.message
    assert "the-key" not in caught.value.message
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503, 504])
def test_what_the_other_side_quotes_is_not_passed_on(
    server: GeminiServer, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    quoted = "key AIzaSyD-secret of http://10.0.0.7/v1 may not ask: 'my PIN is four-seven'"
    server.script += [failing(status, quoted)] * 9
    with model(server) as gemini, pytest.raises(MemoryBankError) as caught:
        gemini.extract(saying("my PIN is four-seven"))
    seen = caught.value.message + "".join(str(record.__dict__) for record in caplog.records)
    for secret in ("AIza", "the-key", "10.0.0.7", "four-seven"):  # a number may be in a log by chance
        assert secret not in seen
    assert "its reason: SCRIPTED" in caught.value.message


def test_a_model_that_hangs_or_hangs_up_is_given_up(server: GeminiServer) -> None:
    waits = Waits()
    with GeminiServer() as hanging:  # a request may arrive there after it was given up
        hanging.script += [said(facts(), delay=PATIENCE)] * 2
        with model(hanging, timeout=0.2, retry=waits.retry(attempts=2)) as gemini, pytest.raises(DeadlineExceeded):
            gemini.extract(saying("I like tea"))
    assert len(waits.waits) == 1
    server.script += [Reply("", hang_up=True)] * 2
    with model(server, retry=waits.retry(attempts=2)) as gemini, pytest.raises(Unavailable, match="cannot be reached"):
        gemini.extract(saying("I like tea"))
    assert len(server.asked) == 2


def test_nobody_there_is_an_outage() -> None:
    with GeminiServer() as gone:
        pass
    with model(gone) as gemini, pytest.raises(Unavailable, match="the Gemini Developer API cannot be reached"):
        gemini.extract(saying("I like tea"))
