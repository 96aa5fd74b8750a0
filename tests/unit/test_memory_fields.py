"""Every field of a memory does what its rule says: kept, shown, updated, restored and filtered by, or none of these."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import pytest

from memorybank.aip.field_mask import parse_mask
from memorybank.bank.generation import undo
from memorybank.bank.memories import crud, revisions
from memorybank.errors import InvalidArgument
from memorybank.handlers.filters import MEMORIES, RETRIEVE, acceptance
from memorybank.ports.models import Action
from memorybank.resources.memory import FIELDS, STORED, UPDATABLE, Memory, restored_by
from memorybank.resources.memory_fields import REQUEST_ONLY, Restored, fields_of
from memorybank.resources.names import path_of
from memorybank.resources.wire import parse
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Policy, Says, decides, open_policy

GIVEN: dict[str, Any] = {
    "display_name": "drinks",
    "description": "what I drink",
    "fact": "I like tea",
    "topics": [{"managedMemoryTopic": "USER_PREFERENCES"}, {"customMemoryTopicLabel": "drinks"}],
    "metadata": {"source": {"stringValue": "chat"}, "when": {"timestampValue": "2026-01-02T03:04:05.678Z"}},
    "expire_time": "2036-01-02T03:04:05Z",
    "context": "said in passing",
}
"""A value for every field that a caller may set and change."""

OTHER: dict[str, Any] = {
    "display_name": "food",
    "description": "what I eat",
    "fact": "I like bread",
    "topics": [{"customMemoryTopicLabel": "food"}],
    "metadata": {"weight": {"doubleValue": 2.5}},
    "expire_time": "2037-01-02T03:04:05Z",
    "context": "said aloud",
}
ROLLED_BACK = {"fact", "topics", "structured_content", "since", "until"}
UNDONE = ROLLED_BACK | {"context", "display_name", "description", "metadata"}
SET_BY_CALLERS = sorted(UPDATABLE & set(STORED))


def _shown(policy: Policy, path: str) -> dict[str, Any]:
    return crud.get(policy.ports, path)


def _value(policy: Policy, path: str, field: str) -> Any:
    """Return a field of a memory as callers see it, None if it is unset."""
    info = Memory.model_fields[field]
    return _shown(policy, path).get(str(info.alias))


def _change(policy: Policy, path: str, fields: dict[str, Any]) -> None:
    policy.clock.advance(timedelta(minutes=1))
    crud.update(policy.ports, path, parse(Memory, fields), mask=list(fields))


def test_there_is_a_value_to_try_for_every_field_that_callers_set() -> None:
    assert sorted(GIVEN) == SET_BY_CALLERS, "give the field a value in GIVEN and another one in OTHER"
    assert sorted(OTHER) == SET_BY_CALLERS


def test_a_field_that_is_added_to_the_memory_alone_is_named() -> None:
    class Moody(Memory):
        mood: str | None = None

    with pytest.raises(TypeError, match=r"nothing says what the bank does with Moody\.mood: annotate it"):
        fields_of(Moody)


def test_a_field_is_told_of_by_its_annotation_alone() -> None:
    class Moody(Memory):
        mood: Annotated[str | None, REQUEST_ONLY] = None

    assert fields_of(Moody) == {**FIELDS, "mood": REQUEST_ONLY}


def test_what_creation_answers_can_be_read_back_to_the_last_field() -> None:
    policy = open_policy()
    request = {"scope": SCOPE, "revisionLabels": {"a": "b"}, **GIVEN, "fact": "I like tea from 2029 to 2031"}
    answer = crud.create(policy.ports, policy.engine, parse(Memory, request), memory_id=None).response
    assert answer is not None
    assert _shown(policy, path_of(answer["name"])) == answer
    wanted = {str(Memory.model_fields[name].alias) for name in STORED if name != "structured_content"}
    assert set(answer) == wanted | {"name"}


@pytest.mark.parametrize("field", SET_BY_CALLERS)
def test_an_update_of_one_field_changes_that_one(field: str) -> None:
    policy = open_policy()
    path = policy.remember(**GIVEN)
    before = _shown(policy, path)
    _change(policy, path, {field: OTHER[field]})
    alias = str(Memory.model_fields[field].alias)
    after = _shown(policy, path)
    assert after.pop("updateTime") > before.pop("updateTime")
    assert after == {**before, alias: OTHER[field]}


def test_when_a_fact_holds_follows_from_its_words_whatever_a_caller_says() -> None:
    policy = open_policy()
    path = policy.remember(fact="I have worked at Acme since March 2021", since="1999")
    assert (_value(policy, path, "since"), _value(policy, path, "until")) == ("2021-03", None)
    _change(policy, path, {"context": "said aloud"})
    assert _value(policy, path, "since") == "2021-03"
    _change(policy, path, {"fact": "I work at Acme until June 2030"})
    assert (_value(policy, path, "since"), _value(policy, path, "until")) == (None, "2030-06")
    revisions.rollback(policy.ports, path, policy.revisions(path)[0].id)
    assert (_value(policy, path, "since"), _value(policy, path, "until")) == ("2021-03", None)


def test_a_month_without_a_year_is_of_the_time_when_the_fact_was_first_said() -> None:
    policy = open_policy()  # it is January 2030
    path = policy.remember(fact="I have worked at Acme since March")
    policy.clock.advance(timedelta(days=200))
    _change(policy, path, {"fact": "I have worked there since March"})
    later = _value(policy, path, "since")
    revisions.rollback(policy.ports, path, policy.revisions(path)[0].id)
    assert (_value(policy, path, "since"), later) == ("2029-03", "2030-03")


@pytest.mark.parametrize("field", sorted(set(FIELDS) - UPDATABLE))
def test_no_other_field_can_be_named_by_an_update(field: str) -> None:
    with pytest.raises(InvalidArgument):
        parse_mask(field, allowed=UPDATABLE)


@pytest.mark.parametrize("field", SET_BY_CALLERS)
def test_a_rollback_sets_back_what_it_is_to_and_leaves_the_rest_alone(field: str) -> None:
    policy = open_policy()
    path = policy.remember(**GIVEN)
    [first] = policy.revisions(path)
    before = _value(policy, path, field)
    _change(policy, path, {field: OTHER[field]})
    revisions.rollback(policy.ports, path, first.id)
    assert _value(policy, path, field) == (before if field in ROLLED_BACK else OTHER[field])


@pytest.mark.parametrize("field", SET_BY_CALLERS)
def test_a_rollback_brings_a_deleted_memory_back_to_the_last_field(field: str) -> None:
    policy = open_policy()
    path = policy.remember(**GIVEN)
    [first] = policy.revisions(path)
    before = _value(policy, path, field)
    policy.clock.advance(timedelta(minutes=1))
    crud.delete(policy.ports, path)
    revisions.rollback(policy.ports, path, first.id)
    assert before is not None
    assert _value(policy, path, field) == before


def test_an_undo_sets_back_all_that_a_generation_changed() -> None:
    moves = Says("I no longer like tea", Action.UPDATE, "I like tea", "I no longer like tea")
    policy = open_policy(ScriptedModel(decide=decides(moves)))
    path = policy.remember(**{**GIVEN, "metadata": {"source": {"stringValue": "chat"}}})
    before = _shown(policy, path)
    policy.clock.advance(timedelta(minutes=1))
    name = policy.accept("I no longer like tea", metadata={"weight": {"doubleValue": 2.5}})
    policy.deliver(name)
    assert _value(policy, path, "fact") == "I no longer like tea"
    undo.undo(policy.ports, policy.engine, name.rpartition("/")[2])
    after = _shown(policy, path)
    restored = [str(Memory.model_fields[each].alias) for each in UNDONE]
    assert {field: after.get(field) for field in restored} == {field: before.get(field) for field in restored}


@pytest.mark.parametrize(("cause", "fields"), [(Restored.ROLLBACK, ROLLED_BACK), (Restored.UNDO, UNDONE)])
def test_a_rollback_and_an_undo_set_back_fields_of_their_own(cause: Restored, fields: set[str]) -> None:
    assert set(restored_by(cause, Memory())) == fields


@pytest.mark.parametrize("path", [path for rule in FIELDS.values() for path in rule.filters])
def test_filters_may_name_what_the_rules_say_and_a_retrieval_no_scope(path: str) -> None:
    text = f"{path.replace('*', 'user_id')}:*"
    assert acceptance(text, MEMORIES) is not None
    if path.startswith("scope"):
        with pytest.raises(InvalidArgument):
            acceptance(text, RETRIEVE)
    else:
        assert acceptance(text, RETRIEVE) is not None


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_the_paths_of_a_filter_lie_in_their_field(field: str) -> None:
    assert {path.partition(".")[0] for path in FIELDS[field].filters} <= {field}


@pytest.mark.parametrize("field", sorted(name for name, rule in FIELDS.items() if not rule.filters))
def test_no_other_field_can_be_filtered_by(field: str) -> None:
    with pytest.raises(InvalidArgument):
        acceptance(f"{field}:*", MEMORIES)
