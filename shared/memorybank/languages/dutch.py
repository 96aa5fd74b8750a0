"""Dutch: words, and sentence patterns of the offline model."""

from __future__ import annotations

from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.language import Language, Said, words

_SHAPES = {
    PERSONAL: r"""
    <nladv>mijn naam is \S
    <nladv>ik (?:heet|woon|leef|werk|studeer|spreek|speel|rook|kom uit|rijd|geef les|ben verhuisd|verhuis) \S
    <nladv>ik ben (?:niet )?(?:een |\d+|(?-i:[A-Z])|allergisch|getrouwd|gescheiden|zwanger|vegan|vegetari|veganist
        |geboren|verloofd
        |werkloos|gepensioneerd|naar .{1,60} verhuisd|(?:leraar|lerares|verpleegkundige|arts|ingenieur|kok|piloot
        |student)\b)
    <nladv>(?:nu |tegenwoordig )?(?:woon|werk|leef|studeer) ik \S
    <nladv>ik ben (?:dol op|gek op|gestopt met|begonnen met|gisteren \d+ geworden|\d+ geworden) ?\S*
    <nladv>ik heb (?:eindelijk )?(?:leren \w+|een (?:baan|huis|woning|appartement) gevonden|last van \w+|\w*(?:allergie
        |intolerantie)|coeliakie
        |diabetes|astma)\b
    <nladv>ik (?:kan (?:niet |goed )?(?:zwemmen|koken|dansen|skiën|autorijden)|zoek een (?:baan|huis|woning
        |appartement))\b
    (?:de |het |mijn )(?:\w*afspraak|\w*vlucht|examen|tentamen|vergadering|bruiloft|reis|cursus|les
        |concert)(?: [\w' ]{1,40}?)?
        (?: is| wordt) (?:verplaatst|verzet|uitgesteld|afgezegd|geannuleerd|om \d|op (?:\d|maandag|dinsdag|woensdag
        |donderdag|vrijdag
        |zaterdag|zondag)|morgen)
    <nladv>ik heb (?:een|twee|drie|vier|geen|\d+) (?!vraag|probleem|idee|vragen|problemen)\w
    <nladv>(?:mijn|onze|ons) (?!vraag|probleem|idee|fout)(?:[\w'-]+ ){1,4}?(?:is|zijn|heet|heten|heeft|hebben|woont
        |werkt|wordt
        |studeert|speelt|houdt) \S
    <nladv>ik ben (?:net |onlangs |pas |nu )?(?:verhuisd naar|naar .{1,60} verhuisd|begonnen bij
        |van baan veranderd) ?\S*
    <nladv>(?:ik verwacht|we verwachten) een (?:baby|kind)\b
    <nladv>we (?:wonen|hebben (?:een|twee|drie|\d+)|hebben .{1,120}(?:geadopteerd|gekregen)) ?\S
""",
    PREFERENCE: r"""
    <nladv>ik (?:hou|houd) (?:niet |veel )?van (?!jou|je\b)\S
    <nladv>ik (?:haat|verafschuw|verkies) \S
    <nladv>ik (?:eet|drink|lees|luister|speel) .{0,80}\b(?:geen|nooit|graag|liever|altijd|het liefst)\b
    <nladv>(?:mijn|onze) favoriete [\w-]+ (?:is|zijn) \S
    <nladv>(?:mijn|onze) lievelings[\w-]+ (?:is|zijn) \S
""",
    DETAIL: r"""
    <nladv>(?:ik heb|we hebben) .{1,160}(?:geboekt|besteld|gereserveerd|besloten|gekocht|verkocht|afgerond|getekend
        |geannuleerd)\b
    <nladv>(?:ik ga|we gaan|ik wil) .{1,120}(?:reizen|verhuizen|trouwen|beginnen|bezoeken|kopen|leren|vliegen)\b
""",
    INSTRUCTION: r"""
    (?:vanaf nu|voortaan),? (?!ik\b)\w
    (?:alsjeblieft )?noem (?:me|mij) \w
    (?:alsjeblieft )?(?:antwoord|schrijf|praat)(?: me)?(?: altijd)? in (?:het )?\w
""",
}

DUTCH = Language(
    "nl",
    negations=words("geen niet nooit zonder"),
    denials=words("haat"),
    endings=words("verkocht gescheiden overleden geannuleerd"),
    everywhere=words("ik mijn mij het een van met voor hou houd ben heb zijn onze"),
    shapes=_SHAPES,
    said=Said(
        breaks="maar want omdat",
        joins="en",
        rank_signs="e",
        openers="geen niet nooit hij zij ik",
        affirming="niet alleen",
        denying="gestopt zonder",
        pairs="twee tweeling dubbel",
        halves="half halve anderhalf anderhalve",
        percent="procent",
        out_of="van",
        quarters="kwart kwartier",
        feasts={"31.12.": "oudejaar*", "25.12.": "kerst*"},
        scales={1_000_000: "miljoen"},
    ),
)
"""Dutch."""
