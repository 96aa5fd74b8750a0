"""Reads answers that are not quite JSON of the schema, where what was meant is beyond doubt.

Models think aloud, add prose or fences, leave a comma before a bracket, or give the list without its object. What could
be meant in two ways is not read here: the model is asked once more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from memorybank.prompts.prompt import Answer, AnswerT

_THOUGHTS = re.compile(r"\A.*</(?:think|thinking|thought|reasoning|scratchpad)>", re.DOTALL | re.IGNORECASE)
_COMMA = r",(?=\s*[}\]])"
_STRINGS_AND_COMMAS = re.compile(rf'("(?:[^"\\]|\\.)*+")|(".*)|{_COMMA}', re.DOTALL)
"""Strings, the rest of a text from a quote that is never closed (looked at once, not from each quote), and commas."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_START = re.compile(r"[\[{]")
_MOST_STARTS = 50


@dataclass(frozen=True)
class Salvaged(Generic[AnswerT]):
    """What could be read of an answer, and what is wrong with the items that could not, by their place."""

    answer: AnswerT
    problems: list[str] = field(default_factory=list)


def salvaged(text: str, answer: type[AnswerT]) -> Salvaged[AnswerT] | None:
    """Return what an answer says beyond doubt, None if that is nothing."""
    lists = _lists(answer)
    found: list[dict[str, list[Any]]] = []
    for value in _values(text):
        meant = _meant(value, lists)
        if meant is not None and meant not in found:
            found.append(meant)
    if len(found) != 1:
        return None
    kept: dict[str, list[Any]] = {}
    problems: list[str] = []
    for name, items in found[0].items():
        kept[name] = []
        for index, item in enumerate(items):
            try:
                kept[name].append(lists[name].model_validate(_mended(item, lists[name])).model_dump())
            except ValidationError as error:
                problems += [
                    f"{name}.{index}.{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
                ]
    if problems and not any(kept.values()):
        return None
    return Salvaged(answer.model_validate(kept), problems)


def _lists(answer: type[BaseModel]) -> dict[str, type[Answer]]:
    """Return the fields of an answer, all of which are lists, with the models of their items."""
    return {name: get_args(each.annotation)[0] for name, each in answer.model_fields.items()}


def _meant(value: Any, lists: Mapping[str, type[Answer]]) -> dict[str, list[Any]] | None:
    """Return a value as the fields of an answer, None if it is something else."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        value = {name: [item for item in value if _best(item, lists) == name] for name in lists}
    if not isinstance(value, dict) or next(iter(lists)) not in value:
        return None
    found = {name: value.get(name, []) for name in lists}
    return found if all(isinstance(items, list) for items in found.values()) else None


def _best(item: Mapping[str, Any], lists: Mapping[str, type[Answer]]) -> str:
    return max(lists, key=lambda name: len(lists[name].model_fields.keys() & item.keys()))


def _mended(item: Any, model: type[Answer]) -> Any:
    """Return an item with a lone text as a list, and fixed words in the case that the schema has."""
    if not isinstance(item, dict):
        return item
    found = dict(item)
    for name, each in model.model_fields.items():
        value = found.get(name)
        if not isinstance(value, str):
            continue
        if get_origin(each.annotation) is list:
            found[name] = [value]
        elif get_origin(each.annotation) is Literal and value.strip().upper() in get_args(each.annotation):
            found[name] = value.strip().upper()
    return found


def _values(text: str) -> Iterator[Any]:
    """Yield the JSON objects and lists in a text, without what the model thought before it answered."""
    text = _STRINGS_AND_COMMAS.sub(_without_comma, _THOUGHTS.sub("", text))
    decoder = json.JSONDecoder(strict=False)
    at = 0
    for _ in range(_MOST_STARTS):
        start = _START.search(text, at)
        if start is None:
            return
        end = start.end()
        try:
            value, end = decoder.raw_decode(text, start.start())
            value = _whole(value)
        except (ValueError, RecursionError):  # from Python 3.12 on, the decoder takes more nesting than `_whole`
            at = end
        else:
            at = end
            yield value


def _without_comma(match: re.Match[str]) -> str:
    """Return a string as it is, a rest without the commas before brackets, and nothing for such a comma."""
    return match[1] or re.sub(_COMMA, "", match[2] or "")


def _whole(value: Any) -> Any:
    """Return a value whose texts have no lone surrogates, which are halves of characters."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    return value
