"""Finds what a question states on the way: "Since I'm allergic to nuts, what can I bake?"."""

from __future__ import annotations

import re
from itertools import islice

from memorybank.languages.german_clauses import main_clause

_REASONS = (
    r"since|as|because|given that|seeing(?: as| that)?|considering(?: that)?|now that|knowing that|bearing in mind that"
    r"|como|ya que|dado que|puesto que|porque|sabiendo que|teniendo en cuenta que|já que|visto que|sabendo que"
    r"|uma vez que"
    r"|comme|puisque|vu que|étant donné que|sachant que|car|siccome|poiché|dato che|visto che|dal momento che"
    r"|considerando che|perché|так как|поскольку|раз|учитывая,? что|потому что"
)
_CLAUSES = r"da|weil|nachdem|omdat|aangezien|ponieważ|skoro"
_OPENER = re.compile(
    rf"(?P<unspaced>因为|因為|由于|由於|既然|考虑到)|(?:(?P<plain>{_REASONS})|(?P<clause>{_CLAUSES})) ", re.IGNORECASE
)
_QUESTION = re.compile(
    r"(?:so |and |but |then |und |also |y |e |et |alors |donc |allora |quindi |então |entonces |dus |en |а |и "
    r"|то )?[¿]?"
    r"(?:what|which|where|who|how|why|when|can|could|should|would|will|do|does|is|are|any|got any|w(?:as|elche\w*|o"
    r"|ie|er|ann)"
    r"|kann|könnte\w*|kannst|soll\w*|darf|gibt|hast|qué|cuál(?:es)?|dónde|cómo|puedes?|podrías|hay|me recomiendas"
    r"|quel(?:le)?s?|que|qu'\S+|où|comment|peux|peut|pourrais|est-ce|as-tu|o que|quais|qual|onde|pode|poderia|há|che"
    r"|cosa"
    r"|quale|quali|dove|come|puoi|potresti|posso|c'è|wat|welke?|waar|hoe|kun|kan|zou|что|как(?:ой|ая|ое|ие|ую)?|где|куда"
    r"|можешь|можно|стоит|посовету\S+|jak\w*|co|gdzie|czy)\b",
    re.IGNORECASE,
)
_COMMAS = re.compile(r" ?[,;\u3001\u060c:\u2013\u2014-]+ (?=\S)|[,\u3001](?=[^\s\d])")
_JAPANESE = re.compile(
    r"(?P<fact>.{2,60}?(?:がある|があります|です|だ|ます|ている|てる|ない|好き))"
    r"(?:の(?:です|だ)が|んです(?:が|けど)|ので|から|けど|が|し)、?(?=.)"
)
_KOREAN = re.compile(r"(?P<fact>.{2,60}?(?P<verb>있|없|살))(?:는데|어서|으니까|니까),? (?=\S)")
_KOREAN_ENDS = {"있": "어요", "없": "어요", "살": "아요"}
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_MOST = 4


def premise(question: str) -> str | None:
    """Return the clause of a question that states why it is asked, as a statement; most questions have none."""
    if found := _JAPANESE.match(question):
        return found["fact"]
    if found := _KOREAN.match(question):
        return found["fact"] + _KOREAN_ENDS[found["verb"]]
    joints = list(islice(_COMMAS.finditer(question), _MOST))
    for joint in joints:
        asked = question[joint.end() :]
        if _QUESTION.match(asked) or _OPENER.match(question) or _CHINESE.match(asked):
            return _statement(question[: joint.start()], because=False)
    last = question[joints[-1].end() :].rstrip("?!\uff1f\u061f ") if joints else ""
    return _statement(last, because=True)


def _statement(part: str, *, because: bool) -> str | None:
    """Return a part without the word for a reason; None if it has to have one and has none."""
    opener = _OPENER.match(part)
    if opener is None:
        return None if because else part
    rest = part[opener.end() :]
    return main_clause(rest) if opener["clause"] else rest
