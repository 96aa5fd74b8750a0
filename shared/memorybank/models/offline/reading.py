"""Reads one sentence: what it states, the kind of statement, and whether it may become a fact."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice

from memorybank.languages.german_clauses import main_clause
from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.meanings.known import may_mean, table_of
from memorybank.languages.meanings.sentence import sentence_of
from memorybank.models.offline import lexicon
from memorybank.models.offline.attributes import attribute_of
from memorybank.models.offline.beginnings import led
from memorybank.models.offline.commands import announces, command, opening
from memorybank.models.offline.meant import meant_kinds
from memorybank.models.offline.patterns import shapes_of
from memorybank.models.offline.person import from_the_user
from memorybank.models.offline.premises import premise
from memorybank.models.offline.text import composed, content, matchable, negated, tokens
from memorybank.ports.models import Intent
from memorybank.statements.comparison import LIGHT, predicates
from memorybank.text.normal import lowered

_OPENINGS = 4
_FEWEST_WORDS = 3
_MOST_JOINTS = 8
_SUPPOSED = re.compile(
    r"(?:if|when(?:ever)?|suppose|imagine|what if|unless|once|i wish|wenn|falls|angenommen|sobald|stell dir vor|s'il"
    r"|si|supposons|imagine|quand|cuando|supón|imagina|ojalá|se|quando|если|когда|もし|如果|假如|要是)(?:\b|(?<=[\u3000-\u9fff]))",
    re.IGNORECASE,
)
_WISHED = re.compile(r"(?>.*?\bwenn ich ).*(?:wäre|hätte)\b", re.IGNORECASE)
_SUPPOSED_INSIDE = re.compile(r" (?<=\bif )(?:I|we) (?:were|was|had|could)\b|ら(?<=[たな]ら)いい", re.IGNORECASE)
_CLOSING = "!?\u061f \"')]}\u201d\u00bb"
_ASKED = re.compile(
    r"(?:ですか|ますか|でしょうか|ませんか|吗|嗎|습니까|ㅂ니까|을까요|를까요|나요|인가요|은가요)[?!]*\Z"
)
_REQUESTED = re.compile(
    r"(?:ください|下さい|くれますか|お願いします|教えて|ほしい|주세요|알려줘|해줘)\Z|\A(?:请|請|帮我|幫我)"
)
_AND = "(?:and|but|und|aber|et|mais|y|pero|e|ma|mas|en|maar|и|но)"
_JOINT = re.compile(
    rf", {_AND} (?=\w)| {_AND} (?=\w)|; (?=\w)"
    r"|, (?=(?:I|my|ich|mein|meine|je|yo|io|eu|ik|я|мне|меня|у меня)\b|j')|,(?=我)",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\b(?:when|if|because|while|that|who|which|where|wenn|weil|dass|der|die|das|quand|que|qui|cuando|quien|porque|quando"
    r"|che|se|perché)\b",
    re.IGNORECASE,
)
_REFERRING = re.compile(
    r"\b(?:it|its|them|him|her|he|she|they|there|that|this|es|ihn|ihm|dort|ça|eso|questo|isso)\b", re.IGNORECASE
)
_POLITE_END = re.compile(
    r"(?<![\s,])[\s,]++(?:please|bitte|s'il te plaît|s'il vous plaît|por favor|per favore|ok|okay)\W*\Z", re.IGNORECASE
)
_NOMINAL = re.compile(r"(?<=[きい手意])な\Z")
_ABBREVIATED = re.compile(r"(?:[^\W\d_]{1,2}\.){2,}")
_STOPS = frozenset({"stop"})
_LONGEST_ENDING = 200
_LONGEST_QUESTION = 400
_ENDS = " \t.。\uff0e\uff61\u0964"


@dataclass(frozen=True)
class Reading:
    """The statement of a sentence, or of a part of it.

    `kinds` are managed topics; empty for a plain statement that only a custom topic may want. `english` tells whether
    it was understood as English.
    """

    fact: str
    kinds: tuple[str, ...]
    intent: Intent = Intent.REMEMBER
    english: bool = False


def of_the_user(sentence: str) -> list[Reading]:
    """Return the statements of a user's sentence: none for questions, requests, small talk and suppositions."""
    text = _without_stop(_opened(composed(sentence)))
    if (command := _command(text)) is not None:
        return [command] if command.fact else []
    if not _states(text):
        return _asked_because(text)
    return [_reading(part) for part in _parts(text)]


def _asked_because(text: str) -> list[Reading]:
    """Return what a question states of the user as its reason."""
    plain = matchable(text).strip()
    if not _asks(plain) or _supposes(plain) or len(plain) > _LONGEST_QUESTION:
        return []
    part = premise(plain)
    if not part or not _states(part):
        return []
    stated = _reading(part)
    return [stated] if {PERSONAL, PREFERENCE} & set(stated.kinds) else []


def of_the_assistant(sentence: str) -> list[Reading]:
    """Return the outcome that an assistant's sentence announces, as the user would say it; nothing else is a fact."""
    text = _without_stop(_opened(composed(sentence)))
    if not _states(text) or not announces(matchable(text)) or negated(text):
        return []
    own = from_the_user(text)
    return [Reading(finished(own), (DETAIL,), english=own != text)]


def kinds_of(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the kinds of statement that a text makes, and whether it makes them in English."""
    plain = matchable(text).rstrip("! ")
    found = shapes_of(plain)
    kinds = {shape.kind: None for shape in found if shape.kind == INSTRUCTION or not _REQUESTED.search(plain)}
    if announces(plain) and not negated(text):
        kinds[DETAIL] = None
    if not kinds and _ends_something(plain):
        kinds[PERSONAL] = None
    if not kinds:
        kinds |= dict.fromkeys(meant_kinds(plain))
    return tuple(kinds), any(shape.language == "en" for shape in found)


def _ends_something(text: str) -> bool:
    """Tell whether the speaker says that they have given something up: "I stopped learning Greek"."""
    if len(text) > _LONGEST_ENDING or not may_mean(text, _STOPS) or _REQUESTED.search(text):
        return False
    said = sentence_of(text)
    stops = "stop" in said.senses and not said.negates and "plan" not in said.senses
    own = "subject" in said.selves or table_of(said.code).drops_subject
    return stops and own and bool(predicates(said) - LIGHT - {"stop"})


def finished(text: str) -> str:
    """Return the text trimmed, without a final full stop, its first letter in upper case if the first word is plain."""
    text = _without_stop(text.strip())
    first = text.split(maxsplit=1)[0] if text else ""
    plain = first.rstrip(",:;").replace("\u2019", "").replace("'", "")
    if plain.isalpha() and plain.islower() and len(first[0].upper()) == 1:
        text = first[0].upper() + text[1:]
    return text


def _without_stop(text: str) -> str:
    words = text.split()
    last = words[-1].lower() if words else ""
    abbreviated = last in lexicon.KEPT_STOPS or ("." in last and _ABBREVIATED.fullmatch(last))
    return text if abbreviated else text.rstrip(_ENDS).strip()


def _opened(text: str) -> str:
    text = text.strip()
    for _ in range(_OPENINGS):
        match = opening(matchable(text))
        if match is None or match.end() == len(text):
            break
        text = text[match.end() :]
    return text


def _states(text: str) -> bool:
    plain = matchable(text).strip()
    if not plain or plain.endswith((",", ":", ";")) or _asks(plain) or _supposes(plain):
        return False
    return bool(tokens(plain)) and not _is_cut(plain) and plain.split()[0].lower() not in lexicon.LOOSE_STARTS


def _supposes(text: str) -> bool:
    if _supposed()(text) or _SUPPOSED_INSIDE.search(text):
        return True
    return "wenn ich " in lowered(text) and _WISHED.match(text) is not None


@cache
def _supposed() -> Callable[[str], re.Match[str] | None]:
    return led(_SUPPOSED)


def _asks(text: str) -> bool:
    return not {"?", "\u061f"}.isdisjoint(text[len(text.rstrip(_CLOSING)) :]) or _ASKED.search(text) is not None


def _is_cut(text: str) -> bool:
    return text.rstrip(" .!").rpartition(" ")[2].lower() in lexicon.DANGLING


_ELIDED = re.compile(
    r"(?:, | )(?:(?:and|but) (?P<I>(?:live|work|am|play|speak|study|teach|have|prefer|love|like|moved)\b)"
    r"|(?:und|aber) (?P<ich>(?:wohne|lebe|arbeite|bin|heiße|komme|studiere|spiele|spreche|habe|mag|trinke|esse)\b)"
    r"|(?:et|mais) (?P<je>(?:travaille|vis|suis|parle|joue|mange|bois)\b)"
    r"|(?:en|maar) (?P<ik>(?:woon|werk|ben|heet|leef|studeer|speel|spreek|heb)\b)) (?=\S)",
    re.IGNORECASE,
)
_SPEAKERS = re.compile(r"\A(?:I|I'm|I'\w+|ich|je|j'\w+|ik)\b", re.IGNORECASE)
_STANDING = frozenset({"residence", "employer", "job", "name", "age", "diet"})


def _with_subjects(text: str) -> list[str]:
    """Split "I am a nurse and live in Graz" in two if one of the parts gives an attribute that may change by itself."""
    plain = matchable(text)
    joint = _ELIDED.search(plain)
    if (
        joint is None
        or not _SPEAKERS.match(plain)
        or joint.lastgroup is None
        or _SUBORDINATE.search(plain[: joint.start()])
    ):
        return [text]
    left, right = text[: joint.start()], f"{joint.lastgroup} {text[joint.start(joint.lastgroup) :]}"
    found = [attribute_of(part) for part in (left, right)]
    if not any(each is not None and each.key in _STANDING for each in found) or not (
        kinds_of(left)[0] and kinds_of(right)[0]
    ):
        return [text]
    return [left, *_with_subjects(right)]


def _parts(text: str) -> list[str]:
    """Split at "and" and the like, but only where both sides are statements by themselves."""
    return [part for whole in _whole_parts(text) for part in _with_subjects(whole)]


def _whole_parts(text: str) -> list[str]:
    plain = matchable(text)
    parts, start = [], 0
    for joint in islice(_JOINT.finditer(plain), _MOST_JOINTS):
        left, right = text[start : joint.start()], text[joint.end() :]
        if _SUBORDINATE.search(left):
            break
        if _REFERRING.search(right):
            continue
        if kinds_of(left)[0] and _states(left) and kinds_of(right)[0] and _states(right):
            parts.append(left)
            start = joint.end()
    return [*parts, text[start:]]


def _reading(text: str) -> Reading:
    kinds, english = kinds_of(text)
    if not kinds and (len(tokens(text)) < _FEWEST_WORDS or tokens(text)[0] in lexicon.REQUEST_STARTS):
        return Reading("", ())
    return Reading(finished(text), kinds, english=english)


def _command(text: str) -> Reading | None:
    plain = matchable(text).rstrip(_ENDS + "!")
    found = command(plain)
    if found is None:
        return None
    intent, match = found
    groups = match.groupdict()
    if groups.get("whole"):
        return Reading(finished(text), (INSTRUCTION,), intent)
    what = text[match.start("what") : match.end("what")]
    return _commanded(what, whole=text, intent=intent, subordinate=bool(groups.get("dass")))


def _commanded(what: str, *, whole: str, intent: Intent, subordinate: bool) -> Reading:
    what = _POLITE_END.sub("", what)
    clause = main_clause(what) if subordinate else what
    if intent is Intent.REMEMBER and clause is None:
        clause = whole
    fact = finished(_NOMINAL.sub("だ", clause or what))
    pointless = not content(fact) or fact.split()[0].lower() in lexicon.LOOSE_STARTS
    if pointless or _asks(matchable(fact)) or _is_cut(fact):
        return Reading("", (), intent)
    kinds, english = kinds_of(fact)
    if not kinds and intent is Intent.FORGET:
        kinds = (PERSONAL,)
    english = english or fact.startswith(("My ", "Our "))
    return Reading(fact, tuple(dict.fromkeys((INSTRUCTION, *kinds))), intent, english)
