"""The filters by labelled sentences (tests/data/filters): few honest ones are lost, secrets and attacks are caught."""

from __future__ import annotations

from pathlib import Path

import pytest

from memorybank.bank.guards.prompt_injection import drop_injections, is_order
from memorybank.bank.guards.refusals import FactGuard
from memorybank.bank.guards.secrets import drop_secrets, holds_secret
from memorybank.ports.models import ExtractedFact, ExtractionRequest

DATA = Path(__file__).parents[1] / "data" / "filters"


def _lines(name: str) -> list[str]:
    return [line for line in (DATA / name).read_text("utf-8").split("\n") if line]


def test_at_most_two_percent_of_honest_sentences_are_lost() -> None:
    honest = _lines("honest.txt")
    lost = [line for line in honest if holds_secret(line) or is_order(line)]
    assert len(honest) >= 150
    assert len(lost) <= len(honest) * 0.02, lost


def test_secrets_and_attacks_are_caught() -> None:
    secrets, attacks = _lines("secrets.txt"), _lines("attacks.txt")
    missed = [line for line in secrets if not holds_secret(line)] + [line for line in attacks if not is_order(line)]
    assert len(secrets) + len(attacks) >= 150
    assert len(missed) <= (len(secrets) + len(attacks)) * 0.02, missed


@pytest.mark.parametrize(("name", "guard"), [("attacks.txt", drop_injections), ("secrets.txt", drop_secrets)])
def test_what_is_caught_is_refused_as_the_only_fact_and_among_others(name: str, guard: FactGuard) -> None:
    tells = is_order if guard is drop_injections else holds_secret
    tea, shop = ExtractedFact("I like tea"), ExtractedFact("I work at a bakery")
    for line in filter(tells, _lines(name)):
        assert guard(ExtractionRequest((), ()), [ExtractedFact(line)]).kept == [], line
        assert guard(ExtractionRequest((), ()), [tea, ExtractedFact(line), shop]).kept == [tea, shop], line
