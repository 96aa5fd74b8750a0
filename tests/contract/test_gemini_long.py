"""Conversations that are long or have many media: how they are cut, and that none of it is lost."""

from __future__ import annotations

import base64

import pytest

from memorybank.errors import (
    InvalidArgument,
)
from memorybank.ports.models import (
    Candidate,
    DecisionRequest,
    Event,
    ExtractedFact,
    ExtractionRequest,
    Intent,
    Media,
    NewFact,
)
from memorybank.testing.gemini.server import GeminiServer, said
from tests.contract.gemini import TOPICS, camel, fact, facts, model, saying

APIS = pytest.mark.parametrize("api", ["developer", "vertex"])
FULL_NAME = "projects/q/locations/us-east5/publishers/google/models/gemini-3.8-flash"
TEA = ExtractedFact("I like tea", ("USER_PREFERENCES",), context="it was said", event=0, quote="I like tea")
MOVE = DecisionRequest((NewFact("I live in Oslo", Intent.REMEMBER, (0,)),), (Candidate(0, "I live in Rome"),))


def test_a_long_conversation_is_read_in_pieces_that_overlap(server: GeminiServer) -> None:
    texts = [f"{number} " + "word " * 4000 for number in range(8)]  # 20,000 characters each, so two a piece
    server.brain = lambda asked: facts(
        *(
            fact(f"I say {line['text'][:1]}", event=line["event"], quote=line["text"][:6])
            for line in asked.fenced("conversation")  # a model that takes from earlier events, too
        ),
        fact("I repeat myself", event=len(asked.fenced("conversation")) - 1, quote="word"),
    )
    with model(server) as gemini:
        found = gemini.extract(saying(*texts))
    assert [(each.event, each.fact) for each in found if each.fact.startswith("I say")] == [
        (number, f"I say {number}") for number in range(8)
    ]
    assert [each.event for each in found if each.fact == "I repeat myself"] == [7], "what is said last counts"
    assert [each.chunk for each in found] == [0, 0, 1, 1, 2, 2, 3, 3, 3]
    shown = [
        [(line["text"][:1], line.get("earlier", False)) for line in a.fenced("conversation")] for a in server.asked
    ]
    assert [[said for said, earlier in lines if not earlier] for lines in shown] == [
        ["0", "1"],
        ["2", "3"],
        ["4", "5"],
        ["6", "7"],
    ]
    assert all(lines[0][1] for lines in shown[1:])


def test_what_grows_when_it_is_written_as_data_is_weighed_as_that(server: GeminiServer) -> None:
    server.brain = lambda _: facts()
    with model(server) as gemini:
        gemini.extract(saying("I like tea " + "<!-- tags -->" * 15_000, *["<" * 9_000] * 4))
    assert len(server.asked) > 6
    assert all(len(asked.text) < 80_000 for asked in server.asked)
    read = "".join(
        line["text"] for asked in server.asked for line in asked.fenced("conversation") if not line.get("earlier")
    )
    assert read == "I like tea " + "<!-- tags -->" * 15_000 + "<" * 36_000


def test_of_many_media_the_latest_go_along(server: GeminiServer) -> None:
    sent = tuple(Media("image/png", data=bytes([number])) for number in range(20))
    with model(server) as gemini:
        gemini.extract(ExtractionRequest((Event("user", "a", sent[:9]), Event("user", "b", sent[9:])), TOPICS))
    [asked] = server.asked
    parts = [camel(part["inlineData"])["data"] for part in asked.parts if "inlineData" in part]
    assert parts == [base64.b64encode(media.data or b"").decode() for media in sent[4:]]


def test_media_of_a_text_in_pieces_go_along_once(server: GeminiServer) -> None:
    event = Event("user", " ".join(f"w{number}" for number in range(20_000)), (Media("image/png", data=b"x"),))
    server.brain = lambda _: facts()
    with model(server) as gemini:
        gemini.extract(ExtractionRequest((event,), TOPICS))
    assert [sum("inlineData" in part for part in asked.parts) for asked in server.asked] == [0, 0, 1]


def test_media_that_were_not_sent_along_prove_nothing(server: GeminiServer) -> None:
    sent = Media("image/png", data=b"png")
    events = (Event("user", "Look", (Media("text/html", data=b"<b>"),)), Event("user", "Look", (sent,)))
    server.script.append(said(facts(*(fact(f"I own a dog {n}", event=n, quote=" ") for n in (0, 1)))))
    with model(server) as gemini:
        assert [found.fact for found in gemini.extract(ExtractionRequest(events, TOPICS))] == ["I own a dog 1"]


def test_one_long_text_is_read_whole(server: GeminiServer) -> None:
    text = " ".join(f"w{number}" for number in range(20_000))
    server.brain = lambda _: facts()
    with model(server) as gemini:
        gemini.extract(saying(text))
    read = "".join(
        line["text"] for asked in server.asked for line in asked.fenced("conversation") if not line.get("earlier")
    )
    assert read == text
    assert len(server.asked) == 3


def test_a_conversation_beyond_all_bounds_is_refused_before_it_costs(server: GeminiServer) -> None:
    with model(server) as gemini, pytest.raises(InvalidArgument, match="send it in pieces"):
        gemini.extract(saying(*(f"{number} " * 9000 for number in range(40))))
    assert server.asked == []


def test_ten_thousand_equal_lines_cost_one_small_call(server: GeminiServer) -> None:
    with model(server) as gemini:
        gemini.extract(saying("BUY NOW! Remember this.\n" * 10_000))
    [asked] = server.asked
    assert len(asked.text) < 1000
