"""What of a sentence must not get lost: its numbers, dates, names and negation, told by form alone.

Numbers count the same in digits and in words. Languages: English, German, French, Spanish, Italian, Portuguese; numbers
also in Chinese and Japanese, negations in a dozen more. What is not recognised does not count as a difference.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE_END = re.compile(r"[.!?:\u3002]\s*$")
_SHORTEST_CONTENT = 3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEGATIONS = _words(
    "no not never none cannot without hardly barely scarcely hate dislike detest refuse refuses lack lacks"
    " stopped quit former formerly"
    " nicht nie niemals kein keine keinen keiner keinem ohne kaum hasse hasst ne pas jamais sans rien déteste"
    " nunca jamás jamas ningún ninguna sin odio detesto non mai senza nessuno nessuna"
    " não nao nenhum nenhuma sem odeio"
    " geen niet nooit zonder inte ikke aldrig aldri utan uten uden nigdy bez не нет никогда без ні ніколи немає"
    " δεν μην ποτέ değil yok لا لم لن ليس בלי לא אין không chưa tidak bukan tanpa 안 못"
)
"""Also words for what one does not like: they turn a preference round as "not" does."""

_ENDINGS = _words(
    "sold divorced died cancelled canceled ended finished lost left broke separated"
    " verkauft geschieden gestorben gekündigt beendet verloren vendu divorcé mort annulé terminé"
    " vendí divorciado murió cancelé terminé venduto divorziato morto annullato vendi morreu cancelei"
)
_EVERYWHERE = _words(
    "the and but for with from that this these those are was were has have had you your her his him she they their"
    " our its who which"
    " ich mein meine meinen meiner mich mir wir uns der die das den dem des ein eine einen einem einer und aber ist"
    " sind war bin habe hat mit von vom zum zur auf für aus bei"
    " les des une est suis mon mes ses son sont mais avec pour dans que qui elle nous vous"
    " los las una uno soy estoy tengo mis sus con por para pero del esta este"
    " gli uno sono mio mia miei del della dei con per che nel nella"
    " uma sou estou tenho meu minha meus com dos das"
    " like likes liked love loves enjoy enjoys mag liebe gern gerne aime adore gusta encanta piace adoro gosto"
)
"""Words that sentences about anything share."""

_NEGATION_PARTS = (
    *("n't", "n\u2019t", "used to ", "ない", "ません", "嫌い", "不", "没", "沒", "讨厌", "討厭"),
    *("않", "없", "नहीं", "ไม่"),
)
_COUNTED = "年月日号號時时点點歳歲岁才人匹只隻個个枚本台円元"
# One is left out here, too, unless it is a day or a month.
_UNSPACED_NUMBER = re.compile(rf"(?!一(?![月日])[{_COUNTED}])[〇一二三四五六七八九十百]+(?=[{_COUNTED}])")
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
_COUNTING = {
    # One is left out, for it is a pronoun or an article as well; so are words that mean something else elsewhere.
    2: "two zwei deux dos due dois duas",
    3: "three drei trois tres tre três",
    4: "four vier quatre cuatro quattro quatro",
    5: "five fünf cinq cinco cinque",
    6: "six sechs seis sei",
    7: "seven sieben sept siete sette sete",
    8: "eight acht huit ocho otto oito",
    9: "nine neun neuf nueve nove",
    10: "ten zehn dix diez dieci dez",
    11: "eleven elf onze once undici",
    12: "twelve dozen zwölf dutzend douze douzaine doce docena dodici dozzina doze dúzia",
    20: "twenty zwanzig vingt veinte venti vinte",
    30: "thirty dreißig dreissig trente treinta trenta trinta",
    40: "forty vierzig quarante cuarenta quaranta quarenta",
    50: "fifty fünfzig cinquante cincuenta cinquanta cinquenta",
    60: "sixty sechzig soixante sesenta sessanta sessenta",
    70: "seventy siebzig setenta settanta",
    80: "eighty achtzig ochenta ottanta oitenta",
    90: "ninety neunzig noventa novanta",
    100: "hundred hundert cent cien cento cem",
}
# English words that a number of another language is written like: "once" is eleven in Spanish, "due" two in Italian.
_AMBIGUOUS = _words("once due dos cent sei tre")
_NUMBERS = {
    word: str(number) for number, words in _COUNTING.items() for word in words.split() if word not in _AMBIGUOUS
}
_CAPITALISED_ANYWAY = _words("i ve ll mr mrs ms dr")  # without their apostrophes: I've, I'll


@dataclass(frozen=True)
class Points:
    """What a sentence says that a rewording must keep; all texts in lower case.

    `names` are words with a capital letter inside a sentence, `content` words that are about something, or characters
    where words are not spaced. `first` are words of those that begin a sentence with a capital letter and may be names.
    `ends` tells of words by which something is over: "I sold my car" is no addition to "I have a car".
    """

    numbers: frozenset[str]
    dates: frozenset[str]
    names: frozenset[str]
    negates: bool
    content: frozenset[str]
    first: frozenset[str]
    ends: bool


@lru_cache(maxsize=4096)
def points_of(text: str) -> Points:
    """Return the points of a sentence."""
    normal = unicodedata.normalize("NFKC", text)
    plain = normal.casefold()
    words = frozenset(_WORD.findall(plain))
    dates = words & _DATES
    numbers = frozenset(_NUMBER.findall(plain)) | {_NUMBERS[word] for word in words if word in _NUMBERS}
    negates = any(part in plain for part in _NEGATION_PARTS) or not _NEGATIONS.isdisjoint(words)
    numbers |= {_digits(match[0]) for match in _UNSPACED_NUMBER.finditer(plain)}
    cores = {_core(word) for word in words if not word.replace("\u2019", "'").endswith("n't")}
    content = {word for word in cores if len(word) >= _SHORTEST_CONTENT}
    content -= _NEGATIONS | _EVERYWHERE | _CAPITALISED_ANYWAY
    names, first = _capitalised(normal)
    content |= set(_UNSPACED.findall(plain))
    ends = not _ENDINGS.isdisjoint(words)
    return Points(numbers, dates, names - dates, negates, frozenset(content), first & content, ends)


def _core(word: str) -> str:
    """Return a word without what an apostrophe ties to it: Anna's is Anna, j'habite is habite."""
    return max(re.split("['\u2019]", word), key=len)


def _digits(text: str) -> str:
    """Return a number below a thousand in digits, as texts write years too: 三十一 is 31, 二〇三一 is 2031."""
    if not {"十", "百"} & set(text):
        return "".join(str("〇一二三四五六七八九".index(character)) for character in text)
    total = digit = 0
    for character in text:
        if character in "十百":
            total, digit = total + (digit or 1) * (10 if character == "十" else 100), 0
        else:
            digit = "〇一二三四五六七八九".index(character)
    return str(total + digit)


def _capitalised(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that are capitalised although they do not begin a sentence, and those that begin one."""
    names: set[str] = set()
    first: set[str] = set()
    for match in _WORD.finditer(text):
        before = text[: match.start()]
        begins = not before.strip() or _SENTENCE_END.search(before)
        if match[0][0].isupper():
            (first if begins else names).add(_core(match[0].casefold()))
    return frozenset(names) - _CAPITALISED_ANYWAY, frozenset(first)
