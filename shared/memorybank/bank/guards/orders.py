"""Tells whether a sentence in any of many languages orders a model to ignore its rules, to show them, or to have none.

The words alone do not tell an order: "My son ignores all rules". A command stands at the beginning of its clause, or
its form says nothing else, and it is about instructions, or about the rules of who is addressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from memorybank.languages.order_words import meaning
from memorybank.languages.stems import UNSPACED, beginnings

_SENTENCE_END = re.compile(r"[.!?;](?= |\n|\Z)|[。！？；।\n]|\.{3}")
SIGN = r"(?:[^\w\s.!?;'’&%$€£¥°§+]|_)"
"""What a clause may begin after, with or without a space: a bullet, an emoji, a bracket or a dash."""

_CLAUSE_BEGIN = re.compile(rf"(?:\A|{SIGN} ?|[.!?;] |@\w{{1,30}} )\Z")
_OPENERS = re.compile(
    r"(?<![^\W_])(?:(?:please|kindly|now|then|and|so|just|ok|okay|hey|hi|hello|also|actually|instead|first|must|should|shall|will|can|may"
    r"|you|to|always|simply|immediately|assistant|model|ai|bot|chatbot|gpt|chatgpt|claude|gemini|btw|totally|have|need"
    r"|bitte|jetzt|nun|und|dann|sofort|ab|du|sollst|musst|einfach|maintenant|et|tu|dois|alors|por|favor|ahora|y|debes|ya"
    r"|per|favore|ora|e|devi|agora|você|deve|alsjeblieft|nu|en|moet|proszę|teraz|prosím|nyní|пожалуйста|теперь|и"
    r"|ты|должен|прошу|будь|ласка|тепер|vänligen|och|vennligst|og|nå|ole|hyvä|nyt|kérlek|most|és|te|rog|acum|și"
    r"|παρακαλώ|τώρα|και|lütfen|şimdi|ve|אנא|עכשיו|בבקשה|الآن|من|فضلك|لطفا|و|कृपया|अब|और|tolong|sekarang|dan|hãy|vui|lòng"
    r"|mohon|harap|silakan|tafadhali|sasa)[ ,:]{1,3}){1,8}\Z"
)
_SPEAKER = re.compile(
    r"(?<![^\W_])(?:i|ich|je|yo|io|eu|ik|ja|já|jeg|jag|я|tôi|saya|aku|ben|we|wir|we)(?: \S{1,20})? \Z"
)
"""Who does it himself: "Ich ignoriere alle Regeln"."""
_SUBJECTS = (
    re.compile(r"(?<!あなた)(?<!君)(?<!お前)(?<!アシスタント)(?:は|が)"),
    re.compile(r"\A\S+(?<!당신)(?<!너)(?<!모델)(?<!비서)(?:은|는|이|가) "),
    re.compile(r"\b(?:저|나|우리|제|내)\S{0,40} "),
)
"""Who does it, in Japanese and Korean."""
_AFTER = re.compile(r"olma|nélkül|なし|のない|없|무|不受|-s")
_VERB_LAST = re.compile(
    "[\u0900-\u0dff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]|göst|yaz|sızd|sizd|açık|tekrarla|نمایش|بنویس"
)
_GAP = 22
_NEAR = 90
_FEW = 45
_NOT_DONE = re.compile(r"(?: (?:that|not|about it|it)\b| nicht\b| niet\b| pas\b)")
_NO_MORE = re.compile(
    r"(?<![^\W_])(?:don't|do not|never|stop|cease|no longer|pay no|ne|no|non|não|nie|не|inte|ikke|älä|nu|μην|jangan"
    r"|đừng|không|لا|אל) \Z"
)
_NOT_AFTER = re.compile(r"(?: \S+){0,6}? (?:nicht|niet|ikke|inte|pas|plus)(?![^\W_])")
_REPORTED = re.compile(
    r"(?:i|i'm|my|we|our|he|she|they|his|her|their|the|a|an|ich|mein\w*|wir|unser\w*|er|sie|je|j'|mon|ma|mes|nous|il|elle|yo"
    r"|mi|mis|nosotros|él|ella|io|mio|mia|noi|eu|meu|minha|nós|ik|mijn|wij|moj\w*|mój|ja|я|мой|моя|мы|он|она|jag|min|jeg|minä"
    r"|ben|benim|אני|أنا|मैं|मेर\w*|saya|tôi|私|我|나는|내)\b"
)
_QUOTED = re.compile(r"[\"“„«「『]([^\"“”„«»「」『』]{3,200})[\"”“»」』]|(?<!\w)['‘]([^'‘’]{8,200})['’](?!\w)")


_FORGED = re.compile(
    # Signs of a chat's own markup: another turn, or the end of what is quoted, that nobody says in a conversation.
    r"<\|[\w ]{2,30}\|>|\[/?(?:INST|SYS)\]|<</?SYS>>|<(?:start|end)_of_turn>|</?\|?(?:im_start|im_end|eot_id)\|?>"
    r"|</(?:system|user|human|assistant|instructions?|prompt|context|conversation|untrusted\w*)>\s*<(?:system|user|human"
    r"|assistant|developer|instructions?)\b"
    r"|<(?:system|developer|assistant)(?:[ _-](?:prompt|message|instructions?|override))?>[^<]{0,200}\b(?:you|your"
    r"|ignore|must|obey|override|comply)\b"
    r"|^\W{0,4}\[(?:system|sys|admin|developer|override|root)(?:[ _:-][^\]\n]{0,30})?\]\s*:?\s*\w"
    r"|^#{1,6} ?(?:system|developer|new) ?(?:prompt|message|instructions?|override)?:? *$"
    r"|[\"']role[\"']\s*:\s*[\"'](?:system|developer|assistant)[\"']|\bdo anything now\b"
    r"|^\W{0,4}(?:begin|end|start)(?: of)? (?:the )?(?:system|developer) (?:prompt|message|instructions?)\b"
    r"|\bsystem (?:prompt )?override\b\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_SAFETY = re.compile(
    r"safety|security|content|sicherheit|inhalt|sécurité|contenu|seguridad|contenido|sicurezza|contenut|segurança|conteúdo"
    r"|безопас|контент|безпек|güvenlik|veiligheid|bezpiecz|bezpeč|säkerhet|sikkerhed|sikkerhet|安全|内容|セーフティ|안전|보안|أمان|ایمنی"
)
_FORGERS = ("anything now", "system", "developer", "role")
_SPELLED_PARTS = (
    ("ignore", "disregard", "forget", "override", "reveal"),
    ("instruction", "rules", "prompt", "guideline"),
)


def is_forged(plain: str) -> bool:
    """Tell whether a text has the markup of a chat in which somebody else speaks."""
    signs = any(map(plain.__contains__, ("<", "[", "#", "{"))) or any(map(plain.lower().__contains__, _FORGERS))
    return signs and _FORGED.search(plain) is not None


def is_spelled_order(letters: str) -> bool:
    """Tell whether words written letter by letter, here without spaces, are an order to ignore or show instructions."""
    return all(any(map(letters.__contains__, part)) for part in _SPELLED_PARTS)


def may_order(plain: str) -> bool:
    """Tell whether a folded text has the words that an order is made of."""
    return any(_parts(plain))


def _parts(plain: str) -> tuple[bool, bool, bool]:
    """Tell which kinds of order a text has the words of: to ignore rules, to show a prompt, and to have no bounds."""
    begun = beginnings(plain)

    def has(*kinds: str) -> bool:
        return any(meaning(kind).are_in(plain, begun) for kind in kinds)

    return (
        has("instructions", "rules") and has("ignore", "last", "skip", "obey"),
        has("prompt") and has("show"),
        has("bounds") and (has("off") or (has("without") and has("you"))),
    )


def orders(plain: str) -> bool:
    """Tell whether a folded text without what it reports has a sentence that is an order to a model."""
    rules, prompt, bounds = _parts(plain)
    if not (rules or prompt or bounds):
        return False
    return any(
        (rules and _overrides(sentence))
        or (prompt and _asks(sentence))
        or (bounds and (_unbinds(sentence) or _is_off(sentence)))
        for sentence in _sentences(plain)
    )


def _sentences(text: str) -> Iterator[str]:
    return (each.strip() for each in _SENTENCE_END.split(text) if each.strip())


def without_reports(text: str) -> str:
    """Return a text without what it quotes, if it begins with who reports it: "I teach why '...' works"."""
    return _QUOTED.sub(" ", text) if _REPORTED.match(text.lower()) else text


def _begins(sentence: str, start: int) -> bool:
    """Tell whether a clause begins there, after words such as "please" and "now"."""
    before = sentence[max(0, start - _NEAR) : start]
    opened = _OPENERS.search(before)
    led = before[: opened.start()] if opened else before
    return _CLAUSE_BEGIN.search(led) is not None


def _overrides(sentence: str) -> bool:
    """Tell whether instructions are to be ignored, or the rules of who is addressed."""
    subject = min((found.end() for each in _SUBJECTS if (found := each.search(sentence))), default=len(sentence))
    commands = [
        *(
            match
            for match in meaning("ignore").all_in(sentence)
            if not _SPEAKER.search(sentence[max(0, match.start() - _FEW) : match.start()])
        ),
        *(match for match in meaning("last").all_in(sentence) if match.start() < subject),
        *(match for match in meaning("skip").all_in(sentence) if _begins(sentence, match.start())),
    ]
    done = [match for match in commands if not _NOT_DONE.match(sentence, match.end())]
    undone = [match for match in meaning("obey").all_in(sentence) if _is_undone(sentence, match)]
    return any(_is_about_rules(sentence, match) for match in (*done, *undone))


def _is_undone(sentence: str, verb: re.Match[str]) -> bool:
    """Tell whether a clause begins with a verb and the negation before or after it."""
    negation = _NO_MORE.search(sentence[max(0, verb.start() - _GAP) : verb.start()])
    if negation:
        return _begins(sentence, verb.start() - len(negation[0]))
    return _NOT_AFTER.match(sentence, verb.end()) is not None and _begins(sentence, verb.start())


def _is_about_rules(sentence: str, command: re.Match[str]) -> bool:
    around = (
        sentence[max(0, command.start() - _FEW) : command.start()],
        sentence[command.end() : command.end() + _FEW],
    )
    about = any(meaning(kind).search(side) for side in around for kind in ("instructions", "rules"))
    return about and any(meaning("scope").search(side) for side in around)


def _asks(sentence: str) -> bool:
    """Tell whether a sentence asks to be shown what the model was told."""
    prompt = meaning("prompt").search(sentence)
    return prompt is not None and any(
        abs(match.start() - prompt.start()) <= _FEW
        and (
            _begins(sentence, match.start())
            or (match.start() > prompt.start() and _VERB_LAST.match(match[0]) is not None)
        )
        for match in meaning("show").all_in(sentence)
    )


def _unbinds(sentence: str) -> bool:
    """Tell whether who is addressed is, or is to act or answer, without bounds."""
    unbound = any(_has_no_bounds(sentence, match) for match in meaning("without").all_in(sentence))
    return unbound and any(
        UNSPACED.match(you[0]) or _begins(sentence, you.start()) for you in meaning("you").all_in(sentence)
    )


def _has_no_bounds(sentence: str, without: re.Match[str]) -> bool:
    """Tell whether bounds stand after a word for their absence, or before one that follows what is absent."""
    if meaning("bounds").search(sentence[without.end() : without.end() + _GAP]):
        return True
    before = sentence[max(0, without.start() - _GAP) : without.start()]
    return _AFTER.match(without[0]) is not None and meaning("bounds").search(before) is not None


def _is_off(sentence: str) -> bool:
    """Tell whether a model's safety is said to be off: "All safety filters are disabled"."""
    off = meaning("off").search(sentence)
    if off is None or _REPORTED.match(sentence):
        return False
    near = sentence[max(0, off.start() - _FEW) : off.end() + _FEW]
    return _SAFETY.search(near) is not None and meaning("bounds").search(near) is not None
