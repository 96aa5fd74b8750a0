"""Fills simple fields of structured profiles by rules, from statements that give a value to an attribute.

A field is found by the words of its name and title, and by those of its description only if no name fits. Strings,
numbers, booleans and enums are filled, and lists of strings by one entry at a time; nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from memorybank.models.offline import reading
from memorybank.models.offline.attributes import Attribute, attribute_of
from memorybank.models.offline.sentences import sentences
from memorybank.models.offline.text import tokens
from memorybank.ports.models import ExtractedFact, ExtractionRequest, Intent, ProfileField, ProfileSchema

_MEANT = {
    "residence": ["residence", "city", "town", "home", "location", "address", "country", "place", "lives"],
    "employer": ["employer", "company", "organization", "organisation", "workplace"],
    "job": ["job", "profession", "occupation", "role", "work", "title"],
    "diet": ["diet"],
    "name": ["name"],
    "age": ["age"],
    "answer_language": ["language"],
}
"""Other words for a field's name, by attribute."""

_SPELLED = {"colour": "color", "favorite": "favourite", "e-mail": "email"}
_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\-./]+")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_LONGEST = 2048


def profile_fields(request: ExtractionRequest) -> list[ExtractedFact]:
    """Return the fields that users' sentences fill or ask to forget, in the order of the conversation."""
    if not request.schemas:
        return []
    return [
        fact
        for index, event in enumerate(request.events)
        if event.role != "model"
        for sentence in sentences(event.text)
        if len(sentence) <= _LONGEST
        for fact in _of_sentence(sentence, request.schemas, index=index)
    ]


def _of_sentence(sentence: str, schemas: tuple[ProfileSchema, ...], *, index: int) -> Iterator[ExtractedFact]:
    for read in reading.of_the_user(sentence):
        attribute = attribute_of(read.fact) if read.fact else None
        if attribute is None:
            continue
        for schema in schemas:
            field = _field(attribute, schema, forget=read.intent is Intent.FORGET)
            if field is not None:
                said = f"{field.name}: {field.value}" if read.intent is Intent.REMEMBER else field.name
                reason = f"The statement gives a value to {field.name}."
                yield ExtractedFact(said, (), read.intent, reason, index, sentence, profile=field)


def _field(attribute: Attribute, schema: ProfileSchema, *, forget: bool) -> ProfileField | None:
    """Return the field that fits an attribute best, with its value, or None."""
    wanted = _words(attribute.key) | set(_MEANT.get(attribute.key, ()))
    ranked = []
    for name, rule in schema.schema["properties"].items():
        rule = rule if isinstance(rule, Mapping) else {}  # noqa: PLW2901 - true and false are schemas, too
        named = _words(f"{name} {rule.get('title', '')}")
        described = _words(str(rule.get("description", "")))
        # "I am vegetarian" is about a field called vegetarian, if that is true or false.
        meant = wanted | set(tokens(attribute.said)) if rule.get("type") == "boolean" else wanted
        rank = (len(named & meant), len(described & wanted))
        value = None if forget else _value(attribute, rule, named=named)
        if any(rank) and (forget or value is not None):
            ranked.append((rank, name, value))
    if not ranked:
        return None
    _, name, value = max(ranked, key=lambda each: each[0])
    return ProfileField(schema.id, name, value)


def _value(attribute: Attribute, rule: Mapping[str, Any], *, named: set[str]) -> Any:
    """Return the value of an attribute for a field, None if it does not fit."""
    kinds = rule.get("type")
    kind = next((each for each in kinds if each != "null"), None) if isinstance(kinds, list) else kinds
    said = attribute.said.strip(" .")
    if kind == "boolean":
        return not attribute.negated if named & set(tokens(said)) else None
    if attribute.negated or not said:
        return None
    if "enum" in rule:
        return next((each for each in rule["enum"] if isinstance(each, str) and each.lower() == said.lower()), None)
    if kind in ("integer", "number"):
        return _number(said, whole=kind == "integer")
    if kind == "array":
        return [said]
    return said if kind in ("string", None) else None


def _number(said: str, *, whole: bool) -> int | float | None:
    found = _NUMBER.search(said)
    if found is None:
        return None
    number = float(found[0].replace(",", "."))
    return int(number) if number.is_integer() else None if whole else number


def _words(text: str) -> set[str]:
    return {_SPELLED.get(word, word) for word in tokens(_WORD_BREAK.sub(" ", text).lower())}
