"""How statements begin in Romance languages; `patterns` says how to read a table."""

from __future__ import annotations

from memorybank.models.offline.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE

FRENCH = {
    PERSONAL: r"""
    <frwhen>je m'appelle\s
    <frwhen>je (?:ne )?suis (?!désol|fatigu|content|heureu|prêt|d'accord|sûr|en train|là|perdu|triste|ravi|en retard
        |curieu|d'avis|bloqu|à la recherche|confus)\S
    <frwhen>(?:j'habite|je n'habite|j'étudie|j'apprends|je (?:ne )?(?:vis|travaille|parle|fume|joue|déménage))\s
    <frwhen>je viens d(?:e |')(?-i:[A-ZÉÈÀ])
    <frwhen>j'ai (?:grandi|déménagé|vécu|étudié|\d+ ans|(?:une?|deux|trois|quatre|\d+|des) (?!question|problème|idée
        |doute)\w)
    <frwhen>je n'ai pas d(?:e |')(?!idée|question)\w
    <frwhen>(?:mon|ma|mes|notre|nos) (?!question|problème|idée|erreur)(?:[\w'-]+ ){1,5}?(?:est|sont|s'appelle(?:nt)?|a
        |ont|habite(?:nt)?|travaille(?:nt)?|aime(?:nt)?|vit|était)\s
""",
    PREFERENCE: r"""
    <frwhen>(?:j'aime|j'adore|je n'aime|je (?:ne |ne le )?(?:déteste|préfère|supporte|mange|bois)
        |je m'intéresse)(?! (?:ça|cela|bien ça|beaucoup ça)\b)(?! pas ça)\s
    (?:mon|ma|mes) (?:[\w'-]+ ){1,4}?(?:préféré|favori)\w* (?:est|sont|c'est)\s
""",
    DETAIL: r"""
    <frwhen>(?:j'ai|nous avons|on a) (?:enfin |déjà |bien )?(?:réservé|commandé|acheté|décidé|terminé|fini|choisi
        |signé|annulé|confirmé|planifié|obtenu|vendu|commencé|réussi|gagné)\s
    <frwhen>(?:je vais|nous allons|on va) (?!essayer|voir|te |vous )(?!\w+-)[\w']+(?:er|ir|re|oir)\s
    <frwhen>(?:je prévois|nous prévoyons|je compte)\s
""",
    INSTRUCTION: r"""
    (?:s'il te plaît,? |s'il vous plaît,? )?(?:désormais|dorénavant|à partir de maintenant|à l'avenir),? (?!j)\w
    (?:appelle|appelez)-moi (?!quand|si|plus tard|demain)\w
    (?:réponds|répondez|parle|parlez|écris|écrivez)(?:-moi)? (?:toujours |uniquement )?en \w
    (?:n'utilise|n'utilisez|ne m'appelle|ne m'appelez) (?:jamais|pas|plus)\s
""",
}
"""French."""

SPANISH = {
    PERSONAL: r"""
    <esadv>(?:no )?(?:me llamo|soy|vivo|trabajo|estudio|nací|crecí|hablo|me mudé|me he mudado|me trasladé
        |fumo) (?!(?:yo|milk|sauce|beans?)\b)
    <esadv>(?:no )?tengo (?!que|una? (?:pregunta|problema|duda|idea)|preguntas|dudas|miedo|sueño|hambre|sed|razón
        |idea)\w
    <esadv>(?:no )?estoy (?:casad|embarazad|divorciad|jubilad|solter|viviendo|trabajando como|estudiando)
    (?:mi|mis|nuestr[oa]s?) (?!pregunta|problema|duda|idea|error)(?:[\w'-]+ ){1,5}?(?:es|son|está|se llaman?|tienen?
        |viven?|trabajan?)\s
""",
    PREFERENCE: r"""
    <esadv>(?:no )?me (?:gustan?|encantan?|interesan?|fascinan?) (?!(?:eso|esto|esa idea|tu)\b)
    <esadv>(?:prefiero|odio|detesto|adoro|amo|no como|no bebo|no soporto) (?!(?:eso|esto|te|que me)\b)
    (?:mi|mis) (?:[\w'-]+ ){1,4}?(?:favorit|preferid)[oa]s? (?:es|son)\s
""",
    DETAIL: r"""
    <esadv>(?:he|hemos) (?:reservado|comprado|decidido|terminado|pedido|confirmado|acabado|cancelado|elegido|firmado
        |aprobado|vendido|empezado)\s
    <esadv>(?:reservé|compré|decidí|decidimos|reservamos|terminé|pedí|compramos|acabé|cancelé|vendí|aprobé|elegí)\s
    <esadv>(?:voy|vamos) a (?!ver|probar|empezar|intentar)\w+r(?:me|nos)?\s
    <esadv>(?:planeo|tengo pensado|tengo previsto|pienso) \w+r\s
""",
    INSTRUCTION: r"""
    (?:por favor,? )?(?:(?:siempre|nunca) (?:responde|contesta|usa|uses|habla|escribe|incluye|menciones)
        |a partir de ahora,?|de ahora en adelante,?|en el futuro,?) (?!me |he |voy )\w
    (?:por favor,? )?(?:llámame|llámeme) (?!cuando|si|mañana|luego)\w
    (?:por favor,? )?(?:responde|respóndeme|responda|contesta|contéstame|háblame|escríbeme)(?: siempre)? en \w
""",
}
"""Spanish."""

ITALIAN = {
    PERSONAL: r"""
    <itadv>(?:non )?(?:mi chiamo|vivo|abito|lavoro|studio|vengo da|parlo|mi sono trasferit[oa]|fumo)\s
    <itadv>(?:non )?sono (?!stanc|felic|d'accordo|pront|qui|sicur|content|confus|curios|trist|in ritardo)\S
    <itadv>(?:non )?ho (?:un[oa']?|due|tre|quattro|\d+) ?(?!domanda|problema|dubbio|idea|bisogno)\w
    (?:il |la |i |le )?(?:mi[oa]|miei|mie|nostr[oaie]) (?!domanda|problema|dubbio|idea)(?:[\w'-]+ ){1,5}?(?:è|sono
        |si chiama(?:no)?|ha|hanno|vive|vivono|abita|lavora)\s
""",
    PREFERENCE: r"""
    <itadv>(?:non )?mi (?:piace|piacciono|interessa|interessano) (?!(?:questo|quello|questa idea)\b)
    <itadv>(?:non )?(?:preferisco|adoro|amo|odio|detesto|mangio|bevo|sopporto) (?!(?:questo|quello)\b)
    (?:il |la |i |le )?(?:mi[oa]|miei|mie) (?:[\w'-]+ ){1,4}?(?:preferit|favorit)[oaie] (?:è|sono)\s
""",
    DETAIL: r"""
    <itadv>(?:ho|abbiamo) (?:già |appena |finalmente )?(?:prenotato|deciso|ordinato|comprato|finito|scelto|confermato
        |terminato|firmato|annullato|venduto|superato|iniziato)\s
    <itadv>(?:ho intenzione di|abbiamo intenzione di|ho in programma|sto per|andrò|andremo)\s
""",
    INSTRUCTION: r"""
    (?:per favore,? )?(?:d'ora in poi|da ora in poi|in futuro),? (?!mi |io )\w
    (?:per favore,? )?(?:chiamami|mi chiami) (?!quando|se|domani)\w
    (?:per favore,? )?(?:rispondi|rispondimi|risponda|parlami|scrivimi)(?: sempre)? in \w
""",
}
"""Italian."""

PORTUGUESE = {
    PERSONAL: r"""
    <ptadv>(?:não )?(?:me chamo|chamo-me|sou|moro|vivo|trabalho|estudo|nasci|cresci|falo|me mudei|mudei-me|fumo)\s
    <ptadv>(?:não )?tenho (?!que|de |uma? (?:pergunta|problema|dúvida|ideia)|perguntas|dúvidas|medo|sono|fome|sede
        |razão|certeza)\w
    <ptadv>estou (?:casad|grávid|divorciad|reformad|aposentad|solteir|morando|trabalhando como|a viver|a trabalhar)
    (?:o |a |os |as )?(?:meus?|minhas?|noss[oa]s?) (?!pergunta|problema|dúvida|ideia|erro)(?:[\w'-]+ ){1,5}?(?:é|são
        |está|se chamam?|chama-se|chamam-se|tem|têm|moram?|vivem?|trabalham?)\s
""",
    PREFERENCE: r"""
    <ptadv>(?:não )?gosto (?:muito )?d(?:e|os?|as?) (?!isso|ti|você)
    <ptadv>(?:prefiro|adoro|amo|odeio|detesto|não como|não bebo|não suporto) (?!isso\b)
    (?:o |a |os |as )?(?:meus?|minhas?) (?:[\w'-]+ ){1,4}?(?:favorit|preferid)[oa]s? (?:é|são)\s
""",
    DETAIL: r"""
    <ptadv>(?:reservei|comprei|decidi|decidimos|terminei|pedi|encomendei|marquei|agendei|cancelei|confirmei|escolhi
        |assinei|vendi|comecei|reservamos|compramos)\s
    <ptadv>(?:vou|vamos) (?!tentar|ver|começar|testar)\w+r(?:-me)?\s
    <ptadv>(?:pretendo|planejo|tenciono|planeio) \w+r\s
""",
    INSTRUCTION: r"""
    (?:por favor,? )?(?:(?:sempre|nunca) (?:responda|responde|use|fale|escreva)|a partir de agora,?
        |de agora em diante,?|no futuro,?) (?!me |eu |vou )\w
    (?:por favor,? )?(?:me chame de|me chama de|chama-me|chame-me|trate-me por|trata-me por) (?!quando|se)\w
    (?:por favor,? )?(?:responda|responde|responda-me|fale comigo|fala comigo|escreva)(?: sempre)? em \w
""",
}
"""Portuguese."""
