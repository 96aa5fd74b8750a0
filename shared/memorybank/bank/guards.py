"""What code says about a model's decision: it has the last word on numbers, dates and negations."""

from __future__ import annotations

import re
import unicodedata

from memorybank.resources.memory import MAX_FACT

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# English, German, French, Spanish, Italian, Portuguese
_NEGATIONS = _words(
    "no not never none cannot without nicht nie niemals kein keine keinen keiner keinem ohne ne pas jamais sans rien"
    " nunca jamás jamas ningún ninguna sin non mai senza nessuno nessuna não nao nenhum nenhuma sem"
)
_NEGATION_PARTS = ("n't", "n\u2019t", "ない", "ません", "不", "没", "沒")
_DATES = _words(
    "monday tuesday wednesday thursday friday saturday sunday"
    " january february march april may june july august september october november december"
    " montag dienstag mittwoch donnerstag freitag samstag sonntag"
    " januar februar märz mai juni juli oktober dezember"
    " lundi mardi mercredi jeudi vendredi samedi dimanche"
    " janvier février mars avril juin juillet août septembre octobre novembre décembre"
    " lunes martes miércoles jueves viernes sábado domingo"
    " enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    " lunedì martedì mercoledì giovedì venerdì sabato domenica"
    " gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre"
    " segunda terça quarta quinta sexta janeiro fevereiro março maio junho julho setembro outubro dezembro"
)


def keep_is_safe(new: str, known: str) -> bool:
    """Tell whether a new fact may be taken to say nothing that the known one does not.

    It may not when it has a number or a date that the known one lacks, or when only one of them negates.
    """
    return _points(new) <= _points(known) and _negates(new) == _negates(known)


def update_is_safe(new: str, text: str) -> bool:
    """Tell whether `text` may replace a known fact on the strength of a new one: it must keep the new one's points."""
    return bool(text.strip()) and len(text) <= MAX_FACT and _points(new) <= _points(text)


def _points(text: str) -> set[str]:
    """Return the numbers and the names of days and months in a text."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return set(_NUMBER.findall(plain)) | (set(_WORD.findall(plain)) & _DATES)


def _negates(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return any(part in plain for part in _NEGATION_PARTS) or not _NEGATIONS.isdisjoint(_WORD.findall(plain))
