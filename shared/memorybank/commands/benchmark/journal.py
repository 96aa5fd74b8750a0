"""What a run has done so far, as lines of JSON in a file, so that it can go on where it was stopped."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from memorybank.commands.benchmark.measures import Outcome
from memorybank.errors import FailedPrecondition


class Journal:
    """A file with one line per thing done: what is being run first, then what was ingested and asked. Thread-safe.

    A last line that a stopped run has written only in part is left out. A run of something else is refused.
    """

    def __init__(self, path: Path, *, run: Mapping[str, Any]) -> None:
        self._path, self._lock = path, threading.Lock()
        lines = list(_complete(path))
        if lines and lines[0].get("run") != run:
            was = {key: value for key, value in (lines[0].get("run") or {}).items() if run.get(key) != value}
            raise FailedPrecondition(
                f"{path} is of a run with other settings ({', '.join(sorted(was)) or 'unknown'} differ): "
                "use the same again, or another folder (--work)"
            )
        self.ingested = {line["ingested"]: line["usage"] for line in lines if "ingested" in line}
        self.outcomes = {line["question"]: _outcome(line) for line in lines if "question" in line}
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        if not lines:
            self._write({"run": dict(run)})

    def add_ingested(self, what: str, usage: Mapping[str, Any]) -> None:
        """Note that a history, or a session of one, has been ingested."""
        self.ingested[what] = dict(usage)
        self._write({"ingested": what, "usage": usage})

    def add_outcome(self, outcome: Outcome, *, answer: str | None) -> None:
        """Note what came of a question."""
        self.outcomes[outcome.id] = outcome
        told = {**vars(outcome), "question": outcome.id, "evidence": sorted(outcome.evidence), "answer": answer}
        self._write(told)

    def _write(self, line: Mapping[str, Any]) -> None:
        with self._lock, self._path.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps(line, default=dict) + "\n")


def _complete(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file up to the first that is not whole."""
    if not path.exists():
        return
    for text in path.read_text("utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            return
        if not isinstance(line, dict):
            return
        yield line


def _outcome(line: Mapping[str, Any]) -> Outcome:
    return Outcome(
        id=line["question"],
        kind=line["kind"],
        evidence=frozenset(line["evidence"]),
        found=tuple(line["found"]),
        counted=line["counted"],
        correct=line["correct"],
        seconds=line["seconds"],
        usage=line["usage"],
    )
