"""Sessions: what agents keep of a conversation, through Google's SDKs, its generated client and ADK's own service."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import agentplatform
import pytest
from google.adk.events.event import Event
from google.adk.events.event_actions import EventActions
from google.adk.sessions import VertexAiSessionService
from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform_v1beta1 as g
from google.genai.errors import ClientError
from google.genai.types import Content, Part
from google.oauth2.credentials import Credentials

from memorybank.testing.frozen import FrozenClock
from tests.conftest import LOCATION, Serve
from tests.journeys.conftest import Begin, Journey
from tests.waiting import PATIENCE, finished

NOON = datetime(2031, 5, 10, 12, tzinfo=UTC)
STATE = {"snake_key": 1, "camelKey": 1.0, "UPPER": [[1, [2]], {}], "": None, "ключ": {"deep": {"er": ["é"]}}}


def _sessions(journey: Journey) -> Any:
    return journey.served.client().sessions


def _begin(journey: Journey, **config: Any) -> str:
    made = _sessions(journey).create(name=journey.engine, user_id="ada", config=config)
    return str(made.response.name)


def _append(
    journey: Journey, session: str, *, author: str = "user", at: timedelta = timedelta(0), **config: Any
) -> None:
    _sessions(journey).events.append(
        name=session, author=author, invocation_id="i1", timestamp=NOON + at, config=config
    )


def _say(journey: Journey, session: str, text: str, *, at: timedelta = timedelta(0), role: str = "user") -> None:
    _append(journey, session, author=role, at=at, content={"role": role, "parts": [{"text": text}]})


def test_a_session_is_created_read_changed_listed_and_deleted(begin: Begin) -> None:
    journey = begin()
    sessions = _sessions(journey)
    name = _begin(journey, display_name="first", session_state=STATE, labels={"team": "a"})
    got = sessions.get(name=name)
    assert (got.user_id, got.display_name, got.session_state, got.labels) == ("ada", "first", STATE, {"team": "a"})
    assert got.expire_time - got.create_time == timedelta(days=365)
    changed = sessions._update(name=name, config={"display_name": "second", "update_mask": "displayName"})  # noqa: SLF001 - the SDK's only way
    assert changed is not None
    assert sessions.get(name=name).display_name == "second"
    assert [each.name for each in sessions.list(name=journey.engine)] == [name]
    sessions.delete(name=name)
    assert list(sessions.list(name=journey.engine)) == []
    with pytest.raises(ClientError) as caught:
        sessions.get(name=name)
    assert caught.value.code == 404
    assert not [path for path in journey.stored() if "/sessions/" in path]


def test_a_chosen_id_names_one_session_only(begin: Begin) -> None:
    journey = begin()
    name = _begin(journey, session_id="7-first")
    assert name.endswith("/sessions/7-first")
    with pytest.raises(ClientError) as caught:
        _begin(journey, session_id="7-first")
    assert caught.value.code == 409


def test_lists_follow_filters_orders_and_pages(begin: Begin) -> None:
    journey = begin()
    sessions = _sessions(journey)
    for number in range(5):
        user = "ada" if number % 2 else "bob"
        config = {"display_name": f"s{number}", "labels": {"n": str(number)}}
        sessions.create(name=journey.engine, user_id=user, config=config)

    def names(**config: Any) -> list[str]:
        return [each.display_name for each in sessions.list(name=journey.engine, config=config)]

    assert names() == ["s4", "s3", "s2", "s1", "s0"]
    assert names(filter='user_id="bob"') == ["s4", "s2", "s0"]
    assert names(filter='userId=bob AND display_name="s2"') == ["s2"]
    assert names(filter='labels.n="3"') == ["s3"]
    with journey.served.http() as http:
        path, found, token = f"/v1beta1/{journey.engine}/sessions", [], ""
        while True:
            query: dict[str, Any] = {"pageSize": 2, "pageToken": token, "orderBy": "create_time"}
            answer = http.get(path, params=query).json()
            found += [each["displayName"] for each in answer["sessions"]]
            if not (token := answer.get("nextPageToken", "")):
                break
    assert found == ["s0", "s1", "s2", "s3", "s4"]


def test_events_come_back_as_they_were_sent_oldest_first(begin: Begin) -> None:
    journey = begin()
    session = _begin(journey)
    _say(journey, session, "later", at=timedelta(seconds=1))
    raw = {"snake_key": {"camelKey": [1.5, 2, None]}, "": "empty", "big": 2**53}
    call = {"function_call": {"name": "f", "args": {"snake_arg": 1, "camelArg": {"x_y": 2}}}}
    _append(
        journey,
        session,
        author="agent",
        content={"role": "model", "parts": [call]},
        actions={"artifact_delta": {"file_name": 3}, "transfer_agent": "other", "skip_summarization": True},
        event_metadata={"branch": "a.b", "custom_metadata": {"my_key": {"in_ner": 1}}, "turn_complete": True},
        error_code="E1",
        raw_event=raw,
    )
    first, second = _sessions(journey).events.list(name=session)
    assert (first.author, first.invocation_id, first.timestamp, first.error_code) == ("agent", "i1", NOON, "E1")
    assert first.content.parts[0].function_call.args == {"snake_arg": 1, "camelArg": {"x_y": 2}}
    assert first.actions.artifact_delta == {"file_name": 3}
    assert first.actions.transfer_agent == "other"
    assert first.event_metadata.custom_metadata == {"my_key": {"in_ner": 1}}
    assert first.raw_event == raw
    assert second.content.parts[0].text == "later"
    later = list(_sessions(journey).events.list(name=session, config={"filter": f'timestamp>"{NOON.isoformat()}"'}))
    assert [each.name for each in later] == [second.name]


def test_an_event_larger_than_a_document_comes_back_whole(begin: Begin) -> None:
    journey = begin()
    session = _begin(journey)
    data = bytes(range(256)) * 8192
    part = {"inline_data": {"mime_type": "image/png", "data": data}}
    _append(journey, session, content={"role": "user", "parts": [part]})
    [found] = _sessions(journey).events.list(name=session)
    assert found.content.parts[0].inline_data.data == data
    _sessions(journey).delete(name=session)
    assert not [path for path in journey.stored() if "/sessions/" in path]


def test_state_deltas_of_32_appends_at_once_are_all_there(begin: Begin) -> None:
    journey = begin()
    session = _begin(journey, session_state={"kept": True, "last": -1})
    path = f"/v1beta1/{session}:appendEvent"

    def append(number: int) -> int:
        event: dict[str, Any] = {"author": "a", "invocationId": "i", "timestamp": NOON.isoformat()}
        event |= {"actions": {"state_delta": {f"k{number}": number, "last": number}}}
        with journey.served.http() as http:
            return http.post(path, json=event).status_code

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(append, range(32))) == {200}
    state = _sessions(journey).get(name=session).session_state
    assert {key: value for key, value in state.items() if key != "last"} == {
        "kept": True,
        **{f"k{number}": number for number in range(32)},
    }
    assert state["last"] in range(32)
    assert len(list(_sessions(journey).events.list(name=session))) == 32


def test_a_session_ends_with_its_time_to_live_and_leaves_nothing(serve: Serve) -> None:
    clock = FrozenClock()
    served = serve(clock=clock)
    engine = served.create_engine()
    sessions = served.client().sessions
    name = sessions.create(name=engine, user_id="ada", config={"ttl": "86400s"}).response.name
    sessions.events.append(name=name, author="user", invocation_id="i", timestamp=NOON)
    clock.advance(timedelta(hours=24))
    with pytest.raises(ClientError) as caught:
        sessions.get(name=name)
    assert caught.value.code == 404
    assert list(sessions.list(name=engine)) == []


def test_memories_are_generated_of_a_session_and_of_a_span_of_it(begin: Begin) -> None:
    journey = begin()
    session = _begin(journey)
    for minute, text in enumerate(["I live in Paris.", "I prefer aisle seats.", "I work as a nurse."]):
        _say(journey, session, text, at=timedelta(minutes=minute))
    _append(journey, session, at=timedelta(minutes=3), actions={"state_delta": {"x": 1}})
    source = {"session": session, "start_time": NOON + timedelta(minutes=1), "end_time": NOON + timedelta(minutes=2)}
    journey.memories.generate(name=journey.engine, vertex_session_source=source)
    assert journey.facts() == ["I prefer aisle seats"]
    journey.memories.generate(name=journey.engine, vertex_session_source={"session": session})
    assert sorted(journey.facts()) == ["I live in Paris", "I prefer aisle seats", "I work as a nurse"]
    assert [memory.scope for memory in journey.memories.list(name=journey.engine)] == [{"user_id": "ada"}] * 3
    other = {"team": "blue"}
    journey.memories.generate(name=journey.engine, vertex_session_source={"session": session}, scope=other)
    assert len(list(journey.memories.retrieve(name=journey.engine, scope=other))) == 3


def test_who_speaks_is_told_by_the_author_where_the_content_does_not_say_it(begin: Begin) -> None:
    journey = begin()
    session = _begin(journey)
    said = {"user": "I live in Paris.", "ada": "I work as a nurse.", "travel_agent": "I prefer aisle seats."}
    for minute, (author, text) in enumerate(said.items()):
        _append(journey, session, author=author, at=timedelta(minutes=minute), content={"parts": [{"text": text}]})
    journey.memories.generate(name=journey.engine, vertex_session_source={"session": session})
    assert sorted(journey.facts()) == ["I live in Paris", "I work as a nurse"]


def test_what_was_asked_for_is_remembered_though_the_session_goes_at_once(begin: Begin) -> None:
    journey = begin()
    session = _begin(journey)
    _say(journey, session, "I live in Paris.")
    operation = journey.post("memories:generate", {"vertexSessionSource": {"session": session}})
    _sessions(journey).delete(name=session)
    with journey.served.http() as http:
        finished(http, operation)
    assert journey.facts() == ["I live in Paris"]


def test_an_empty_session_gives_nothing_and_an_unknown_or_foreign_one_an_error(begin: Begin) -> None:
    journey = begin()
    generated = journey.memories.generate(
        name=journey.engine, vertex_session_source={"session": _begin(journey)}, scope={"user_id": "ada"}
    )
    assert not (generated.response and generated.response.generated_memories)
    elsewhere = journey.served.create_engine()
    for session, code in ((f"{journey.engine}/sessions/99", 404), (f"{elsewhere}/sessions/1", 400), ("nonsense", 400)):
        with pytest.raises(ClientError) as caught:
            journey.memories.generate(name=journey.engine, vertex_session_source={"session": session})
        assert caught.value.code == code
    assert "vertexSessionSource.session" in str(caught.value)


def test_the_asynchronous_client_does_the_same(begin: Begin) -> None:
    journey = begin()

    async def walk() -> tuple[Any, list[Any]]:
        client = journey.served.client()
        sessions = client.aio.sessions
        made = await sessions.create(name=journey.engine, user_id="ada", config={"session_state": STATE})
        await sessions.events.append(name=made.response.name, author="user", invocation_id="i", timestamp=NOON)
        events = [event async for event in await sessions.events.list(name=made.response.name)]
        got = await sessions.get(name=made.response.name)
        await client.aio.aclose()
        return got, events

    got, events = asyncio.run(walk())
    assert got.session_state == STATE
    assert [event.author for event in events] == ["user"]


def test_googles_generated_client_reads_and_writes_sessions(begin: Begin) -> None:
    journey = begin()
    options = {"api_endpoint": journey.served.url}
    with g.SessionServiceClient(transport="rest", credentials=AnonymousCredentials(), client_options=options) as client:
        session = g.Session(user_id="ada", display_name="d", session_state={"n": 1, "deep": {"a_b": [True, None]}})
        made = client.create_session(parent=journey.engine, session=session).result(timeout=PATIENCE)
        event = g.SessionEvent(
            author="user",
            invocation_id="i",
            timestamp=NOON,
            content=g.Content(role="user", parts=[g.Part(text="hello")]),
            actions=g.EventActions(state_delta={"n": 2}),
        )
        client.append_event(name=made.name, event=event)
        got = client.get_session(name=made.name)
        assert dict(got.session_state)["n"] == 2
        assert [each.content.parts[0].text for each in client.list_events(parent=made.name)] == ["hello"]
        assert [each.name for each in client.list_sessions(parent=journey.engine)] == [made.name]
        got.display_name = "changed"
        assert client.update_session(session=got, update_mask={"paths": ["display_name"]}).display_name == "changed"
        client.delete_session(name=made.name).result(timeout=PATIENCE)
        assert list(client.list_sessions(parent=journey.engine)) == []


class AdkSessions(VertexAiSessionService):  # type: ignore[misc]  # Google's packages carry no types
    """ADK's own service, pointed at a bank."""

    def __init__(self, journey: Journey) -> None:
        self._client = agentplatform.Client(
            project=journey.served.project,
            location=LOCATION,
            credentials=Credentials(token="any"),
            http_options={"base_url": journey.served.url},
        )
        super().__init__(
            project=journey.served.project, location=LOCATION, agent_engine_id=journey.engine.rpartition("/")[2]
        )

    def _build_api_client(self) -> Any:
        return self._client.aio

    async def close(self) -> None:
        await self._client.aio.aclose()


def test_adks_own_session_service_keeps_an_agents_conversation(begin: Begin) -> None:
    journey = begin()

    async def walk() -> None:
        service = AdkSessions(journey)
        session = await service.create_session(app_name="guide", user_id="ada", state={"lang": "en"})
        content = Content(role="user", parts=[Part(text="hello")])
        said = Event(author="user", invocation_id="i1", content=content)
        await service.append_event(session, said)
        actions = EventActions(state_delta={"lang": "fr", "temp:x": 1})
        await service.append_event(session, Event(author="guide", invocation_id="i1", actions=actions))
        got = await service.get_session(app_name="guide", user_id="ada", session_id=session.id)
        assert got is not None
        assert got.state == {"lang": "fr"}
        assert [event.author for event in got.events] == ["user", "guide"]
        assert got.events[0].id == said.id
        assert got.events[0].content == content
        listed = await service.list_sessions(app_name="guide", user_id="ada")
        assert [each.id for each in listed.sessions] == [session.id]
        assert (await service.list_sessions(app_name="guide", user_id="bob")).sessions == []
        await service.delete_session(app_name="guide", user_id="ada", session_id=session.id)
        assert await service.get_session(app_name="guide", user_id="ada", session_id=session.id) is None
        await service.close()

    asyncio.run(walk())
