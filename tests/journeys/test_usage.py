"""What models cost stands in the operation's metadata, step by step, also when the operation failed."""

from __future__ import annotations

from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform_v1beta1 as g

from memorybank.errors import FailedPrecondition
from memorybank.models import usage
from memorybank.ports.models import Decision, DecisionRequest, ExtractedFact, ExtractionRequest
from memorybank.testing.scripted import ScriptedModel, sentences
from tests.journeys.conftest import ABOUT_MODELS, SCOPE, Begin, Journey
from tests.waiting import PATIENCE

pytestmark = ABOUT_MODELS


def _extract(request: ExtractionRequest) -> list[ExtractedFact]:
    usage.report(usage.ModelCall("extract", "m", "extraction-1", input=100, output=10, cached=50))
    if "broken" in request.events[0].text:
        raise FailedPrecondition("the model m does not exist")
    return sentences(request)


def _decide(request: DecisionRequest) -> list[Decision]:
    del request
    usage.report(usage.ModelCall("decide", "m", "decision-1", input=20, output=5))
    return []


def _say(journey: Journey, text: str) -> dict[str, Any]:
    event = {"content": {"parts": [{"text": text}]}}
    return journey.finish("memories:generate", {"scope": SCOPE, "directContentsSource": {"events": [event]}})


def test_every_step_is_told_with_its_tokens_and_prompt(begin: Begin) -> None:
    journey = begin(model=ScriptedModel(extract=_extract, decide=_decide))
    journey.remember("I like tea")
    told = _say(journey, "I like figs")["metadata"]["usage"]
    assert told["extract"] == {
        "calls": 1,
        "inputTokens": 100,
        "outputTokens": 10,
        "cachedTokens": 50,
        "model": "m",
        "prompt": "extraction-1",
    }
    assert (told["decide"]["calls"], told["decide"]["prompt"]) == (1, "decision-1")


def test_what_a_failed_operation_cost_is_told_too(begin: Begin) -> None:
    journey = begin(model=ScriptedModel(extract=_extract, decide=_decide))
    failed = _say(journey, "this is broken")
    assert failed["error"]["message"] == "the model m does not exist"
    assert failed["metadata"]["usage"]["extract"]["inputTokens"] == 100


def test_googles_generated_client_can_read_such_an_operation(begin: Begin) -> None:
    journey = begin(model=ScriptedModel(extract=_extract, decide=_decide, seconds=0.4))
    client = g.MemoryBankServiceClient(
        transport="rest",
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": journey.served.url},
    )
    with client:
        event = g.GenerateMemoriesRequest.DirectContentsSource.Event(
            content=g.Content(role="user", parts=[g.Part(text="I like figs")])
        )
        source = g.GenerateMemoriesRequest.DirectContentsSource(events=[event])
        request = g.GenerateMemoriesRequest(parent=journey.engine, scope=SCOPE, direct_contents_source=source)
        assert client.generate_memories(request=request).result(timeout=PATIENCE).generated_memories


def test_tokens_of_earlier_attempts_count_against_the_budget(begin: Begin) -> None:
    seen: list[int] = []

    def fails_once(request: ExtractionRequest) -> list[ExtractedFact]:
        seen.append(0 if (meter := usage.current()) is None else meter.tokens)
        usage.report(usage.ModelCall("extract", "m", input=100))
        if len(seen) == 1:
            raise ConnectionError("lost on the way")
        usage.check(150, expected=0)
        return sentences(request)

    journey = begin(model=ScriptedModel(extract=fails_once))
    failed = _say(journey, "I like figs")
    assert "has used 200 tokens" in failed["error"]["message"]
    assert failed["metadata"]["usage"]["extract"]["calls"] == 2
    assert len(seen) == 2
