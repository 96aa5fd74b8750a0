"""Turns a German "dass" clause into a main clause where its verb is known, so that a remembered fact reads well."""

from __future__ import annotations

import re

from memorybank.languages.language import words

_FINITE = words("""
    bin ist sind war habe hat haben hatte mag mögen liebe liebt hasse hasst wohne wohnt wohnen lebe lebt leben arbeite
    arbeitet heiße heisse heißt heisst heißen komme kommt spreche spricht lerne lernt studiere studiert esse isst trinke
    trinkt bevorzuge bevorzugt kann will muss soll darf werde wird brauche braucht besitze spiele spielt fahre fährt
    möchte reise fliege rauche vertrage hat
    """)
_CLAUSE = re.compile(r"(?P<subject>ich|wir|(?:mein|unser)e? [\w-]+) (?P<rest>.+) (?P<verb>[\w-]+)", re.IGNORECASE)


def main_clause(clause: str) -> str | None:
    """Return "Ich mag Tee" for "ich Tee mag" (of "dass ich Tee mag"), or None where the order is not understood."""
    match = _CLAUSE.fullmatch(clause)
    if match is None or match["verb"].lower() not in _FINITE or "," in clause:
        return None
    subject = match["subject"]
    return f"{subject[0].upper()}{subject[1:]} {match['verb']} {match['rest']}"
