"""What a page is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from memorybank.client.bank import BankClient


@dataclass(frozen=True)
class Place:
    """Where new banks are created, and the only bank there is to show, if the console was started for one."""

    project: str
    location: str
    engine: str | None = None


@dataclass(frozen=True)
class Visit:
    """One request: the parts of its path, its parameters, the fields of its form, and the bank to ask."""

    bank: BankClient
    place: Place
    now: datetime
    names: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def engine(self) -> str:
        """The full name of the engine that the path names."""
        return self.names["engine"]


@dataclass(frozen=True)
class Page:
    """A page: its template and what is shown in it."""

    template: str
    values: Mapping[str, Any]
    status: int = 200


@dataclass(frozen=True)
class Redirect:
    """The page to go to after a form was accepted; `done` is the name of the message that it shows."""

    address: str
    done: str | None = None


Handler: TypeAlias = Callable[[Visit], Page | Redirect]
"""Answers the requests for one page."""
