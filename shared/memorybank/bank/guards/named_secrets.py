"""Tells whether a text gives a secret away beside any name of one, in whatever language and order of words.

`passwords` reads sentences whose grammar it knows, and there a plain word can be the value. Here only the name is
known, so the form of the value decides: letters mixed with digits or symbols for a password, digits for a code. It must
stand where a value stands: at the end of its clause soon after the name, or at its beginning with the name at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from memorybank.bank.guards.passwords import ORDINARY, SAYS_NOTHING
from memorybank.languages.glance import Glance, letters
from memorybank.languages.language import words
from memorybank.languages.secret_names import named
from memorybank.languages.stems import JOINERS, beginnings, folded
from memorybank.text.normal import lowered

_CLAUSE = re.compile(r"[.!?;](?= |\Z)|,(?= )|[。！？；，、\n]| [-\u2013\u2014] ")
_TOKEN = re.compile(r"\S{1,80}")
_EDGES = "\"'“”„«»「」『』`.,;:!?()[]=<>*|"
_SHORTEST, _LONGEST = 4, 200

_ASCII_PART = re.compile(r"[!-~]{4,64}")
_SYMBOL_INSIDE = re.compile(r"[^\W_][@#$%^&*+=~!?|]+[^\W_]|[^\W_]{4}[!@#$%^&*]\Z")
_MIXED = re.compile(r"[\d@#$%^&*+=~|_!?](?:(?<![!?])|(?=\w))")
"""What every value has somewhere. A word with only "!" at its end is more often an exclamation than a value."""
_SWITCH = re.compile(r"\d(?=[^\W\d_])|[^\W\d_](?=\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"[a-z]{0,2}\d{3,10}[#*]?|\d{2,5}(?:-\d{2,5}){1,4}|\d{1,3}[A-Z\u0410-\u042f]\d{2,6}")
_BEFORE_ANOTHER = words("""
    for of on in at from with by since until via für von vom bei mit im am auf aus seit pour de du dans sur avec para
    con en por desde del di nel su com em no na do voor van op met for på med av i til fra dla od przez для на от из с
    про pre pro za u
""")
"""Words after which stands the name of what a password is for: "for Office365"."""
_NAME_LIKE = re.compile(r"(?-i:[A-Z])[a-z]+\d{1,4}")
_LAST = words("""
    है हैं था थी است بود ہے ہیں da du dir dır dur dür ise se e छ છે আছে হল ਹੈ आहे yw ta ah
""")
"""Verbs that close a sentence in languages that put them last."""
_ABOUT = re.compile(
    r"[ -]?(?:manager|hint|policy|policies|rule|field|generator|form|app|tool|reset|verwalt|richtlinie|hinweis)",
    re.IGNORECASE,
)
"""What is named after passwords and is none."""
_LONG = re.compile(r"[A-Za-z0-9+/_.-]{16,200}")
_CHANGES = 5
_REACH, _TAIL, _NEAR = 5, 1, 300
_SPARE = 2
_LABEL = re.compile(r"(?:\A|\n|[.;,] )[^\d:=.\n]{2,40}?\s?[:=]\s?(?P<value>\S{8,64})(?=[.,;]?(?:\s|\Z))")
_SET = re.compile(r"[^\W\d_]{0,3} ?[:=] ?(?P<value>[^\W\d_]{4,40})[.!]?")
_LOST_MARK = "\u0307"
"""A mark that is left out where case does not count."""
_CODE_OF_A_LOCK = frozenset({"code", "lock"})
_LONG_ENOUGH, _MANY_SWITCHES, _KINDS = 8, 3, 3


def may_tell_named_secret(text: str) -> bool:
    """Tell whether a text names a secret, and has what can be its value, wherever they stand."""
    valued, set_to = _is_valued(text), ":" in text or "=" in text
    if (valued and set_to) or _LOST_MARK in text:
        return True
    if not valued and not set_to:
        return False
    lower = lowered(text.translate(JOINERS) if not text.isascii() else text)
    kinds = _names().kinds(lower, letters(lower))
    return "password" in kinds or (valued and (not kinds <= _CODE_OF_A_LOCK or kinds == _CODE_OF_A_LOCK))


@cache
def _names() -> Glance:
    return Glance({kind: named(kind) for kind in ("password", "pin", "login", "key", *_CODE_OF_A_LOCK)})


def _is_valued(text: str) -> bool:
    return any(map(_can_be_one, _mixed_words(text)))


def _mixed_words(text: str) -> Iterator[str]:
    """Yield the words of a text with single spaces that have what every value has: most have not."""
    text, end = f"{text} ", 0
    for mixed in _MIXED.finditer(text):
        if mixed.start() >= end:
            begin, end = text.rfind(" ", 0, mixed.start()) + 1, text.find(" ", mixed.start())
            yield text[begin:end]


def tells_named_secret(text: str) -> bool:
    """Tell whether a text with single spaces names a secret and has its value."""
    valued = _is_valued(text)
    if not valued and ":" not in text and "=" not in text:
        return False
    plain = folded(text.translate(JOINERS) if not text.isascii() else text)
    begun = beginnings(plain)
    password = named("password").are_in(plain, begun)
    if password and any(_is_word(plain, match.end()) for match in named("password").all_in(plain)):
        return True
    return valued and (_has_labelled(text) or _has_named(text, plain, begun, password=password))


def _can_be_one(word: str) -> bool:
    said = _readings(word) if len(word) <= _LONGEST else ()
    return any(_is_value(each) or _is_digits(each) or _is_long(each) for each in said)


def _has_named(text: str, plain: str, begun: AbstractSet[str], *, password: bool) -> bool:
    secret = password or named("pin").are_in(plain, begun)
    login = named("login").are_in(plain, begun)
    if (secret or login) and any(map(_is_chosen, text.split())):
        return True
    if named("key").are_in(plain, begun) and any(map(_is_long, text.split())):
        return True
    if not (secret or (named("code").are_in(plain, begun) and named("lock").are_in(plain, begun))):
        return False
    return any(map(_in_clause, _CLAUSE.split(text)))


def _has_labelled(text: str) -> bool:
    """Tell whether anything is given a value that is no word, number or model of any kind: "Kunci: Kx9#mQ2v"."""
    return any(_is_chosen(match["value"]) for match in _LABEL.finditer(text))


def _is_word(plain: str, end: int) -> bool:
    """Tell whether a name is given one word as its value and nothing else: "Lozinka: suncokret"."""
    match = _SET.fullmatch(plain, end)
    return match is not None and match["value"] not in SAYS_NOTHING


def _in_clause(clause: str) -> bool:
    clause = clause.translate(JOINERS)
    lower = folded(clause)
    for kind, fits in (("password", _is_value), ("pin", _is_digits)):
        if any(_has_beside(clause, match.span(), fits) for match in named(kind).all_in(lower)):
            return True
    return named("lock").search(lower) is not None and any(
        _has_beside(clause, match.span(), _is_digits) for match in named("code").all_in(lower)
    )


def _has_beside(clause: str, span: tuple[int, int], fits: Callable[[str], bool]) -> bool:
    before = _TOKEN.findall(clause[: span[0]]) if span[0] <= _NEAR else []
    after = _TOKEN.findall(clause[span[1] : span[1] + _NEAR])
    if _ABOUT.match(clause, span[1]):
        return False
    if after and not clause[span[1]].isspace():
        after[0] = after[0].lstrip("=:") if clause[span[1]] in "=:" else _ending(after[0])
    return _after(after, fits) or (len(after) <= _SPARE and bool(before) and _before(before, fits))


def _ending(word: str) -> str:
    """Return what of a word can be a value in scripts without spaces: its part in ASCII."""
    part = _ASCII_PART.search(word)
    return part[0] if part and not word.isascii() else ""


def _after(told: Sequence[str], fits: Callable[[str], bool]) -> bool:
    for place, word in enumerate(told[: _REACH + 1]):
        rest = [each for each in told[place + 1 :] if each.strip(_EDGES)]
        if any(map(fits, _readings(word))):
            led = told[place - 1].lower() if place else ""
            bare = word.strip(_EDGES)
            if led in _BEFORE_ANOTHER and _NAME_LIKE.fullmatch(bare):
                return False
            return not rest or (len(rest) <= _TAIL and (not bare.isdigit() or rest[0].lower().strip(_EDGES) in _LAST))
    return False


def _before(told: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return len(told) <= _REACH and any(map(fits, _readings(told[0])))


def _readings(word: str) -> Iterator[str]:
    yield word
    if not word.isascii():
        yield from _ASCII_PART.findall(word)


def _is_value(word: str) -> bool:
    """Tell whether a word can be a password: it mixes letters with digits or symbols, and is nothing else."""
    bare = word.strip(_EDGES.replace("!", "").replace("?", ""))
    if not _SHORTEST <= len(bare) <= _LONGEST or ORDINARY.fullmatch(bare.strip("!?")):
        return False
    letters = any(map(str.isalpha, bare))
    return letters and (any(map(str.isdigit, bare)) or _SYMBOL_INSIDE.search(bare) is not None)


def _is_digits(word: str) -> bool:
    bare = word.strip(_EDGES.replace("*", ""))
    return _DIGITS.fullmatch(bare) is not None and not _YEAR.fullmatch(bare)


def _is_long(word: str) -> bool:
    """Tell whether a word is long and drawn at random, if only of the digits of a hexadecimal number."""
    bare = word.strip(_EDGES)
    long = _LONG.fullmatch(bare.rpartition("=")[2]) is not None
    return long and len(_SWITCH.findall(bare)) >= len(bare) // _CHANGES


def _is_chosen(word: str) -> bool:
    """Tell whether a word is mixed as nothing but a password is."""
    bare = word.strip(_EDGES.replace("!", ""))
    if not _LONG_ENOUGH <= len(bare) <= _LONGEST or ORDINARY.fullmatch(bare) or "/" in bare or bare.startswith("@"):
        return False
    kinds = (str.islower, str.isupper, str.isdigit, lambda each: each in "!@#$%^&*+=?~|")
    mixed = sum(any(map(kind, bare)) for kind in kinds) >= _KINDS
    inside = _SYMBOL_INSIDE.search(bare) is not None and any(map(str.isdigit, bare))
    return mixed and (inside or len(_SWITCH.findall(bare)) >= _MANY_SWITCHES)
