"""Finds the attribute that a statement gives a value to: home, job, favourites, likes, "my X is Y".

Two statements about one attribute with different values contradict each other. Things that a person may have several of
(dogs, sisters, cars) are not attributes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

from memorybank.models.offline import lexicon
from memorybank.models.offline.attribute_patterns import PATTERNS
from memorybank.models.offline.patterns import Table, letters_of, lines
from memorybank.models.offline.text import composed, matchable, negated, statement
from memorybank.text.kept import kept

_ORDER = (
    "favourite", "preferred", "diet", "age", "name", "residence", "job", "employer", "calling", "address_as",
    "answer_language", "dislikes", "likes", "their_age", "their_home", "their_work", "my",
)  # fmt: skip
_LATER = re.compile(
    r"[\s,](?<![\s,][\s,])[\s,]*+"
    r"(?:now|currently|any ?more|any longer|these days|at the moment|instead|again|at all|very much"
    r"|a lot|jetzt|mittlerweile|inzwischen|mehr|maintenant|désormais|ahora|adesso|ora|agora|atualmente)\Z",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"(?:an?|my|our|eine?[mnr]?|une?|un[ao]?|uma?|the same|same)\s", re.IGNORECASE)
_CLAUSE = re.compile(
    r"(?:[,;]|\b(?:and|but|because|und|aber|weil|et|mais|y|pero|e|ma|mas)\b)\W{0,8}\w++\W{1,8}+\w", re.IGNORECASE
)
_COMPOUNDED = ("nummer", "adresse", "größe", "geburtstag", "sprache")
_NEW = re.compile(
    r"(?:new|current|latest|neue[rs]?|nouve(?:au|lle)|actuel(?:le)?|nuev[oa]|actual|nuov[oa]|nov[oa]|nieuwe) ",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:now|moved|turned|turns|any ?more|jetzt|inzwischen|mittlerweile|nun|\w*gezogen|maintenant|désormais|déménagé"
    r"|ahora|ya|mud[oó]\w*|adesso|ora|trasferit[oa]|agora|já|mudou\S*|verhuisd|nu)\b|今|もう|なりました|现在|已经|今年|了\Z",
    re.IGNORECASE,
)
_CJK_NOUN_STARTS = "手住電誕仕職会趣地电生邮工职專专전주생이직나"
_LONGEST = 2048
_TWO = frozenset({"and", "und", "et", "y", "e", "en"})
_THINGS = frozenset(
    {"size", "number", "code", "budget", "rent", "goal", "weight", "height", "score", "standup", "meeting"}
)
"""Things of which a number is no age."""

_MOST_LATER = 4
_LONGEST_LATER = 40


@dataclass(frozen=True)
class Attribute:
    """One attribute of the user, and the value that a statement gives it; values compare word by word.

    `negated` means that the statement denies the value. `loaded` means that it says more than the value, so that
    replacing it would lose something. `said` is the value in the statement's own words.
    The value of somebody who has no name and may not be the only one is not `sure`: it is replaced only by a statement
    that `changes` it, as one may have two sisters.
    """

    key: str
    value: tuple[str, ...]
    negated: bool
    loaded: bool
    said: str = field(default="", compare=False)
    sure: bool = True
    changes: bool = field(default=False, compare=False)


@kept
def attribute_of(text: str) -> Attribute | None:
    """Return the attribute that the text is about, or None if none is recognised."""
    if len(text) > _LONGEST:
        return None
    plain = _timeless(matchable(composed(text)).strip(" .!。"))
    letters = letters_of(plain)
    table, names = _table()
    for number, match in table.matches(plain, letters):
        if found := _attribute(names[number], match.groupdict(), plain):
            changes = found.changes or _CHANGES.search(text) is not None  # "now" at the end is not in `plain`
            return replace(found, said=match["value"], changes=changes)
    return None


def _timeless(text: str) -> str:
    """Return a statement without "now", "these days" and the like at its end."""
    for _ in range(_MOST_LATER):
        later = _LATER.search(text, max(0, len(text) - _LONGEST_LATER))
        if later is None:
            break
        text = text[: later.start()]
    return text


@cache
def _table() -> tuple[Table, list[str]]:
    """Return the patterns of all attributes, and the name of each one's attribute."""
    listed = [(line, name) for name in _ORDER for line in lines(PATTERNS[name])]
    return Table([line for line, _ in listed]), [name for _, name in listed]


def _attribute(name: str, groups: dict[str, str], text: str) -> Attribute | None:
    said, what = groups["value"], groups.get("what") or ""
    value = statement(said)
    loaded = bool(_CLAUSE.search(said))
    if not value or (name == "residence" and _VAGUE.match(said)):
        return None
    if name in {"likes", "dislikes"}:
        return Attribute(f"likes {' '.join(value)}", (name,), negated=False, loaded=loaded)
    if name.startswith("their_"):
        return _of_others(name, what, value=value, text=text)
    if name == "preferred":
        return Attribute(f"prefers {sorted((value, statement(what)))}", value, negated=False, loaded=loaded)
    key = _key(name, what=what, value=value)
    sure = name != "employer" or not _VAGUE.match(said)  # one may work at a bank and at Siemens
    return Attribute(key, value, negated=negated(text), loaded=loaded, sure=sure) if key else None


def _of_others(name: str, what: str, *, value: tuple[str, ...], text: str) -> Attribute | None:
    """Return the attribute of somebody else; that of a person with a name, or the only one there is, is sure."""
    who = statement(what)
    if not who or who[-1] in _TWO or _THINGS & set(who):
        return None
    sure = len(who) > 1 or who[0] in lexicon.UNIQUE_OWNERS
    loaded = bool(_CLAUSE.search(" ".join(value)))
    changes = _CHANGES.search(text) is not None
    return Attribute(f"{name} {' '.join(who)}", value, negated=negated(text), loaded=loaded, sure=sure, changes=changes)


def _key(name: str, *, what: str, value: tuple[str, ...]) -> str | None:
    if name == "favourite":
        return f"favourite {_noun(what)}"
    if name == "calling":
        return "job" if value[-1] in lexicon.PROFESSIONS and len(value) == 1 else None
    return _own_attribute(what) if name == "my" else name


def _noun(what: str) -> str:
    what = _NEW.sub("", what.lower()).replace("colour", "color").replace("e-mail", "email")
    return " ".join(statement(what, plain_verbs=True))


def _own_attribute(what: str) -> str | None:
    if what[0] in _CJK_NOUN_STARTS:
        return lexicon.ATTRIBUTE_NAMES.get(what, what)
    owner, _, own = what.rpartition("'s ")
    noun, last = _noun(own), own.lower().rpartition(" ")[2]
    single = last in lexicon.ATTRIBUTES or last.endswith(_COMPOUNDED)
    if not noun or not single or (owner and owner.lower().rpartition(" ")[2] not in lexicon.UNIQUE_OWNERS):
        return None
    return f"{owner.lower()} {noun}" if owner else lexicon.ATTRIBUTE_NAMES.get(noun, noun)
