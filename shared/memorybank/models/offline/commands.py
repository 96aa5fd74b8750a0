"""How people ask to remember or to forget, and how outcomes are announced; `patterns` says how to read a table.

In a command, `what` is the thing itself, `dass` marks a German subordinate clause, and `whole` what stays as it is
("Remember to call Ann").
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from memorybank.models.offline.patterns import compiled, lines
from memorybank.ports.models import Intent

_REMEMBER = r"""
    (?:please )?<keep>(?: for me| please)?(?: that\b(?! (?:time|day|one|song|guy|thing)\b)[:,]?|[:,]
        | this:) *(?P<what>.+)
    (?:please )?(?:can|could|will|would) you (?:please )?<keep> that (?P<what>[^?]+)\??
    I(?:'d like| want| need) you to <keep> that (?P<what>.+)
    (?P<whole>(?:please )?(?:remember|don't forget|do not forget) (?:to|about) .+)
    (?:please )?(?:remember|don't forget|do not forget|never forget|memori[sz]e) (?!when|how|what|why|where|who\b
        |this\b|that\b|it\b|me\b|you\b|the time|my [\w'-]+(?: [\w'-]+)?\W*$)(?P<what>\S+(?: \S+){2,})
    (?:bitte )?(?:merke? (?:dir|euch)|merken sie sich|denke? daran|erinnere dich(?: daran)?|vergiss (?:bitte )?nicht
        |vergessensie (?:bitte )?nicht|notiere(?: dir)?|speichere?(?: dir)?
        |schreib(?: dir)? auf)(?: bitte)?,?(?: (?P<dass>da(?:ss|ß)) | ?: ?)(?P<what>.+)
    (?:kannst|könntest) du dir (?:bitte )?merken, (?P<dass>da(?:ss|ß)) (?P<what>[^?]+)\??
    (?:s'il te plaît,? |s'il vous plaît,? |stp,? )?(?:rappelle-toi|rappelez-vous|souviens-toi|souvenez-vous|retiens
        |retenez|n'oublie pas|n'oubliez pas|note bien|note|notez|garde en tête|gardez en tête|mémorise|mémorisez
        |enregistre|enregistrez)(?: que | qu'
        | ?: ?)(?P<what>.+)
    (?:peux-tu|pouvez-vous) (?:te |vous )?(?:souvenir|rappeler|retenir|noter) (?:que |qu')(?P<what>[^?]+)\??
    (?:por favor,? )?(?:recuerda|recuerde|acuérdate de|no olvides|no te olvides de|no olvide|ten en cuenta
        |ten presente|toma nota de|anota|apunta|memoriza|memorice|guarda|guarde|registra)(?: que | ?: ?)(?P<what>.+)
    (?:puedes|podrías) (?:recordar|anotar) que (?P<what>[^?]+)\??
    (?:per favore,? )?(?:ricorda|ricordati|ricordi|non dimenticare|non dimenticarti|tieni presente|tieni a mente
        |nota|annota|memorizza|salva|registra)(?: di)?(?: che | ?: ?)(?P<what>.+)
    (?:puoi|potresti) ricordare che (?P<what>[^?]+)\??
    (?:por favor,? )?(?:lembre-se|lembra-te|lembre|lembra|não esqueças?|não se esqueça|não te esqueças|não esqueça
        |tenha em mente|tem em conta|anota|anote|memoriza|memorize|guarda|guarde|grava|grave
        |regista|registre)(?: de)?(?: que | ?: ?)(?P<what>.+)
    (?:(?:覚えて|忘れない)[^:]{0,8}: ?)(?P<what>.+)
    (?P<what>.+?)(?:という|って)?(?:こと)?[をは]?(?:覚えて(?:おいて)?|忘れないで|記憶して(?:おいて)?)(?:ください|下さい|ね|ほしい|欲しい)?
    [请請]?你?(?:要|帮我)?(?:记住|記住|记得|記得|记下|記下|别忘了|別忘了|不要忘[记記]|别忘记)[,:]? ?(?P<what>.+)
"""

_FORGET = r"""
    (?:please )?<drop>(?: everything| all| anything)?(?: about)? (?:that|the fact that) (?P<what>\S+ .+)
    (?:please )?<drop>(?: everything| all| anything)?(?: (?:I (?:said|told you)|you know))? about (?P<what>.+)
    (?:please )?<drop> (?P<what>(?:my|our|I|I'm|we) ?.+)
    (?:please )?<drop> what I (?:said|told you) about (?P<what>.+)
    (?:please )?(?:can|could|will|would) you (?:please )?forget (?:(?:everything
        |all) )?(?:about |that )?(?P<what>[^?]+)\??
    (?:please )?(?:delete|erase|remove
        |clear) (?:everything about |the fact that |that )?(?P<what>.+?) from (?:your |the )?memory
    (?:du kannst|sie können) (?P<what>(?:mein|unser)(?:e|en|er|em|es)? .+) vergessen
    (?:bitte )?<weg>(?: bitte)?,? (?P<dass>da(?:ss|ß)) (?P<what>[^?]+)\??
    (?:bitte )?<weg>(?: bitte)?(?: alles)?(?: über)? (?P<what>(?:mein|unser)(?:e|en|er|em|es)? [^?]+)\??
    (?:s'il te plaît,? |s'il vous plaît,? )?<oublie>(?: tout)?(?: sur| de)? (?:(?:le fait )?que |(?=(?:mon|ma|mes
        |notre|nos)\b))(?P<what>.+)
    (?:s'il te plaît,? |s'il vous plaît,? )?<oublie> qu'(?P<what>.+)
    (?:por favor,? )?(?:(?:ya )?puedes )?(?:olvida|olvide|olvídate|olvidar
        |olvidarte)(?: de)?(?: todo)?(?: sobre)? (?:que |(?=(?:mi|mis|nuestr[oa]s?)\b))(?P<what>.+)
    (?:per favore,? )?(?:puoi )?(?:dimentica|dimenticati|dimenticare|dimentichi)(?: di)?(?: tutto)?(?: su)? (?:che
        |(?=(?:il|la|i|le)? ?(?:mi[oa]|miei|mie)\b))(?P<what>.+)
    (?:por favor,? )?(?:(?:você )?podes? )?(?:esqueça|esquece|esquecer|esqueça-se
        |esquece-te)(?: de)?(?: tudo)?(?: sobre)? (?:que|(?=(?:[oa]s? )?(?:meus?|minhas?)\b))(?P<what>.+)
    (?P<what>.+?)(?:という|って)?(?:のこと|こと)?[をは]?忘れて(?:ください|下さい|ね|ほしい|欲しい|いいです|いいよ|もいいです)?
    [请請]?你?(?:可以)?(?:忘[记記]|忘掉|忘了)(?:关于|關於)?(?P<what>(?:我|有关我).+?)(?:这件事|的事|吧)?
"""

_OUTCOMES = r"""
    (?:your|my|our|the|an?) [\w'& -]{2,80}? (?:is|are|has been|have been|was|were)(?: now| all| already
        | successfully)*\s(?:booked|confirmed|scheduled|reserved|ordered|placed|cancelled|canceled|rescheduled)\b
    (?:I|we)(?:'ve| have)? (?:now |just |successfully |already )*(?:booked|confirmed|scheduled|reserved|ordered
        |rescheduled|cancelled|canceled) (?!it\b|that\b|this\b|them\b)\w
    you(?:'re| are) (?:now |all )*(?:booked|confirmed|scheduled|registered|enrolled)\b
    (?:booking|reservation|order|appointment) (?:is )?confirmed\b. ?\w
    (?:ihre?|deine?|meine?|unsere?|der|die|das) .{2,120}?(?:ist|sind|wurden?) (?:.{1,160} )?(?:gebucht|bestätigt
        |reserviert|bestellt|storniert|vereinbart)\b
    (?:ich habe|wir haben) .{1,200}(?:gebucht|bestätigt|reserviert|bestellt|storniert|vereinbart)\b
    (?:votre|vos|ton|ta|tes|mon|ma|mes|notre|le |la |les |l') ?.{2,120}?(?:est|sont|a été
        |ont été) (?:bien |maintenant|déjà )?(?:réservé|confirmé|programmé|commandé|annulé)
    (?:j'ai|nous avons) (?:bien |déjà )?(?:réservé|confirmé|commandé|annulé)
    (?:su|sus|tu|tus|mi|mis|nuestr[oa]|el|la|los|las) .{2,120}?(?:está|están|ha sido|han sido|queda|quedan|fue
        |fueron) (?:ya)?(?:reservad|confirmad|programad|pedid|cancelad)[oa]s?\b
    (?:he|hemos) (?:reservado|confirmado|programado|pedido|cancelado)\b
    (?:il|la|i|le|l') ?(?:.{1,120} )?(?:è|sono|è stat[oa]|sono stat[ie]) (?:prenotat|confermat|ordinat|annullat
        |fissat)[oaie]\b
    (?:ho|abbiamo) (?:prenotato|confermato|ordinato|annullato|fissato)\b
    (?:o |a |os |as )?(?:seus?|suas?|teus?|tuas?|meus?|minhas?|.{1,60}) (?:.{1,120} )?(?:está|estão|foi
        |foram) (?:reservad|confirmad|marcad|agendad|encomendad|cancelad)[oa]s?\b
    (?:.*)(?:予約|注文|手配)(?:が完了しました|が確定しました|しました|されました|済みです|いたしました)
    (?:.*)(?:已[经經]?)(?:为您|为你|帮您|帮你)?(?:预订|預訂|确认|確認|安排|预约|预定|取消|下单)
"""

_SALUTES = (
    r"(?:hi|hello|hey|thanks|thank you|hallo|guten tag|guten morgen|danke|bonjour|salut|merci|hola|gracias|ciao|grazie"
    r"|olá|oi|obrigad[oa])(?: [\w.-]+){0,2}"
)
_ASIDES = (
    r"(?:well|ok|okay|yes|yeah|yep|no|nope|sure|oh|by the way|btw|also|actually|so|anyway|fyi|for the record|ah|hmm?"
    r"|right|cool|great|great news|good news|done|all set|perfect|sorry|ja|nein|übrigens|ach|nun|oui|non|au fait"
    r"|d'ailleurs"
    r"|bon|sí|si|por cierto|bueno|pues|sì|comunque|allora|sim|não|aliás|a propósito|listo|fertig|fatto|pronto"
    r"|こんにちは|はい|いいえ|ちなみに|你好|谢谢|对了|顺便说一下|好的|是的)"
)
_LINKS = (
    r"(?:and|but|so|also|plus|btw|actually|well|oh|yes|und|aber|et|mais|y|pero|e|ma|mas) (?=(?:I|I'\w+|my|we|our"
    r"|your|please|remember|ich|mein\w*|wir|je|j'\w+|mon|ma|mes|me|mi|mis|no|vivo|soy|tengo|sono|ho|il|la|o|a|eu|meu|minha|não|gosto|moro"
    r"|trabajo|prefiero)\b)"
)


class Command(NamedTuple):
    """One way of asking to remember or to forget; `fullmatch` the pattern with a sentence."""

    intent: Intent
    pattern: re.Pattern[str]


@cache
def commands() -> tuple[Command, ...]:
    """Return all commands, in the order in which they are tried."""
    tables = ((Intent.REMEMBER, _REMEMBER), (Intent.FORGET, _FORGET))
    return tuple(Command(intent, compiled([line], anchored=True)) for intent, table in tables for line in lines(table))


@cache
def outcomes() -> re.Pattern[str]:
    """Return the pattern of announced outcomes."""
    return compiled(lines(_OUTCOMES), anchored=True)


@cache
def openings() -> re.Pattern[str]:
    """Return the pattern of text that may precede a statement but is not part of it: bullets, greetings, "and"."""
    bullets = r"[-*\u2022\u2013\u2014]+ +|\d{1,3}[.)] +"
    aside = rf"(?:{_SALUTES}|{_ASIDES})\s*[,:!\u2013\u2014]+\s*"
    return re.compile(rf"\A(?:{bullets}|{aside}|{_LINKS})", re.IGNORECASE)
