"""Reads answers that are not quite JSON of the schema, where what was meant is beyond doubt.

Models think aloud, add prose or fences, write JSON as Python does, put the answer into another object or leave its
object out. What could be meant in two ways is not read here: the model is asked once more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError

from memorybank.models.lenient_json import read_value
from memorybank.prompts.prompt import Answer, AnswerT

_THOUGHTS = re.compile(r"\A.*</(?:think|thinking|thought|reasoning|scratchpad)>", re.DOTALL | re.IGNORECASE)
_STILL_THINKING = re.compile(r"\s*+<(?:think|thinking|thought|reasoning|scratchpad)>", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_START = re.compile(r"[\[{]")
_MOST_STARTS = 50
_MOST_WRAPPERS = 5
_CUT = "the answer: it ends before its last bracket is closed"
_THINKS = "the answer: it does not come after the thoughts"


@dataclass(frozen=True)
class Salvaged(Generic[AnswerT]):
    """What could be read of an answer, and what is wrong with the items that could not, by their place."""

    answer: AnswerT
    problems: list[str] = field(default_factory=list)


def salvaged(text: str, answer: type[AnswerT]) -> Salvaged[AnswerT] | None:
    """Return what an answer says beyond doubt, None if that is nothing."""
    lists = _lists(answer)
    found: list[dict[str, list[Any]]] = []
    items: list[Any] = []
    values = list(_values(_unquoted(text)))
    for value in values:
        meant = _meant(value.value, lists)
        if meant is not None and meant not in found:
            found.append(meant)
        elif meant is None and _is_item(value.value, lists):
            items.append(value.value)
    if items and not found and all(value.is_read for value in values):
        found = [_by_list(items, lists)]
    if len(found) != 1:
        return None
    problems = [_THINKS] if _STILL_THINKING.match(_THOUGHTS.sub("", text)) else []
    problems += [_CUT] if any(value.is_cut for value in values) else []
    return _checked(found[0], answer, problems=problems)


def _checked(found: Mapping[str, list[Any]], answer: type[AnswerT], *, problems: list[str]) -> Salvaged[AnswerT] | None:
    """Return the items that are valid; None if something is wrong and none is."""
    lists, kept = _lists(answer), dict[str, list[Any]]()
    for name, items in found.items():
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


def _meant(value: Any, lists: Mapping[str, type[Answer]], depth: int = 0) -> dict[str, list[Any]] | None:
    """Return a value as the fields of an answer, None if it is something else."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        whole = [_meant(item, lists, depth + 1) for item in value] if depth < _MOST_WRAPPERS else []
        return whole[0] if len(whole) == 1 and whole[0] is not None else _by_list(value, lists)
    if not isinstance(value, dict):
        return None
    named = {_plain(str(key)): each for key, each in value.items()}
    if next(iter(lists)) in named:
        found = {name: _items(named.get(name, []), lists[name]) for name in lists}
        return None if None in found.values() else {name: items or [] for name, items in found.items()}
    if depth == _MOST_WRAPPERS or _is_item(value, lists):
        return None
    inner = [_meant(_decoded(each), lists, depth + 1) for each in value.values() if isinstance(each, dict | list | str)]
    whole = [each for each in inner if each is not None]
    return whole[0] if len(whole) == 1 else None


def _decoded(value: Any) -> Any:
    """Return the object that a text is the JSON of, as in the arguments of a tool's call; others as they are."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    try:
        return _whole(json.loads(value, strict=False))
    except (ValueError, RecursionError):
        return value


def _items(value: Any, model: type[Answer]) -> list[Any] | None:
    """Return the items that a value stands for: a list, numbered ones, or one alone."""
    if isinstance(value, dict) and value and all(str(key).isdigit() for key in value):
        return list(value.values())
    if isinstance(value, dict) and _fits(value, model):
        return [value]
    return [_decoded(item) for item in value if item not in (None, {})] if isinstance(value, list) else None


def _by_list(items: list[Any], lists: Mapping[str, type[Answer]]) -> dict[str, list[Any]]:
    return {name: [item for item in items if _best(item, lists) == name] for name in lists}


def _best(item: Mapping[str, Any], lists: Mapping[str, type[Answer]]) -> str:
    return max(lists, key=lambda name: len(_fitting(item, lists[name])))


def _is_item(value: Any, lists: Mapping[str, type[Answer]]) -> bool:
    return isinstance(value, dict) and any(_fits(value, model) for model in lists.values())


def _fits(item: Mapping[str, Any], model: type[Answer]) -> bool:
    """Tell whether an object has most fields of an item."""
    return 2 * len(_fitting(item, model)) > len(model.model_fields)


def _fitting(item: Mapping[str, Any], model: type[Answer]) -> set[str]:
    return {_plain(name) for name in model.model_fields} & {_plain(str(key)) for key in item}


def _plain(key: str) -> str:
    """Return a key without the letter case and the joints that models change."""
    return key.strip().casefold().replace("_", "").replace("-", "")


def _mended(item: Any, model: type[Answer]) -> Any:
    """Return an item with a lone text as a list, fixed words in the case of the schema, and a reason if it gives none.

    A reason proves nothing; a quote does, so that one that is missing stays a problem.
    """
    if not isinstance(item, dict):
        return item
    names = {_plain(name): name for name in model.model_fields}
    found = {names.get(_plain(str(key)), key): value for key, value in item.items()}
    if "reason" in model.model_fields and not isinstance(found.get("reason"), str):
        found["reason"] = ""
    for name, each in model.model_fields.items():
        value = found.get(name)
        if get_origin(each.annotation) is list and isinstance(value, str | list):
            found[name] = [value] if isinstance(value, str) else _flat(value)
        elif not isinstance(value, str):
            continue
        elif get_origin(each.annotation) is Literal and value.strip().upper() in get_args(each.annotation):
            found[name] = value.strip().upper()
    return found


def _flat(values: list[Any]) -> list[Any]:
    """Return a list without empty places, and with the items of lists in it."""
    rows = (value if isinstance(value, list) else [value] for value in values)
    return [value for row in rows for value in row if value is not None]


class _Value(NamedTuple):
    """An object or a list of a text, whether it could be read, and whether the text ends before it does."""

    value: Any
    is_read: bool = True
    is_cut: bool = False


def _unquoted(text: str) -> str:
    """Return the text that a JSON string has, if the whole answer is one."""
    if not text.strip().startswith('"'):
        return text
    try:
        return str(json.loads(text.strip(), strict=False))
    except ValueError:
        return text


def _values(text: str) -> Iterator[_Value]:
    """Yield the objects and lists in a text, without what the model thought before it answered."""
    text = _THOUGHTS.sub("", text)
    decoder = json.JSONDecoder(strict=False, object_pairs_hook=_once)
    at = 0
    for _ in range(_MOST_STARTS):
        start = _START.search(text, at)
        if start is None:
            return
        try:
            value, at = decoder.raw_decode(text, start.start())
            yield _Value(_whole(value))
            continue
        except (ValueError, RecursionError):  # from Python 3.12 on, the decoder takes more nesting than `_whole`
            pass
        try:
            value, end, is_cut = read_value(text, start.start())
            yield _Value(_whole(value), is_cut=is_cut)
            at = end
        except (ValueError, RecursionError):
            yield _Value(None, is_read=False)
            at = start.end()


def repeats_a_key(text: str) -> bool:
    """Tell whether an object of a JSON text gives one key two values: readers take the last one and say nothing."""
    try:
        json.loads(text, object_pairs_hook=_once)
    except _KeyTwice:
        return True
    except (ValueError, RecursionError):
        return False
    return False


class _KeyTwice(ValueError):
    """An object gives one key two values."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object each of whose keys has one value."""
    found = dict(pairs)
    if len(found) < len(pairs) and any(found[key] != value for key, value in pairs):
        raise _KeyTwice
    return found


def _whole(value: Any) -> Any:
    """Return a value whose texts have no lone surrogates, which are halves of characters."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    return value
