"""Second opinions: unlikely changes are asked about once more, and only those, and only where that is wanted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from memorybank.bank.generation.second_opinion import Proposal, SecondOpinion
from memorybank.bank.guards.doubt import is_doubtful
from memorybank.bank.ports import BankRules
from memorybank.config import Settings
from memorybank.errors import InvalidArgument, MemoryBankError, Unavailable
from memorybank.local.bank import embedded_adapters
from memorybank.models.offline import OfflineModel
from memorybank.models.usage import OverBudget, UnreadableAnswer
from memorybank.ports.documents import Patch
from memorybank.ports.models import Action, Decision, ExtractedFact, Intent, ProposedChange, ReviewRequest
from memorybank.resources.names import path_of
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import Interfering, Meddler, Policy, Says, decides, open_policy

PILLS, MEDICATION = "I take metformin", "My medication"
PARIS, LYON = "I live in Paris", "I live in Lyon"


def _refuses(request: ReviewRequest) -> list[bool]:
    return [False] * len(request.changes)


def _doubts(fact: str, known: str, text: str | None, intent: Intent = Intent.REMEMBER) -> bool:
    action = Action.DELETE if text is None else Action.UPDATE
    return is_doubtful(ExtractedFact(fact, intent=intent), known, Decision(0, action, 0, text))


def _policy(model: ScriptedModel) -> Policy:
    return open_policy(model, wrap=Interfering, rules=BankRules(second_opinion=True))


def _forgetting(answers: Sequence[bool], *, second_opinion: bool = True) -> tuple[ScriptedModel, Policy]:
    model = ScriptedModel(
        extract=lambda request: [
            ExtractedFact(event.text, ("USER_PREFERENCES",), Intent.FORGET, event=n, quote=event.text)
            for n, event in enumerate(request.events)
        ],
        decide=decides(Says(MEDICATION, Action.DELETE, PILLS)),
        review=lambda _: answers,
    )
    policy = open_policy(model, wrap=Interfering, rules=BankRules(second_opinion=second_opinion))
    policy.remember(PILLS)
    return model, policy


@pytest.mark.parametrize(
    ("fact", "known", "text", "doubtful"),
    [
        (MEDICATION, PILLS, None, True),
        (MEDICATION, PILLS, MEDICATION, True),
        ("I adopted a parrot", "My office is above the bakery", None, True),
        (LYON, PARIS, LYON, False),  # the same is said of somewhere else
        ("I moved to Lyon", PARIS, LYON, False),  # a word of change
        ("The plumber comes at 9:30", "Breakfast is at 9:30", None, False),  # the same time
        ("I like opera", "I like jazz", "I like jazz and opera", False),  # nothing is lost
    ],
)
def test_a_change_is_doubtful_if_it_loses_something_and_little_is_shared(
    fact: str, known: str, text: str | None, *, doubtful: bool
) -> None:
    assert _doubts(fact, known, text) is doubtful


def test_what_is_kept_is_never_doubtful() -> None:
    assert not is_doubtful(ExtractedFact(MEDICATION), PILLS, Decision(0, Action.KEEP, 0))


def test_a_memory_is_deleted_only_if_the_model_stands_by_it() -> None:
    model, policy = _forgetting([True])
    policy.generate(MEDICATION)
    assert (policy.facts(), model.reviews) == ([], 1)


def test_a_change_that_the_model_does_not_stand_by_is_left_out_and_says_so() -> None:
    model, policy = _forgetting([False])
    name = policy.accept(MEDICATION)
    policy.deliver(name)
    assert (policy.facts(), model.reviews) == ([PILLS], 1)
    document = policy.ports.store.get(path_of(name))
    assert document is not None
    assert [each["kind"] for each in document.data["left_out"]] == ["SECOND_OPINION"]


def test_nobody_is_asked_again_unless_that_is_wanted() -> None:
    model, policy = _forgetting([False], second_opinion=False)
    policy.generate(MEDICATION)
    assert (policy.facts(), model.reviews) == ([], 0)


def test_likely_changes_are_not_asked_about() -> None:
    model = ScriptedModel(decide=decides(Says(LYON, Action.UPDATE, PARIS, LYON)), review=_refuses)
    policy = _policy(model)
    policy.remember(PARIS)
    policy.generate(LYON)
    assert (policy.facts(), model.reviews) == ([LYON], 0)


def test_a_conflict_costs_no_third_opinion() -> None:
    model, policy = _forgetting([True])
    path = policy.record(PILLS).path

    def rename() -> None:
        policy.ports.store.commit([Patch(path, {"display_name": "evening"})])

    policy.interfere(Meddler(rename))
    policy.generate(MEDICATION)
    assert (policy.facts(), model.decisions, model.reviews) == ([], 1, 1)


@pytest.mark.parametrize(
    "error", [UnreadableAnswer("two answers"), OverBudget("no tokens"), InvalidArgument("safety filter")]
)
def test_without_an_answer_nothing_doubtful_is_done(error: MemoryBankError) -> None:
    asked: list[ReviewRequest] = []

    def review(request: ReviewRequest) -> list[bool]:
        asked.append(request)
        raise error

    model = ScriptedModel(review=review)
    opinion = SecondOpinion(_policy(model).ports, "m")
    proposal = Proposal(ExtractedFact(MEDICATION), PILLS, Decision(0, Action.DELETE, 0))
    for _ in range(2):
        assert opinion.refused([proposal]) == {proposal.change}
    assert asked == [ReviewRequest((proposal.change,), "m")]


def test_an_outage_is_left_to_the_retry_of_the_operation() -> None:
    def review(_: ReviewRequest) -> list[bool]:
        raise Unavailable("down")

    opinion = SecondOpinion(_policy(ScriptedModel(review=review)).ports, None)
    with pytest.raises(Unavailable):
        opinion.refused([Proposal(ExtractedFact(MEDICATION), PILLS, Decision(0, Action.DELETE, 0))])


def test_the_offline_model_stands_by_what_its_rules_decide() -> None:
    changes = (
        ProposedChange(LYON, Intent.REMEMBER, PARIS, LYON),
        ProposedChange(MEDICATION, Intent.REMEMBER, PILLS),
        ProposedChange("I like tea", Intent.FORGET, "I like tea"),
        ProposedChange("I like tea", Intent.FORGET, "My sister likes tea"),
    )
    assert OfflineModel().review(ReviewRequest(changes)) == [True, False, True, False]


@pytest.mark.parametrize(("value", "wanted"), [("never", False), ("doubtful", True)])
def test_the_setting_reaches_the_bank(value: str, *, wanted: bool) -> None:
    settings = Settings(models="offline", data=":memory:", second_opinion=value)
    adapters = embedded_adapters(settings)
    assert adapters.rules == BankRules(second_opinion=wanted)
    adapters.store.close()


def test_the_setting_takes_two_values() -> None:
    with pytest.raises(InvalidArgument, match="MEMORYBANK_SECOND_OPINION: must be one of never, doubtful"):
        Settings(models="offline", second_opinion="always")
