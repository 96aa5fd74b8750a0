"""The guard against secrets: card and account numbers, keys and passwords. Detected by pattern only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from memorybank.bank.guards.named_secrets import may_tell_named_secret, tells_named_secret
from memorybank.bank.guards.passwords import may_tell_password, tells_password
from memorybank.bank.guards.refusals import Judged, Refusal
from memorybank.bank.guards.secret_keys import holds_key
from memorybank.ports.models import ExtractedFact, ExtractionRequest, Intent
from memorybank.text.normal import lowered, nfkc, spaced, with_ascii_digits
from memorybank.text.visible import visible

_ASKS = re.compile(
    r"card|karte|carte|tarjeta|cartão|payment|iban|account|konto|compte|cuenta|credential|secret|token|\bkeys?\b|\bpins?\b"
    r"|\bcodes?\b|log ?in|password|passwort|kennwort|mot de passe|contraseña|senha|парол|passport|reisepass|passeport"
    r"|pasaporte|licen[cs]e|social security|\bssn\b|identity|ausweis"
    r"|カード|口座|パスワード|卡|账|帳|密码|密碼|비밀번호",
    re.IGNORECASE,
)
"""Words in a topic or field that explicitly ask for what would otherwise be a secret."""

_SHOWN = 1000
"""How many characters of a reason or quote are checked: more than are stored."""

_GAP = r"(?: ?[-\u2013\u2014] ?|[ ._]{1,2})"
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(rf"(?<!\d)\d+(?:{_GAP}\d+)*")
_CARD = re.compile(
    # Prefixes and lengths: Visa, Mastercard, American Express, Diners, JCB, and other numbers that begin with 5 or 6.
    r"4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|(?:5[06-9]|6\d)\d{11,17}"
)
_BEGINS_IBAN = re.compile(r"[0-9](?<=[A-Za-z]{2}[0-9])[0-9]")
_IBAN_RUN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,40}", re.IGNORECASE | re.ASCII)
_IBAN = re.compile(r"[A-Z0-9]{15,34}")
_NUMBER_OF_A_CARD = re.compile(r"[0-9](?:[^0-9]{0,3}[0-9]){12}")
_MIXED = r"(?=[\w/+=-]{0,99}\d)(?=[\w/+=-]{0,99}[A-Za-z])[\w/+=-]"
"""The beginning of a token with letters and digits; the required length follows it."""
# White space is collapsed before matching, so a repetition of it cannot cause backtracking.
_IS = r"(?:'s|\s?(?:\b(?:is|are|was|ist|war|lautet|c'est|est|es|era|é|è|to|jest|este|är|er|это)\b|[=:—]))\s?"
_OF = (
    r"(?:\s(?:for|of|to|on|at|für|fürs|von|vom|zum|der|des|mein(?:er|es)|unser(?:er|es)|pour|du|de|del|della|da|do|per"
    r"|para|van|voor|till|til|od)"
    r"(?:\s\S+){1,4}?)?"
)
_DOOR = (
    r"(?:\w{0,12}tür|\w{0,12}tor|alarmanlage|подъезда|двери|домофона|door|gate|garage|alarm|entry|immeuble|porte|portail"
    r"|alarme|puerta|portón|cancello|portone|porta|portão)\b"
)
_NUMBERED = re.compile(
    r"\b(?:pin|cvv|cvc|tan|otp|ssn|social security|passport|(?:one[- ]time|recovery|backup|security|verification|2fa"
    r"|alarm|door|gate|entry) code|passcode|safe combination|bank account|routing number|geheimzahl|clave"
    rf"|pin-?(?:code|nummer|kod)|\w{{0,12}}türcode|alarmcode|digicode|code de (?:la )?carte(?: bleue)?|пин(?:-?код)?"
    rf"(?: карты)?|pin (?:do )?(?:karty|kart[ey]?|kaart|kartou|card)|код (?:от|для) {_DOOR}"
    rf"|code (?:für|vom|von|zum)\w?"
    rf" (?:\S+ )?{_DOOR}|{_DOOR} code|code (?:de |d')(?:la |l')?{_DOOR}"
    rf"|c[oó]d(?:igo|ice) (?:de(?:l|lla)?|d[ao]) (?:la )?{_DOOR}"
    rf")(?: code| number| no\.?)?(?:{_OF}{_IS}|\s?)[a-z]{{0,2}}\d(?:[ -]?\d){{2,}}+(?![^\W\d_])"
    rf"|\b(?:passport|driver'?s licen[cs]e|tax id|steuer-?id)(?: number| no\.?)?(?:{_IS}|\s?){_MIXED}{{6,}}"
    rf"|\bpin(?: code)?{_OF}{_IS}(?:(?:zero|one|two|three|four|five|six|seven|eight|nine)\b[ -]?){{4,}}"
    r"|\b\d{3}-\d{2}-\d{4}\b.{0,20}\b(?:ssn|social security)\b|\bsocial\b.{0,12}\b\d{3}-\d{2}-\d{4}\b"
    rf"|\bcode (?:de |d')(?:la |l')?{_DOOR}{_IS}\d\w{{3,}}"
    rf"|\bкод (?:от|для) {_DOOR}(?:{_IS}|\s)\d\w{{3,}}|\bclave (?:del?|de la) \S+{_IS}{_MIXED}{{6,}}"  # noqa: RUF001
    r"|\b(?:log ?in|credentials|zugangsdaten|identifiants)\b.{0,30}?[^\s@]{1,40}@[^\s@]{3,40} ?[/:|,] ?"
    r"(?=\S{0,30}\d)(?=\S{0,30}[a-z])\S{6}",
    re.IGNORECASE,
)
_NUMBERED_NAMES = (
    *("pin", "cvv", "cvc", "tan", "otp", "ssn", "social security", "pass", "code", "safe combination", "bank account"),
    *(
        "routing number",
        "geheimzahl",
        "clave",
        "driver",
        "tax id",
        "steuer",
        "social",
        "login",
        "log in",
        "credentials",
    ),
    *("zugangsdaten", "identifiants", "пин", "codice", "códice", "codigo", "código", "код"),
)
"""Every match of the pattern above contains one of these, in lower case."""
_MODULUS = 97
_MOST_DOUBLED = 9
_MOST_PARTS = 9
_LONGEST = 34
"""The length of the longest account number; cards have fewer digits."""

_GROUP = re.compile(r"[^\W_]+")
_REASON = "The fact contains what looks like a card or account number, a key or a password."


def drop_secrets(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> Judged:
    """Refuse facts that contain a secret, unless a custom topic or a profile field of the bank asks for such things.

    Requests to forget pass, because the secret may have been stored earlier. If a fact contains no secret but its
    reason or quote does, only that reason or quote is dropped.
    """
    topics = {topic.key for topic in request.topics if not topic.managed and _asks(topic.key, topic.description)}
    fields = {
        (schema.id, name)
        for schema in request.schemas
        for name, rule in schema.schema["properties"].items()
        if _asks(name, json.dumps(rule, ensure_ascii=False))
    }
    texts = (text for fact in facts for text in (fact.fact, fact.context[:_SHOWN], fact.quote[:_SHOWN]))
    together = _Text(" ".join(texts))
    ways = [way for way in _WAYS if way.shows(together)]
    if not ways:
        return Judged([*facts], [])  # most conversations
    judged = Judged([], [])
    for fact in facts:
        field = fact.profile and (fact.profile.schema, fact.profile.name)
        if field in fields or not topics.isdisjoint(fact.topics):
            judged.kept.append(fact)
        elif fact.intent is Intent.FORGET:
            judged.kept.append(_harmless(fact, ways))
        elif not _holds(fact.fact, ways):
            judged.kept.append(_harmless(fact, ways, known=fact.fact))
        else:
            judged.refused.append(Refusal("SECRET", _REASON, fact.event))
    return judged


def holds_secret(text: str) -> bool:
    """Tell whether a text contains what looks like a secret."""
    return _holds(text, _WAYS)


class _Text:
    """A text in the forms in which it is read: with single spaces, and as `words` without underscores."""

    def __init__(self, text: str) -> None:
        plain = spaced(nfkc(visible(text)))
        self.has_digits = _DIGIT.search(plain) is not None
        self.plain = with_ascii_digits(plain) if self.has_digits else plain

    @cached_property
    def words(self) -> str:
        return spaced(self.plain.replace("_", " ")) if "_" in self.plain else self.plain

    @cached_property
    def lower(self) -> str:
        return lowered(self.words)


class _Way(NamedTuple):
    """A way to tell a secret: whether many texts together show signs of it, and whether one text does it."""

    shows: Callable[[_Text], bool]
    tells: Callable[[_Text], bool]


def _holds(text: str, ways: Iterable[_Way]) -> bool:
    read = _Text(text)
    return any(way.tells(read) for way in ways)


def _may_hold_number(text: _Text) -> bool:
    return text.has_digits and any(sign.search(text.plain) for sign in (_NUMBER_OF_A_CARD, _BEGINS_IBAN))


def _holds_number(text: _Text) -> bool:
    """Tell whether a text contains a card or account number."""
    if not text.has_digits:
        return False
    cards = _DIGITS.findall(text.plain) if _NUMBER_OF_A_CARD.search(text.plain) else ()
    accounts = _IBAN_RUN.findall(text.plain) if _BEGINS_IBAN.search(text.plain) else ()
    return any(_is_card(part) for run in cards for part in _parts(run)) or any(
        _is_iban(part) for run in accounts for part in _parts(run)
    )


def _holds_key(text: _Text) -> bool:
    return holds_key(text.plain)


def _may_be_numbered(text: _Text) -> bool:
    return (text.has_digits or "pin" in text.lower) and any(map(text.lower.__contains__, _NUMBERED_NAMES))


def _is_numbered(text: _Text) -> bool:
    """Tell whether a text names a kind of secret number, and one follows."""
    return _may_be_numbered(text) and _NUMBERED.search(text.words) is not None


_WAYS = (
    _Way(_may_hold_number, _holds_number),
    _Way(_holds_key, _holds_key),
    _Way(
        lambda text: may_tell_password(text.words, text.lower),
        lambda text: tells_password(text.words, text.lower),
    ),
    _Way(lambda text: may_tell_named_secret(text.plain), lambda text: tells_named_secret(text.plain)),
    _Way(_may_be_numbered, _is_numbered),
)


def _harmless(fact: ExtractedFact, ways: Iterable[_Way], *, known: str = "") -> ExtractedFact:
    """Return a fact without its reason or quote if that holds a secret; of one text it is `known` that it does not."""
    context, quote = (
        "" if text[:_SHOWN] != known and _holds(text[:_SHOWN], ways) else text for text in (fact.context, fact.quote)
    )
    return fact if (context, quote) == (fact.context, fact.quote) else replace(fact, context=context, quote=quote)


def _asks(name: str, description: str) -> bool:
    return _ASKS.search(f"{name} {description}".replace("_", " ")) is not None


def _parts(run: str) -> Iterator[str]:
    """Yield the parts between any two gaps in a run of digits or letters, as other numbers may adjoin it."""
    groups = _GROUP.findall(run)
    for start in range(len(groups)):
        part = ""
        for group in groups[start : start + _MOST_PARTS]:
            part += group
            if len(part) > _LONGEST:
                break
            yield part


def _is_card(text: str) -> bool:
    """Check the issuer, the length and the check digit of a card number (Luhn's formula, ISO/IEC 7812-1)."""
    if _CARD.fullmatch(text) is None:
        return False
    digits = [int(character) for character in text]
    doubled = [digit * 2 for digit in digits[-2::-2]]
    total = sum(digits[-1::-2]) + sum(digit - 9 if digit > _MOST_DOUBLED else digit for digit in doubled)
    return total % 10 == 0


def _is_iban(text: str) -> bool:
    """Check the check digits of an account number (ISO 13616)."""
    if _IBAN.fullmatch(text.upper()) is None or not (text[:2].isalpha() and text[2:4].isdigit()):
        return False
    number = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(number) % _MODULUS == 1
