"""Recognises keys and tokens by their form: a known kind, or random characters, whatever they are for."""

from __future__ import annotations

import re
from itertools import pairwise

_KEYS = tuple(
    (mark, re.compile(pattern))
    for mark, pattern in (
        *(
            (f"{kind}{tie}", rf"\b{kind}{tie}(?=[A-Za-z0-9_-]{{0,40}}\d)[A-Za-z0-9_-]{{16}}")
            for kind in ("sk", "pk", "rk")
            for tie in "-_"
        ),
        *((f"gh{kind}_", rf"\bgh{kind}_[A-Za-z0-9]{{20}}") for kind in "opsur"),
        ("github_pat_", r"\bgithub_pat_\w{20}"),
        ("glpat-", r"\bglpat-[\w-]{16}"),
        ("xox", r"\bxox[abprs]-[\w-]{10}"),
        ("KIA", r"\bAKIA[0-9A-Z]{16}\b"),
        ("SIA", r"\bASIA[0-9A-Z]{16}\b"),
        ("AIza", r"\bAIza[\w-]{30}"),
        # In a run of these characters only the first is tried as a start: it finds every match that a later one would.
        ("eyJ", r"(?<![\w-])(?>[\w-]*?\beyJ)[\w-]{10,}+\.eyJ[\w-]{10}"),
        ("hf_", r"\bhf_[A-Za-z0-9]{20}"),
        ("npm_", r"\bnpm_[A-Za-z0-9]{20}"),
        ("SG.", r"\bSG\.[\w-]{16,}+\.[\w-]{16}"),
        ("ya29.", r"\bya29\.[\w-]{20}"),
        ("Bearer ", r"\bBearer [\w.~+/-]{20}"),
        ("GOCSPX-", r"\bGOCSPX-[\w-]{16}"),
        ("hooks.slack.com/", r"\bhooks\.slack\.com/services/\w"),
        ("AccountKey=", r"\bAccountKey=\S{20}"),
        ("PRIVATE KEY", r"-----BEGIN [A-Z ]*PRIVATE KEY"),
        ("://", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]++:[^\s/@]++@"),
    )
)
"""Patterns of keys, each with a text that every match contains: looking for that takes a hundredth of the time."""
_PREFIXES = (
    # What the makers of the keys let them begin with, and the fewest characters that follow.
    (r"gsk_|xai-|pplx-|r8_|fw_|tvly-|lsv2_(?:pt|sk)_|sk-ant-|nvapi-|jina_|voyage-", 16),
    (
        r"dop_v1_|doo_v1_|dor_v1_|shp(?:at|ca|pa|ss)_|glsa_|glc_|glptt-|glrt-|gldt-|lin_api_|ntn_|figd_|PMAK-|rubygems_",
        16,
    ),
    (
        r"dckr_pat_|dckr_oat_|vercel_|sbp_|sb_secret_|hvs\.|hvb\.|tskey-|whsec_|rzp_(?:live|test)_|sq0(?:csp|atp)-|xapp-",
        10,
    ),
    (r"ATATT3|ATCTT3|ATBB|AKCp|LTAI|dapi|dp\.(?:pt|st|ct)\.|pul-|pat-na1-|NRAK-|NRII-|hf_|r_live_|access_token\$", 16),
    (
        r"A3T[A-Z0-9]|ABIA|ACCA|pypi-Ag|ops_eyJ|ghs_|EAAC|EAAA|1//0|4/0A|FLWSECK-|FLWSECK_|AGE-SECRET-KEY-1|sntry[su]_",
        14,
    ),
    (r"CFPAT-|ion_|oy2|rdme_|phx_|phc_|sgp_|slk_|sk-or-|sk-lf-|pk-lf-|key-|SK|AC|PAT_|cio_|re_|dG9r", 24),
)
_PREFIXED = re.compile(
    "|".join(rf"(?<![\w-])(?:{begins})(?=[\w.=+/-]{{0,40}}\d)[\w.=+/-]{{{least}}}" for begins, least in _PREFIXES),
    re.ASCII,
)
_BOT = re.compile(r"(?<!\d)\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])|\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,38}\b")
"""Tokens of bots: their number and a random part, of Telegram and of Discord."""
_ADDRESS_WITH_KEY = re.compile(
    r"[?&](?:api_?key|key|access_?token|token|sig|signature|secret|password|pwd|auth|code|X-Amz-Signature)="
    r"(?=[^\s&]{0,40}\d)[^\s&]{12}"
    r"|discord(?:app)?\.com/api/webhooks/\d+/\w|\.webhook\.office\.com/\w|hooks\.zapier\.com/hooks/catch/\d",
    re.IGNORECASE,
)
_LETTER = re.compile("[A-Za-z]")
_LONG = 15
"""What a key has, other than one in an address or in a block of its own: letters, and so many characters in a row."""

_FEWEST = 20
_WORD = re.compile(rf"\S{{{_FEWEST},400}}")
_KNOWN = re.compile("[0-9A-Za-z]")
_PART = re.compile(r"[A-Za-z0-9+/]{20,}", re.ASCII)
_NAMED_PART = re.compile(
    r"(?<![\w./:-])(?!(?:sha|commit|digest|build|rev|image|ref|id|uuid|order|session|ticket|node|pod|file|img)\d*[-_])"
    r"[a-z][a-z0-9]{1,9}[-_](?:[a-z0-9]{2,8}[-_]){0,2}(?![0-9a-f]{0,19}(?![\w.-]))([A-Za-z0-9]{16,200})(?![\w.-])",
    re.ASCII,
)
"""A random part after what its maker begins all keys with."""
_PUBLIC = re.compile(
    # Addresses of coins and files, public keys, digests, pictures: they look like keys, and are no secret.
    r"0x[0-9a-fA-F]{40}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc|tb|ltc)1[0-9a-z]{20,}|[xyz]pub\w+|Qm\w{44}|baf\w{40,}"
    r"|AAAA[\w+/=]+|[0-9a-fA-F]+|sha\d+[-:]\S+|addr1\w+|T[1-9A-HJ-NP-Za-km-z]{33}"
)
_RANDOM = 0.3
"""The share of neighbours that change from digit to letter or to a capital: a third in a key, a tenth in names."""
_FEWEST_DIGITS = 2


def holds_key(plain: str) -> bool:
    """Tell whether a text contains a key that is recognised by its form."""
    longest = max(map(len, plain.split()), default=0)
    if "://" not in plain and "PRIVATE KEY" not in plain and not (longest >= _LONG and _LETTER.search(plain)):
        return False
    if any(mark in plain and key.search(plain) for mark, key in _KEYS):
        return True
    return longest >= _FEWEST and any(map(_is_key, filter(_KNOWN.search, _WORD.findall(plain))))


def _is_key(word: str) -> bool:
    if _BOT.search(word) or ("://" in word and _ADDRESS_WITH_KEY.search(word)):
        return True
    if "://" in word or word.startswith(("www.", "data:")):
        return False
    begun = any(map(_is_random, _NAMED_PART.findall(word)))
    return begun or _PREFIXED.search(word) is not None or any(map(_is_random, filter(_is_private, _PART.findall(word))))


def _is_private(part: str) -> bool:
    return _PUBLIC.fullmatch(part) is None


def _is_random(part: str) -> bool:
    """Tell whether characters are drawn at random: they change from digit to letter too often for names and numbers."""
    if sum(map(str.isdigit, part)) < _FEWEST_DIGITS or not any(map(str.islower, part)):
        return False
    changes = sum(one.isdigit() != two.isdigit() or (one.islower() and two.isupper()) for one, two in pairwise(part))
    return changes >= _RANDOM * (len(part) - 1)
