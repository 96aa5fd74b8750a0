"""The form of a conversation in a prompt: one line of JSON per turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from memorybank.ports.models import Event
from memorybank.prompts.fencing import condensed
from memorybank.text.quotes import Said
from memorybank.text.recalled import split
from memorybank.text.visible import visible

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Turn:
    """An event, or a chunk of one, as the model sees it; `number` is how the answer refers to it.

    `earlier` turns are context only: no facts are taken from them. `media` are the labels of the media sent along.
    """

    number: int
    event: Event
    earlier: bool = False
    media: tuple[str, ...] = ()

    @cached_property
    def said(self) -> Said:
        """What was said, without recalled memories: the quotes of facts are looked for in it."""
        return Said(split(self.event.text)[0])


def turn_data(turn: Turn, time_zone: str) -> dict[str, Any]:
    """Return a turn as JSON; recalled memories are separate from what was said."""
    said, recalled = split(turn.event.text)
    data: dict[str, Any] = {"event": turn.number, "speaker": speaker(turn.event)}
    if turn.event.time is not None:
        data["time"] = _local(turn.event.time, time_zone)
    if turn.earlier:
        data["earlier"] = True
    data["text"] = condensed(visible(said))
    if recalled:
        data["recalled"] = [condensed(visible(text)) for text in recalled]
    if turn.media:
        data["media"] = list(turn.media)
    return data


def speaker(event: Event) -> str:
    """Return the name of the speaker in prompts."""
    return "assistant" if event.role == "model" else "user"


def _local(time: datetime, time_zone: str) -> str:
    try:
        local = time.astimezone(ZoneInfo(time_zone))
    except OverflowError:  # in the first or the last hours that there are
        local = time
    return f"{_DAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"
