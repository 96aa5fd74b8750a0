"""Whether a new statement says nothing beyond a known one."""

from __future__ import annotations

from memorybank.languages.language import words
from memorybank.languages.meanings.known import table_of
from memorybank.languages.meanings.sentence import Sentence, Word, sentence_of
from memorybank.statements.clauses import parts_of_statement
from memorybank.statements.comparison import (
    LIGHT,
    MARKERS,
    SCOPES,
    lacking,
    negative,
    predicates,
    said_in,
    shared,
    speaking,
    things,
)
from memorybank.statements.contraries import opposed
from memorybank.statements.order import reordered
from memorybank.statements.subjects import led_by_person

_PLACE_PARTS = words(
    "new san santa saint st los las south north east west upper lower old nova novo sankt bad la le el neu port"
)
_FORM = frozenset({"have", "named"})
_OF_A_BODY = frozenset({"allergic", "eat", "drink", "age", "weigh", "born"})
_FEW = 2
_STEM = 4
_STATES = frozenset({"marital", "diet", "stop", "change", "plan", "pregnant", "avoid"})
"""Senses whose words differ in what they say."""


def keep_is_safe(fact: str, known: str) -> bool:
    """Tell whether a new fact may be treated as saying nothing beyond the known one."""
    new, old = sentence_of(fact, known), sentence_of(known, fact)
    if negative(new) != negative(old) or reordered(new, old) or opposed(new, old):
        return False
    marks = MARKERS - {"also", "now", "and", "filler"}
    timing = SCOPES | {"stop", "past", "plan", "report", "if"}
    if _is_over(new) and _is_over(old):
        marks, timing = marks - {"stop", "change"}, timing - {"stop"}
    if (new.senses & marks) - old.senses or (old.senses & timing) - new.senses:
        return False
    unsaid = lacking(speaking(new), old)
    if (
        (unsaid and not (len(unsaid) == 1 and _same_address(new, old)))
        or not _same_predicates(new, old)
        or _about_another(new, old)
        or (new.shares and old.shares and new.shares != old.shares)
        or _was_once(new, old)
    ):
        return False
    return _same_states(new, old) and _in_one_clause(fact, new, known) and not _part_of_a_name(new, old)


def _is_over(sentence: Sentence) -> bool:
    """Tell whether a statement says that something has ended: "I stopped smoking", "I no longer smoke"."""
    return "stop" in sentence.senses or (sentence.negates and "change" in sentence.senses)


def _same_predicates(new: Sentence, old: Sentence) -> bool:
    extra, less = predicates(new) - predicates(old), predicates(old) - predicates(new)
    if {"like", "dislike"} == extra | less and new.negates != old.negates:
        extra, less = frozenset(), frozenset()  # "I don't like it" says what "I dislike it" does
    if not extra <= LIGHT or (extra - _FORM and less - _FORM) or ("have" in extra and less - LIGHT):
        return False  # who rents a flat does not own it
    if ("work" in extra and _verbs_lost(new, old)) or ("born" in extra and not new.values):
        return False  # who manages the night shift need not work it, and expected twins are not born
    return bool(things(new) or new.people or new.values or predicates(new) & predicates(old))


def _verbs_lost(new: Sentence, old: Sentence) -> bool:
    """Tell whether the new fact lacks a word with content that follows a name in the known one: probably its verb."""
    pairs = zip(old.words, old.words[1:], strict=False)
    return any(
        one.kind in ("content", "name", "person")
        and two.kind == "content"
        and said_in(one, new)
        and not said_in(two, new)
        for one, two in pairs
    )


def _same_states(new: Sentence, old: Sentence) -> bool:
    """Tell whether the new fact has no state that the known one does not name: engaged is not married."""
    if new.code != old.code:
        return not (new.senses | old.senses) & _STATES
    states = _STATES - {"stop", "change"} if _is_over(new) and _is_over(old) else _STATES
    forms = {word.form for word in old.words if word.key in states}
    said = {word.form for word in new.words if word.key in states}
    planned = {word.form for word in old.words if word.key == "plan"}  # who may have to sell need not
    return _all_begin_alike(said, forms) and _all_begin_alike(planned, said)


def _all_begin_alike(forms: set[str], others: set[str]) -> bool:
    return all(any(other[:_STEM] == form[:_STEM] for other in others) for form in forms)


def _same_address(new: Sentence, old: Sentence) -> bool:
    """Tell whether both give the same e-mail address: whatever they call it, it is the same."""
    return any("@" in word.key for word in shared(new, old))


def _about_another(new: Sentence, old: Sentence) -> bool:
    """Tell whether the new fact is about its speaker and the known one about somebody else."""
    others = old.people - new.people
    if others and new.people and led_by_person(new) and not led_alike(new, old):
        return True
    if others and not new.people and led_by_person(old) and "subject" not in old.selves and not _named_by(new, old):
        return True
    speaks = "subject" in new.selves and "subject" not in old.selves
    if bool(others) and speaks and not new.people:
        return True
    if speaks and old.selves[:1] == ("own",) and predicates(new) <= _OF_A_BODY and lacking(things(old)[:1], new):
        return True  # what my dog is or cannot eat need not be so of me
    return bool(new.selves) and not old.selves and bool(lacking(speaking(old)[:1], new))  # Tom's laptop is not mine


def led_alike(new: Sentence, old: Sentence) -> bool:
    """Tell whether both begin with the same person, and the known one not with somebody of that person's."""
    first, second = (_after_leader(each) for each in (new, old))
    return first[:1] == second[:1] and not (len(second) > 1 and second[1].kind == "person")


def _after_leader(sentence: Sentence) -> list[Word]:
    """Return the words that say something, from the first person on."""
    row = [word for word in sentence.words if word.kind not in ("silent", "self")]
    at = next((number for number, word in enumerate(row) if word.kind == "person"), len(row))
    return row[at:]


def _named_by(new: Sentence, old: Sentence) -> bool:
    """Tell whether the new fact begins with the name of the person that the known one is about: "my boss Tom"."""
    if table_of(old.code).verb_last:
        return False  # what follows the person may be anything
    pairs = zip(old.words, old.words[1:], strict=False)
    named = next((two for one, two in pairs if one.kind == "person" and two.kind in ("name", "content")), None)
    return named is not None and any(word.key == named.key for word in speaking(new)[:1])


def _was_once(new: Sentence, old: Sentence) -> bool:
    """Tell whether the known fact tells of the past what the new one says of the present: "I played", "I play"."""
    pairs = zip(old.words, old.words[1:], strict=False)
    past = [two for one, two in pairs if one.key == "subject" and two.form.endswith("ed") and old.code == "en"]
    told = {word.key for word in new.words if word.form.endswith("ed")}
    over = [word for word in past if word.key not in told | {"bought"}]  # both "bought" and "purchased" are of the past
    return any(said_in(word, new) and word.form not in {each.form for each in new.words} for word in over)


def _in_one_clause(fact: str, new: Sentence, known: str) -> bool:
    """Tell whether a part of the known fact has all values of the new one together with what they are said of."""
    if not new.values:
        return True
    clauses = parts_of_statement(known)
    counted = sum(bool(sentence_of(part, known).values) for part in clauses)
    if len(clauses) < _FEW or counted < _FEW:
        return True
    whole = sentence_of(known, fact)
    if len(new.values) == len(whole.values):
        return True
    return any(not lacking(speaking(new), sentence_of(part, known)) for part in clauses)


def _part_of_a_name(new: Sentence, old: Sentence) -> bool:
    """Tell whether a name is part of another one in the known fact: York in New York."""
    return any(
        before.key in _PLACE_PARTS
        and before.kind in ("name", "content")
        and said_in(word, new)
        and not said_in(before, new)
        for before, word in zip(old.words, old.words[1:], strict=False)
        if word.kind == "name"
    )
