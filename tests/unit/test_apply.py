"""What new facts do to what is known, fact by fact and decision by decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memorybank.ports.models import Action, DecisionRequest, ExtractedFact, ExtractionRequest, Intent
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import Policy, Says, decides, open_policy

PARIS, LYON, ROME, TEA = "I live in Paris", "I live in Lyon", "I live in Rome", "I like tea"


def _forgetting(request: ExtractionRequest) -> list[ExtractedFact]:
    """Take every line as a fact, and one that begins with "forget: " as something to be forgotten."""
    lines = [line for event in request.events for line in event.text.splitlines()]
    return [
        ExtractedFact(
            line.removeprefix("forget: "), intent=Intent.FORGET if line.startswith("forget: ") else Intent.REMEMBER
        )
        for line in lines
    ]


def _policy(*rules: Says) -> Policy:
    return open_policy(ScriptedModel(extract=_forgetting, decide=decides(*rules)))


def test_a_first_fact_is_created_without_asking_for_a_decision() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    assert policy.generate(TEA) == ["CREATED"]
    assert policy.facts() == [TEA]
    assert model.decisions == 0


@pytest.mark.parametrize("again", [TEA, "i LIKE  tea.", "\uff29 like tea"])
def test_an_exact_repeat_updates_the_memory_and_asks_no_model(again: str) -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    path = policy.remember(TEA)
    assert policy.generate(again) == ["UPDATED"]
    assert policy.facts() == [TEA]
    assert len(policy.revisions(path)) == 2
    assert model.decisions == 0


def test_a_repeat_within_one_generation_gives_one_memory_and_one_entry() -> None:
    policy = _policy()
    assert policy.generate(TEA, "I like tea.") == ["CREATED"]
    assert policy.facts() == [TEA]


def test_a_repeat_across_generations_of_one_batch_gives_one_memory_and_an_entry_each() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    first, second = _both(policy, TEA, TEA)
    assert (policy.actions(first), policy.actions(second)) == (["CREATED"], ["UPDATED"])
    assert policy.facts() == [TEA]
    assert len(policy.revisions(policy.record(TEA).path)) == 2


def test_what_is_kept_stays_as_it_is_worded_and_gets_a_revision() -> None:
    policy = _policy(Says("Tea is what I like", Action.KEEP, TEA))
    path = policy.remember(TEA)
    assert policy.generate("Tea is what I like") == ["UPDATED"]
    assert policy.facts() == [TEA]
    extracted = policy.revisions(path)[-1].data["extracted"]
    assert [one["fact"] for one in extracted] == ["Tea is what I like"]


def test_an_update_changes_the_text_and_names_the_revision_before() -> None:
    policy = _policy(Says(LYON, Action.UPDATE, PARIS, "I live in Lyon, before that in Paris"))
    path = policy.remember(PARIS)
    before = policy.record(PARIS).latest_revision
    name = policy.accept(LYON)
    policy.deliver(name)
    response = policy.operation(name).response
    assert response is not None
    [change] = response["generatedMemories"]
    assert change["action"] == "UPDATED"
    assert change["previousRevision"].endswith(f"/revisions/{before}")
    assert policy.facts() == ["I live in Lyon, before that in Paris"]
    assert policy.revisions(path)[0].data["snapshot"]["fact"] == PARIS


def test_an_updated_memory_is_found_by_its_new_text() -> None:
    model = ScriptedModel(decide=decides(Says(LYON, Action.UPDATE, PARIS, LYON)))
    policy = open_policy(model)
    policy.remember(PARIS)
    policy.generate(LYON)
    asked = model.decisions
    assert policy.generate(LYON) == ["UPDATED"]
    assert model.decisions == asked


def test_a_fact_to_remember_that_deletes_another_is_created_too() -> None:
    policy = _policy(Says("I moved out of Paris", Action.DELETE, PARIS))
    policy.remember(PARIS)
    assert policy.generate("I moved out of Paris") == ["DELETED", "CREATED"]
    assert policy.facts() == ["I moved out of Paris"]


def test_one_decision_to_create_needs_no_candidate() -> None:
    policy = _policy(Says(TEA, Action.CREATE))
    policy.remember(PARIS)
    assert policy.generate(TEA) == ["CREATED"]


@pytest.mark.parametrize("number", [1, 99, -1, None])
@pytest.mark.parametrize("action", [Action.KEEP, Action.UPDATE, Action.DELETE])
def test_a_candidate_that_was_not_offered_is_refused_and_the_fact_created(action: Action, number: int | None) -> None:
    policy = _policy(Says(TEA, action, number, TEA))
    policy.remember(PARIS)
    assert policy.generate(TEA) == ["CREATED"]
    assert policy.facts() == [TEA, PARIS]


def test_facts_of_one_generation_are_no_candidates_of_each_other() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    policy.remember(PARIS)
    policy.generate(TEA, "I have a dog")
    [asked] = [request for request in model.requests if isinstance(request, DecisionRequest)]
    assert [candidate.fact for candidate in asked.candidates] == [PARIS]
    assert [new.candidates for new in asked.facts] == [(0,), (0,)]


def test_of_two_decisions_on_one_candidate_the_first_counts() -> None:
    policy = _policy(Says(LYON, Action.UPDATE, PARIS, LYON), Says(LYON, Action.DELETE, PARIS))
    policy.remember(PARIS)
    assert policy.generate(LYON) == ["UPDATED"]
    assert policy.facts() == [LYON]


def test_a_fact_goes_into_one_memory_only() -> None:
    policy = _policy(Says(LYON, Action.UPDATE, PARIS, LYON), Says(LYON, Action.UPDATE, ROME, LYON))
    policy.remember(PARIS)
    policy.remember(ROME)
    assert policy.generate(LYON) == ["UPDATED"]
    assert policy.facts() == [LYON, ROME]


def test_a_fact_may_go_into_one_memory_and_delete_others() -> None:
    policy = _policy(Says(LYON, Action.UPDATE, PARIS, LYON), Says(LYON, Action.DELETE, ROME))
    policy.remember(PARIS)
    policy.remember(ROME)
    assert policy.generate(LYON) == ["UPDATED", "DELETED"]
    assert policy.facts() == [LYON]


def test_two_facts_that_update_one_memory_are_decided_in_two_rounds() -> None:
    model = ScriptedModel(
        decide=decides(
            Says("I am 30", Action.UPDATE, "I am Ada", "I am Ada and 30"),
            Says("I paint", Action.UPDATE, "I am Ada", "I am Ada and paint"),
            Says("I paint", Action.UPDATE, "I am Ada and 30", "I am Ada, 30, and paint"),
        )
    )
    policy = open_policy(model)
    path = policy.remember("I am Ada")
    assert policy.generate("I am 30", "I paint") == ["UPDATED"]
    assert policy.facts() == ["I am Ada, 30, and paint"]
    assert len(policy.revisions(path)) == 3
    assert model.decisions == 2


def test_many_generations_that_update_one_memory_leave_one_memory() -> None:
    """Each is decided on what those before it left, as if one had come after the other."""
    cities = [f"I live in city {number}" for number in range(6)]
    rules = [Says(new, Action.UPDATE, old, new) for new in cities for old in (PARIS, *cities) if old != new]
    policy = _policy(*rules)
    path = policy.remember(PARIS)
    names = [policy.accept(city) for city in cities]
    policy.wait(*names)
    policy.deliver(names[0])
    assert [policy.actions(name) for name in names] == [["UPDATED"]] * 6
    assert policy.facts() == [cities[-1]]
    assert len(policy.revisions(path)) == 7


def test_a_crowd_of_corrections_costs_few_decisions_and_the_last_one_wins() -> None:
    cities = [f"I live in city {number}" for number in range(20)]
    rules = [Says(new, Action.UPDATE, old, new) for new in cities for old in (PARIS, *cities) if old != new]
    model = ScriptedModel(decide=decides(*rules))
    policy = open_policy(model)
    path = policy.remember(PARIS)
    policy.generate(*cities)
    assert policy.facts() == [cities[-1]]
    assert [revision.data["snapshot"]["fact"] for revision in policy.revisions(path)] == [PARIS, *cities]
    assert model.decisions <= 4


def test_a_repeat_of_what_a_waiting_fact_will_change_has_the_last_word() -> None:
    """The outcome is that of one generation after the other, also where a repeat needs no decision."""
    rules = [Says(new, Action.UPDATE, old, new) for new in (LYON, ROME) for old in (PARIS, LYON, ROME) if old != new]
    policy = _policy(*rules)
    policy.remember(PARIS)
    names = [policy.accept(city) for city in (LYON, ROME, LYON)]
    policy.wait(*names)
    policy.deliver(names[0])
    assert policy.facts() == [LYON]


def test_a_later_generation_may_be_decided_on_the_fact_of_an_earlier_one_of_the_batch() -> None:
    policy = _policy(Says("I like green tea", Action.UPDATE, TEA, "I like green tea"))
    policy.remember(PARIS)
    first, second = _both(policy, TEA, "I like green tea")
    assert (policy.actions(first), policy.actions(second)) == (["CREATED"], ["UPDATED"])
    assert policy.facts() == ["I like green tea", PARIS]


def test_forgetting_what_is_not_known_does_nothing() -> None:
    policy = _policy()
    policy.remember(PARIS)
    assert policy.generate("forget: I like tea") == []
    assert policy.facts() == [PARIS]


def test_forgetting_in_an_empty_scope_does_nothing() -> None:
    policy = _policy()
    assert policy.generate("forget: I like tea") == []
    assert policy.facts() == []


def test_what_is_to_be_forgotten_word_for_word_is_deleted_without_asking() -> None:
    model = ScriptedModel(extract=_forgetting)
    policy = open_policy(model)
    policy.remember(TEA)
    assert policy.generate("forget: I like tea") == ["DELETED"]
    assert policy.facts() == []
    assert model.decisions == 0


def test_all_memories_that_say_what_is_to_be_forgotten_are_deleted() -> None:
    policy = _policy()
    policy.remember(TEA)
    policy.remember("I like tea.")
    assert policy.generate("forget: I like tea") == ["DELETED", "DELETED"]
    assert policy.facts() == []


def test_one_wish_to_forget_may_delete_several_memories() -> None:
    wish = "Where I live"
    policy = _policy(Says(wish, Action.DELETE, PARIS), Says(wish, Action.DELETE, ROME), Says(wish, Action.KEEP, TEA))
    for fact in (PARIS, ROME, TEA):
        policy.remember(fact)
    assert sorted(policy.generate(f"forget: {wish}")) == ["DELETED", "DELETED"]
    assert policy.facts() == [TEA]


def test_forgetting_may_take_a_part_out_of_a_memory() -> None:
    policy = _policy(Says("I am 30", Action.UPDATE, "I am Ada and 30", "I am Ada"))
    policy.remember("I am Ada and 30")
    assert policy.generate("forget: I am 30") == ["UPDATED"]
    assert policy.facts() == ["I am Ada"]


def test_a_wish_to_forget_never_becomes_a_memory() -> None:
    policy = _policy(Says(TEA, Action.UPDATE, PARIS, "  "), Says(TEA, Action.KEEP, PARIS), Says(TEA, Action.CREATE))
    policy.remember(PARIS)
    assert policy.generate(f"forget: {TEA}") == []
    assert policy.facts() == [PARIS]


def test_what_is_said_and_taken_back_in_one_conversation_leaves_nothing() -> None:
    policy = _policy()
    assert policy.generate(TEA, f"forget: {TEA}") == []
    assert policy.facts() == []


def test_what_is_taken_back_by_the_next_generation_of_the_batch_is_gone() -> None:
    policy = _policy()
    first, second = _both(policy, TEA, f"forget: {TEA}")
    assert (policy.actions(first), policy.actions(second)) == (["CREATED"], ["DELETED"])
    assert policy.facts() == []


def test_revisions_of_what_a_batch_made_and_deleted_live_no_longer_than_48_hours() -> None:
    policy = _policy()
    first, second = policy.accept(TEA), policy.accept(f"forget: {TEA}", disableMemoryRevisions=True)
    policy.wait(first, second)
    policy.deliver(first)
    response = policy.operation(first).response
    assert response is not None
    identifier = response["generatedMemories"][0]["memory"]["name"].rpartition("/")[2]
    [revision] = policy.revisions(policy.engine.child("memories", identifier))
    assert revision.data["expire_time"] == policy.clock.now() + timedelta(hours=48)


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("My passport expires in 2031", "My passport expires in 2032"),
        ("I eat meat", "I do not eat meat"),
        ("I do not eat meat", "I eat meat"),
        ("We meet on Monday", "We meet on Tuesday"),
        ("Ich esse Fleisch", "Ich esse kein Fleisch"),
    ],
)
@pytest.mark.parametrize("action", [Action.KEEP, Action.UPDATE])
def test_what_differs_in_a_number_a_date_or_a_negation_is_not_swallowed(known: str, new: str, action: Action) -> None:
    """A model that takes the new fact for the known one is overruled: both are kept."""
    policy = _policy(Says(new, action, known, known))
    policy.remember(known)
    assert policy.generate(new) == ["CREATED"]
    assert policy.facts() == sorted([known, new])


def test_an_update_that_carries_the_new_number_is_taken() -> None:
    policy = _policy(Says("I am 31", Action.UPDATE, "I am 30 and paint", "I am 31 and paint"))
    policy.remember("I am 30 and paint")
    assert policy.generate("I am 31") == ["UPDATED"]
    assert policy.facts() == ["I am 31 and paint"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 2049, None])
@pytest.mark.parametrize("intent", ["", "forget: "])
def test_an_update_to_a_blank_or_an_overlong_text_is_refused(intent: str, text: str | None) -> None:
    policy = _policy(Says("I paint", Action.UPDATE, TEA, text))
    policy.remember(TEA)
    policy.generate(f"{intent}I paint")
    assert policy.facts() == ([TEA] if intent else [TEA, "I paint"])


def test_facts_are_compared_within_their_scope_only() -> None:
    model = ScriptedModel(decide=decides(Says(LYON, Action.UPDATE, PARIS, LYON)))
    policy = open_policy(model)
    policy.remember(PARIS)
    name = policy.accept(LYON, scope={"user_id": "ada", "app": "a"})
    policy.deliver(name)
    assert policy.actions(name) == ["CREATED"]
    assert policy.facts() == [LYON, PARIS]
    assert model.decisions == 0


def _both(policy: Policy, first: str, second: str) -> tuple[str, str]:
    """Settle two generations in one batch and return their operations."""
    names = policy.accept(first), policy.accept(second)
    policy.wait(*names)
    policy.deliver(names[0])
    return names


def test_a_secret_that_is_to_be_forgotten_is_not_kept_in_the_revision_of_its_deletion() -> None:
    """That revision lives for two days, and says of everything else why it was deleted."""
    secret = "My password is hunter2hunter2"
    policy = _policy()
    path = policy.remember(secret)
    assert policy.generate(f"forget: {secret}") == ["DELETED"]
    assert policy.records() == []
    [*_, deletion] = policy.revisions(path)
    assert "hunter2" not in str(deletion.data)
    tea = policy.remember(TEA)
    assert policy.generate(f"forget: {TEA}") == ["DELETED"]
    assert [extracted["fact"] for extracted in policy.revisions(tea)[-1].data["extracted"]] == [TEA]
