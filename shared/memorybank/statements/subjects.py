"""What a statement is about, and what it says of it: who, and which of its senses exclude each other."""

from __future__ import annotations

from memorybank.languages.meanings.known import table_of
from memorybank.languages.meanings.sentence import Sentence
from memorybank.statements.comparison import predicates

EXCLUSIVE = frozenset(
    {"live", "work", "named", "age", "weigh", "height", "cost", "due", "begin", "end", "marital", "pregnant", "born"}
)
"""Senses of which a subject has one value at a time."""

INCLUSIVE = frozenset(
    {"have", "like", "dislike", "speak", "learn", "play", "read", "visit", "allergic", "eat", "drink", "take", "know"}
)
"""Senses of which a subject has many values at a time: two allergies, two languages."""

_GROUPS = {"diet": "eat", "pregnant": "marital", "favourite": "prefer"}


def same_people(new: Sentence, old: Sentence) -> bool:
    """Tell whether both are about the same people."""
    return new.people <= old.people and not (old.people - new.people and led_by_person(old))


def led_by_person(sentence: Sentence) -> bool:
    """Tell whether a statement begins with a person: it is about that person, not about the speaker."""
    row = [word for word in sentence.words if word.kind in ("self", "person", "content", "name", "sense")][:3]
    owned = [(word.kind, word.key) for word in row[:1]] == [("self", "own")]
    return any(word.kind == "person" for word in (row if owned and row[1:2] and row[1].kind == "content" else row[:2]))


def groups(sentence: Sentence) -> frozenset[str]:
    """Return what a statement says of its subject, states of one kind as one."""
    return frozenset(map(group, predicates(sentence)))


def group(sense: str) -> str:
    """Return the kind of states that a sense belongs to."""
    return _GROUPS.get(sense, sense)


def says_else(new: Sentence, old: Sentence) -> bool:
    """Tell whether each says something of its subject that the other does not speak of: "closes", "opens"."""
    one, other = (groups(each) - {"have"} for each in (new, old))
    return bool(one and other) and one.isdisjoint(other)


def is_past(sentence: Sentence) -> bool:
    """Tell whether a statement is of the past."""
    past = table_of(sentence.code).past
    return any(word.form in past for word in sentence.words)
