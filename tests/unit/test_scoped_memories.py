"""The memories of one scope, as the tools of agents read and change them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from memorybank.client import Engine
from memorybank.client.memories import MOST, NOTICE, ScopedMemories
from memorybank.errors import FailedPrecondition, InvalidArgument, NotFound
from tests.unit.engines_in_process import client_in_process, new_engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with client_in_process() as client:
        yield new_engine(client)


@pytest.fixture
def mine(engine: Engine) -> ScopedMemories:
    return ScopedMemories(engine, {"user_id": uuid4().hex})


@pytest.fixture
def theirs(engine: Engine) -> ScopedMemories:
    return ScopedMemories(engine, {"user_id": uuid4().hex})


def facts(memories: ScopedMemories) -> list[str]:
    return [each["fact"] for each in memories.newest()["memories"]]


def test_a_statement_is_remembered_as_it_stands_and_found(mine: ScopedMemories) -> None:
    [change] = mine.remember("I like tea")["changes"]
    assert change == {"id": change["id"], "action": "CREATED", "fact": "I like tea"}
    found = mine.recall("tea")
    assert found["notice"] == NOTICE
    [fact] = found["memories"]
    assert (fact["id"], fact["fact"], fact["distance"] < 1) == (change["id"], "I like tea", True)


def test_what_is_known_already_is_not_repeated(mine: ScopedMemories) -> None:
    mine.remember("I like tea")
    assert [each["action"] for each in mine.remember("I like tea.")["changes"]] == ["UPDATED"]
    assert facts(mine) == ["I like tea"]


def test_the_facts_of_a_conversation_are_remembered_and_all_of_them_undone(mine: ScopedMemories) -> None:
    said = mine.remember_conversation(
        [{"role": "user", "text": "I live in Rome. I have a dog."}, {"role": "assistant", "text": "Nice!"}]
    )
    assert {each["fact"] for each in said["changes"]} == {"I live in Rome", "I have a dog"}
    undone = mine.undo(said["undo"])
    assert {each["action"] for each in undone["changes"]} == {"DELETED"}
    assert facts(mine) == []


def test_a_conversation_without_facts_changes_nothing(mine: ScopedMemories) -> None:
    assert mine.remember_conversation([{"role": "user", "text": "Hello!"}]) == {"changes": []}


def test_a_correction_is_undone_and_the_undo_is_undone(mine: ScopedMemories) -> None:
    [made] = mine.remember("I like tea")["changes"]
    changed = mine.update(made["id"], "I like coffee")
    assert changed["changes"] == [{"id": made["id"], "action": "UPDATED", "fact": "I like coffee"}]
    undone = mine.undo(changed["undo"])
    assert undone["changes"] == [{"id": made["id"], "action": "RESTORED", "fact": "I like tea"}]
    mine.undo(undone["undo"])
    assert facts(mine) == ["I like coffee"]


def test_what_was_forgotten_is_restored_and_forgotten_again_by_undoing(mine: ScopedMemories) -> None:
    [made] = mine.remember("I like tea")["changes"]
    gone = mine.forget(made["id"])
    assert facts(mine) == []
    restored = mine.undo(gone["undo"])
    assert facts(mine) == ["I like tea"]
    assert mine.undo(restored["undo"])["changes"] == [{"id": made["id"], "action": "DELETED"}]
    assert facts(mine) == []


def test_undoing_the_only_change_of_a_memory_forgets_it(mine: ScopedMemories) -> None:
    [made] = mine.remember("I like tea")["changes"]
    mine.undo(made["id"])
    assert facts(mine) == []


def test_a_history_is_newest_first_and_marked_as_data(mine: ScopedMemories) -> None:
    [made] = mine.remember("I like tea")["changes"]
    mine.update(made["id"], "I like coffee")
    told = mine.history(made["id"])
    assert told["notice"] == NOTICE
    assert [each["fact"] for each in told["revisions"]] == ["I like coffee", "I like tea"]
    assert [each["action"] for each in told["revisions"]] == ["UPDATED", "CREATED"]
    assert told["said"] == 1


def test_a_fact_that_says_when_it_holds_is_told_with_it_and_with_its_end(mine: ScopedMemories) -> None:
    [made] = mine.remember("I have worked at Acme since 2019 until 2040")["changes"]
    [known] = mine.recall("Acme")["memories"]
    assert (known["since"], known["until"]) == ("2019", "2040")
    mine.update(made["id"], "I work at Initech")
    now, then = mine.history(made["id"])["revisions"]
    assert (then["since"], then["until"], then["ended"]) == ("2019", "2040", now["time"])
    assert not {"since", "until", "ended"} & now.keys()


def test_the_list_is_newest_first_and_has_pages(mine: ScopedMemories) -> None:
    for fact in ("I like tea", "I live in Rome", "I have a dog"):
        mine.remember(fact)
    first = mine.newest(limit=2)
    assert [each["fact"] for each in first["memories"]] == ["I have a dog", "I live in Rome"]
    rest = mine.newest(limit=2, page=first["next"])
    assert [each["fact"] for each in rest["memories"]] == ["I like tea"]
    assert "next" not in rest


def test_limits_are_kept_in_bounds(mine: ScopedMemories) -> None:
    mine.remember("I like tea")
    assert len(mine.recall("tea", limit=-7)["memories"]) == 1
    assert len(mine.newest(limit=MOST * 1000)["memories"]) == 1


def test_a_scope_of_strange_characters_is_a_scope_like_any_other(engine: Engine) -> None:
    odd = ScopedMemories(engine, {"user_id": 'a"b\\c\' OR scope="x', "tier": "é\u202e"})
    odd.remember("I like tea")
    assert facts(odd) == ["I like tea"]


def test_nothing_of_another_scope_can_be_read_changed_or_undone(mine: ScopedMemories, theirs: ScopedMemories) -> None:
    made = mine.remember("I like tea")
    memory = made["changes"][0]["id"]
    attempts = (
        lambda: theirs.history(memory),
        lambda: theirs.update(memory, "I like coffee"),
        lambda: theirs.forget(memory),
        lambda: theirs.undo(memory),
        lambda: theirs.undo(f"memories/{memory}"),
        lambda: theirs.undo(made["undo"]),
    )
    for attempt in attempts:
        with pytest.raises(NotFound, match="in this scope"):
            attempt()
    assert theirs.recall("tea")["memories"] == theirs.newest()["memories"] == []
    assert facts(mine) == ["I like tea"]


def test_what_another_scope_forgot_cannot_be_restored(mine: ScopedMemories, theirs: ScopedMemories) -> None:
    [made] = mine.remember("I like tea")["changes"]
    gone = mine.forget(made["id"])
    with pytest.raises(NotFound, match="in this scope"):
        theirs.undo(gone["undo"])
    assert facts(mine) == []


@pytest.mark.parametrize("wrong", ["", "..", "1/../2", "1:rollback", "1?x=y", "a" * 1_000_000, "\0", "é"])
def test_an_id_that_is_none_is_refused_by_name_and_not_sent(mine: ScopedMemories, wrong: str) -> None:
    for attempt in (mine.history, mine.forget, mine.undo):
        with pytest.raises(InvalidArgument, match="must be"):
            attempt(wrong)


def test_a_memory_without_revisions_says_that_nothing_can_be_undone(engine: Engine, mine: ScopedMemories) -> None:
    body = {"fact": "I like tea", "scope": mine.scope, "disableMemoryRevisions": True}
    made = engine.bank.wait(engine.call("POST", "memories", body))
    with pytest.raises(FailedPrecondition, match="no revisions"):
        mine.undo(made["name"].rpartition("/")[2])


def test_a_profile_is_shown_whole_and_its_fields_are_facts(engine: Engine) -> None:
    schema = {"id": "person", "schema": {"type": "OBJECT", "properties": {"age": {"type": "INTEGER"}}}}
    config = {"structuredMemoryConfigs": [{"scopeKeys": ["user_id"], "schemaConfigs": [schema]}]}
    body = {"contextSpec": {"memoryBankConfig": config}}
    made = engine.bank.wait(engine.bank.call("POST", "projects/p/locations/us-central1/reasoningEngines", body))
    memories = ScopedMemories(engine.bank.engine(made["name"]), {"user_id": "ada"})
    memories.remember_conversation([{"role": "user", "text": "I am 42 years old."}])
    assert memories.profiles() == {"person": {"age": 42}}
    assert "age: 42" in facts(memories)
