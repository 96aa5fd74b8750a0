"""The right to be forgotten: one call after which nothing of a scope is left, wherever it was."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from google.genai.errors import ClientError

from memorybank.commands.main import main
from memorybank.testing.scripted import ScriptedModel, sentences
from tests.traces import traces
from tests.waiting import LONG, PATIENCE

if TYPE_CHECKING:
    from memorybank.ports.models import ExtractionRequest
    from tests.journeys.conftest import Begin, Journey

ADA, GRACE = {"user_id": "ada-7f3c"}, {"user_id": "grace-91d2"}
WORD = "oolong"
_LONG = f"oolong {'-' * 92}\n" * 2_100
"""Several of these do not fit one document. There is little for a model to read: few lines, and all are the same."""


def _live(journey: Journey, scope: dict[str, str]) -> None:
    """Leave something of every kind that the SDK's calls leave."""
    journey.say("I live in Paris.", "I like oolong tea.", scope=scope)
    journey.say("I moved to Lyon.", *[_LONG] * 5, scope=scope)
    journey.tell("I prefer oolong", scope=scope)
    memory = journey.remember("I bought oolong", scope=scope)
    journey.memories._update(name=memory.name, fact="I bought more oolong")  # noqa: SLF001 - the SDK has no public update
    journey.memories.delete(name=memory.name)


def _converse(journey: Journey, user: str) -> str:
    """Hold a conversation in a session, with one turn that is kept in parts, and generate from it; return its name."""
    sessions = journey.served.client().sessions
    config = {"session_state": {"drink": WORD}, "display_name": f"talk with {user}"}
    name = str(sessions.create(name=journey.engine, user_id=user, config=config).response.name)
    for texts in (["I like oolong tea."], [_LONG] * 6):
        content = {"role": "user", "parts": [{"text": text} for text in texts]}
        sessions.events.append(
            name=name, author="user", invocation_id="i", timestamp=datetime.now(UTC), config={"content": content}
        )
    journey.memories.generate(name=journey.engine, vertex_session_source={"session": name})
    return name


def _ingest(journey: Journey, scope: dict[str, str]) -> None:
    """Leave events in a stream that waits: small ones, and some that are kept apart."""
    events = [
        {"content": {"role": "user", "parts": [{"text": text}]}, "event_id": f"e{number}"}
        for number, text in enumerate(["I like oolong tea.", *[_LONG] * 6])
    ]
    rule = {"generation_rule": {"event_count": 50}}
    for event in events:
        operation = journey.served.client().memory_banks.ingest_events(
            name=journey.engine,
            scope=scope,
            direct_contents_source={"events": [event]},
            generation_trigger_config=rule,
        )
        assert not operation.done


def _state(journey: Journey) -> dict[str, Any]:
    store = journey.served.bank.adapters.store
    paths = journey.stored()
    return {path: document and document.data for path, document in zip(paths, store.get_many(paths), strict=True)}


def _left(journey: Journey, scope: dict[str, str], *words: str) -> list[str]:
    assert journey.served.bank.adapters.queue.wait_idle(LONG)
    return traces(journey.served.bank.adapters.store, scope, *words)


def test_nothing_is_left_of_who_is_erased_and_all_of_others(begin: Begin) -> None:
    journey = begin()
    _live(journey, GRACE)
    kept = _state(journey)
    _live(journey, ADA)
    assert _left(journey, ADA)
    receipt = journey.post("memories:erase", {"scope": ADA})
    assert receipt["finished"]
    assert receipt["eraseTime"].endswith("Z")
    assert sum(receipt["erased"].values()) > 10
    assert receipt["erased"].keys() == {
        *("memories", "revisions", "operations", "streams", "sessions", "events", "other")
    }
    assert receipt["erased"]["memories"] == len(kept_memories(kept))
    assert _left(journey, ADA) == []
    assert _state(journey) == kept
    assert list(journey.memories.retrieve(name=journey.engine, scope=ADA)) == []
    assert journey.search("oolong", scope=ADA) == []
    assert journey.search("oolong", scope=GRACE)


def kept_memories(state: dict[str, Any]) -> list[str]:
    """Return the paths of the memories themselves."""
    return [path for path in state if path.split("/")[-2] == "memories"]


def test_sessions_and_streams_go_too_and_sessions_only_if_that_is_asked_for(begin: Begin) -> None:
    journey = begin()
    ada, grace = ADA["user_id"], GRACE["user_id"]
    others = _converse(journey, grace)
    _ingest(journey, GRACE)
    kept = _state(journey)
    session = _converse(journey, ada)
    _ingest(journey, ADA)
    receipt = journey.post("memories:erase", {"scope": ADA})
    assert receipt["finished"]
    assert receipt["erased"]["streams"] == 1
    assert receipt["erased"]["sessions"] == 0
    sessions = journey.served.client().sessions
    assert len(list(sessions.events.list(name=session))) == 2, "a session that is left is whole"
    receipt = journey.post("memories:erase", {"scope": ADA, "includeSessions": True})
    assert (receipt["erased"]["sessions"], receipt["erased"]["events"]) == (1, 2)
    assert _left(journey, ADA) == []
    assert _state(journey) == kept
    assert [each.name for each in sessions.list(name=journey.engine)] == [others]
    with pytest.raises(ClientError) as caught:
        sessions.events.list(name=session)
    assert caught.value.code == 404


def test_erasing_again_finds_nothing_and_remembering_begins_anew(begin: Begin) -> None:
    journey = begin()
    _live(journey, ADA)
    journey.post("memories:erase", {"scope": ADA})
    again = journey.post("memories:erase", {"scope": ADA})
    assert again["finished"]
    assert set(again["erased"].values()) == {0}
    assert [change.action.value for change in journey.tell("I prefer oolong", scope=ADA)] == ["CREATED"]


def test_a_generation_that_is_running_is_withdrawn_and_leaves_nothing(begin: Begin) -> None:
    asked, erased = threading.Event(), threading.Event()

    def extract(request: ExtractionRequest) -> Any:
        asked.set()
        assert erased.wait(PATIENCE)
        return sentences(request)

    journey = begin(model=ScriptedModel(extract=extract))
    events = [{"content": {"role": "user", "parts": [{"text": "I like oolong"}]}}]
    started = journey.post("memories:generate", {"scope": ADA, "directContentsSource": {"events": events}})
    waiting = journey.post("memories:generate", {"scope": ADA, "directContentsSource": {"events": events}})
    assert asked.wait(PATIENCE)
    assert journey.post("memories:erase", {"scope": ADA})["finished"]
    erased.set()
    assert _left(journey, ADA, WORD) == []
    with journey.served.http() as http:
        for operation in (started, waiting):
            assert http.get(f"/v1beta1/{operation['name']}").status_code == 404


def test_a_crowd_that_generates_while_it_is_erased_leaves_what_it_did_whole_or_not_at_all(begin: Begin) -> None:
    journey = begin()
    statuses: set[int] = set()

    def generate(number: int) -> None:
        body = {"scope": ADA, "directMemoriesSource": {"directMemories": [{"fact": f"I like oolong {number}"}]}}
        with journey.served.http() as http:
            for _ in range(5):
                statuses.add(http.post(f"/v1beta1/{journey.engine}/memories:generate", json=body).status_code)

    crowd = [threading.Thread(target=generate, args=(number,)) for number in range(4)]
    for each in crowd:
        each.start()
    while any(each.is_alive() for each in crowd):
        assert journey.post("memories:erase", {"scope": ADA})["finished"]
    for each in crowd:
        each.join()
    assert statuses <= {200, 404}, "what was withdrawn while its caller waited for it does not exist"
    # What came after the last of them were new requests. They are whole, and go like any other.
    assert journey.served.bank.adapters.queue.wait_idle(LONG)
    found = list(journey.memories.list(name=journey.engine))
    assert len(found) == len({memory.fact for memory in found})
    assert all(journey.history(memory.name)[0].fact == memory.fact for memory in found)
    assert journey.post("memories:erase", {"scope": ADA})["finished"]
    assert _left(journey, ADA, WORD) == []


def test_the_command_erases_and_tells_what_went(
    begin: Begin, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = begin()
    _live(journey, ADA)
    monkeypatch.setenv("MEMORYBANK_ENGINE", journey.engine)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    command = ["erase", "--scope", f"user_id={ADA['user_id']}", "--url", f"{journey.served.url}/"]
    assert main(command) == 1
    assert capsys.readouterr().out == "Nothing was erased.\n"
    assert _left(journey, ADA)
    monkeypatch.setattr("builtins.input", lambda _: "Y")
    assert main(command) == 0
    told = capsys.readouterr().out
    assert " memories, " in told
    assert "Nothing is left" in told
    assert ADA["user_id"] not in told
    assert _left(journey, ADA) == []


def test_the_command_finds_an_engine_by_its_id_wherever_it_is(begin: Begin, capsys: pytest.CaptureFixture[str]) -> None:
    journey = begin()
    journey.remember("I like oolong", scope=ADA)
    identifier = journey.engine.rpartition("/")[2]
    command = ["erase", "--scope", f"user_id={ADA['user_id']}", "--url", journey.served.url, "--yes", "--engine"]
    assert main([*command, identifier]) == 0
    assert "1 memories" in capsys.readouterr().out
    assert main([*command, "no-such-engine"]) == 1
    assert "has no engine no-such-engine" in capsys.readouterr().err


def test_the_command_connects_before_it_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", asked.append)
    assert main(["erase", "--scope", "user_id=ada", "--url", "http://127.0.0.1:9", "--engine", "1"]) == 1
    assert "Nothing listens on http://127.0.0.1:9" in capsys.readouterr().err
    assert not asked


def test_an_address_without_its_scheme_is_told_with_its_flag(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["erase", "--scope", "user_id=ada", "--url", "127.0.0.1:8080", "--engine", "1"])
    said = capsys.readouterr().err
    assert "argument --url" in said
    assert "its scheme is missing, write http://127.0.0.1:8080" in said
    assert "MEMORYBANK_URL" not in said
