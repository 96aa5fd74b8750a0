"""Changes the grammatical person of a sentence if that is safe, and otherwise leaves it unchanged. English only.

All or nothing: one unknown word ("We live ...", "I frobnicate ...") leaves the whole sentence unchanged.
"""

from __future__ import annotations

import re

from memorybank.languages.language import words

_VERBS = words("""
    adopt adore agree answer attend avoid believe buy call care collect come commute cook cycle dance detest
    dislike do drink drive earn eat enjoy expect favor favour feel fly follow garden get go grow hate have help
    hike hope intend keep know lead learn like listen live loathe look love make manage mean meet miss move need
    own paint pay plan play prefer read remember rent reside ride run save say see sell send share sing ski
    sleep smoke speak spend start stay study suffer swim take teach think travel try understand use visit
    volunteer wake walk want watch wear weigh work write
""")
_PAST = words("""
    ate became began bought broke brought built came caught chose did drank drove fell felt flew found gave got
    grew had heard held hurt kept knew left lost made met moved paid ran read rode said sang sat saw sent slept
    sold spent spoke started stood swam taught thought told took turned understood was went won wore wrote quit
    forgot
""")
_MODALS = words("can can't cannot could couldn't will won't would wouldn't should shouldn't must may might")
_ADVERBS = words("""
    really also always never usually often just still only sometimes no longer currently now actually already
    recently finally mostly rarely absolutely generally mainly especially personally truly both not
""")
_AUXILIARIES = {
    "am": "is", "have": "has", "do": "does", "don't": "doesn't", "haven't": "hasn't", "'m": "is", "'ve": "has",
    "'ll": "will",
}  # fmt: skip
_IRREGULAR = {"go": "goes", "do": "does", "have": "has"}
_HISSING = ("s", "sh", "ch", "x", "z", "o")
_PRONOUNS = {
    "my": ("the user's", "their"), "me": ("the user", "them"), "mine": ("the user's", "theirs"),
    "myself": ("the user", "themselves"),
}  # fmt: skip
_WORD = re.compile(r"\b(?:I(?P<short>'(?:m|ve|ll)\b)|I\b(?!'))|\b(?:my|me|mine|myself)\b", re.IGNORECASE)
_UNSAFE = re.compile(r"\b(?:we|our|ours|us|we're|we've|we'll|ourselves|I'd)\b|[\"\u201c]", re.IGNORECASE)
_WITH_OTHERS = re.compile(r"\b(?:and|or)\s+$", re.IGNORECASE)
_NEXT = re.compile(r"(?P<gap>\s+)(?P<word>[\w']+)")
_JOINED = re.compile(r"(?P<joint>\s+(?:and|but)\s+)(?P<verb>\w+)(?=\s+\w)")


class _NotUnderstood(Exception):
    pass


def third_person(sentence: str) -> str:
    """Return "The user likes their dog" for "I like my dog"; return other sentences unchanged."""
    text = sentence.replace("\u2019", "'")
    if _UNSAFE.search(text) or not _WORD.search(text):
        return sentence
    try:
        turned = _turned(text)
    except _NotUnderstood:
        return sentence
    return turned[0].upper() + turned[1:]


def _turned(text: str) -> str:
    out: list[str] = []
    at = 0
    while match := _WORD.search(text, at):
        out.append(text[at : match.start()])
        at = match.end()
        named = "the user" in out or "the user's" in out
        word = match[0].lower()
        if word in _PRONOUNS:
            out.append(_PRONOUNS[word][named])
            continue
        if "the user" not in out and _WITH_OTHERS.search(text, 0, match.start()):
            raise _NotUnderstood
        predicate, at = _predicate(text, at=at, short=(match["short"] or "").lower())
        out += ["the user", predicate]
    return "".join([*out, text[at:]])


def _predicate(text: str, *, at: int, short: str) -> tuple[str, int]:
    if short:
        return " " + _AUXILIARIES[short], at
    passed = ""
    while match := _NEXT.match(text, at):
        at = match.end()
        word = match["word"].lower()
        if word not in _ADVERBS:
            verb, plural = _third(word)
            rest, at = _joined(text, at=at) if plural else ("", at)
            return passed + match["gap"] + verb + rest, at
        passed += match[0]
    raise _NotUnderstood


def _third(word: str) -> tuple[str, bool]:
    if word in _AUXILIARIES:
        return _AUXILIARIES[word], word == "have"
    if word in _VERBS:
        return _inflected(word), True
    if word in _PAST or word in _MODALS or word.endswith("ed"):
        return word, False
    raise _NotUnderstood


def _inflected(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(_HISSING) else "s")


def _joined(text: str, *, at: int) -> tuple[str, int]:
    # Only up to the next pronoun: verbs after it belong to it.
    pronoun = _WORD.search(text, at)
    match = _JOINED.search(text, at, pronoun.start() + 1 if pronoun else len(text))
    verb = match["verb"].lower() if match else ""
    if match is None or verb not in _VERBS:
        return "", at
    return text[at : match.start("verb")] + _inflected(verb), match.end("verb")


_ADDRESS = (
    (re.compile(r"\bI(?:'ve| have)?(?= )", re.IGNORECASE), "the assistant has"),
    (re.compile(r"\bwe(?:'ve| have)?(?= )", re.IGNORECASE), "the assistant has"),
    (re.compile(r"\byou(?:'re| are)\b", re.IGNORECASE), "I am"),
    (re.compile(r"\byour\b", re.IGNORECASE), "my"),
    (re.compile(r"\byou\b", re.IGNORECASE), "me"),
)
_TOLD = re.compile(r"\A(?:(?:I|we)(?:'ve| have)? \w+ |you(?:'re| are) |(?:your|the|an?) )", re.IGNORECASE)


def from_the_user(sentence: str) -> str:
    """Return "My flight is booked" for an assistant's "Your flight is booked"; return other sentences unchanged."""
    text = sentence.replace("\u2019", "'")
    if not _TOLD.match(text) or re.search(r"\b(?:you'(?!re)|my|me|our|us)\b", text, re.IGNORECASE):
        return sentence
    for pattern, own in _ADDRESS:
        text = pattern.sub(own, text)
    return text[0].upper() + text[1:]
