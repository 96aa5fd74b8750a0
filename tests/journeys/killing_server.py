"""A program: serves a bank, and kills itself at a chosen moment of a generation.

Called with the path of an SQLite file and, if it is to die, a moment: `before-` or `after-` and one of `accept`
(which enqueues the task, too), `extract`, `checkpoint` (which takes the lease), `embed`, `decide`, `commit`. With
`-when-another-waits` behind that, it stands still at that moment until another generation has found the scope's lease
held, and dies then.
The model is scripted, or Gemini where the environment says so. Prints the URL when it serves. The kill is SIGKILL, so
nothing is tidied up.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Event

from memorybank.adapters import make_model
from memorybank.config import read_settings
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from memorybank.ports.documents import Create, Patch, Put, Vector, Version, Write
from memorybank.ports.models import (
    Action,
    Decision,
    DecisionRequest,
    Embedder,
    ExtractedFact,
    ExtractionRequest,
    LanguageModel,
    Purpose,
)
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.in_process import InProcessQueue
from memorybank.testing.scripted import ScriptedModel

KNOWN, REPEATED = "I live in Paris", "I like tea"
_WAITING = "-when-another-waits"
SAID, UPDATED = "I live in Lyon", "I live in Lyon, before that in Paris"


def moves(request: DecisionRequest) -> list[Decision]:
    """Let what is said of a home update what is known of it; everything else is new."""
    homes = {KNOWN: UPDATED, UPDATED: UPDATED}
    return [
        Decision(index, Action.UPDATE, candidate=candidate.number, text=homes[candidate.fact])
        for index, new in enumerate(request.facts)
        for candidate in request.candidates
        if new.fact == SAID and candidate.fact in homes and candidate.number in new.candidates
    ]


class _Killer:
    """Kills the process at one moment, the first time that it comes."""

    def __init__(self, moment: str) -> None:
        self._moment = moment.removesuffix(_WAITING)
        self._alone = self._moment == moment
        self.another_waits = Event()

    def at(self, moment: str) -> None:
        """Die if this is the moment."""
        if moment == self._moment and (self._alone or self.another_waits.wait()):
            os.kill(os.getpid(), signal.SIGKILL)
            Event().wait()  # the signal comes; nothing must happen meanwhile


class _KillingStore(SqliteStore):
    """A store whose process dies around the commits of a generation."""

    def __init__(self, path: str, killer: _Killer) -> None:
        super().__init__(path)
        self._killer = killer

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Commit, if the process lives that long."""
        step = _step(writes)
        self._killer.at(f"before-{step}")
        versions = super().commit(writes)
        self._killer.at(f"after-{step}")
        if any(isinstance(write, Create) and _is_look_back(write.path) for write in writes):
            self._killer.another_waits.set()
        return versions


def _is_look_back(path: str) -> bool:
    return path.startswith("tasks/") and path.count("-") > 1


def _step(writes: Sequence[Write]) -> str | None:
    """Tell which step of a generation a commit belongs to."""
    for write in writes:
        data = write.data if isinstance(write, Create | Put | Patch) else {}
        collection = write.path.split("/")[-2]
        if collection == "operations" and isinstance(write, Create) and data.get("stage") == "accepted":
            return "accept"
        if collection == "operations" and data.get("stage") == "extracted":
            return "checkpoint"
        if collection == "operations" and isinstance(write, Patch) and data.get("done"):
            return "commit"
    return None


class _KillingEmbedder:
    """An embedder whose process dies around its work."""

    def __init__(self, embedder: Embedder, killer: _Killer) -> None:
        self._embedder, self._killer = embedder, killer
        self.resolve = embedder.resolve

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        """Embed, if the process lives that long."""
        self._killer.at("before-embed")
        vectors = self._embedder.embed(texts, purpose=purpose, model=model)
        self._killer.at("after-embed")
        return vectors


class _KillingModel:
    """A model whose process dies around its answers."""

    def __init__(self, model: LanguageModel, killer: _Killer) -> None:
        self._model, self._killer = model, killer
        self.name = model.name

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        """Answer, if the process lives that long."""
        self._killer.at("before-extract")
        answer = self._model.extract(request)
        self._killer.at("after-extract")
        return answer

    def decide(self, request: DecisionRequest) -> list[Decision]:
        """Answer, if the process lives that long."""
        self._killer.at("before-decide")
        answer = self._model.decide(request)
        self._killer.at("after-decide")
        return answer


def main(path: str, moment: str = "never") -> None:
    """Serve until killed."""
    killer, settings = _Killer(moment), read_settings(os.environ, data=path)
    store = _KillingStore(path, killer)
    model = ScriptedModel(decide=moves) if settings.provider == "offline" else make_model(settings)
    adapters = embedded_adapters(settings, store=store, model=_KillingModel(model, killer))
    queue = InProcessQueue(store, clock=adapters.clock, visibility=timedelta(seconds=1))
    embedder = _KillingEmbedder(adapters.embedder, killer)
    server = LocalServer(Bank(settings, replace(adapters, queue=queue, embedder=embedder)))
    print(server.url, flush=True)  # noqa: T201 - how the tests learn of it
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
