"""Memories one at a time: create, get, list, update and delete, through both modules, sync and async."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from google.genai.errors import ClientError

from memorybank.testing.frozen import START, CountingIds, FrozenClock

if TYPE_CHECKING:
    from tests.conftest import Served
    from tests.journeys.conftest import Begin

SCOPE = {"user_id": "ada"}


def test_a_memory_comes_back_as_it_was_created(begin_anywhere: Begin) -> None:
    journey = begin_anywhere(clock=FrozenClock())
    created = journey.remember(
        "I like tea",
        display_name="Drinks",
        description="What she drinks",
        ttl="3600s",
        topics=[{"managed_memory_topic": "USER_PREFERENCES"}, {"custom_memory_topic_label": "drinks"}],
        metadata={
            "my_key": {"string_value": "a"},
            "camelKey": {"double_value": 1.5},
            "yes": {"bool_value": True},
            "when": {"timestamp_value": datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)},
        },
    )
    memory = journey.memories.get(name=created.name)
    assert memory == created
    assert memory.name.startswith(f"{journey.engine}/memories/")
    assert memory.name.rpartition("/")[2].isdecimal()
    told = memory.model_dump(mode="json", exclude_none=True, exclude={"name"})
    assert told == {
        "fact": "I like tea",
        "scope": SCOPE,
        "display_name": "Drinks",
        "description": "What she drinks",
        "topics": [{"managed_memory_topic": "USER_PREFERENCES"}, {"custom_memory_topic_label": "drinks"}],
        "metadata": {
            "my_key": {"string_value": "a"},
            "camelKey": {"double_value": 1.5},
            "yes": {"bool_value": True},
            "when": {"timestamp_value": "2031-01-02T03:04:05Z"},
        },
        "create_time": "2030-01-01T00:00:00Z",
        "update_time": "2030-01-01T00:00:00Z",
        "expire_time": "2030-01-01T01:00:00Z",
        "memory_type": "NATURAL_LANGUAGE_COLLECTION",
    }


def test_a_chosen_id_names_the_memory_and_can_be_taken_only_once(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    assert journey.remember("I like tea", memory_id="my-tea").name == f"{journey.engine}/memories/my-tea"
    with pytest.raises(ClientError) as refused:
        journey.remember("I like coffee", memory_id="my-tea")
    assert (refused.value.code, refused.value.status) == (409, "ALREADY_EXISTS")
    assert journey.facts() == ["I like tea"]


def test_an_update_by_mask_changes_only_what_the_mask_names(begin_anywhere: Begin) -> None:
    clock = FrozenClock()
    journey = begin_anywhere(clock=clock)
    name = journey.remember("I like tea", display_name="old", description="stays").name
    clock.advance(timedelta(hours=1))
    config = {"display_name": "new", "description": "not in the mask", "update_mask": "fact,displayName"}
    journey.memories._update(name=name, fact="I like green tea", scope=SCOPE, config=config)  # noqa: SLF001 - the SDK has no public update
    memory = journey.memories.get(name=name)
    assert (memory.fact, memory.display_name, memory.description) == ("I like green tea", "new", "stays")
    assert memory.create_time == START
    assert memory.update_time == START + timedelta(hours=1)
    assert journey.search("I like green tea")[0].distance == pytest.approx(0, abs=1e-3)


def test_an_update_without_a_mask_changes_all_that_is_given(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    name = journey.remember("I like tea", display_name="old", description="stays").name
    metadata = {"k": {"string_value": "v"}}
    journey.memories._update(name=name, config={"display_name": "new", "metadata": metadata})  # noqa: SLF001 - the SDK has no public update
    memory = journey.memories.get(name=name)
    assert (memory.fact, memory.display_name, memory.description) == ("I like tea", "new", "stays")
    assert memory.metadata["k"].string_value == "v"


def test_a_field_that_the_mask_names_and_the_body_lacks_is_cleared(begin: Begin) -> None:
    journey = begin()
    name = journey.remember("I like tea", display_name="old", ttl="3600s").name
    journey.memories._update(name=name, config={"update_mask": "display_name,expire_time"})  # noqa: SLF001 - the SDK has no public update
    memory = journey.memories.get(name=name)
    assert (memory.fact, memory.display_name, memory.expire_time) == ("I like tea", None, None)


def test_the_scope_of_a_memory_cannot_be_changed(begin: Begin) -> None:
    journey = begin()
    name = journey.remember("I like tea").name
    with pytest.raises(ClientError) as refused:
        journey.memories._update(name=name, fact="I like figs", scope={"user_id": "bob"})  # noqa: SLF001 - the SDK has no public update
    assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")
    assert "scope" in refused.value.message
    assert journey.facts() == ["I like tea"]


def test_a_deleted_memory_is_gone_from_everywhere(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    name, other = journey.remember("I like tea").name, journey.remember("I like figs").name
    assert journey.memories.delete(name=name).done
    for call in (journey.memories.get, journey.memories.delete):
        with pytest.raises(ClientError) as refused:
            call(name=name)
        assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
    assert journey.facts() == ["I like figs"]
    assert [hit.memory.name for hit in journey.search("tea")] == [other]
    assert [hit.memory.name for hit in journey.memories.retrieve(name=journey.engine, scope=SCOPE)] == [other]


def test_lists_filter_by_the_whole_scope_by_a_part_of_it_and_by_topic(begin_anywhere: Begin) -> None:
    journey = begin_anywhere(clock=FrozenClock(), ids=CountingIds())
    managed, custom = {"managed_memory_topic": "USER_PREFERENCES"}, {"custom_memory_topic_label": "work"}
    journey.remember("one", scope={"user_id": "1"}, topics=[managed])
    journey.remember("two", scope={"user_id": "1", "app": "a"}, topics=[custom])
    journey.remember("three", scope={"user_id": "2"}, topics=[managed, custom])
    filters = {
        'scope="{\\"user_id\\": \\"1\\"}"': {"one"},
        'scope="{\\"app\\":\\"a\\",\\"user_id\\":\\"1\\"}"': {"two"},
        'scope="{\\"user_id\\": \\"9\\"}"': set(),
        'scope.user_id="1"': {"one", "two"},
        "topics.managed_memory_topic: USER_PREFERENCES": {"one", "three"},
        'topics.custom_memory_topic_label: "work"': {"two", "three"},
        'topics.managedMemoryTopic: USER_PREFERENCES AND scope.user_id="2"': {"three"},
        'fact="two" OR fact="three"': {"two", "three"},
    }
    assert {text: set(journey.facts(filter=text)) for text in filters} == filters


def test_lists_are_newest_first_unless_they_are_ordered_otherwise(begin_anywhere: Begin) -> None:
    clock = FrozenClock()
    journey = begin_anywhere(clock=clock)
    names = []
    for fact in ("first", "second", "third"):
        names.append(journey.remember(fact).name)
        clock.advance(timedelta(seconds=1))
    journey.memories._update(name=names[0], config={"display_name": "touched"})  # noqa: SLF001 - the SDK has no public update
    assert journey.facts() == ["third", "second", "first"]
    assert journey.facts(order_by="create_time") == ["first", "second", "third"]
    assert journey.facts(order_by="createTime desc") == ["third", "second", "first"]
    assert journey.facts(order_by="update_time desc") == ["first", "third", "second"]


def test_lists_are_paged_to_their_end_without_a_gap_or_a_repeat(begin_anywhere: Begin) -> None:
    journey = begin_anywhere(clock=FrozenClock())
    facts = [f"fact number {number}" for number in range(5)]
    for fact in facts:
        journey.remember(fact)
    assert sorted(journey.facts(page_size=2)) == facts
    assert sorted(journey.facts(page_size=2, order_by="update_time")) == facts
    assert len(journey.facts(page_size=2, filter='fact="fact number 3"')) == 1


def test_a_page_token_is_good_only_for_the_list_that_gave_it(begin: Begin) -> None:
    journey = begin()
    for number in range(3):
        journey.remember(f"fact number {number}")
    with journey.served.http() as http:
        url = f"/v1beta1/{journey.engine}/memories"
        first = http.get(url, params={"pageSize": 2}).json()
        assert len(first["memories"]) == 2
        token = first["nextPageToken"]
        second = http.get(url, params={"pageSize": 2, "pageToken": token}).json()
        assert len(second["memories"]) == 1
        assert "nextPageToken" not in second
        other = http.get(url, params={"pageToken": token, "filter": 'fact="x"'})
    assert (other.status_code, other.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"fact": "", "scope": SCOPE}, "fact"),
        ({"fact": "I like tea", "scope": {}}, "scope"),
        ({"fact": "I like tea", "scope": {"user_id": "*"}}, "scope.user_id"),
        ({"fact": "I like tea", "scope": {str(number): "v" for number in range(6)}}, "scope"),
        ({"fact": "I like tea", "scope": SCOPE, "config": {"memory_id": "Upper"}}, "memoryId"),
        ({"fact": "I like tea", "scope": SCOPE, "config": {"ttl": "5 minutes"}}, "ttl"),
    ],
)
def test_a_memory_that_cannot_be_is_refused_by_the_name_of_the_field(
    begin: Begin, arguments: dict[str, Any], field: str
) -> None:
    journey = begin()
    with pytest.raises(ClientError) as refused:
        journey.memories.create(name=journey.engine, **arguments)
    assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")
    [detail] = refused.value.details["error"]["details"]
    assert field in {violation["field"] for violation in detail["fieldViolations"]}
    assert journey.facts() == []


def test_a_memory_of_an_engine_that_does_not_exist_is_not_found(begin: Begin) -> None:
    journey = begin()
    with pytest.raises(ClientError) as refused:
        journey.memories.create(name=journey.engine + "9", fact="I like tea", scope=SCOPE)
    assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")


# The SDK says so of its own aliases, each by its name.
@pytest.mark.filterwarnings("ignore:agent_engines[.]:DeprecationWarning")
def test_the_older_names_of_the_sdk_do_the_same(served: Served, engine: str) -> None:
    engines = served.client("vertexai").agent_engines
    memory = engines.create_memory(name=engine, fact="I like tea", scope=SCOPE).response
    assert engines.get_memory(name=memory.name) == memory
    source = {"direct_memories": [{"fact": "I like figs"}]}
    assert engines.generate_memories(name=engine, scope=SCOPE, direct_memories_source=source).done
    assert {found.fact for found in engines.list_memories(name=engine)} == {"I like tea", "I like figs"}
    assert len(list(engines.retrieve_memories(name=engine, scope=SCOPE))) == 2
    engines.delete_memory(name=memory.name)
    assert [found.fact for found in engines.list_memories(name=engine)] == ["I like figs"]
