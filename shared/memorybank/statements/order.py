"""Who does what to whom, recognised by the order of words: "Anna likes Ben" and "Ben likes Anna"."""

from __future__ import annotations

from memorybank.languages.meanings.known import table_of
from memorybank.languages.meanings.sentence import Sentence, Word
from memorybank.statements.comparison import MANY, alike, speaking


def reordered(one: Sentence, other: Sentence) -> bool:
    """Tell whether two statements have the same words with other roles: "Anna likes Ben" and "Ben likes Anna"."""
    named = {word.key for each in (one, other) for word in each.words if word.kind == "name"}
    actors = {word.key for each in (one, other) for word in each.words if word.kind == "person"} | named
    compares = bool({"compare", "prefer"} & one.senses & other.senses)
    rows = [speaking(each) for each in (one, other)]
    if max(map(len, rows)) > MANY:
        rows = [[], []]
    places = _places(rows, one.code)
    turned = _turned_round(one, other)
    if len(rows[0]) == len(rows[1]) and None not in places and not turned:
        if _values_swapped(rows[0], places):
            return True
        moved = [place for word, place in zip(rows[0], places, strict=True) if compares or word.key in actors]
        if moved != sorted(place for place in moved if place is not None):
            return True
        if _ends_otherwise(rows, places, one.code):
            return True
    if actors and other_role(one, other):
        return True
    if turned or (not compares and set(one.selves) == set(other.selves)):
        return False  # "Lyon is where I live"
    first, second = (_actors(each, named) for each in (one, other))
    return len(first) > 1 and first != second and sorted(first) == sorted(second)


def other_role(one: Sentence, other: Sentence) -> bool:
    """Tell whether the speaker does something in one statement, and has it done to them in the other."""
    roles = [set(each.selves) & {"subject", "object"} for each in (one, other)]
    return all(len(each) == 1 for each in roles) and roles[0] != roles[1]


def swapped(one: Sentence, other: Sentence) -> bool:
    """Tell whether two statements have the same words, but other values each: 3 cats and 5 dogs, 5 cats and 3 dogs."""
    rows = [speaking(each) for each in (one, other)]
    if len(rows[0]) != len(rows[1]) or len(rows[0]) > MANY:
        return False
    return _values_swapped(rows[0], _places(rows, one.code))


def _places(rows: list[list[Word]], code: str) -> list[int | None]:
    """Return for each word of the first row its place in the second one."""
    return [next((n for n, each in enumerate(rows[1]) if _stands_for(word, each, code)), None) for word in rows[0]]


def _values_swapped(row: list[Word], places: list[int | None]) -> bool:
    if None in places:
        return False
    kinds: dict[str, list[int]] = {}
    for word, place in zip(row, places, strict=True):
        kinds.setdefault(word.value.kind if word.value else "", []).append(place or 0)
    others = kinds.pop("", [])
    return others == sorted(others) and any(each != sorted(each) for each in kinds.values())


def _ends_otherwise(rows: list[list[Word]], places: list[int | None], code: str) -> bool:
    """Tell whether words have changed both their places and their cases: in some languages these tell the roles."""
    if not table_of(code).cases:
        return False
    pairs = [(number, place) for number, place in enumerate(places) if place is not None and place != number]
    return len(pairs) > 1 and all(rows[0][number].form != rows[1][place].form for number, place in pairs)


def _actors(sentence: Sentence, named: set[str]) -> list[str]:
    """Return whom a statement names, in order, the speaker among them; "my sister" is but the sister."""
    found: list[str] = []
    for number, word in enumerate(sentence.words):
        after = sentence.words[number + 1] if number + 1 < len(sentence.words) else None
        owns = word.kind == "self" and word.key == "own" and after is not None and after.kind in ("person", "name")
        if word.kind == "self" and not owns:
            found.append("I")
        elif word.kind == "person" or word.key in named:
            found.append(word.key)
    return found


def _stands_for(one: Word, other: Word, code: str) -> bool:
    if one.value is not None or other.value is not None:
        return one.value is not None and other.value is not None and one.value.same(other.value)
    if "person" in (one.kind, other.kind):
        return (one.kind, one.key) == (other.kind, other.key)
    return alike(one, other, code)


def _turned_round(one: Sentence, other: Sentence) -> bool:
    """Tell whether both say what somebody or something is, each the other way round: "Carla is Ben's wife".

    Then the words of one are those of the other, turned like a wheel, and none of them says what is done.
    """
    rows = [speaking(each) for each in (one, other)]
    if len(rows[0]) != len(rows[1]) or len(rows[0]) > MANY or (one.senses | other.senses) - {"named"}:
        return False
    if one.selves != other.selves or not one.people:
        return False
    turns = (rows[1][size:] + rows[1][:size] for size in range(1, len(rows[1])))
    return any(all(_stands_for(*pair, one.code) for pair in zip(rows[0], turn, strict=True)) for turn in turns)
