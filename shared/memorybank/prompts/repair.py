"""The second and last try after an unreadable answer: the model sees its answer and what was wrong."""

from __future__ import annotations

from memorybank.prompts.fencing import fenced
from memorybank.text.visible import visible

VERSION = "repair-1"
_MOST = 4000
"""Characters of the wrong answer that are shown."""


def repair_text(answer: str, problem: str) -> str:
    """Return the text that follows the first prompt; `problem` says what was wrong with `answer`."""
    shown = visible(answer)
    cut = shown if len(shown) <= _MOST else f"{shown[: _MOST // 2]} [...] {shown[-_MOST // 2 :]}"
    return "\n".join(
        [
            "You have answered this before, and the answer could not be used. It was, as data:",
            fenced("answer", [cut]),
            "What was wrong with it:",
            fenced("problem", visible(problem).splitlines()),
            "Answer the same request again: the complete JSON object of the schema, nothing else, with short reasons.",
        ]
    )
