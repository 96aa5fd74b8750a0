"""French: words, and sentence patterns of the offline model."""

from __future__ import annotations

from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.language import Language, Said, words

_SHAPES = {
    PERSONAL: r"""
    <frwhen>je m'appelle\s
    <frwhen>je (?:ne )?suis (?!désol|fatigu|content|heureu|prêt|d'accord|sûr|en train|là|perdu|triste|ravi|en retard
        |curieu|d'avis|bloqu|à la recherche|confus)\S
    <frwhen>(?:j'habite|je n'habite|j'étudie|j'apprends|je (?:ne )?(?:vis|travaille|parle|fume|joue|déménage))\s
    <frwhen>je viens d(?:e |')(?-i:[A-ZÉÈÀ])
    <frwhen>j'ai (?:grandi|déménagé|vécu|étudié|\d+ ans|(?:une?|deux|trois|quatre|\d+|des) (?!question|problème|idée
        |doute)\w)
    <frwhen>je n'ai pas d(?:e |')(?!idée|question)\w
    <frwhen>(?:je viens d'avoir|j'ai (?:eu|fêté mes)) \d+ ans
    <frwhen>je me suis (?:mariée?|fiancée?|séparée?|inscrite?|installée?|remise?|mise?)\b
    <frwhen>j'ai (?:arrêté de|commencé à|appris à|enfin appris à|trouvé (?:un (?:travail|emploi|appartement|job)
        |une maison)|un examen
        |rendez-vous|cours)(?! utiliser)
    <frwhen>je (?:ne )?(?:sais pas|sais) (?:nager|cuisiner|conduire|danser|skier)\b
        |<frwhen>je cherche (?:un (?:appartement|emploi|travail)
        |une (?:maison|coloc\w*))
    (?:le |la |l'|mon |ma )(?:examen|rendez-vous|réunion|mariage|voyage|vol|cours|concert|entretien)(?: [\w' ]{1,40}?)?
        (?: est| a été| sera) (?:bien |maintenant )?(?:reporté|annulé|déplacé|avancé|repoussé|fixé|le \d|à \d|lundi
        |mardi|mercredi|jeudi
        |vendredi|samedi|dimanche|demain)
    <frwhen>(?:mon|ma|mes|notre|nos) (?!question|problème|idée|erreur)(?:[\w'-]+ ){1,5}?(?:est|sont|s'appelle(?:nt)?|a
        |ont|habite(?:nt)?|travaille(?:nt)?|aime(?:nt)?|vit|était|a déménagé|fête|étudie)\s
    <frwhen>(?:nous avons|on a|j'ai) adopté\s
    <frwhen>(?:je viens|nous venons|on vient) (?:de|d'en) ?(?:me |nous )?(?:déménager|commencer|acheter|adopter
        |m'installer|changer)\b
    <frwhen>(?:j'ai|nous avons|on a) (?:changé de (?:travail|métier|poste|voiture|numéro|téléphone)|commencé chez)\b
    <frwhen>(?:nous attendons|on attend|j'attends) (?:un bébé|un enfant|des jumeaux)\b
    <frwhen>(?:nous habitons|on habite|nous avons (?:une?|deux|trois|\d+)|on a (?:une?|deux|trois|\d+)) (?!question
        |problème|idée)\S
""",
    PREFERENCE: r"""
    <frwhen>(?:j'aime|j'adore|je n'aime|je (?:ne |ne le )?(?:déteste|préfère|supporte|mange|bois)
        |je m'intéresse)(?! (?:ça|cela|bien ça|beaucoup ça)\b)(?! pas ça)\s
    <frwhen>(?:mon|ma|mes) (?:[\w'-]+ ){1,4}?(?:préféré|favori)\w* (?:est|sont|c'est)\s
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

FRENCH = Language(
    "fr",
    negations=words("ne n pas jamais rien sans"),
    denials=words("déteste"),
    endings=words("vendu divorcé mort annulé terminé"),
    everywhere=words("""
        les des une est suis mon mes ses son sont mais avec pour dans que qui elle nous vous aime adore
    """),
    shapes=_SHAPES,
    said=Said(
        breaks="mais parce depuis sauf",
        joins="et",
        openers="pas aucun* jamais il elle je",
        affirming="""
            non seulement|pas seulement|ne (?:peux|rate|manque) (?:pas|jamais|plus)|sans problème|rien de
            (?:mieux|tel)
        """,
        denying="arrêt* évit* sans quitt*",
        recasts="préfèr",
        scales={1_000: "mille", 1_000_000: "million millions"},
        pairs="deux jumeaux jumelles double",
        halves="demi demie",
        percent="pour ?cent",
        out_of="sur",
        rank_signs="er",
        day_of="de",
        homonyms="mars",
        quarters="quart quarts",
        feasts={"31.12.": "saint-sylvestre", "1.1.": "jour_de_l'an", "25.12.": "noël", "septembre 1.9.": "rentrée"},
    ),
)
"""French."""
