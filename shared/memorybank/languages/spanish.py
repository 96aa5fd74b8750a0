"""Spanish: words, and sentence patterns of the offline model."""

from __future__ import annotations

from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.language import Language, Said, words

_SHAPES = {
    PERSONAL: r"""
    <esadv>(?:no )?(?:me llamo|mi nombre es|soy|vivo|trabajo|estudio|nací|crecí|hablo|me mudé|me he mudado|me trasladé
        |fumo) (?!(?:yo|milk|sauce|beans?)\b)
    <esadv>(?:no )?tengo (?!que|una? (?:pregunta|problema|duda|idea)|preguntas|dudas|miedo|sueño|hambre|sed|razón
        |idea)\w
    <esadv>(?:no )?estoy (?:casad|embarazad|divorciad|jubilad|solter|viviendo|trabajando como|estudiando)
    <esadv>(?:acabo de cumplir|he cumplido|cumplí|cumplo) \d
    <esadv>(?:he |ya )?(?:dejado|dejé) de \w+r\b|<esadv>(?:no )?sé (?:nadar|cocinar|conducir|bailar|montar|tocar)\b
    <esadv>(?:aprendí|he aprendido) a (?!usar)\w+r
    <esadv>(?:no )?(?:quiero|quisiera|me gustaría) (?:aprender|visitar|mudarme|viajar|comprar|adoptar|estudiar|ser
        |casarme) \S
    <esadv>(?:me compré|me he comprado|encontré (?:trabajo|piso|casa)|he encontrado (?:trabajo|piso|casa)
        |(?:estoy buscando|busco) (?:trabajo|piso|casa|un (?:piso|trabajo)|una casa)) ?\S*
    (?:el|la|mi) (?:examen|cita|reunión|boda|viaje|vuelo|clase|curso|concierto)(?: (?:de|del
        |con) [\w ]{1,40}?)? (?:se (?:ha )?(?:aplazó
        |aplazado|cambió|cambiado|pospuso|canceló|cancelado|adelantó)|ha sido \w+ad[oa]
        |(?:es|será) (?:el|los|a las|en|mañana)) \S
    <esadv>(?:mi|mis|nuestr[oa]s?) (?!pregunta|problema|duda|idea|error)(?:[\w'-]+ ){1,5}?(?:es|son|está|se llaman?
        |tienen?
        |viven?|trabajan?|se mudó|cumple|estudia)\s
    <esadv>(?:me )?acabo de (?:mudarme|mudar|empezar|comprar|adoptar|casarme|cambiar) \S
    <esadv>(?:he cambiado|cambié|hemos cambiado) de (?:trabajo|coche|número|casa|piso)\b
    <esadv>(?:estamos esperando|esperamos|espero) un (?:bebé|hijo)\b
    <esadv>(?:hemos adoptado|adoptamos|adopté|he adoptado|tenemos (?:una?|dos|tres|\d+)|vivimos en|nos mudamos
        |me he casado|me casé)\s
""",
    PREFERENCE: r"""
    <esadv>(?:no )?me (?:gustan?|encantan?|interesan?|fascinan?) (?!(?:eso|esto|esa idea|tu)\b)
    <esadv>(?:prefiero|odio|detesto|adoro|amo|no como|no bebo|no soporto) (?!(?:eso|esto|te|que me)\b)
    <esadv>(?:mi|mis) (?:[\w'-]+ ){1,4}?(?:favorit|preferid)[oa]s? (?:es|son)\s
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

SPANISH = Language(
    "es",
    negations=words("no nunca jamás jamas ningún ninguna sin nada"),
    own_negations=words("ninguno nadie"),
    denials=words("odio detesto"),
    endings=words("vendí divorciado murió cancelé terminé"),
    everywhere=words("los las una uno soy estoy tengo mis sus con por para pero del esta este gusta encanta"),
    shapes=_SHAPES,
    said=Said(
        breaks="pero sino porque desde",
        joins="y e",
        openers="ning* nunca",
        affirming="no sólo|no solo|no puedo esperar|no puedo vivir sin|nada mejor|sin duda",
        denying="dej* evit* sin abandon*",
        recasts="prefier",
        scales={1_000: "mil", 1_000_000: "millón millones"},
        pairs="ambos ambas gemelos gemelas doble",
        halves="media medio",
        afternoon="de la (?:tarde|noche)",
        percent="por ?ciento",
        out_of="de_cada",
        rank_signs="o",
        day_of="de",
        quarters="cuarto",
        feasts={"31.12.": "nochevieja", "1.1.": "año_nuevo", "25.12.": "navidad"},
    ),
)
"""Spanish."""
