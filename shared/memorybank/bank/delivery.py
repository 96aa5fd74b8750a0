"""The argument that a worker passes to the finisher of an operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from memorybank.bank.ports import Ports
from memorybank.ports.documents import Document
from memorybank.resources.config import MemoryBankConfig


@dataclass(frozen=True)
class Delivery:
    """One delivery of an operation's task.

    `operation` is the stored operation, `task` the name of the task. `config` returns the recent configuration of the
    operation's engine, or raises `NotFound` where there is no engine.
    """

    ports: Ports
    operation: Document
    task: str
    config: Callable[[], MemoryBankConfig]
