"""What the speaker is by profession: "I am a nurse", "I work as a florist"."""

from __future__ import annotations

from memorybank.languages.meanings.sentence import Sentence
from memorybank.statements.comparison import LIGHT, predicates, speaking

_PROFESSIONS = frozenset(
    {"doctor", "nurse", "teacher", "student", "lawyer", "dentist", "vet", "coach", "accountant", "therapist", "tutor"}
)


def occupied(new: Sentence, old: Sentence) -> bool:
    """Tell whether both say what the speaker is by profession, with or without "I"."""
    speaks = all("own" not in each.selves and each.people <= _PROFESSIONS for each in (new, old))
    works = all("work" in each.senses or each.selves == ("subject",) for each in (new, old))
    known = bool(old.people) and (bool(new.people) or "work" in new.senses & old.senses)
    return (speaks and works and known) or (_calls(new) and _calls(old) and _alike(new, old))


def _calls(sentence: Sentence) -> bool:
    """Tell whether a statement says of its speaker one word alone, in a language that may leave out "I"."""
    said = speaking(sentence)
    plain = not predicates(sentence) - LIGHT and not sentence.names and set(sentence.selves) <= {"subject"}
    return plain and len(said) == 1 and sentence.people <= _PROFESSIONS and said[0].value is None


def _alike(new: Sentence, old: Sentence) -> bool:
    """Tell whether both words are professions: "a florist" if the other is one, a word without an article if known."""
    counted = [any(word.value and word.value.kind == "one" for word in each.words) for each in (new, old)]
    known = [bool(each.people) or "work" in each.senses for each in (new, old)]
    return all(known) or (all(counted) and any(known))
