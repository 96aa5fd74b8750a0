"""A process dies at any step of a generation, and the next one brings the generation to its proper end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from memorybank.bank import engines
from memorybank.bank.memories import crud
from memorybank.config import Settings
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.memory import Memory
from memorybank.resources.names import EngineName
from memorybank.testing.forking import ForkedProcess, fork_process
from memorybank.testing.scripted import ScriptedModel
from tests.conftest import Serve, Served
from tests.journeys.conftest import ON_A_FILE, Models
from tests.journeys.killing_server import KNOWN, REPEATED, SAID, UPDATED, moves
from tests.waiting import PATIENCE, until

pytestmark = ON_A_FILE

_PROGRAM = Path(__file__).with_name("killing_server.py")
_ENGINE = EngineName("crashes", "us-central1", "1")
_SCOPE = {"user_id": "ada"}

BEFORE_IT_WAS_ACCEPTED = ("before-accept",)
UNDER_WAY = (
    "after-accept",
    "before-extract",
    "after-extract",
    "before-checkpoint",
    "after-checkpoint",
    "before-embed",
    "after-embed",
    "before-decide",
    "after-decide",
    "before-commit",
    "after-commit",
)


@pytest.fixture
def data(tmp_path: Path, models: Models) -> str:
    """Make a database with an engine that knows two facts."""
    settings = Settings(data=str(tmp_path / "bank.db"), **models.settings)
    adapters = embedded_adapters(settings)
    with Bank(settings, adapters):
        engines.create(adapters, _ENGINE, ReasoningEngine())
        for fact in (KNOWN, REPEATED):
            crud.create(adapters, _ENGINE, Memory(fact=fact, scope=_SCOPE), memory_id=None)
    return settings.data


Crash = Callable[..., list[str | None]]


@pytest.fixture
def crash(data: str, models: Models) -> Crash:
    """Make a function that sends generations one after the other to a process that dies at a moment, and sees it die.

    It returns the operations' names, None where the connection broke.
    """
    models.think_as(ScriptedModel(decide=moves))

    def run(moment: str, *generations: tuple[str, ...]) -> list[str | None]:
        with _process(data, moment, models.environment) as (process, http):
            names = [_generate(http, *facts) for facts in generations]
            assert process.wait(PATIENCE) == -signal.SIGKILL
        return names

    return run


@contextmanager
def _process(data: str, moment: str, environment: dict[str, str]) -> Iterator[tuple[ForkedProcess, httpx.Client]]:
    arguments, environment = [str(_PROGRAM), data, moment], {**os.environ, **environment}
    with fork_process(arguments, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        with httpx.Client(base_url=process.stdout.readline().strip(), timeout=PATIENCE) as http:
            yield process, http


def _generate(http: httpx.Client, *facts: str) -> str | None:
    """Send a generation; return its operation's name, or None if the connection broke."""
    event = {"content": {"role": "user", "parts": [{"text": "\n".join(facts)}]}}
    body = {"scope": _SCOPE, "directContentsSource": {"events": [event]}}
    try:
        answer = http.post(f"/v1beta1/{_ENGINE}/memories:generate", json=body)
    except httpx.TransportError:
        return None
    assert answer.status_code == 200, answer.text
    return str(answer.json()["name"])


def _finished(served: Served) -> list[dict[str, Any]]:
    """Wait until every generation is done, and return them."""
    with served.http() as http:

        def generations() -> list[dict[str, Any]]:
            found = http.get(f"/v1beta1/{_ENGINE}/operations", params={"pageSize": 100}).json().get("operations", [])
            return [operation for operation in found if "GenerateMemories" in operation["metadata"]["@type"]]

        until(lambda: all(operation.get("done") for operation in generations()), state=generations)
        return generations()


def _known(served: Served) -> dict[str, list[str]]:
    """Return the wordings of every memory, newest first, by its present one."""
    with served.http() as http:
        found = http.get(f"/v1beta1/{_ENGINE}/memories").json()["memories"]
        return {
            memory["fact"]: [
                revision["fact"]
                for revision in http.get(f"/v1beta1/{memory['name']}/revisions").json()["memoryRevisions"]
            ]
            for memory in found
        }


CLEAN = {UPDATED: [UPDATED, KNOWN], REPEATED: [REPEATED, REPEATED]}
"""What two facts leave behind of which one updates and one repeats what is known."""


def test_a_generation_without_a_crash_leaves_two_changed_memories(data: str, serve: Serve, models: Models) -> None:
    served = serve(data=data, **models.think_as(ScriptedModel(decide=moves)))
    with served.http() as http:
        assert _generate(http, SAID, REPEATED)
    [operation] = _finished(served)
    assert sorted(change["action"] for change in operation["response"]["generatedMemories"]) == ["UPDATED", "UPDATED"]
    assert _known(served) == CLEAN


@pytest.mark.parametrize("moment", BEFORE_IT_WAS_ACCEPTED)
def test_what_was_not_accepted_before_the_crash_does_not_exist(
    data: str, serve: Serve, models: Models, crash: Crash, moment: str
) -> None:
    assert crash(moment, (SAID, REPEATED)) == [None]
    served = serve(data=data, **models.think_as(ScriptedModel(decide=moves)))
    assert _finished(served) == []
    assert _known(served) == {KNOWN: [KNOWN], REPEATED: [REPEATED]}


@pytest.mark.parametrize("moment", UNDER_WAY)
def test_a_generation_survives_a_crash_at_any_step(
    data: str, serve: Serve, models: Models, crash: Crash, moment: str
) -> None:
    [told] = crash(moment, (SAID, REPEATED))
    model = ScriptedModel(decide=moves)
    served = serve(data=data, **models.think_as(model))
    [operation] = _finished(served)
    assert told in (None, operation["name"])
    assert "error" not in operation
    actions = [change["action"] for change in operation["response"]["generatedMemories"]]
    assert actions == ["UPDATED", "UPDATED"]
    assert _known(served) == CLEAN
    step = (*BEFORE_IT_WAS_ACCEPTED, *UNDER_WAY).index(moment)
    paid = step >= (*BEFORE_IT_WAS_ACCEPTED, *UNDER_WAY).index("after-checkpoint")
    assert model.extractions == (0 if paid else 1)
    assert model.decisions == (0 if moment == "after-commit" else 1)


@pytest.mark.parametrize("moment", ["before-decide", "before-commit"])
def test_generations_that_wait_for_a_holder_which_dies_all_finish(
    data: str, serve: Serve, models: Models, crash: Crash, moment: str
) -> None:
    """The second one is accepted while the first holds the lease: the process hangs there before it dies."""
    names = crash(f"{moment}-when-another-waits", (SAID,), (REPEATED, "I paint"))
    served = serve(data=data, **models.think_as(ScriptedModel(decide=moves)))
    finished = [operation["name"] for operation in _finished(served)]
    assert len(finished) == 2
    assert {name for name in names if name is not None} <= set(finished)  # the second may have died unanswered
    assert _known(served) == {**CLEAN, "I paint": ["I paint"]}
