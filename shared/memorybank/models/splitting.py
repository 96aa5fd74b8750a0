"""Splits long conversations into chunks of whole events, each with the end of the previous chunk as context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from memorybank.errors import InvalidArgument
from memorybank.ports.models import Event
from memorybank.prompts.conversation import Turn
from memorybank.prompts.fencing import as_data, condensed
from memorybank.text.recalled import split
from memorybank.text.visible import visible

PIECE = 60_000
"""Characters of a conversation that one call reads. Media are counted separately, by number."""

MAX_PIECES = 12
OVERLAP = 3
"""How many turns of the previous chunk are shown again."""

_OVERLAP_TEXT = 2_000
_LINE = 60
"""Characters that a turn takes besides its text."""


@dataclass(frozen=True)
class Piece:
    """Turns for one call; `events[n]` is the index of the event that turn n belongs to."""

    turns: tuple[Turn, ...]
    events: tuple[int, ...]


def chunks(events: Sequence[Event]) -> list[Piece]:
    """Return a conversation in as few chunks as possible; raise `InvalidArgument` if there are too many.

    Repeated lines and invisible characters do not count: they are not sent.
    """
    groups: list[list[tuple[int, Event]]] = [[]]
    room = PIECE
    for index, event in enumerate(events):
        for part in _parts(event):
            weight = _weight(condensed(visible(part.text)))
            if groups[-1] and weight > room:
                groups.append([])
                room = PIECE
            groups[-1].append((index, part))
            room -= weight
    if len(groups) > MAX_PIECES:
        raise InvalidArgument(
            f"the conversation is longer than {MAX_PIECES} model calls of {PIECE} characters can read: "
            "send it in pieces"
        )
    return [_piece(group, before) for group, before in zip(groups, [[], *groups], strict=False)]


def _piece(group: Sequence[tuple[int, Event]], before: Sequence[tuple[int, Event]]) -> Piece:
    earlier = [
        (index, replace(event, text=event.text[-_OVERLAP_TEXT:], media=())) for index, event in before[-OVERLAP:]
    ]
    numbered = [*((pair, True) for pair in earlier), *((pair, False) for pair in group)]
    turns = tuple(
        Turn(number, event, earlier=shown_before, media=tuple(f"{number}.{m}" for m in range(1, len(event.media) + 1)))
        for number, ((_, event), shown_before) in enumerate(numbered)
    )
    return Piece(turns, tuple(index for (index, _), _ in numbered))


def _weight(text: str) -> int:
    """Return how many characters a turn takes; characters that could end a fence are escaped to six each."""
    return len(as_data(text)) + _LINE


def _parts(event: Event) -> Iterator[Event]:
    """Yield an event, or, if it does not fit one call, its text in parts cut at spaces; media go with the last."""
    if _weight(event.text) <= PIECE:
        yield event
        return
    text = condensed(visible(split(event.text)[0]))
    room = (PIECE - _LINE) * (len(text) + _LINE) // _weight(text)
    while len(text) > room:
        end = room
        cut = max(text.rfind("\n", end // 2, end), text.rfind(" ", end // 2, end)) + 1 or end
        yield replace(event, text=text[:cut], media=())
        text = text[cut:]
    yield replace(event, text=text)
