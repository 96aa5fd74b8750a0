"""Tells whether a text gives away a password, a key or the like: it names one, and what follows can be its value.

"The password is on a note" does not: people write about passwords more often than they write them down. A value is
quoted, mixes letters with digits or symbols, stands alone after "is", or is a phrase without any word of grammar.
"""

from __future__ import annotations

import re

from memorybank.languages.language import words

_WORD = (
    r"pass ?(?:word|phrase|code)|passwd|\bpwd|\bpw\b|\bpass(?=[:=])|passwort|kennwort|mot de passe|contraseña|senha"
    r"|palavra-passe"
    r"|wachtwoord|lösenord(?:et)?|passord(?:et)?|kodeord(?:et)?|adgangskoden?|salasana\w{0,3}(?: on)?|jelsz[aó]\w{0,3}"
    r"|hasło|heslo|κωδικός(?: πρόσβασης)?|סיסמה|kata sandi|şifre(?:m|n|si|miz)?|parola(?:m|n"
    r"|s\u0131|m\u0131z)?"
    r"|пароль|كلمة (?:السر|المرور)|mật khẩu|(?:seed|recovery) (?:phrase|words)"
)
_KEY = (
    r"\b(?:(?:api|secret|access|auth|client|private|encryption|signing|app)[ -]?){1,2}(?:key|token|secret|password)\b"
)
_OF = r"(?: (?:for|of|to|on|at|für|fürs|vom|zum|pour|du|de|del|della|da|do|per|para|van|voor)(?: [^\s:=]+){1,4}?)?"
_IS = (
    r"(?P<copula>'s| (?:is now|is|are|was|ist jetzt|ist|war|lautet|c'est|est|es|era|é|è|(?<=has[lł]o )to|jest|este|är"
    r"|er|هي|هو|là|είναι|היא|adalah)\b)"
    r"|(?P<mark> ?[=:])"
)
# White space is collapsed before matching, so a repetition of it cannot cause backtracking.
_MINE = r"(?: (?:mea|saya|của tôi|μου|שלי|min|mitt|mit|moje|můj|mia))?"
_NAMED = re.compile(rf"(?:{_WORD}|{_KEY}){_MINE}(?:{_OF}(?:{_IS})|(?P<bare>(?= ))) ?", re.IGNORECASE)
_CHANGED = re.compile(
    rf"(?:{_WORD})(?: (?:has been|is|was|got))? (?:changed|set|reset|updated)(?P<copula> to) "
    rf"|\b(?:change|changed|set|reset|update|updated) (?:[^\s]+ ){{1,3}}?(?:{_WORD})(?P<also> to) ",
    re.IGNORECASE,
)
_USED = re.compile(rf"(?<!\S)(?P<value>\S{{1,64}}) as (?:[^\s]+ ){{0,2}}?(?:{_WORD})\b(?! manager)", re.IGNORECASE)
_LONG = re.compile(
    r"\b(?:secret|key|token)\b(?: [^\s:=]+){0,4}?(?:'s| is| are|[ ]?[=:]) ?(?P<value>\S{20,200})", re.IGNORECASE
)
_UNSPACED_NAMES = ("パスワード", "暗証番号", "密码", "密碼", "口令", "비밀번호", "암호", "पासवर्ड", "รหัสผ่าน")
_UNSPACED = re.compile(
    rf"(?:{'|'.join(_UNSPACED_NAMES)})(?P<copula>は|が|是|为|為|는|은|가)?[ :=]{{0,3}}(?P<value>[!-~]{{4,}})"
)
_HINTS = (
    *(
        "pass",
        "pwd",
        "pw",
        "kennwort",
        "contraseña",
        "senha",
        "пароль",
        "phrase",
        "words",
        "wachtwoord",
        "lösenord",
        "kodeord",
    ),
    *("passord", "jelsz", "κωδικ", "סיסמה", "kata sandi"),
    *("adgangskode", "salasana", "hasło", "heslo", "şifre", "parola", "كلمة", "mật khẩu", "key", "token", "secret"),
)
"""Every spaced match contains one of these, in lower case."""

_GRAMMAR = words("""
    a an the my your his her its our their this that these those it he she they we i you me us them in on at by with for
    from of to under over behind inside near and or but if when while because so as not no never always only just now
    still too very also same too something anything nothing what which who how where there here is are was were be been
    being has have had do does did can could will would should must may might than then about after before during
    known see
    im in am an auf bei mit für von vom zum zur unter über hinter neben und oder aber nicht nie immer nur jetzt noch zu
    sehr ein eine einen einem einer der die das den dem des mein meine meiner etwas so auch gleich
    dans sur sous chez avec pour par de du des le la les un une mon ma mes ton ta ce cette et ou mais pas jamais
    toujours     trop très plus aussi encore ici là quelque
    en el los las una uno con por para sin debajo sobre mi tu su y o pero no muy demasiado más siempre nunca algo aquí
    nel nella nello sul sulla sotto dentro con per il lo gli un uno mio mia e ma non molto troppo più sempre mai
    qualcosa     no na nos nas num numa ao com sem por os as um uma meu minha e mas não muito mais sempre nunca algo
    op onder bij met voor van de het een mijn en of maar niet nooit altijd te heel
    в на под и не очень слишком
    kasada unuttum
""")
"""Words of grammar: a sentence has them, a password has not."""

SAYS_NOTHING = words("""
    strong weak long short old new safe secure insecure expired wrong right correct incorrect required needed necessary
    optional mandatory default temporary changed stored saved kept lost forgotten different unique easy hard difficult
    reset shared unknown public random written generated encrypted hashed visible hidden blank empty invalid valid
    missing gone
    ready fine compromised leaked stolen complicated simple memorable ridiculous awful terrible great good bad okay ok
    case-sensitive rotated available unavailable ugly annoying outdated locked printed
    falsch richtig abgelaufen sicher unsicher schwach stark kurz lang alt neu geändert gespeichert vergessen weg nötig
    faux correct expiré faible fort court long sûr oublié perdu changé enregistré nouveau ancien obligatoire
    débil fuerte segura insegura corta larga incorrecta correcta caducada nueva vieja guardada cambiada olvidada
    debole forte sicura lunga scaduta errata giusta nuova vecchia salvata cambiata
    fraca segura curta longa errada expirada nova antiga guardada
    zwak sterk kort lang verlopen fout nieuw oud
    ugyldig ugyldigt feil forkert galt endret ændret ändrat fel gewijzigd ongeldig inválida inválido
    ask see check call siehe frag frage voir demander demande vedi chiedi ver pregunta zie vraag zobacz zapytaj
    смотри спроси
    manager managers hint hints policy field reset rules generator mail form box page
""")
"""What people say of passwords, and what else is named after them."""

_SYMBOLS = re.compile(
    r"[A-Za-z0-9][@#$%^&*+=/_~!?|<>-]*[@#$%^&*+=_~!|<>][A-Za-z0-9@#$%^&*+=/_~!]|[A-Za-z0-9][!@#$%^&*]\Z"
)
_ELSEWHERE = re.compile(
    r"(?:import\.meta|process|os|env|secrets|vars|config)\.\S{1,200}|\$\{?[A-Z_]{1,60}\}?|[A-Z]{1,40}(?:_[A-Z]{1,40}){1,8}"
)
"""Where a value is kept: "process.env.TOKEN"."""
ORDINARY = re.compile(
    # What has letters and digits and is no password: quantities, dates, times, models, versions, standards, addresses.
    r"\W{0,4}\d{1,5}(?:[.,:/\u2013-]\d+)*\W?(?:[^\W\d]{0,4}|-[^\W\d]+)|\d+(?:[.,:/\u2013-]\d+)*|[^\W\d]{1,2}\d{1,3}"
    r"(?:[.:]\d+)*|v\d[\w.]*|(?-i:[A-Z]{1,6}-?\d{1,5}[A-Z]{0,2}(?:-[^\W\d]+)?)|[12]?fa|1password"
    r"|(?:base|utf-?|sha-?|aes-?|oauth|ipv|http|mp|md|log)\d+\w{0,3}"
    r"|(?:windows|iphone|office|galaxy|pixel|python|web|covid|ps|xbox|fritz!?box|chrome|android|ios|fido|bcrypt|argon)"
    r"-?\d+\w{0,3}|[^\s@]{1,64}@[^\s@]{1,64}|(?:https?://|www\.)\S{0,300}|[/~]\S{0,300}|\w{2,32}#\d{4}"
    r"|\S{0,80}\.(?:com|org|net|de|fr|es|it|io|dev|app|txt|md|pdf|py|kdbx)\b\S{0,80}",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.!?;,](?= |\Z)|\n")
_EDGES = "\"'“”„«»`.,;:!?()[]"
_QUOTES = ('"', "'", "\u201c", "\u201e", "\u00ab", "`", "\u300c")
_SHORTEST, _LONG_TOKEN, _FEWEST_WORDS = 4, 20, 4
_SHOWN = 160


def may_tell_password(text: str, lower: str) -> bool:
    """Tell whether a text names a password or key at all; `lower` is it in lower case."""
    return any(map(lower.__contains__, _HINTS)) or (not text.isascii() and any(map(text.__contains__, _UNSPACED_NAMES)))


def tells_password(text: str, lower: str) -> bool:
    """Tell whether a text with single spaces names a password or key with a value; `lower` is it in lower case."""
    if not text.isascii() and any(
        _is_token(match["value"], bare=not match["copula"]) for match in _UNSPACED.finditer(text)
    ):
        return True
    if not any(map(lower.__contains__, _HINTS)):
        return False
    named = [*_NAMED.finditer(text), *_CHANGED.finditer(text)]
    return (
        any(_is_value(text[match.end() : match.end() + _SHOWN], match.groupdict()) for match in named)
        or any(_is_mixed(match["value"]) for match in _USED.finditer(text))
        or any(_is_mixed(match["value"]) for match in _LONG.finditer(text))
    )


def _is_value(following: str, how: dict[str, str | None]) -> bool:
    bare = how.get("bare") is not None
    if following.startswith(_QUOTES):
        return not bare
    clause = _CLAUSE_END.split(following, maxsplit=1)[0]
    told = [word for word in (each.strip(_EDGES) for each in clause.split()) if word]
    if not told or _ELSEWHERE.fullmatch(told[0]):
        return False
    first = following.split(maxsplit=1)[0][:_SHOWN]
    ordinary = bare and ORDINARY.fullmatch(first.strip(_EDGES)) and not first.strip(_EDGES).isdigit()
    return (_is_mixed(first) and not ordinary) or (not bare and _is_phrase(told, marked=bool(how.get("mark"))))


def _is_phrase(told: list[str], *, marked: bool) -> bool:
    """Tell whether words can be a value as they have no grammar, and say nothing of a password."""
    plain = [word.lower() for word in told]
    if not _GRAMMAR.isdisjoint(plain):
        return False
    if len(told) >= _FEWEST_WORDS or any(_is_mixed(word) for word in told[:2]):
        return True
    return (len(told) == 1 or marked) and plain[0] not in SAYS_NOTHING and not plain[0].endswith("ly")


def _is_token(value: str, *, bare: bool) -> bool:
    if bare:
        return _is_mixed(value) and (value.isdigit() or not ORDINARY.fullmatch(value.strip(_EDGES)))
    return value.strip(_EDGES).isascii() and len(value.strip(_EDGES)) >= _SHORTEST


def _is_mixed(value: str) -> bool:
    """Tell whether a token has digits or symbols among its letters, or is a long number."""
    bare = value.strip(_EDGES.replace("!", ""))
    if len(bare) < _SHORTEST or "://" in bare:
        return False
    digits = sum(character.isdigit() for character in bare)
    letters = sum(character.isalpha() for character in bare)
    if digits and letters:
        return True
    return digits >= _SHORTEST or (letters > 0 and _SYMBOLS.search(bare) is not None)
