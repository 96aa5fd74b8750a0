"""One decision says of every error whether, and when, to try again."""

from __future__ import annotations

import pytest

from memorybank import errors
from memorybank.models.usage import OverBudget, UnreadableAnswer
from memorybank.retrying import RetryDecision, When, decision_of

PASSING = (errors.Aborted, errors.DeadlineExceeded, errors.ResourceExhausted, errors.Unavailable)
LASTING = (
    *(errors.InvalidArgument, errors.NotFound, errors.PermissionDenied, errors.FailedPrecondition),
    *(errors.Unimplemented, OverBudget, UnreadableAnswer),
)


@pytest.mark.parametrize("kind", PASSING)
def test_what_passes_by_itself_may_be_tried_again_at_once(kind: type[errors.MemoryBankError]) -> None:
    assert decision_of(kind("x")).when is When.NOW


@pytest.mark.parametrize("kind", LASTING)
def test_what_trying_again_cannot_mend_is_final(kind: type[errors.MemoryBankError]) -> None:
    assert decision_of(kind("x")).final


@pytest.mark.parametrize("error", [errors.Internal("x"), errors.AlreadyExists("x"), ValueError("x"), SystemExit(1)])
def test_a_defect_is_left_to_another_attempt(error: BaseException) -> None:
    assert decision_of(error).when is When.LATER


@pytest.mark.parametrize("error", [errors.Unavailable("x"), errors.Internal("x"), ValueError("x")])
def test_nothing_follows_the_last_attempt(error: Exception) -> None:
    decision = decision_of(error, last_attempt=True)
    assert decision.final
    assert "last attempt" in decision.reason


def test_the_other_side_says_when_to_ask_again() -> None:
    assert decision_of(errors.ResourceExhausted("x", retry_after=7.5)) == RetryDecision(
        When.NOW, "RESOURCE_EXHAUSTED passes", 7.5
    )
    assert decision_of(errors.Unavailable("x", retry_after=-3)).after == 0
