"""Portuguese: words, and sentence patterns of the offline model."""

from __future__ import annotations

from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.language import Language, Said, words

_SHAPES = {
    PERSONAL: r"""
    <ptadv>(?:não )?(?:me chamo|chamo-me|sou|moro|vivo|trabalho|estudo|nasci|cresci|falo|me mudei|mudei-me|fumo)\s
    <ptadv>(?:não )?tenho (?!que|de |uma? (?:pergunta|problema|dúvida|ideia)|perguntas|dúvidas|medo|sono|fome|sede
        |razão|certeza)\w
    <ptadv>estou (?:casad|grávid|divorciad|reformad|aposentad|solteir|morando|trabalhando como|a viver|a trabalhar)
    <ptadv>(?:o |a |os |as )?(?:meus?|minhas?|noss[oa]s?) (?!pergunta|problema|dúvida|ideia
        |erro)(?:[\w'-]+ ){1,5}?(?:é|são
        |está|se chamam?|chama-se|chamam-se|tem|têm|moram?|vivem?|trabalham?|faz|mudou-se|se mudou|estuda)\s
    <ptadv>(?:acabei de fazer|fiz|completei) \d+ anos
    <ptadv>(?:deixei de|parei de|comecei a|aprendi a) (?!usar)\w+r\b|<ptadv>(?:não )?sei (?:nadar|cozinhar|dirigir
        |conduzir|dançar|andar)\b
    <ptadv>(?:encontrei|arranjei|consegui) (?:um (?:emprego|trabalho|apartamento)|uma casa|trabalho|emprego)
    <ptadv>(?:estou )?(?:procurando|à procura de|procuro) (?:um (?:emprego|apartamento)|uma casa|emprego|trabalho|casa)
    <ptadv>(?:me casei|casei-me|me formei|formei-me|me separei)\b
    (?:o |a )(?:exame|prova|consulta|reunião|casamento|viagem|voo|aula|curso|concerto|entrevista)(?: [\w' ]{1,40}?)?
        (?: é| será| foi| passou) (?:adiad|cancelad|remarcad|antecipad|marcad|mudad|para |na (?:segunda|terça|quarta
        |quinta|sexta)|no (?:sábado
        |domingo)|amanhã|às \d|dia \d)
    <ptadv>acabei de (?:me mudar|mudar-me|começar|comprar|adotar|adoptar|trocar|mudar) \S
    <ptadv>(?:mudei|troquei) de (?:emprego|trabalho|carro|casa|número|telefone)\b
    <ptadv>(?:estamos à espera de|esperamos|espero) um bebé\b
    <ptadv>(?:adot[aá]mos|adoptámos|adotei|adoptei|temos (?:uma?|dois|duas|três|\d+)|moramos|vivemos)\s
""",
    PREFERENCE: r"""
    <ptadv>(?:não )?gosto (?:muito )?d(?:e|os?|as?) (?!isso|ti|você)
    <ptadv>(?:prefiro|adoro|amo|odeio|detesto|não como|não bebo|não suporto) (?!isso\b)
    <ptadv>(?:o |a |os |as )?(?:meus?|minhas?) (?:[\w'-]+ ){1,4}?(?:favorit|preferid)[oa]s? (?:é|são)\s
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

PORTUGUESE = Language(
    "pt",
    negations=words("não nao nunca nem nada nenhum nenhuma sem"),
    denials=words("odeio detesto"),
    endings=words("vendi morreu cancelei"),
    everywhere=words("uma sou estou tenho meu minha meus com dos das adoro gosto"),
    shapes=_SHAPES,
    said=Said(
        breaks="mas porém",
        joins="e",
        openers="não nenhum* ela ele",
        affirming="não só|mal posso esperar|não vivo sem|nada melhor|sem dúvida",
        denying="parei parou larg* sem",
        scales={1_000: "mil", 1_000_000: "milhão milhões"},
        pairs="gêmeos gémeos dupla duplo",
        halves="meia meio",
        afternoon="da (?:tarde|noite)",
        percent="por ?cento",
        out_of="em",
        day_of="de",
        homonyms="segunda terça quarta quinta sexta sábado",
        quarters="quarto",
        feasts={"1.1.": "ano_novo", "25.12.": "natal"},
    ),
)
"""Portuguese."""
