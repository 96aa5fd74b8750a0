"""How people ask to remember or to forget, and how outcomes are announced; `patterns` says how to read a table.

In a command, `what` is the thing itself, `dass` marks a German subordinate clause, and `whole` what stays as it is
("Remember to call Ann").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from memorybank.models.offline.beginnings import led
from memorybank.models.offline.patterns import Table, compiled, is_latin, letters_of, lines
from memorybank.ports.models import Intent
from memorybank.text.normal import lowered

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
    (?:пожалуйста,? )?(?:запомни(?:те)?|не забудь(?:те)?|учти(?:те)?)(?:,? (?:пожалуйста,? )?что |: ?)(?P<what>.+)
    (?P<what>.+?다)는 (?:것|거|걸)(?:을|를)? ?기억해 ?(?:줘|주세요|둬)?
    (?:proszę,? )?(?:zapamiętaj|pamiętaj|nie zapomnij)(?:,? proszę)?(?:,? że|:) (?P<what>.+)
    (?:lütfen )?(?:şunu )?(?:unutma|hatırla|aklında tut|not et): (?P<what>.+)
    (?P<what>.+?(?:olduğumu|olduğunu|[ıiuü]yorum))(?: lütfen)? (?:unutma|hatırla|aklında tut)
    (?:من فضلك,? ?|رجاء,? ?)?(?:تذكر|تذكري|لا تنس|لا تنسى)(?: أن|:) ?(?P<what>.+)
    (?:कृपया )?(?:याद रखना|याद रखो|याद रखें|याद रखिए|मत भूलना)(?: कि|:) (?P<what>.+)
    [请請]?你?(?:要|帮我)?(?:记住|記住|记得|記得|记下|記下|别忘了|別忘了|不要忘[记記]|别忘记)[,:]? ?(?P<what>.+)
"""

_FORGET = r"""
    (?:please )?<drop>(?: everything| all| anything)?(?: about)? (?:that|the fact that) (?P<what>\S+ .+)
    (?:please )?<drop>(?: everything| all| anything)?(?: (?:I (?:said|told you)|you know))? about (?P<what>.+)
    (?:please )?<drop> (?P<what>(?:my|our|I|I'm|we) ?.+)
    (?:please )?I(?:'d like| want| need) you to <drop> (?:that |about |the fact that )?(?P<what>.+)
    (?:please )?<drop> what I (?:said|told you) about (?P<what>.+)
    (?:please )?(?:(?:can|could|will|would) you (?:please )?)?(?:delete|erase|remove|clear|wipe|forget) (?:what(?:ever)?
        |all|everything|anything)(?: that)? you (?:know|have|remember|learned|stored|saved)(?: about
        | on) (?P<what>[^?]+?)(?:,? please)?\??
    (?:please )?(?:can|could|will|would) you (?:please )?forget (?:(?:everything
        |all) )?(?:about |that )?(?P<what>[^?]+)\??
    (?:please )?(?:(?:can|could|will|would) you (?:please )?|I(?:'d like| want| need) you to |you can )?(?:delete
        |erase|remove
        |clear|drop|wipe|get rid of
        |forget) (?:the |any |all |every |your |that |those |my )?(?:saved |stored )?(?:memory|memories|facts?
        |notes?|information|info|entry|entries|data|records?|everything|anything)(?: you (?:have|know|saved
        |stored))? (?:about|of|on
        |regarding|concerning) (?P<what>[^?]+?)(?:,? please)?\??
    (?:please )?(?:(?:can|could|will|would) you (?:please )?|I(?:'d like| want) you to )(?:delete|erase
        |forget) (?P<what>(?:my|our) [^?]+?)(?:,? please)?\??
    (?:please )?(?:delete|erase|remove
        |clear) (?:everything about |the fact that |that )?(?P<what>.+?) from (?:your |the )?memory
    (?:du kannst|sie können) (?P<what>(?:mein|unser)(?:e|en|er|em|es)? .+) vergessen
    (?:bitte )?<weg>(?: bitte)?,? (?P<dass>da(?:ss|ß)) (?P<what>[^?]+)\??
    (?:bitte )?<weg>(?: bitte)?(?: alles)?(?: über)? (?P<what>(?:mein|unser)(?:e|en|er|em|es)? [^?]+)\??
    (?:bitte )?(?:(?:kannst|könntest) du|können sie|könnten sie) (?:bitte )?(?:alles über )?(?P<what>(?:mein
        |unser)(?:e|en|er|em|es)? .+?) (?:bitte )?(?:vergessen|löschen)\??
    (?:bitte )?(?:lösche?|löschen sie|entferne?|(?:kannst|könntest) du) (?:bitte )?(?:die erinnerung(?:en)?
        |den eintrag|die notiz|alles
        |die informationen?|was du) (?:an|zu|über|von) (?P<what>.+?)(?: (?:weißt|löschen|entfernen
        |vergessen))?(?: bitte)?\??
    (?:bitte )?(?:lösche?|löschen sie) (?:bitte )?(?P<what>(?:mein|unser)(?:e|en|er|em|es)? .+)
    (?:s'il te plaît,? |s'il vous plaît,? )?(?:(?:peux-tu|pouvez-vous|pourrais-tu|pourriez-vous|tu peux) )?(?:oublier
        |supprimer
        |effacer|supprime|supprimez|efface|effacez) (?:(?:le |les )?souvenirs?|(?:l'|les )?informations?
        |ce que tu sais|tout|la mémoire) (?:sur|de|concernant|à propos de) (?P<what>[^?]+?) ?\??
    (?:s'il te plaît,? |s'il vous plaît,? )?(?:peux-tu|pouvez-vous|pourrais-tu|supprime|efface)(?: oublier| supprimer
        | effacer)? (?P<what>(?:mon|ma|mes|notre|nos) [^?]+?) ?\??
    (?:s'il te plaît,? |s'il vous plaît,? )?<oublie>(?: tout)?(?: sur| de)? (?:(?:le fait )?que |(?=(?:mon|ma|mes
        |notre|nos)\b))(?P<what>.+)
    (?:s'il te plaît,? |s'il vous plaît,? )?<oublie> qu'(?P<what>.+)
    (?:por favor,? )?(?:(?:ya )?puedes )?(?:olvida|olvide|olvídate|olvidar
        |olvidarte)(?: de)?(?: todo)?(?: sobre)? (?:que |(?=(?:mi|mis|nuestr[oa]s?)\b))(?P<what>.+)
    (?:por favor,? )?[¿]?(?:(?:puedes|podrías|puede) )?(?:olvidar|borrar|eliminar|borra|elimina|borre
        |quita) (?:el recuerdo|los recuerdos
        |la información|lo que sabes|la memoria|los datos|todo)(?: guardad[oa]s?)? (?:sobre|de
        |acerca de) (?P<what>[^?]+)\??
    (?:por favor,? )?[¿]?(?:(?:puedes|podrías|puede) )?(?:olvidar|borrar|eliminar|borra|elimina) (?P<what>(?:mi
        |mis) [^?]+)\??
    (?:per favore,? )?(?:(?:puoi|potresti|può) )?(?:dimenticare|cancellare|eliminare|cancella|elimina) (?:il ricordo
        |i ricordi
        |le informazioni|l'informazione|quello che sai|la memoria|i dati|tutto) (?:su|sul|sulla|sui|del|della
        |di) (?P<what>[^?]+)\??
    (?:per favore,? )?(?:(?:puoi|potresti|può) )?(?:dimenticare|cancellare|eliminare|cancella
        |elimina) (?P<what>(?:il |la |i |le )?(?:mio
        |mia|miei|mie) [^?]+)\??
    (?:por favor,? )?(?:(?:você )?(?:pode|podes|poderia|podias) )?(?:esquecer|apagar|eliminar|excluir|apaga|apague
        |elimina) (?:a memória
        |as memórias|a lembrança|a informação|as informações|o que sabes?|os dados|tudo) (?:sobre|de|da
        |do) (?P<what>[^?]+)\??
    (?:por favor,? )?(?:(?:você )?(?:pode|podes|poderia|podias) )?(?:esquecer|apagar|eliminar|apaga
        |apague) (?P<what>(?:[oa]s? )?(?:meus?
        |minhas?) [^?]+)\??
    (?:(?:alsjeblieft|graag),? )?(?:(?:kun|kan|wil) je (?:alsjeblieft )?)?(?:vergeet(?! niet)|verwijder
        |wis)(?: alles)?(?: (?:over|van
        |de herinnering aan))? (?:dat )?(?P<what>(?:mijn|ons|onze|ik) [^?]+)\??
    (?:kun|kan|wil|kunt) (?:je|u) (?:alsjeblieft )?(?:alles over )?(?P<what>(?:mijn|ons|onze) .+?) (?:vergeten
        |verwijderen|wissen)\??
    (?:per favore,? )?(?:puoi )?(?:dimentica|dimenticati|dimenticare|dimentichi)(?: di)?(?: tutto)?(?: su)? (?:che
        |(?=(?:il|la|i|le)? ?(?:mi[oa]|miei|mie)\b))(?P<what>.+)
    (?:por favor,? )?(?:(?:você )?podes? )?(?:esqueça|esquece|esquecer|esqueça-se
        |esquece-te)(?: de)?(?: tudo)?(?: sobre)? (?:que|(?=(?:[oa]s? )?(?:meus?|minhas?)\b))(?P<what>.+)
    (?:пожалуйста,? )?(?:забудь(?:те)?|удали(?:те)?)(?: вс[её])?(?:,? (?:о том,? )?что | об? | про )(?P<what>.+)
    (?P<what>.+?(?:다(?=는)|(?=에 대한)))(?:는|에 대한) (?:것|거|걸|기억|정보)(?:을|를|은|는)? ?(?:잊어
        |지워|삭제해) ?(?:줘|주세요|줄래요)?
    (?P<what>(?:제|내) .+?)(?:을|를|은|는) (?:잊어|지워|삭제해) ?(?:줘|주세요|줄래요)?
    (?P<what>.+?)(?:について|に関する|の)(?:記憶|メモリー?|情報|データ|こと)を(?:削除|消去|消|忘れ)(?:し)?て(?:ください|下さい|ほしい|くれますか)?\??
    (?P<what>.+?)(?:という|って)?(?:のこと|こと)?[をは]?忘れて(?:ください|下さい|ね|ほしい|欲しい|いいです|いいよ|もいいです)?
    (?:proszę,? )?(?:zapomnij|zapomnieć|możesz zapomnieć)(?:,? proszę)?(?: o tym)?(?:,? że|,? iż) (?P<what>.+)
    (?:proszę,? )?(?:zapomnij|usuń|skasuj)(?: wszystko| informację| informacje| wspomnienie)? o (?P<what>mo\w+ .+)
    (?P<what>.+?)(?=[ ,])(?: olduğunu| olduğumu| bilgisini| hakkındaki her şeyi)?,? (?:lütfen )?(?:unut|unutun
        |unutur musun|sil|siler misin)(?: lütfen)?\??
    (?:من فضلك,? ?|رجاء,? ?)?(?:انس|انسَ|انسى|احذف|امسح)(?: كل شيء عن| معلومة)? (?:أنني|أني|أنّي|أن|أنّ) ?(?P<what>.+)
    (?:من فضلك,? ?|رجاء,? ?)?(?:انس|انسَ|انسى|احذف|امسح) (?:كل شيء عن |كل ما تعرفه عن )(?P<what>.+)
    (?:कृपया )?(?:यह )?(?:भूल जाओ|भूल जाइए|भूल जाएँ|भूल जाएं|भूल जा) कि (?P<what>.+)
    (?P<what>मेर[ाीे] .+?)(?: को| के बारे में सब कुछ| के बारे में)? (?:भूल जाओ|भूल जाइए|भूल जाएँ|भूल जाएं|हटा दो|हटाओ)
    [请請]?你?(?:可以|能|能不能|可不可以)?(?:帮我|把)?(?:[删刪]除|[删刪]掉|忘[记記]|忘掉|清除)(?:关于|關於|有关)?(?P<what>.+?)的?(?:记忆|記憶|信息|资料|內容|内容|记录
        |紀錄)[吗嗎]?\??
    [请請]?你?(?:可以|能)?(?:把)?(?P<what>我的.+?)(?:[删刪]除|[删刪]掉|忘[记記]|忘掉)[吧吗嗎]?\??
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

_OUTCOME_VERBS = (
    *("book", "confirm", "schedul", "reserv", "order", "placed", "cancel", "registered", "enrolled"),
    *("gebucht", "bestätigt", "bestellt", "storniert", "vereinbart", "réservé", "programm", "command", "annul"),
    *("programad", "pedid", "prenotat", "confermat", "ordinat", "fissat", "marcad", "agendad", "encomendad"),
)
"""Every match of an outcome in Latin letters contains one of these, in lower case."""

_OTHER_OUTCOME_WORDS = ("予約", "注文", "手配", "已")
"""The same for outcomes in other letters."""

_SALUTES = (
    r"(?:hi|hello|hey|thanks|thank you|hallo|guten tag|guten morgen|danke|bonjour|salut|merci|hola|gracias|ciao|grazie"
    r"|olá|oi|obrigad[oa])(?: [\w.-]+){0,2}"
)
_ASIDES = (
    r"(?:well|ok|okay|yes|yeah|yep|no|nope|sure|oh|by the way|btw|also|actually|so|anyway|fyi|for the record|ah|hmm?"
    r"|right|cool|great|great news|good news|done|all set|perfect|sorry|apologies|oops|correction|small correction"
    r"|(?:sorry,? )?(?:I made a mistake|my (?:mistake|bad)|I was wrong|I meant(?: to say)?|I misspoke"
    r"|I got (?:that|it) wrong"
    r"|that (?:was|is|'s) (?:wrong|a typo)|typo|wait,? no|no,? wait|strike that"
    r"|let me correct (?:that|myself)"
    r"|to correct myself|scratch that|update|edit)|wait|(?:kleine )?korrektur|entschuldigung"
    r"|ich habe mich (?:vertan|geirrt|verschrieben)|mein fehler|stimmt nicht|falsch"
    r"|pardon|désolée?|je me suis trompée?|rectification|erratum|perdón|me (?:he )?equivo(?:qué|cado)|corrección"
    r"|lo siento"
    r"|scusa|scusate|mi sono sbagliat[oa]|correzione|desculpa|desculpe|enganei-me|me enganei|correção|correctie"
    r"|ik vergiste me"
    r"|rather|or rather|I misremembered|nein,? falsch|verzeihung|quatsch|besser gesagt|das war falsch|nicht ganz|ups"
    r"|oeps|foutje"
    r"|verbetering|nee|errata|fe de erratas|rectifico|me corrijo|corrijo|mentira|mejor dicho|quise decir|perdona"
    r"|errei|engano meu|retificando|corrigindo|quer dizer|melhor dizendo|ops|anzi|mi correggo|errore mio|volevo dire"
    r"|je me reprends|enfin,? non|oups|erreur de ma part|ой|извини(?:те)?|простите|поправка|точнее|вернее"
    r"|я ошиб(?:ся|лась)"
    r"|нет|да|кстати|아니|아니요|아니에요|정정|정정할게요|참|그런데|근데|죄송해요|죄송합니다|いや|ごめんなさい|ごめん|あ|いえ|違った|違います"
    r"|訂正します|訂正です|不对|不是|更正一下|纠正一下|哦|其实|przepraszam|pomyłka|sprostowanie"
    r"|nie|pardon|özür dilerim|düzeltme"
    r"|عفوا|عفوًا|تصحيح|माफ़ कीजिए|सुधार"
    r"|訂正|すみません|間違えました|更正|抱歉|对不起|我说错了|ja|nein|übrigens|ach|nun|oui|non|au fait"
    r"|d'ailleurs"
    r"|bon|sí|si|por cierto|bueno|pues|sì|comunque|allora|sim|não|aliás|a propósito|listo|fertig|fatto|pronto"
    r"|こんにちは|はい|いいえ|ちなみに|你好|谢谢|对了|顺便说一下|好的|是的)"
)
_LINKS = (
    r"(?:and|but|so|also|plus|btw|actually|well|oh|yes|und|aber|et|mais|y|pero|e|ma|mas) (?=(?:I|I'\w+|my|we|our"
    r"|your|please|remember|ich|mein\w*|wir|je|j'\w+|mon|ma|mes|me|mi|mis|no|vivo|soy|tengo|sono|ho|il|la|o|a|eu|meu|minha|não|gosto|moro"
    r"|trabajo|prefiero)\b)"
)
_BULLET = re.compile(r"[-*\u2022\u2013\u2014]+ +|\d{1,3}[.)] +")


@cache
def _tables() -> tuple[tuple[Intent, Table], ...]:
    return (Intent.REMEMBER, Table(lines(_REMEMBER))), (Intent.FORGET, Table(lines(_FORGET)))


def command(text: str) -> tuple[Intent, re.Match[str]] | None:
    """Return what a sentence asks for, and how, if it asks to remember or to forget."""
    letters = letters_of(text)
    for intent, table in _tables():
        for _, match in table.matches(text, letters):
            return intent, match
    return None


def announces(text: str) -> bool:
    """Tell whether a text announces an outcome."""
    lower = lowered(text)
    return (any(map(lower.__contains__, _OUTCOME_VERBS)) and _outcomes(latin=True).match(text) is not None) or (
        any(map(lower.__contains__, _OTHER_OUTCOME_WORDS)) and _outcomes(latin=False).match(text) is not None
    )


@cache
def _outcomes(*, latin: bool) -> re.Pattern[str]:
    return compiled([line for line in lines(_OUTCOMES) if is_latin(line) is latin], anchored=False)


def opening(text: str) -> re.Match[str] | None:
    """Return what precedes a statement but is not part of it: a bullet, a greeting, "and"."""
    return _worded_opening()(text) if text[:1].isalpha() else _BULLET.match(text)


@cache
def _worded_opening() -> Callable[[str], re.Match[str] | None]:
    aside = rf"(?:{_SALUTES}|{_ASIDES})\s*[,:!\u2013\u2014\u3001]+\s*"
    return led(re.compile(rf"\A(?:{aside}|{_LINKS})", re.IGNORECASE))
