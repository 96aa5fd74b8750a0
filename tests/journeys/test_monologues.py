"""Conversations in which only a model speaks: it may be remembered for what it says of itself, not of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.conftest import ABOUT_MODELS

if TYPE_CHECKING:
    from tests.journeys.conftest import Begin

pytestmark = ABOUT_MODELS

SCOPE = {"user_id": "ada"}


def _facts(begin: Begin, *turns: tuple[str, str]) -> list[str]:
    journey = begin()
    events: list[dict[str, Any]] = [{"content": {"role": role, "parts": [{"text": text}]}} for role, text in turns]
    journey.memories.generate(name=journey.engine, scope=SCOPE, direct_contents_source={"events": events})
    return journey.facts()


def test_a_model_alone_may_speak_of_itself(begin: Begin) -> None:
    said = ("model", "I am a software engineer focusing in security")
    assert _facts(begin, said) == ["I am a software engineer focusing in security"]


@pytest.mark.parametrize(
    "said",
    [
        "You live in Paris.",
        "You like tea.",
        "Your name is Ada.",
        "I know that you are a nurse.",
        "I am an AI assistant.",
    ],
)
def test_what_a_model_alone_says_of_others_is_no_evidence(begin: Begin, said: str) -> None:
    assert _facts(begin, ("model", said)) == []


@pytest.mark.parametrize("role", ["system", "tool"])
def test_only_the_role_of_a_model_speaks_for_itself(begin: Begin, role: str) -> None:
    assert _facts(begin, (role, "I am a software engineer focusing in security")) == []


def test_beside_a_user_a_model_is_no_evidence_of_itself(begin: Begin) -> None:
    assert _facts(begin, ("user", "Hello!"), ("model", "I am a software engineer focusing in security")) == []
