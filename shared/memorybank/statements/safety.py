"""What a decision may do to a memory, told from the words of both statements alone."""

from __future__ import annotations

from memorybank.languages.language import words
from memorybank.languages.meanings.sentence import Sentence, Word, sentence_of
from memorybank.languages.meanings.values import same_in
from memorybank.resources.memory import MAX_FACT
from memorybank.statements.clauses import is_one_of_several, parts_of_statement
from memorybank.statements.comparison import (
    CONTRARY,
    LIGHT,
    MARKERS,
    OVER,
    SCOPES,
    lacking,
    negative,
    predicates,
    reordered,
    said_in,
    shared,
    speaking,
    things,
)
from memorybank.statements.conflicts import conflict, occupied
from memorybank.statements.contraries import opposed
from memorybank.statements.subjects import INCLUSIVE, led_by_person

_PLACE_PARTS = words(
    "new san santa saint st los las south north east west upper lower old nova novo sankt bad la le el neu port"
)
_FORM = frozenset({"have", "named"})
FREE = LIGHT | {"and", "now"}
"""Senses that a text may have of its own."""

_FEW = 2
_STEM = 4
_STATES = frozenset({"marital", "diet", "stop", "change", "plan", "pregnant", "avoid"})
"""Senses whose words differ in what they say."""


def is_storable(text: str) -> bool:
    """Tell whether a text can be a fact at all."""
    return bool(text.strip()) and len(text) <= MAX_FACT


def keep_is_safe(fact: str, known: str) -> bool:
    """Tell whether a new fact may be treated as saying nothing beyond the known one."""
    new, old = sentence_of(fact, known), sentence_of(known, fact)
    if negative(new) != negative(old) or reordered(new, old) or opposed(new, old):
        return False
    marks = MARKERS - {"also", "now", "and", "filler"}
    timing = SCOPES | {"stop", "past", "plan", "report", "if"}
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


def _same_predicates(new: Sentence, old: Sentence) -> bool:
    extra, less = predicates(new) - predicates(old), predicates(old) - predicates(new)
    if {"like", "dislike"} == extra | less and new.negates != old.negates:
        extra, less = frozenset(), frozenset()  # "I don't like it" says what "I dislike it" does
    if not extra <= LIGHT or (extra - _FORM and less - _FORM):
        return False
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
    forms = {word.form for word in old.words if word.key in _STATES}
    return all(
        any(form[:_STEM] == word.form[:_STEM] for form in forms)
        for word in new.words
        if word.kind == "sense" and word.key in _STATES
    )


def _same_address(new: Sentence, old: Sentence) -> bool:
    """Tell whether both give the same e-mail address: whatever they call it, it is the same."""
    return any("@" in word.key for word in shared(new, old))


def _about_another(new: Sentence, old: Sentence) -> bool:
    """Tell whether the new fact is about its speaker and the known one about somebody else."""
    others = old.people - new.people
    if others and new.people and led_by_person(new):
        return True
    speaks = "subject" in new.selves and "subject" not in old.selves
    if bool(others) and speaks and not new.people:
        return True
    return bool(new.selves) and not old.selves and bool(lacking(speaking(old)[:1], new))  # Tom's laptop is not mine


def _was_once(new: Sentence, old: Sentence) -> bool:
    """Tell whether the known fact tells of the past what the new one says of the present: "I played", "I play"."""
    pairs = zip(old.words, old.words[1:], strict=False)
    past = [two for one, two in pairs if one.key == "subject" and two.form.endswith("ed") and old.code == "en"]
    over = [word for word in past if word.key != "bought"]  # both "bought" and "purchased" are of the past
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


def update_is_safe(fact: str, text: str, *, known: str) -> bool:
    """Tell whether `text` may replace a known fact because of a new one.

    It says nothing that neither of the two says, and all that the new one says. What it loses of the known one must be
    contradicted by the new one, and replaced.
    """
    if not is_storable(text):
        return False
    new, old = sentence_of(fact, known), sentence_of(known, fact)
    merged = sentence_of(text, fact)
    if new.code != old.code and merged.words == new.words and keep_is_safe(fact, known):
        return True
    if _invents(merged, new, old) or not _takes_over(new, old, merged):
        return False
    if _withdraws(merged, old) or _denies_more(merged, new, old) or _changes_subject(merged, old, new):
        return False
    lost = lacking(speaking(old), merged)
    other = lacking(speaking(merged), old) or predicates(merged) - predicates(old) - LIGHT
    light = LIGHT - ({"work", "live"} - predicates(new)) if other else LIGHT
    senses = predicates(old) - predicates(merged) - light
    denies = negative(old) != negative(merged) and not _says_both(text, merged, old)
    if lost or senses or denies or reordered(old, merged):
        return _may_lose(lost, senses, new=new, old=old, merged=merged)
    return True


def adds_only(text: str, *, known: str) -> bool:
    """Tell whether a text says all that a known fact says."""
    old, merged = sentence_of(known, text), sentence_of(text, known)
    kept = not lacking(speaking(old), merged) and predicates(old) - LIGHT <= predicates(merged)
    return kept and negative(old) == negative(merged)


def _says_both(text: str, merged: Sentence, old: Sentence) -> bool:
    """Tell whether a part of the text says the known fact as it was: "I like jazz, but not free jazz"."""
    parts = (sentence_of(part, text) for part in parts_of_statement(text))
    return negative(merged) and any(
        negative(part) == negative(old) and not lacking(speaking(old), part) for part in parts
    )


def _invents(merged: Sentence, new: Sentence, old: Sentence) -> bool:
    unknown = [word for word in lacking(speaking(merged), new) if not said_in(word, old)]
    if unknown and not (len(unknown) == 1 and _is_sum(unknown[0], new, old)):
        return True
    senses = merged.senses - new.senses - old.senses - FREE
    over = bool((new.senses | old.senses) & (OVER | CONTRARY | {"change"})) or new.negates or old.negates
    return bool(senses - (OVER | {"change", "avoid"} if over else frozenset()))


def _is_sum(word: Word, new: Sentence, old: Sentence) -> bool:
    """Tell whether a number counts the one thing of each fact: a cat and a cat are two cats."""
    if word.value is None or word.value.kind != "number" or word.value.amount != _FEW:
        return False
    return all(any(each.value and each.value.kind == "one" for each in one.words) for one in (new, old))


def _takes_over(new: Sentence, old: Sentence, merged: Sentence) -> bool:
    """Tell whether the text has what is new: all of it, but for a verb that says how it came about."""
    missed = lacking(speaking(new), merged)
    taken = [word for word in lacking(speaking(new), old) if said_in(word, merged)]
    plain = all(word.kind == "content" for word in missed)
    changes = bool(new.senses & (OVER | {"change", "now"}))
    if not missed:
        return not (predicates(new) - predicates(merged) - LIGHT - {"bought"}) or changes or bool(taken)
    if changes:  # what is over need not be named: "I sold my Corolla and bought a Tesla"
        missed = [word for word in missed if not said_in(word, old)]
        return len(missed) <= _FEW and all(word.kind == "content" for word in missed)
    return plain and len(missed) == 1 and bool(taken) and not said_in(missed[0], old)


def _withdraws(merged: Sentence, old: Sentence) -> bool:
    """Tell whether the text makes a mere plan of the known fact: "I want to play chess" in place of "I play chess"."""
    return "plan" in merged.senses - old.senses and not lacking(speaking(merged), old)


def _denies_more(merged: Sentence, new: Sentence, old: Sentence) -> bool:
    return negative(merged) and not (negative(new) or negative(old) or new.senses & OVER)


def _changes_subject(merged: Sentence, old: Sentence, new: Sentence) -> bool:
    """Tell whether the text is about somebody else than the known fact: "My son is ..." in place of "I am ..."."""
    if merged.people <= old.people or "subject" in merged.selves:
        return False
    spoke = "subject" in old.selves or not old.people
    led = [word for word in merged.words if word.kind in ("person", "content", "name", "sense")][:1]
    return spoke and bool(led) and led[0].kind == "person" and led[0].key in new.people - old.people


def _may_lose(lost: list[Word], senses: frozenset[str], *, new: Sentence, old: Sentence, merged: Sentence) -> bool:
    why = conflict(new, old) or ("change" if _switched(new, old, merged) else None)
    if why is None:
        return False
    over = why in ("flip", "state") or bool(new.senses & OVER) or (negative(new) and negative(merged))
    people = [word for word in lost if word.kind == "person"]
    if people and why not in ("role", "state") and not occupied(new, old):
        return False
    planned = "plan" in old.senses - new.senses
    if senses and why not in ("flip", "change", "state", "done", "order"):
        return False
    if not over and not _values_replaced([word for word in lost if not (planned and _is_date(word))], new, old):
        return False
    gone = [word for word in lost if word.kind in ("content", "name")]
    kept, added = len(shared(old, merged)), len(lacking(speaking(merged), old))
    return len(gone) <= max(kept, _FEW) and (over or why == "done" or len(gone) <= added + 1)


def _switched(new: Sentence, old: Sentence, merged: Sentence) -> bool:
    """Tell whether the text is the known fact with something that the new one changes: "I switched to Android"."""
    switches = "change" in new.senses - old.senses and "also" not in new.senses
    return switches and bool(shared(old, merged)) and not predicates(old) & INCLUSIVE


def _is_date(word: Word) -> bool:
    return word.value is not None and (word.value.is_date or word.value.kind == "time")


def _values_replaced(lost: list[Word], new: Sentence, old: Sentence) -> bool:
    fresh = [word.value for word in new.words if word.value and not same_in(word.value, old.values)]
    kinds = {value.family for value in fresh}
    return all(word.value is None or word.value.family in kinds for word in lost)


def delete_is_safe(fact: str, known: str) -> bool:
    """Tell whether a new fact can end a known one: both cannot be true, and nothing else is in the known one."""
    new, old = sentence_of(fact, known), sentence_of(known, fact)
    why = conflict(new, old)
    if why not in ("flip", "change", "state", "value", "exclusive"):
        return False
    if not new.people <= old.people or (old.people - new.people and why != "state"):
        return False
    if is_one_of_several(new, known):
        return False
    over = why in ("flip", "state") or bool(new.senses & OVER)
    spared = 0 if why == "value" else 1  # the value that is replaced
    return over or (
        len(lacking(things(old), new)) <= spared and _values_replaced(lacking(speaking(old), new), new, old)
    )
