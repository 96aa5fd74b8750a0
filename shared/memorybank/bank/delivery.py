"""The argument that a worker passes to the finisher of an operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from memorybank.bank.ports import Ports
from memorybank.ports.documents import Document
from memorybank.ports.tasks import Ending
from memorybank.resources.config import MemoryBankConfig

TURN = timedelta(minutes=10)
"""How long one delivery may go on, out of the 15 minutes of its task; the next delivery does the rest."""


@dataclass(frozen=True)
class Delivery:
    """One delivery of an operation's task.

    `operation` is the stored operation, `task` the name of the task. `config` returns the recent configuration of the
    operation's engine, or raises `NotFound` where there is no engine. `ending` ends the task in a commit of the work.
    """

    ports: Ports
    operation: Document
    task: str
    config: Callable[[], MemoryBankConfig]
    ending: Ending = field(default_factory=Ending)
