"""How long memories live, and that what has expired is gone at once, and later for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from google.genai.errors import ClientError

from memorybank.bank import sweep
from memorybank.testing.frozen import START, FrozenClock

if TYPE_CHECKING:
    from tests.journeys.conftest import Begin, Journey

SCOPE = {"user_id": "ada"}
HOUR = timedelta(hours=1)
GRANULAR = {"createTtl": "3600s", "generateCreatedTtl": "7200s", "generateUpdatedTtl": "10800s"}


def _end(journey: Journey, name: str) -> datetime | None:
    end: datetime | None = journey.memories.get(name=name).expire_time
    return end


def _update(journey: Journey, name: str, **config: Any) -> None:
    journey.memories._update(name=name, config=config)  # noqa: SLF001 - the SDK has no public update


def test_without_a_ttl_memories_stay(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    name = journey.remember("I like tea").name
    clock.advance(timedelta(days=10_000))
    assert _end(journey, name) is None
    assert journey.facts() == ["I like tea"]


def test_the_default_ttl_counts_anew_from_every_create_and_update(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin({"ttlConfig": {"defaultTtl": "3600s"}}, clock=clock)
    by_hand, generated = journey.remember("I like tea").name, journey.tell("I like figs")[0].memory.name
    assert _end(journey, by_hand) == _end(journey, generated) == START + HOUR
    clock.advance(HOUR / 2)
    _update(journey, by_hand, display_name="touched")
    journey.tell("I like figs")
    assert _end(journey, by_hand) == _end(journey, generated) == START + 1.5 * HOUR


def test_granular_ttls_count_from_their_own_cause_only(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin({"ttlConfig": {"granularTtlConfig": GRANULAR}}, clock=clock)
    by_hand, generated = journey.remember("I like tea").name, journey.tell("I like figs")[0].memory.name
    assert (_end(journey, by_hand), _end(journey, generated)) == (START + HOUR, START + 2 * HOUR)
    clock.advance(HOUR / 2)
    _update(journey, by_hand, display_name="touched")
    assert _end(journey, by_hand) == START + HOUR
    assert journey.tell("I like figs")[0].action.value == "UPDATED"
    assert _end(journey, generated) == START + 3.5 * HOUR


def test_an_unset_granular_ttl_leaves_the_end_alone(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin({"ttlConfig": {"granularTtlConfig": {"generateCreatedTtl": "3600s"}}}, clock=clock)
    generated, by_hand = journey.tell("I like figs")[0].memory.name, journey.remember("I like tea").name
    clock.advance(HOUR / 2)
    journey.tell("I like figs")
    assert (_end(journey, generated), _end(journey, by_hand)) == (START + HOUR, None)


@pytest.mark.parametrize("ttl", [{"defaultTtl": "3600s"}, {"granularTtlConfig": GRANULAR}])
def test_what_a_request_says_wins_over_the_bank(begin: Begin, ttl: dict[str, Any]) -> None:
    journey = begin({"ttlConfig": ttl}, clock=FrozenClock())
    name = journey.remember("I like tea", ttl="60s").name
    assert _end(journey, name) == START + timedelta(seconds=60)
    at = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert _end(journey, journey.remember("I like figs", expire_time=at).name) == at
    _update(journey, name, ttl="1.5s")
    assert _end(journey, name) == START + timedelta(seconds=1.5)
    _update(journey, name, expire_time=at, update_mask="expire_time")
    assert _end(journey, name) == at
    _update(journey, name, ttl="60s", update_mask="ttl")
    assert _end(journey, name) == START + timedelta(seconds=60)


def test_what_has_expired_is_gone_from_everywhere_at_once(begin_anywhere: Begin) -> None:
    clock = FrozenClock()
    journey = begin_anywhere(clock=clock)
    name = journey.remember("I like tea", ttl="60s").name
    journey.remember("I like figs")
    clock.advance(timedelta(seconds=59))
    assert len(journey.search("I like tea")) == 2
    clock.advance(timedelta(seconds=1))
    for call in (journey.memories.get, journey.memories.delete, journey.revisions.list):
        with pytest.raises(ClientError) as gone:
            call(name=name)
        assert (gone.value.code, gone.value.status) == (404, "NOT_FOUND")
    with pytest.raises(ClientError) as gone:
        _update(journey, name, display_name="late")
    assert gone.value.code == 404
    assert journey.facts() == ["I like figs"]
    assert [hit.memory.fact for hit in journey.memories.retrieve(name=journey.engine, scope=SCOPE)] == ["I like figs"]
    assert [hit.memory.fact for hit in journey.search("I like tea")] == ["I like figs"]


def test_expired_memories_take_no_places_of_the_living(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    for number in range(20):
        journey.remember(f"I like tea number {number}", ttl="60s")
    for fact in ("I like tea", "I like figs", "I like rain"):
        journey.remember(fact)
    clock.advance(timedelta(seconds=60))
    assert {hit.memory.fact for hit in journey.search("I like tea number")} == {
        "I like tea",
        "I like figs",
        "I like rain",
    }
    assert len(journey.facts(page_size=2)) == 3


def test_a_fact_told_again_after_its_memory_expired_is_new(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin({"ttlConfig": {"defaultTtl": "60s"}}, clock=clock)
    [first] = journey.tell("I like tea")
    clock.advance(timedelta(seconds=60))
    [again] = journey.tell("I like tea")
    assert again.action.value == "CREATED"
    assert again.memory.name != first.memory.name


def test_the_id_of_an_expired_memory_is_free_again(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    journey.remember("I like tea", memory_id="tea", ttl="60s")
    clock.advance(timedelta(seconds=60))
    assert journey.remember("I like green tea", memory_id="tea").fact == "I like green tea"
    assert journey.facts() == ["I like green tea"]


def test_the_sweep_removes_what_has_expired_with_all_that_hangs_on_it(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    name = journey.remember("I like tea", ttl="60s").name
    _update(journey, name, display_name="a second revision")
    kept = journey.remember("I like figs").name.rpartition("/")[2]
    clock.advance(timedelta(seconds=60))
    sweep.sweep(journey.served.bank.adapters)
    left = [path for path in journey.stored() if "/memories/" in path]
    assert len(left) == 2
    assert all(path.startswith(f"{journey.path}/memories/{kept}") for path in left)


def test_the_sweep_removes_deleted_memories_after_48_hours_and_operations_in_time(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    journey.memories.delete(name=journey.tell("I like tea")[0].memory.name)
    clock.advance(timedelta(hours=48) - timedelta(seconds=1))
    sweep.sweep(journey.served.bank.adapters)
    assert len([path for path in journey.stored() if "/revisions/" in path]) == 2
    clock.advance(timedelta(seconds=1))
    sweep.sweep(journey.served.bank.adapters)
    assert not [path for path in journey.stored() if "/revisions/" in path]
    assert len([path for path in journey.stored() if "/operations/" in path]) == 3
    clock.advance(timedelta(days=30))
    sweep.sweep(journey.served.bank.adapters)
    assert not [path for path in journey.stored() if "/operations/" in path]
