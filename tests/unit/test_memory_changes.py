"""What an operation did to memories, as its answer tells of it and as an undo needs it."""

from __future__ import annotations

from datetime import UTC, datetime

from memorybank.bank.generation.memory_changes import Change, answer_of, combine

PATH = "engines/p:us-central1:1/memories/m"
NAME = "projects/p/locations/us-central1/reasoningEngines/1/memories/m"
THEN = datetime(2026, 1, 2, tzinfo=UTC)


def test_an_answer_names_the_revision_that_a_changed_memory_had_before() -> None:
    told = answer_of([Change(PATH, "UPDATED", "7", state="8"), Change(PATH, "DELETED", "8")])
    assert told == {
        "generatedMemories": [
            {"memory": {"name": NAME}, "action": "UPDATED", "previousRevision": f"{NAME}/revisions/7"},
            {"memory": {"name": NAME}, "action": "DELETED", "previousRevision": f"{NAME}/revisions/8"},
        ]
    }


def test_an_answer_names_no_revision_before_a_creation_or_where_there_was_none() -> None:
    created, unrecorded = answer_of([Change(PATH, "CREATED", "7"), Change(PATH, "UPDATED", None)])["generatedMemories"]
    assert created == {"memory": {"name": NAME}, "action": "CREATED"}
    assert unrecorded == {"memory": {"name": NAME}, "action": "UPDATED"}


def test_an_operation_that_changed_nothing_tells_of_nothing() -> None:
    assert answer_of([]) == {}


def test_two_changes_come_to_one_with_the_state_before_the_first_and_after_the_second() -> None:
    first = Change(PATH, "UPDATED", "1", state="2", before=THEN)
    assert combine(first, Change(PATH, "UPDATED", "2", state="3")) == Change(PATH, "UPDATED", "1", "3", THEN)
    assert combine(first, Change(PATH, "DELETED", "2", state="3")) == Change(PATH, "DELETED", "1", "3", THEN)


def test_what_was_created_and_changed_is_created_and_what_was_created_and_deleted_is_nothing() -> None:
    created = Change(PATH, "CREATED", None, state="1")
    assert combine(created, Change(PATH, "UPDATED", "1", state="2")) == Change(PATH, "CREATED", None, "2")
    assert combine(created, Change(PATH, "DELETED", "1", state="2")) is None


def test_changes_with_another_operation_s_between_them_cannot_be_undone_as_one() -> None:
    first = Change(PATH, "UPDATED", "1", state="2", before=THEN)
    merged = combine(first, Change(PATH, "UPDATED", "5", state="6"))
    assert merged == Change(PATH, "UPDATED", "1", None, THEN)


def test_an_undo_is_told_the_memory_s_own_id() -> None:
    known = {"memory": "m", "action": "UPDATED", "previous": "1", "state": "2", "before": THEN}
    assert Change(PATH, "UPDATED", "1", state="2", before=THEN).data() == known
