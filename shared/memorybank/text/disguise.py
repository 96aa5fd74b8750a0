"""Other ways to read a text whose words are hidden from whoever looks for them, but not from a model."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_LOOKALIKES = str.maketrans("асеорхуіѕјһԁԛԝӏ" + "αβεηικνορτυχγω", "aceopxyisjhdqwl" + "abenikvoptuxyw")
"""Cyrillic and Greek letters, and the Latin ones that they look like."""
_BEYOND_LATIN = re.compile("[\u0300-\u052f]")
_MIXED_SCRIPTS = re.compile("[\u0370-\u052f](?:(?<=[a-z].)|(?=[a-z]))", re.DOTALL)
_DIGIT_LETTERS = str.maketrans("013457@$!|", "oieastasil")
_DIGIT_WORD = re.compile(
    r"(?<![\w@$!|])(?=[a-z013457@$!|]*[a-z])(?=[a-z]*[013457@$!|]+[a-z])[a-z013457@$!|]{3,40}(?!\w)"
)
_DIGIT, _LETTER = b"013457@$!|", b"abcdefghijklmnopqrstuvwxyz"
_DIGITS_INSIDE = bytes.maketrans(_DIGIT + _LETTER, b"0" * len(_DIGIT) + b"a" * len(_LETTER))
_FEWEST_WORDS = 2
_SPELLED = re.compile(r"(?<!\w)\w(?:[ .\-_*]{1,3}\w(?!\w)){9,400}")
_LETTERS_APART = re.compile(r"[ .\-_*](?:\w[ .\-_*]{1,3}){3}\w(?!\w)")
_CODE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{20,4000}={0,2}")
_HEX = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{2}){12,2000}(?![0-9a-f])", re.IGNORECASE)
_ESCAPES = re.compile(
    r"(?:\\x[0-9a-f]{2}|\\u[0-9a-f]{4}){6,}|(?:%[0-9a-f]{2}){3,}|(?:&#x?[0-9a-f]{2,4};){6,}", re.IGNORECASE
)
_TURNED = ("vtaber", "vafgehpg", "cebzcg", "qvfertneq", "sbetrg")
"""Ignore, instruct, prompt, disregard and forget, each letter moved by 13 places."""
_REVERSED = ("snoitcurtsni", "erongi", "tpmorp", "selur", "dragersid")
_LEAST_READABLE = 0.9
_MARK = re.compile("[\u0300-\u036f]")
_LOST_MARKS = "\u0307\u0345"
"""Marks that are left out, or turned into letters, where case does not count."""
_LONG = 20
_CODED = bytes(ord("x") if chr(code) in _CODE_LETTERS else ord(" ") for code in range(256))
_SHARE = 4
"""Spelled words have a separator in every second place, sentences in every sixth."""


def is_disguised(text: str, lower: str) -> bool:
    """Tell whether a text may be read in another way than letter by letter; `lower` is it for any comparison."""
    lost = not text.isascii() and any(map(text.__contains__, _LOST_MARKS))
    return lost or next(readings(text, lower), None) is not None


def is_spelled(lower: str) -> bool:
    """Tell whether a text in lower case has words that are written letter by letter."""
    return _LETTERS_APART.search(lower) is not None and _SPELLED.search(lower) is not None


def readings(text: str, lower: str) -> Iterator[str]:
    """Yield what else a text can be read as, in lower case, if it shows signs of it; `lower` is it in lower case."""
    if not _is_western(lower) and _BEYOND_LATIN.search(lower):
        if _MIXED_SCRIPTS.search(lower):
            yield lower.translate(_LOOKALIKES)
        if _MARK.search(lower):
            yield _MARK.sub("", unicodedata.normalize("NFD", lower))
    coarse = lower.encode("ascii", "replace")
    if coarse.translate(_DIGITS_INSIDE).count(b"0a") >= _FEWEST_WORDS <= len(_DIGIT_WORD.findall(lower)):
        yield _DIGIT_WORD.sub(lambda word: word[0].translate(_DIGIT_LETTERS), lower)
    if any(map(lower.__contains__, _TURNED)):
        yield codecs.encode(lower, "rot13")
    if any(map(lower.__contains__, _REVERSED)):
        yield lower[::-1]
    if any(map(text.__contains__, "\\%&")) and _ESCAPES.search(text):
        plain = unquote(html.unescape(text))
        yield _ESCAPES.sub(lambda run: codecs.decode(run[0], "unicode_escape"), plain).lower()
    for word in text.split() if b"x" * _LONG in coarse.translate(_CODED) else ():
        if len(word) >= _LONG:
            yield from _decoded(word)


def _is_western(text: str) -> bool:
    """Tell whether a text has no letter beyond those of Western Europe, in a tenth of the time of a search for one."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def spelled(lower: str) -> Iterator[str]:
    """Yield words that are written letter by letter, without what stands between the letters."""
    separators = sum(map(lower.count, " .-_*"))
    if separators * _SHARE < len(lower):
        return iter(())
    return (re.sub(r"[\W_]", "", match[0]) for match in _SPELLED.finditer(lower))


def _decoded(word: str) -> Iterator[str]:
    for match in _BASE64.finditer(word):
        try:
            found = base64.b64decode(match[0].rstrip("=") + "=" * (-len(match[0].rstrip("=")) % 4), altchars=b"-_")
        except (binascii.Error, ValueError):
            continue
        yield from _readable(found)
    for match in _HEX.finditer(word):
        yield from _readable(bytes.fromhex(match[0]))


def _readable(found: bytes) -> Iterator[str]:
    text = found.decode("utf-8", "ignore")
    if text and sum(map(str.isprintable, text)) >= _LEAST_READABLE * len(found):
        yield text.lower()
