"""Why a memory says what it says: its quotes, how often it was said, and who decided what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from memorybank.bank.generation import undo
from memorybank.bank.memories import crud, explain, revisions
from memorybank.errors import InvalidArgument, NotFound
from memorybank.handlers.filters import REVISIONS, acceptance
from memorybank.ports.documents import Put
from memorybank.ports.models import Action, Claim, Decision, DecisionRequest, Relation
from memorybank.resources.explanation import MemoryExplanation
from memorybank.resources.memory import Memory
from memorybank.testing.frozen import START
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import Policy, open_policy

MINUTE = timedelta(minutes=1)
PARIS, LYON = "I live in Paris", "I live in Lyon"


def _relates(request: DecisionRequest) -> Iterator[Decision]:
    """Decide as a model with reasons: the same place is kept, another one replaces it, and details are added."""
    for index, new in enumerate(request.facts):
        for candidate in request.candidates:
            old, text = candidate.fact, new.fact
            if "where" in text:
                claim = Claim(Relation.SAME, same_subject=True, both_true=True)
                yield Decision(index, Action.KEEP, candidate.number, reason="Same place.", claim=claim)
            elif text.startswith(old):
                claim = Claim(Relation.ADDS, same_subject=True, both_true=True)
                yield Decision(index, Action.UPDATE, candidate.number, text, "It adds the street.", claim)
            elif text.startswith("I live in"):
                words = old.removeprefix("I live in "), text.removeprefix("I live in ")
                claim = Claim(
                    Relation.REPLACES, same_subject=True, both_true=False, old_words=words[0], new_words=words[1]
                )
                yield Decision(index, Action.UPDATE, candidate.number, text, "They moved.", claim)


@pytest.fixture
def policy() -> Policy:
    return open_policy(ScriptedModel(decide=lambda request: list(_relates(request))))


def _says(policy: Policy, *lines: str) -> str:
    """Generate from what is said a minute later, and return the operation."""
    policy.clock.advance(MINUTE)
    name = policy.accept(*lines)
    policy.deliver(name)
    assert policy.operation(name).error is None
    return name


def _explained(policy: Policy, path: str, *, limit: int = 100) -> MemoryExplanation:
    return explain.explain(policy.ports, path, limit=limit, after=None)[0]


def _actions(found: MemoryExplanation) -> Sequence[str]:
    return [revision.action for revision in found.revisions]


def test_what_was_said_once_has_one_piece_of_evidence_with_its_words(policy: Policy) -> None:
    _says(policy, PARIS)
    found = _explained(policy, policy.record(PARIS).path)
    assert (found.memory.fact, found.evidence_count) == (PARIS, 1)
    assert found.last_confirmed_time == START + MINUTE
    [made] = found.to_wire()["revisions"]
    assert made.pop("name").startswith(f"{policy.engine}/memories/")
    assert made == {
        "createTime": "2030-01-01T00:01:00Z",
        "eventTime": "2030-01-01T00:01:00Z",
        "action": "CREATED",
        "fact": PARIS,
        "quotes": [{"event": 0, "text": PARIS}],
        "model": "scripted",
        "producedBy": {"extraction": "scripted"},
    }


def test_every_repeat_is_one_more_piece_of_evidence_word_for_word_or_not(policy: Policy) -> None:
    _says(policy, PARIS)
    _says(policy, f"{PARIS}.")
    _says(policy, "Paris is where I live")
    [record] = policy.records()
    found = _explained(policy, record.path)
    assert (found.evidence_count, found.last_confirmed_time) == (3, START + 3 * MINUTE)
    assert [[quote.text for quote in each.quotes] for each in found.revisions] == [
        ["Paris is where I live"],
        [f"{PARIS}."],
        [PARIS],
    ]


def test_several_repeats_in_one_conversation_count_one_by_one(policy: Policy) -> None:
    _says(policy, PARIS, PARIS, f"{PARIS}!")
    assert _explained(policy, policy.record(PARIS).path).evidence_count == 3


def test_what_is_replaced_keeps_its_end_and_what_is_completed_stays_confirmed(policy: Policy) -> None:
    street = f"{LYON}, Rue Monge"
    for line in (PARIS, LYON, street):
        _says(policy, line)
    path = policy.record(street).path
    found = _explained(policy, path)
    assert [(each.fact, each.relation, each.reason, each.end_time) for each in found.revisions] == [
        (street, "adds", "It adds the street.", None),
        (LYON, "replaces", "They moved.", None),
        (PARIS, None, None, START + 2 * MINUTE),
    ]
    assert found.evidence_count == 2
    revisions.rollback(policy.ports, path, policy.revisions(path)[1].id)
    restored = _explained(policy, path)
    assert (restored.evidence_count, restored.memory.fact, restored.revisions[0].action) == (1, LYON, "RESTORED")


def test_a_fact_ends_even_if_what_took_its_place_left_no_revision(policy: Policy) -> None:
    path = policy.remember(PARIS)
    policy.clock.advance(MINUTE)
    crud.update(policy.ports, path, Memory(fact=LYON, disable_memory_revisions=True), mask=None)
    [known] = _explained(policy, path).revisions
    assert (known.fact, known.end_time) == (PARIS, START + MINUTE)


def test_a_fact_that_says_since_when_and_until_when_it_holds_is_explained_with_it(policy: Policy) -> None:
    held = "I live in Oslo since March 2029 until June 2030"
    _says(policy, held)
    path = policy.record(held).path
    policy.clock.advance(MINUTE)
    crud.update(policy.ports, path, Memory(fact=LYON), mask=None)
    [now, then] = _explained(policy, path).revisions
    assert (then.since, then.until, then.end_time) == ("2029-03", "2030-06", START + 2 * MINUTE)
    assert (now.since, now.until, now.end_time) == (None, None, None)


def test_each_page_knows_when_its_first_fact_ended(policy: Policy) -> None:
    for line in (PARIS, LYON, "I live in Oslo"):
        _says(policy, line)
    path = policy.record("I live in Oslo").path
    ends, cursor = [], None
    for _ in range(3):
        found, cursor = explain.explain(policy.ports, path, limit=1, after=cursor)
        ends += [each.end_time for each in found.revisions]
    assert (ends, cursor) == ([None, START + 3 * MINUTE, START + 2 * MINUTE], None)


def test_a_cursor_of_another_memory_is_refused(policy: Policy) -> None:
    _says(policy, PARIS)
    path, other = policy.record(PARIS).path, policy.remember("I like tea")
    [theirs] = policy.revisions(other)
    with pytest.raises(InvalidArgument):
        explain.explain(policy.ports, path, limit=1, after=(1, theirs.path))


def test_a_change_by_hand_begins_again_and_other_fields_change_nothing(policy: Policy) -> None:
    _says(policy, PARIS)
    _says(policy, PARIS)
    path = policy.record(PARIS).path
    policy.clock.advance(MINUTE)
    crud.update(policy.ports, path, Memory(display_name="home"), mask=None)
    found = _explained(policy, path)
    assert (found.evidence_count, found.last_confirmed_time) == (2, START + 2 * MINUTE)
    crud.update(policy.ports, path, Memory(fact=LYON), mask=None)
    found = _explained(policy, path)
    assert (found.evidence_count, found.last_confirmed_time) == (1, START + 3 * MINUTE)
    assert _actions(found) == ["UPDATED", "UPDATED", "KEPT", "CREATED"]


def test_what_was_said_before_the_memory_is_in_its_history_and_no_evidence(policy: Policy) -> None:
    _says(policy, LYON)
    turn = {"content": {"role": "user", "parts": [{"text": PARIS}]}, "eventTime": "2019-05-01T10:00:00Z"}
    policy.deliver(policy.accept_source(directContentsSource={"events": [turn]}))
    found = _explained(policy, policy.record(LYON).path)
    assert (_actions(found), found.evidence_count) == (["RECORDED", "CREATED"], 1)
    assert found.revisions[0].event_time.year == 2019
    assert found.last_confirmed_time == START + MINUTE
    assert [each.end_time for each in found.revisions] == [None, None]


def test_a_refused_decision_is_told_with_its_reason() -> None:
    lost = Decision(0, Action.UPDATE, 0, "I live in Paris with Clara", "Clara came along.")
    policy = open_policy(ScriptedModel(decide=lambda _: [lost]))
    _says(policy, PARIS)
    _says(policy, LYON)
    [revision] = _explained(policy, policy.record(LYON).path).revisions
    assert (revision.action, revision.relation) == ("CREATED", None)
    assert [each.kind for each in revision.refused]
    assert all(each.reason.endswith(".") for each in revision.refused)


def test_an_undo_takes_its_evidence_back(policy: Policy) -> None:
    _says(policy, PARIS)
    again = _says(policy, PARIS)
    path = policy.record(PARIS).path
    policy.clock.advance(MINUTE)
    undo.undo(policy.ports, policy.engine, again.rpartition("/")[2])
    found = _explained(policy, path)
    assert (found.evidence_count, _actions(found)) == (1, ["RESTORED", "KEPT", "CREATED"])


def test_a_deleted_memory_is_explained_for_48_hours(policy: Policy) -> None:
    _says(policy, PARIS)
    path = policy.record(PARIS).path
    policy.clock.advance(MINUTE)
    crud.delete(policy.ports, path)
    found = _explained(policy, path)
    assert (found.memory.fact, found.evidence_count, found.delete_time) == (PARIS, 1, START + 2 * MINUTE)
    assert [(each.action, each.end_time) for each in found.revisions] == [
        ("DELETED", None),
        ("CREATED", START + 2 * MINUTE),
    ]
    policy.clock.advance(timedelta(hours=48))
    with pytest.raises(NotFound):
        _explained(policy, path)


def test_a_memory_whose_deletion_left_no_revision_is_not_found() -> None:
    policy = open_policy(config={"disableMemoryRevisions": True})
    path = policy.remember(PARIS)
    assert _explained(policy, path).revisions == []
    crud.delete(policy.ports, path)
    with pytest.raises(NotFound):
        _explained(policy, path)


def test_revisions_of_earlier_versions_are_explained_as_far_as_they_show(policy: Policy) -> None:
    _says(policy, PARIS)
    path = policy.record(PARIS).path
    [document] = policy.revisions(path)
    data = {name: value for name, value in document.data.items() if name not in {"reasons", "event_time"}}
    policy.ports.store.commit([Put(document.path, data)])
    [revision] = _explained(policy, path).revisions
    assert (revision.action, revision.event_time, revision.quotes) == ("CREATED", START + MINUTE, [])


def test_revisions_are_found_by_when_their_fact_was_said(policy: Policy) -> None:
    _says(policy, PARIS)
    _says(policy, PARIS)
    path = policy.record(PARIS).path
    accept = acceptance('event_time < "2030-01-01T00:01:30Z"', REVISIONS)
    found, _ = revisions.list_page(policy.ports, path, accept=accept, limit=9, after=None)
    assert [revision.event_time for revision in found] == [START + MINUTE]
