"""Compares the negation of a fact with that of the sentence that it rests on."""

from __future__ import annotations

import re

from memorybank.bank.guards.said_words import alike, content_of, plain
from memorybank.languages import union
from memorybank.languages.language import Language, alternatives, words
from memorybank.languages.meanings import known
from memorybank.languages.meanings.sentence import sentence_of
from memorybank.languages.meanings.spelling import plain as folded

_CLAUSE_END = re.compile(
    rf"[,;:.!?\n\u2013\u2014()]+|\b(?:{alternatives(union.said('breaks'))})\b"
    rf"|\b(?:{alternatives(union.said('joins'))}) (?=(?:{alternatives(union.said('openers'))})\b)|[、\uff0c。\uff1b]",
    re.IGNORECASE,
)
_AFFIRMS = re.compile("|".join(union.said("affirming")), re.IGNORECASE)
_DENYING = re.compile(
    rf"\b(?:{alternatives(union.said('denying'))})\b|{alternatives(union.said('denying_parts'))}", re.IGNORECASE
)
_RECASTS = re.compile(alternatives(union.said("recasts")))

_NEARLY, _SOON = 2 / 3, 3
_DENIAL_PARTS = union.denial_parts()
_DENIALS = union.denials() | known.words_of("dislike")
_SECOND_HALVES = words("mehr plus mas piu mais больше anymore longer meer juz wiecej artik enaa langre tobbe uz")
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def contradicts(fact: str, sentence: str) -> bool:
    """Tell whether a fact denies what a sentence says, or says what it denies, in the sentence's own words.

    What is worded otherwise is not compared: "I moved away from Paris" is no contradiction to "I don't live in Paris".
    """
    content = _without_people(fact, sentence)
    if not content or sentence.rstrip(" \"')*_").endswith(("?", "？")):  # noqa: RUF001 - the full-width mark
        return False
    languages = _languages(fact, sentence)
    plain_sentence = _AFFIRMS.sub(" ", plain(sentence))
    clauses = [clause for clause in _CLAUSE_END.split(plain_sentence) if clause and _shares(content, clause)]
    if _negated(fact, languages):
        whole = [clause for clause in clauses if _covers(_without_ending(content), clause)]
        said = _AFFIRMS.sub(" ", plain(fact))
        return _negated(said, languages) and bool(whole) and not _denied(plain_sentence, languages)
    if _denies(fact, languages):
        return False
    whole = [clause for clause in clauses if _covers(content, clause)]
    if whole and all(_denies(clause, languages) for clause in clauses):
        return True
    return _denied_rather_than_said(fact, [*content, *_dates_of(fact)], clauses)


def _without_ending(content: list[str]) -> list[str]:
    """Return what a negated fact is about without the second half of its negation: "nicht mehr", "ne plus"."""
    return [word for word in content if folded(word) not in _SECOND_HALVES] or content


def clauses_of(sentence: str) -> list[str]:
    """Return the clauses of a sentence."""
    return [clause for clause in _CLAUSE_END.split(sentence) if clause.strip()]


def _without_people(fact: str, sentence: str) -> list[str]:
    """Return what a fact is about, without the people that a clause may call he or she."""
    content = content_of(fact)
    people = {word.form for word in sentence_of(fact, sentence).words if word.kind == "person"}
    return [word for word in content if folded(word) not in people] or content


def _dates_of(text: str) -> list[str]:
    return [word for word in _WORDS.findall(plain(text)) if word in union.dates()]


def _denied_part(clause: str, told: list[str], languages: tuple[Language, ...]) -> str:
    """Return what follows a negation, if that soon is one of the words; in many languages it does not follow."""
    words = _WORDS.findall(clause)
    negated = (at for at, word in enumerate(words) if _negated(word, languages) or word in _DENIALS)
    after = words[next(negated, len(words)) + 1 :]
    return " ".join(after) if any(has_word(" ".join(after[:_SOON]), word) for word in told) else ""


def _denied_rather_than_said(fact: str, told: list[str], clauses: list[str]) -> bool:
    """Tell whether a fact says nearly all of what one clause denies, and less of what any other clause says."""
    low = plain(fact)
    if _DENYING.search(low):
        return False
    languages = _languages(fact, " ".join(clauses))
    denied = said = 0
    for clause in clauses:
        said_in_it = sum(has_word(clause, word) for word in told)
        if _denies(clause, languages) and not any(match[0] not in clause for match in _RECASTS.finditer(low)):
            part = _denied_part(clause, told, languages)
            denied = max(denied, sum(has_word(part, word) for word in told))
        else:
            said = max(said, said_in_it)
    return denied > max(said, 1) and denied >= _NEARLY * len(told)


def _languages(fact: str, sentence: str) -> tuple[Language, ...]:
    return union.languages_of(known.meanings_of(fact, sentence).code)


def _negated(text: str, languages: tuple[Language, ...]) -> bool:
    low = plain(text)
    return union.negates_inside(low, languages) or not union.negations(languages).isdisjoint(_WORDS.findall(low))


def _denies(clause: str, languages: tuple[Language, ...]) -> bool:
    low = plain(clause)
    parts = any(part in low for part in _DENIAL_PARTS)
    return parts or _negated(low, languages) or not _DENIALS.isdisjoint(_WORDS.findall(low))


def _denied(text: str, languages: tuple[Language, ...]) -> bool:
    """Tell whether a text negates or denies anything at all."""
    return _denies(text, languages) or _DENYING.search(text) is not None


def _shares(content: list[str], clause: str) -> bool:
    return any(has_word(clause, word) for word in content)


def _covers(content: list[str], clause: str) -> bool:
    return all(has_word(clause, word) for word in content)


def has_word(clause: str, word: str) -> bool:
    """Tell whether a clause has a word, in any form."""
    return word in clause or any(alike(word, other) for other in _WORDS.findall(clause))
