"""Whether two statements can both be true: what in the words shows that a new one takes the place of an old one."""

from __future__ import annotations

from memorybank.languages.meanings.known import table_of
from memorybank.languages.meanings.sentence import Sentence, Word
from memorybank.languages.meanings.values import same_in
from memorybank.statements.comparison import (
    LIGHT,
    MARKERS,
    OVER,
    lacking,
    negative,
    predicates,
    rest,
    said_in,
    shared,
    things,
)
from memorybank.statements.contraries import contrary, feels_otherwise, other_share
from memorybank.statements.frames import same_frame
from memorybank.statements.occupations import occupied
from memorybank.statements.order import swapped
from memorybank.statements.subjects import EXCLUSIVE, INCLUSIVE, group, groups, is_past, same_people, says_else

_COLLECTED = frozenset({"have", "like", "dislike", "allergic", "speak", "visit", "bought", "know"})
_STATES = frozenset({"marital", "pregnant"})
_COMPOUND = len("lieblings")


def conflict(new: Sentence, old: Sentence) -> str | None:
    """Return what shows that two statements cannot both be true, None if nothing does."""
    if "also" in new.senses - old.senses or _is_history(new, old):
        return None
    found = (
        ("flip", _flips(new, old)),
        ("flip", contrary(new, old)),
        ("change", _changes(new, old) or _ages(new, old)),
        ("state", _same_state(new, old)),
        ("done", _done(new, old)),
        ("value", _other_value(new, old) or swapped(new, old)),
        ("exclusive", _exclusive(new, old)),
        ("role", _other_role(new, old)),
        ("frame", same_frame(new, old)),
        ("order", _compared(new, old)),
        ("value", other_share(new, old)),
    )
    return next((name for name, holds in found if holds), None)


def _is_history(new: Sentence, old: Sentence) -> bool:
    """Tell whether one statement alone is of the past, and none denies the other or says what it has changed to."""
    if new.senses & {"change", "now", "stop"} or negative(new) != negative(old):
        return False
    if "past" in old.senses - new.senses:
        return True
    dated = any(value.is_date for value in new.values)  # "I lived there in 2010"; who moved lives there now
    before = _told_as_past(new) != _told_as_past(old) and (dated or _told_as_past(old))
    alike = bool(groups(new) & groups(old) & EXCLUSIVE)
    return before and alike and not [word for word in things(new) if said_in(word, old)]


def _told_as_past(sentence: Sentence) -> bool:
    """Tell whether the word for what somebody does is of the past."""
    past = table_of(sentence.code).past
    return any(word.kind == "sense" and word.form in past for word in sentence.words)


def _flips(new: Sentence, old: Sentence) -> bool:
    """Tell whether one denies what the other says, and is about nothing narrower."""
    if negative(new) == negative(old) or not same_people(new, old):
        return False
    if "stop" in new.senses and not new.negates and not _ends_it(new, old):
        return False
    own, other = rest(new), rest(old)
    if feels_otherwise(new, old):
        return False
    about = [word for word in own if said_in(word, old)]
    narrower = lacking(own, old)
    if negative(old) and about:  # what never was so is contradicted by a single case, and only by one of all of it
        return not lacking(other, new)
    alike = groups(new) & groups(old)
    if not about:
        return not own and not other and bool(alike)
    return not narrower or (bool({"now", "change", "stop"} & new.senses) and len(about) >= len(narrower))


def _changes(new: Sentence, old: Sentence) -> bool:
    """Tell whether the new statement has a word of change, and is about the same."""
    marks = ({"now", "change"} | OVER) & (new.senses - old.senses)
    if not marks or (marks == {"stop"} and not _ends_it(new, old)):
        return False
    same = groups(new) & groups(old)
    return (
        bool(shared(new, old))
        or occupied(new, old)
        or bool(same - _COLLECTED)
        or ("stop" in marks and bool(same - {"have"}))
    )


def _ends_it(new: Sentence, old: Sentence) -> bool:
    """Tell whether what has ended is what the other statement is about: "I lost my wallet in Paris" ends no "Paris"."""
    row = [
        word for word in new.words if word.kind in ("content", "name", "person") or word.key == "stop" or _acts(word)
    ]
    at = next(n for n, word in enumerate(row) if word.key == "stop")
    after = row[at + 1 : at + (2 if new.code == "en" else 3)]  # a verb may stand between, as in "quit smoking a pipe"
    return table_of(new.code).verb_last or not after or any(said_in(word, old) for word in after)


def _acts(word: Word) -> bool:
    """Tell whether a word says what is done: it may be what has ended."""
    return word.kind == "sense" and word.key not in MARKERS | LIGHT


def _same_state(new: Sentence, old: Sentence) -> bool:
    if not groups(new) & groups(old) & {"marital"}:
        return False
    both = bool(new.senses & _STATES) and bool(old.senses & _STATES)
    if any(value.is_date and same_in(value, old.values) for value in new.values):
        return False  # both happened at that time
    return both and not (new.people ^ old.people) - {"wife", "husband", "partner", "girlfriend", "boyfriend"}


def _done(new: Sentence, old: Sentence) -> bool:
    """Tell whether a plan was carried out or its certainty changed: "I want a dog" and "I have a dog"."""
    if "plan" not in old.senses or not same_people(new, old):
        return False
    if (new.selves[:1], old.selves[:1]) == (("own",), ("subject",)):
        return False  # "our hotel" is not what "we" plan
    if "plan" not in new.senses:
        return bool([word for word in things(new) if said_in(word, old)])
    return not lacking(things(new), old) and not lacking(things(old), new)


def _other_value(new: Sentence, old: Sentence) -> bool:
    """Tell whether they differ in a number, a time or a date alone."""
    kinds = {value.family for value in new.values} & {value.family for value in old.values}
    other = [w for w in new.words if w.value and w.value.family in kinds and not said_in(w, old)]
    if not other or not same_people(new, old) or says_else(new, old):
        return False
    if "visit" in new.senses | old.senses and any(word.value and word.value.is_date for word in other):
        return False
    if is_past(new) and is_past(old) and all(word.value and word.value.is_date for word in other):
        return False  # both happened
    bare = not things(new) and not predicates(new) and new.selves == old.selves  # "I am 31"
    if lacking(things(new), old) or not (bare or shared(new, old) or groups(new) & groups(old)):
        return False
    dated = {word.value.kind for word in other if word.value} <= {"day", "month"}
    return not (dated and predicates(new) & INCLUSIVE) or bool({"now", "change"} & new.senses)


def _ages(new: Sentence, old: Sentence) -> bool:
    """Tell whether the new statement says how old somebody is now, and the old one nothing but an age."""
    numbers = len(old.values) == 1 and not any(value.is_date for value in (*new.values, *old.values))
    return (
        numbers
        and same_people(new, old)
        and predicates(new) == {"age"}
        and predicates(old) <= {"age", "have"}
        and not things(old)
    )


def _exclusive(new: Sentence, old: Sentence) -> bool:
    both = groups(new) & groups(old) & EXCLUSIVE
    if not both or not same_people(new, old) or predicates(old) & INCLUSIVE & predicates(new):
        return False
    if {"have"} & predicates(old) and not both & {"live", "work"}:
        return False
    if {"prefer", "favourite"} & (new.senses ^ old.senses):
        return False
    if "live" in both and _is_vague(new) != _is_vague(old):
        return False  # who lives in a big house may live in Leeds
    slot = _slot(old, both)
    if slot and not both & _STATES and not lacking(slot, new) and not _specified(new, old, slot[0]):
        return False  # both give it the same value: one says more
    table = table_of(old.code)
    return table.verb_last or table.unspaced or not lacking(_subject(old, both), new) or not _subject(new, both)


def _is_vague(sentence: Sentence) -> bool:
    """Tell whether a statement names a place by its kind: "a big house"."""
    return not sentence.names and any(word.value and word.value.kind == "one" for word in sentence.words)


def _slot(sentence: Sentence, senses: frozenset[str]) -> list[Word]:
    """Return the word with content next to a sense: the value that it has."""
    row = [word for word in sentence.words if word.kind in ("content", "name", "person", "value", "sense")]
    at = next((n for n, word in enumerate(row) if word.kind == "sense" and group(word.key) in senses), 0)
    before = [word for word in row[:at] if word.kind != "sense"]
    after = [word for word in row[at + 1 :] if word.kind != "sense"]
    return before[-1:] if table_of(sentence.code).verb_last or not after else after[:1]


def _specified(new: Sentence, old: Sentence, slot: Word) -> bool:
    """Tell whether both say more of a value that they share, and not the same: one company, and another company."""
    if slot.kind != "content" or table_of(old.code).verb_last:
        return False
    after = [_after(each, slot) for each in (new, old)]
    return all(after) and bool(lacking(after[0], old)) and bool(lacking(after[1], new))


def _after(sentence: Sentence, slot: Word) -> list[Word]:
    row = [word for word in sentence.words if word.kind in ("content", "name")]
    at = next((n for n, word in enumerate(row) if word.key == slot.key), len(row))
    return row[at + 1 : at + 2]


def _subject(sentence: Sentence, senses: frozenset[str]) -> list[Word]:
    """Return the words with content before a sense: what the statement is about."""
    found: list[Word] = []
    for word in sentence.words:
        if word.kind == "sense" and group(word.key) in senses:
            return found
        if word.kind in ("content", "name", "person"):
            found.append(word)
    return []


def _compared(new: Sentence, old: Sentence) -> bool:
    """Tell whether both compare, and share what they compare."""
    compares = "compare" in new.senses & old.senses
    prefers = bool({"prefer", "favourite"} & new.senses & old.senses)
    alike = not lacking(things(new), old) and not lacking(things(old), new)
    about = bool(shared(new, old)) or _same_compound(new, old)
    return (compares and alike) or (prefers and same_people(new, old) and about)


def _same_compound(new: Sentence, old: Sentence) -> bool:
    """Tell whether both have the same word for a favourite thing: Lieblingsobst."""
    words = [{word.form for word in each.words if word.key == "favourite"} for each in (new, old)]
    return any(len(form) > _COMPOUND and form.startswith(("lieblings", "lievelings")) for form in words[0] & words[1])


def _other_role(new: Sentence, old: Sentence) -> bool:
    """Tell whether somebody named has another role: "Tom is my stepfather" and "Tom is my father"."""
    first = [next((word for word in each.words if word.kind not in ("silent", "sense")), None) for each in (new, old)]
    named = all(word is not None and word.kind in ("content", "name") for word in first)
    rest = [predicates(each) - LIGHT for each in (new, old)]
    return named and first[0] == first[1] and bool(new.people) and bool(old.people) and not any(rest)
