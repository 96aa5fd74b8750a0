"""What looks like a secret is not remembered: card and account numbers, keys, passwords. Told by form alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from memorybank.models.port import ExtractedFact, Intent
from memorybank.resources.topics import ManagedTopic

_MANAGED = frozenset(topic.name for topic in ManagedTopic)
_DIGITS = re.compile(r"(?<!\d)\d(?:[ .-]?\d){12,18}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_KEY = re.compile(
    r"\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|\bgh[opsur]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"
    r"|\bxox[abprs]-[\w-]{10,}|\bA[KS]IA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}"
    r"|\b(?:hf|npm)_[A-Za-z0-9]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bya29\.[\w-]{20,}|\bBearer [\w.~+/-]{20,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]+:[^\s/@]+@"
)
_IS = r"(?:'s|\s*(?:\b(?:is|are|was|ist|war|lautet|est|es|era|é|è)\b|[=:]))\s*"
_OF = r"(?:\s+(?:for|of|to|on|at|für|fürs|vom|zum|pour|du|de|del|della|da|do|per|para)(?:\s+\S+){1,4}?)?"
_SAYS_NOTHING = (
    r"(?!(?:too|very|so|not|strong|weak|long|short|old|new|safe|secure|insecure|expired|wrong|right|correct|incorrect"
    r"|required|needed|changed|stored|saved|kept|lost|forgotten|different|unique|easy|hard)\b)"
)
_WORD = r"(?:pass ?(?:word|phrase|code)|passwort|kennwort|mot de passe|contraseña|senha)"
_NAMED = re.compile(
    rf"(?:{_WORD}|\b(?:password|api[ -]?(?:key|token)|secret key|access token|private key)){_OF}{_IS}{_SAYS_NOTHING}\S"
    rf"|\bas (?:\S+ ){{1,2}}?{_WORD}\b(?! manager)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:pin|cvv|cvc|tan|ssn|social security|passport|(?:one[- ]time|recovery|backup|security|verification|2fa) code"
    rf"|passcode)(?: code| number| no\.?)?{_OF}(?:{_IS}|\s*)[a-z]{{0,2}}\d(?:[ -]?\d){{2,}}",
    re.IGNORECASE,
)
_NAMED_UNSPACED = re.compile(r"(?:パスワード|暗証番号|密码|密碼)(?:は|是|:|\s)*\S")
_MODULUS = 97
_MOST_DOUBLED = 9


def unsuspicious(facts: Sequence[ExtractedFact]) -> list[ExtractedFact]:
    """Return the facts that hold no secret, unless a topic or a schema of the bank's own asks for them.

    What is to be forgotten passes: it may have been stored before.
    """
    return [fact for fact in facts if fact.intent is Intent.FORGET or _asked_for(fact) or not holds_secret(fact.fact)]


def holds_secret(text: str) -> bool:
    """Tell whether a text holds what looks like a secret."""
    plain = unicodedata.normalize("NFKC", text)
    return (
        any(map(_is_card, _DIGITS.findall(plain)))
        or any(map(_is_iban, _IBAN.findall(plain)))
        or any(pattern.search(plain) is not None for pattern in (_KEY, _NAMED, _NUMBERED, _NAMED_UNSPACED))
    )


def _asked_for(fact: ExtractedFact) -> bool:
    return fact.profile is not None or not _MANAGED.issuperset(fact.topics)


def _is_card(text: str) -> bool:
    """Check the last digit by Luhn's formula (ISO/IEC 7812-1)."""
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [digit * 2 for digit in digits[-2::-2]]
    total = sum(digits[-1::-2]) + sum(digit - 9 if digit > _MOST_DOUBLED else digit for digit in doubled)
    return total % 10 == 0 and len(set(digits)) > 1


def _is_iban(text: str) -> bool:
    """Check the digits of an account number (ISO 13616)."""
    compact = text.replace(" ", "")
    number = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
    return int(number) % _MODULUS == 1
