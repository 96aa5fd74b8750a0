"""The guard against prompt injection: facts that read as instructions to a model or as chat markup are not stored.

Detected by pattern only, like secrets. This is the last line of defence: the prompt already tells the model not to
follow instructions in a conversation, and not to mistake them for what the user wants.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from memorybank.bank.guards.refusals import Judged, Refusal
from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.text.normal import lined, lowered, nfkc
from memorybank.text.visible import visible

_RULES = r"(?:instructions?|rules?|prompts?|guidelines?|restrictions?|safeguards?|guardrails?|polic(?:y|ies))"
_WHOSE = r"(?:all|any|every|the|your|its|these|those|previous|prior|above|earlier|system|safety)"
_MARKS = (
    *("ignor", "disregard", "override", "bypass", "circumvent", "forget", "vergiss", "missachte", "umgehe", "oublie"),
    *("olvid", "dimentic", "esque", "忽略", "無視", "<|", "inst]", "<<", "system", "developer"),
)
"""Every match contains one of these, in lower case; looking for them takes a tenth of the pattern's time."""

_UP_TO_THREE = r"(?:\S+ ){0,3}?"
_TOLD = (
    r"(?:(?:^|[.!?:;,\n\"'(] ?)(?:(?:please|now|then|always|and) )*"
    r"|\b(?:please|must|should|shall|will|you to|(?:assistant|model|agent) to) )"
)
"""What may precede an imperative verb: "I ignore the rules" does not match."""
_ORDER = re.compile(
    # White space is collapsed before matching, so a repetition of it cannot cause backtracking.
    rf"{_TOLD}(?:ignore|disregard|override|bypass|circumvent|forget) (?:\S+ )??{_WHOSE} {_UP_TO_THREE}{_RULES}\b"
    rf"|\b(?:ignorier|vergiss|missachte|umgehe)\w* {_UP_TO_THREE}(?:anweisungen|regeln|vorgaben)\b"
    rf"|\b(?:ignore|oublie)\w* {_UP_TO_THREE}(?:consignes|règles|instructions précédentes)\b"
    rf"|\b(?:ignor|olvid)\w+ {_UP_TO_THREE}(?:instrucciones|reglas)\b"
    rf"|\b(?:ignor|dimentic)\w+ {_UP_TO_THREE}(?:istruzioni|regole)\b"
    rf"|\b(?:ignor|esque)\w+ {_UP_TO_THREE}(?:instruções|regras)\b"
    r"|忽略.{0,8}(?:指令|指示|规则|規則)|(?:指示|命令|ルール).{0,4}無視"
    r"|<\|\w+\|>|\[/?INST\]|<</?SYS>>|^\W*(?:system|developer)(?: (?:prompt|message))?\s*:"
    r"|\b(?:new|end of) system (?:prompt|message)".replace(" ", r"[ \n]"),
    re.IGNORECASE,
)


_REASON = "The fact reads as an instruction to the model or as another turn of the chat."


def drop_injections(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> Judged:  # noqa: ARG001 - a guard
    """Refuse facts that read as instructions to their reader."""
    judged = Judged([], [])
    for fact in facts:
        if is_order(fact.fact):
            judged.refused.append(Refusal("PROMPT_INJECTION", _REASON, fact.event))
        else:
            judged.kept.append(fact)
    return judged


def is_order(text: str) -> bool:
    """Tell whether a text reads as an instruction to ignore rules, or has the form of another turn of a chat."""
    plain = lined(nfkc(visible(text)))
    lower = lowered(plain)
    return any(mark in lower for mark in _MARKS) and _ORDER.search(plain) is not None
