"""Italian: words, and sentence patterns of the offline model."""

from __future__ import annotations

from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.language import Language, Said, words

_SHAPES = {
    PERSONAL: r"""
    <itadv>(?:non )?(?:mi chiamo|vivo|abito|lavoro|studio|vengo da|parlo|mi sono trasferit[oa]|fumo)\s
    <itadv>(?:non )?sono (?!stanc|felic|d'accordo|pront|qui|sicur|content|confus|curios|trist|in ritardo)\S
    <itadv>(?:non )?ho (?:un[oa']?|due|tre|quattro|\d+) ?(?!domanda|problema|dubbio|idea|bisogno)\w
    <itadv>ho (?:appena |finalmente )?(?:compiuto \d|smesso di|cominciato a|iniziato a|imparato a|trovato (?:lavoro
        |casa|un lavoro)|\d+ anni
        |un esame|un appuntamento) ?\S*
    <itadv>(?:non )?so (?:nuotare|cucinare|guidare|ballare|sciare|suonare)\b|<itadv>(?:sto cercando|cerco) (?:lavoro
        |casa|un lavoro|una casa
        |un appartamento)
    <itadv>mi sono (?:sposat|laureat|separat|iscritt|fidanzat)[oa]\b
    (?:il |la |l'|lo )(?:esame|appuntamento|riunione|matrimonio|viaggio|volo|corso|concerto
        |colloquio)(?: [\w' ]{1,40}?)?
        (?: è| sarà| è stat[oa]) (?:stat[oa] )?(?:rinviat|spostat|annullat|anticipat|rimandat|fissat|lunedì|martedì
        |mercoledì|giovedì
        |venerdì|sabato|domenica|domani|alle \d|il \d)
    <itadv>(?:il |la |i |le )?(?:mi[oa]|miei|mie|nostr[oaie]) (?!domanda|problema|dubbio|idea)(?:[\w'-]+ ){1,5}?(?:è
        |sono
        |si chiama(?:no)?|ha|hanno|vive|vivono|abita|lavora|compie|si è trasferit[oa]|studia)\s
    <itadv>(?:mi sono|ci siamo) (?:appena |da poco )?trasferit[oaie]\b
    <itadv>(?:ho|abbiamo) (?:appena )?cambiato (?:lavoro|casa|auto|macchina|numero)\b
    <itadv>(?:aspettiamo|aspetto) un (?:bambino|bimbo|figlio)\b
    <itadv>(?:abbiamo|ho) (?:adottato|preso un[oa'])\s?\w
    <itadv>(?:abitiamo|viviamo|abbiamo (?:un[oa']?|due|tre|\d+)) ?(?!problema|domanda|idea)\w
""",
    PREFERENCE: r"""
    <itadv>(?:non )?mi (?:piace|piacciono|interessa|interessano) (?!(?:questo|quello|questa idea)\b)
    <itadv>(?:non )?(?:preferisco|adoro|amo|odio|detesto|mangio|bevo|sopporto) (?!(?:questo|quello)\b)
    <itadv>(?:il |la |i |le )?(?:mi[oa]|miei|mie) (?:[\w'-]+ ){1,4}?(?:preferit|favorit)[oaie] (?:è|sono)\s
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

ITALIAN = Language(
    "it",
    negations=words("non mai senza nessuno nessuna nulla"),
    denials=words("odio detesto"),
    endings=words("venduto divorziato morto annullato"),
    everywhere=words("gli uno sono mio mia miei del della dei con per che nel nella piace adoro"),
    shapes=_SHAPES,
    said=Said(
        breaks="ma però bensì perché",
        joins="e",
        openers="non nessun* mai lui lei",
        affirming="non solo|non vedo l'ora|niente di meglio|senza dubbio",
        denying="smess* senza",
        scales={1_000: "mila", 1_000_000: "milione milioni"},
        pairs="entrambi gemelli gemelle doppio",
        halves="mezza mezzo",
        out_of="su",
        quarters="quarto",
        feasts={"31.12.": "san_silvestro", "1.1.": "capodanno", "25.12.": "natale"},
    ),
)
"""Italian."""
