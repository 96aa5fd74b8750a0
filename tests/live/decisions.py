"""The labelled pairs of decisions, asked of a real model: what it decides wrongly must not pass."""

from __future__ import annotations

from contextlib import closing

from memorybank.adapters import make_model
from memorybank.commands.decision_asking import ask
from memorybank.config import Settings
from memorybank.models.prompted import PromptedModel

MOST_BAD = 0.03
"""The part of the pairs in which a wrong decision may pass."""

MOST_REFUSED = 0.1
"""The part of the model's right decisions that may be refused."""


def check_decisions(settings: Settings) -> None:
    """Ask the model that the settings name about all labelled pairs, and hold it to the goals."""
    model = make_model(settings)
    assert isinstance(model, PromptedModel)
    with closing(model):
        answers = ask(model)
    told = "\n".join(answers.lines())
    assert answers.confusion.good, f"the model has decided nothing\n{told}"
    assert answers.bad_passed <= MOST_BAD, told
    assert answers.good_refused <= MOST_REFUSED, told
