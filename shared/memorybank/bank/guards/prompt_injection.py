"""The guard against prompt injection: facts that read as instructions to a model or as chat markup are not stored.

Detected by pattern only, like secrets. This is the last line of defence: the prompt already tells the model not to
follow instructions in a conversation, and not to mistake them for what the user wants. People speak of rules that they
or others ignore, so a verb counts only as an imperative, or where a model is told what it must do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from memorybank.bank.guards.order_signs import may_hold_order
from memorybank.bank.guards.orders import SIGN, is_forged, is_spelled_order, may_order, orders, without_reports
from memorybank.bank.guards.refusals import Judged, Refusal
from memorybank.languages.language import words
from memorybank.languages.stems import folded
from memorybank.ports.models import ExtractedFact, ExtractionRequest, Intent
from memorybank.text.disguise import is_disguised, is_spelled, readings, spelled
from memorybank.text.normal import lined, lowered, nfkc
from memorybank.text.visible import visible

_MARK_WORDS = words("""
    ignor disregard overrid bypass circumvent forget pretend without respecte message system developer above stop_
    told_before were_told your_hidden your_initial your_secret no_restrictions no_content no_rules new_rule
    new_instruction you_are_now you're_now you_are_dan as_if_you as_though_you here_on now_on point_on
    vergiss vergess missacht umgeh befolg bist_du hättest_du oubli comme_si suis_plus pas_compte olvid olvíd omiso
    como_si como_se siga en_cuenta em_conta esque desconsider dimentic come_se seguire tenere_conto negeer vergeet
    zapom glöm glem yok_say unut görmezden_gel dikkate_alma bỏ_qua quên abaikan lupakan uită hagyd felejtsd unohda
    ohita игнорир забудь ігнор αγνό ξέχ התעלם התעלמ שכח تجاهل انس_ अनदेखा भूल เพิกเฉย ละเว้น ลืม
    忽略 無視 无视 忘记 忘記 忘れ 무시 잊어 <| inst] <<
""")
_MARKS = tuple(mark.replace("_", " ") for mark in _MARK_WORDS)
"""Every match contains one of these, in lower case; looking for them takes a tenth of the pattern's time."""

_FEW = r"(?:\S+ ){0,3}?"
_START = rf"(?:^'?|[.!?;\n] ?|{SIGN} ?| ')"
_RULES = r"(?:instructions?|rules?|prompts?|guidelines?|restrictions?|safeguards?|guardrails?|polic(?:y|ies))"
_WHOSE = (
    r"(?:all|any|every|your|its|these|those|previous|prior|above|earlier|system|safety"
    r"|the (?:previous|prior|above|earlier|system|safety|content|developer|original|initial))"
)
_MODEL = r"(?:you|assistant|model|agent|ai|bot|system)"
_TOLD = (
    rf"(?:{_START}(?:(?:please|now|then|always|and|from now on|thanks) ?,? ?)*|\bplease "
    rf"|\b{_MODEL} (?:must|should|shall|will|can|may|to|have to|need to|are to)(?: now| always)? )"
)
"""What may precede an imperative verb: "I ignore the rules" does not match."""

_OTHERS = (
    # Imperatives that no other form of the verb is written like, and the word for rules, by language.
    (r"vergeet|negeer", r"instructies|regels|richtlijnen"),
    (r"(?:z?ignoruj|zapomnij o)", r"instrukcj\w+|zasad\w*|reguł\w*|polece\w+|wytyczn\w+"),
    (r"(?:ignorera|glöm)", r"instruktioner\w*|regler\w*|riktlinjer\w*"),
    (r"(?:ignorer|glem)", r"instruktioner\w*|instruksjon\w+|regler\w*|reglene|retningslinj\w+"),
    (r"(?:ігноруй(?:те)?|забудь(?:те)?)", r"інструкції|правила|вказівки|настанови"),
    (r"(?:ignoruj|zapomeň na)", r"instrukce|pokyny|pravidla"),
    (r"(?:abaikan|lupakan)", r"instruksi|aturan\w*|perintah|petunjuk"),
    (r"(?:bỏ qua|quên)(?: đi)?", r"hướng dẫn|quy tắc|chỉ dẫn|mệnh lệnh"),
    (r"(?:ignoră|uită)", r"instrucțiuni\w*|reguli\w*"),
    (r"(?:hagyd figyelmen kívül|felejtsd el)", r"\w*utasítás\w*|\w*szabály\w*"),
    (r"(?:unohda|ohita)", r"ohjee\w*|säännö\w*|säännöt"),
    (r"(?:αγνόησε|ξέχνα|ξέχασε)", r"οδηγίες|κανόνες"),
    (r"(?:התעלם|התעלמי|שכח|שכחי)", r"\w*הוראות|\w*כללים|\w*הנחיות"),
    (r"(?:تجاهل|انس)", r"تعليماتك|قواعدك|(?:التعليمات|القواعد|الأوامر|الإرشادات) السابقة"),
)
_IMPERATIVES = "|".join(rf"{_START}(?:{verb}) {_FEW}(?:{rules})\b" for verb, rules in _OTHERS)
_NO_RULES = (
    r"(?:no|without(?: any)?) (?:\S+ )?(?:restrictions?|rules|filters?|limits|limitations|content policy|guidelines)"
)
_ADDRESSED = (
    rf"{_TOLD}(?:ignore|disregard|forget) (?:everything|anything|all|what) (?:\S+ )?(?:above|was said|you were told"
    rf"|you(?: have|'ve) been (?:told|instructed|taught)|you know about your)\b|"
    rf"\bfrom (?:now|this point|here) on,? you(?: are|'re) (?:dan\b|{_FEW}{_NO_RULES}\b|{_FEW}unrestricted)|"
    rf"{_START}(?:please )?pretend (?:that )?you (?:have|are under|are without) {_NO_RULES}\b|"
    rf"{_TOLD}(?:ignore|disregard|forget) (?:all )?(?:of )?the above\b|"
    rf"\byou(?: are|'re) now {_FEW}{_NO_RULES}\b|\bas (?:if|though) you (?:had|have|were under) {_NO_RULES}\b|"
    rf"{_TOLD}stop (?:following|obeying) (?:all )?(?:of )?your {_FEW}{_RULES}\b|"
    r"\bcomo si no tuvieras (?:ninguna )?(?:reglas?|restricci\w+|normas?)|\bcomme si tu n'avais (?:pas de|aucune) "
    r"(?:règles?|restrictions?)|\bals hättest du keine (?:regeln|einschränkungen|vorgaben)|"
    r"\bcome se non avessi (?:regole|restrizioni)|\bcomo se não tivesses? (?:regras|restrições)|"
    rf"{_START}(?:non tenere conto|ne tiens pas compte|no tengas en cuenta|não leves? em conta) "
    rf"{_FEW}(?:istruzioni|instructions|consignes|instrucciones|instruções)\b|"
    rf"{_START}new (?:rules?|instructions?) for the (?:assistant|model|ai|bot)\b|"
    r"\b(?:every|any|each) (?:\S+ )?messages? (?:\S+ ){0,4}as (?:\S+ ){0,3}(?:from the|the) "
    r"(?:developer|system|admin\w*)\b|"
    r"\band (?:reveal|print|show|repeat|output) (?:me )?your (?:system|hidden|initial|secret) "
    r"(?:prompt|instructions)\b|"
    r"\bbist du (?:ein |eine )?(?:\S+ )?(?:assistent|ki|modell|bot) ohne "
    r"(?:regeln|einschränkungen|beschränkungen|filter)\b|"
    r"\bnon seguire (?:più )?le tue (?:regole|istruzioni)\b|"
    r"\bne (?:suis|respecte) plus tes (?:règles|consignes|instructions)\b|"
    r"\bno sigas (?:más )?tus (?:reglas|instrucciones|normas)\b|"
    r"\bnão sigas? (?:mais )?(?:as )?(?:suas|tuas) (?:regras|instruções)\b|"
    r"\bbefolge deine (?:regeln|anweisungen|richtlinien) nicht\b|"
    r"(?:talimat|kural|yönerge)\w{0,12} (?:\S+ ){0,2}?(?:yok say|unut|görmezden gel|dikkate alma)(?=[\s.!]|$)|"
    r"\bkurallar\w{1,3} unut\b|"
    r"(?:निर्देश|नियम|आदेश)\S{0,6} (?:\S+ ){0,2}?(?:अनदेखा (?:करो|करें|कर दो)|भूल (?:जाओ|जाइए|जाएं))|"
    r"(?:ルール|指示|制約|設定).{0,4}忘れて(?:[。!]|$|ください)|"
    r"(?:규칙|지시|지침|명령).{0,4}잊어(?:버려|줘|라)?(?:[.!\s]|$)|"
    r"(?<![\u0e00-\u0e7f])(?:เพิกเฉย|ละเว้น|ลืม).{0,12}(?:คำสั่ง|กฎ)"
)
_GERMAN_RULES = (
    r"(?:anweisung(?:en)?|regeln?|richtlinien|sicherheitsregeln|vorgaben?|instruktionen|beschränkungen|systemprompts?)"
)
_PATTERNS = (
    rf"{_TOLD}(?:ignore|disregard|override|bypass|circumvent|forget) (?:\S+ )??{_WHOSE} {_FEW}{_RULES}\b|"
    rf"(?:{_START}|\b(?:bitte|und|sie|du) )(?:(?:bitte|jetzt|nun) )?(?:ignoriere?|vergiss|vergesst|missachte"
    rf"|umgehe|(?:ignorieren"
    rf"|vergessen|missachten|umgehen) sie) {_FEW}{_GERMAN_RULES}\b|"
    rf"\b(?:du|sie|assistent|modell|ki) (?:sollst|musst|soll|muss|sollen|müssen|darfst) {_FEW}{_GERMAN_RULES} "
    r"(?:ignorieren|vergessen|missachten|umgehen)\b|"
    rf"(?:{_START}|\bs'il (?:te|vous) plaît,? )(?:ignore|ignorez|oublie|oubliez|(?:veuillez"
    rf"|merci d['e]) ?(?:ignorer|oublier)) "
    rf"(?:toutes|tes|vos|ces|les|tout) {_FEW}(?:consignes|règles|instructions|directives)\b|"
    rf"(?:{_START}|\bpor favor,? )(?:ignora|ignore|ignorad|olvida|olvide|olvídate de|haz caso omiso de) "
    rf"(?:(?:a )?todas|tus|sus|estas|las) {_FEW}(?:instrucciones|reglas|normas|directrices)\b|"
    rf"(?:{_START}|\bper favore,? )(?:ignora|ignori|ignorate|dimentica|dimenticate|dimentichi) "
    rf"(?:tutte|le|queste) {_FEW}(?:istruzioni|regole|direttive)\b|"
    rf"(?:{_START}|\bpor favor,? )(?:ignore|ignora|ignorem|esqueça|esquece|esqueçam|desconsidere) "
    rf"(?:todas|suas|tuas|as|estas) {_FEW}(?:instruções|regras|diretrizes)\b|"
    rf"(?:{_START}|\balsjeblieft )negeer (?:alle|je|jouw|uw|de) {_FEW}(?:instructies|regels|richtlijnen)\b|"
    r"(?:(?<![\u4e00-\u9fff])|(?<=[请你您并須须要该即上起在后]))(?:忽略|无视|無視|忘记|忘記)(?:掉)?(?:你|您|之前|以上|上面|上述|先前|前面|此前|所有|一切|全部).{0,10}(?:指令|指示|规则|規則|提示词?|命令)|"
    r"(?:指示|命令|ルール|プロンプト|制限).{0,6}(?:無視|忘れ)(?:して(?:ください|下さい|くれ)?(?:[。!]|$)|て(?:ください|下さい)|しろ|せよ|すること|ろ)|"
    r"(?:지시|명령|규칙|지침).{0,6}무시(?:해(?:줘|라|주세요)|하세요|하라|하십시오)|"
    rf"{_START}(?:пожалуйста,? )?(?:игнорируй(?:те)?|забудь(?:те)?) {_FEW}(?:инструкции|правила|указания)|"
    r"<\|\w+\|>|\[/?INST\]|<</?SYS>>|"
    r"^\W*(?:system|developer)(?: (?:prompt|message))?\s*:(?=.{0,200}\b(?:you|your|user is|ignore|obey|must"
    r"|instructions?"
    r"|administrator|assistant|override|respond|reply|comply|execute)\b)|"
    r"^\W*(?:system|developer) (?:prompt|message)\s*:|^\W*(?:new|end of|start of|begin) system (?:prompt|message)|"
    r"\b(?:this|that|here|below|following) (?:is|comes|follows) (?:the|your|a) (?:\S+ )?system (?:prompt|message)\b|"
    r"\bend of system (?:prompt|message)|\byour new system (?:prompt|message)|"
    r"\byou are now (?:dan\b|in (?:developer|god|admin|jailbreak|debug) mode|(?:an? )?(?:unrestricted"
    r"|unfiltered)\b|free of)|"
    rf"{_TOLD}(?:reveal|print|show|repeat|output) (?:me )?your (?:system|hidden|initial|secret) (?:prompt"
    rf"|instructions)\b"
)
# White space is collapsed before matching, so a repetition of it cannot cause backtracking.
_ORDER = re.compile(f"{_PATTERNS}|{_IMPERATIVES}|{_ADDRESSED}".replace(" ", r"[ \n]"), re.IGNORECASE)
_REASON = "The fact reads as an instruction to the model or as another turn of the chat."


def drop_injections(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> Judged:  # noqa: ARG001 - a guard
    """Refuse facts that read as instructions to their reader. Requests to forget pass: they store nothing."""
    # Most conversations show no sign of orders, and all facts together are searched in the time of a few.
    together = nfkc(visible("\n".join([fact.fact for fact in facts])))
    if not _shows_signs(together, each_line=together.count("\n") < len(facts)):
        return Judged([*facts], [])
    judged = Judged([], [])
    for fact in facts:
        if fact.intent is not Intent.FORGET and is_order(fact.fact):
            judged.refused.append(Refusal("PROMPT_INJECTION", _REASON, fact.event))
        else:
            judged.kept.append(fact)
    return judged


def is_order(text: str) -> bool:
    """Tell whether a text reads as an instruction to ignore rules, or has the form of another turn of a chat."""
    plain = without_reports(_plain(text))
    lower = folded(plain)
    if _has_pattern(plain) or orders(lower) or is_forged(plain):
        return True
    hidden = (lined(each) for each in readings(plain, lower))
    return any(_has_pattern(each) or orders(each) for each in hidden) or any(map(is_spelled_order, spelled(lower)))


def _shows_signs(text: str, *, each_line: bool) -> bool:
    """Tell whether a visible text, or a line of it, may hold an order, or something to be read in another way."""
    lower = lowered(text)
    if is_disguised(text, lower):
        return True
    if not may_hold_order(text, lower, each_line=each_line):
        return False
    plain = lined(text)
    lower = folded(plain)
    return _marked(plain) or may_order(lower) or is_forged(plain) or is_spelled(lower)


def _has_pattern(plain: str) -> bool:
    return _marked(plain) and _ORDER.search(plain) is not None


def _plain(text: str) -> str:
    return lined(nfkc(visible(text)))


def _marked(plain: str) -> bool:
    lower = lowered(plain)
    return any(map(lower.__contains__, _MARKS))
