"""German: words, and sentence patterns of the offline model."""

from __future__ import annotations

from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.language import Language, Said, words

_SHAPES = {
    PERSONAL: r"""
    ich hei(?:ß|ss)e\s
    (?:mein|unser)e?[rsnm]? (?!frage|problem|fehler|idee|vorschlag|anliegen|meinung)(?:[\w-]+ ){1,4}?(?:ist|sind
        |hei(?:ß|ss)(?:t|en)|hat|haben|wohnt|wohnen|lebt|arbeitet|mag|mögen|liebt|studiert|war|spielt|lautet|endet|beginnt|fährt|kostet|geht|trinkt|isst|macht|heiratet)\b
    ich bin <deverb>(?:nicht )?(?:eine? (?!bisschen|wenig)|kein|\d+|(?-i:[A-ZÄÖÜ])|allergisch|verheiratet|ledig
        |geschieden|schwanger|vegan|vegetarisch|aus |in |von beruf|nach |mit |gegen |verlobt|verwitwet|arbeitslos
        |selbstständig|(?:[\w-]+ ){1,4}?(?:allergisch|geboren|aufgewachsen|gezogen|umgezogen)\b)
    (?:jetzt|nun|inzwischen|mittlerweile|seit kurzem|heute) (?:ist|sind) (?:mein|unser)e? [\w-]+ \S
    wir (?:wohnen|leben|haben (?:jetzt )?(?:ein(?:e|en)?|zwei|drei|vier|\d+)|sind .{1,80}gezogen)\b(?! (?:frage
        |problem|idee))
    wir haben .{1,120}(?:adoptiert|bekommen|geheiratet)\b
    (?:mein|unser)e?[rsnm]? (?:[\w-]+ ){1,3}(?:wird|zieht|ist .{1,60}gezogen|heiratet|studiert|spielt|arbeitet|kommt)\b
    ich (?:wohne|lebe|arbeite|studiere|komme aus|besitze|spreche|lerne|leide|wiege|rauche|spiele|unterrichte|leite
        |ziehe)\b
    (?:[\w-]+ ){1,4}(?:wohne|lebe|arbeite|studiere|hei(?:ß|ss)e) ich\b
    ich habe (?:(?:leider|auch|seit .{1,30}) )?(?:\w*(?:allergie|intoleranz|unverträglichkeit)|zöliakie|diabetes|asthma
        |migräne
        |bluthochdruck|epilepsie|rheuma|adhs)\b
    ich habe (?:am|um|morgen|übermorgen|nächste[rnms]?|jede[nmrs]?|immer) .{1,80}(?:termin|prüfung|unterricht|kurs|flug
        |training
        |vorstellungsgespräch|probe)\b
    ich (?:suche|brauche) (?:eine?n?|gerade eine?n?) .{0,40}(?:wohnung|job|stelle|arbeit|haus|zimmer)\b
    ich bin (?:gestern |heute |gerade |jetzt )?\d+ geworden
    ich habe (?:jetzt |endlich |gerade |nun )?.{0,60}(?:(?:wohnung|job|stelle|arbeit|haus|zimmer|freund
        |freundin) .{0,40}gefunden|gelernt
        |aufgehört|geheiratet)\b
    ich kann (?:jetzt |nicht |gut |kein )?(?:schwimmen|kochen|auto fahren|fahrrad fahren|tanzen|singen|\w+isch)\b
    ich habe (?!.*(?:gebucht|bestellt|reserviert|gekauft|beendet|verkauft|storniert|vereinbart
        |abgeschlossen)\b)<deverb>(?:(?:ein(?:e|en)?|zwei|drei|vier|kein(?:e|en)?|\d+|viele) (?!frage|problem|idee
        |bitte|ahnung)\w)
""",
    PREFERENCE: r"""
    ich <deverb>(?:mag|liebe|hasse|bevorzuge|verabscheue|interessiere mich)\b(?! (?:es|das|dich|sie|ihn)\b(?!.* \w))
    ich (?!würde|hätte|möchte|könnte)\w+ .{0,200}\b(?:gern|gerne|ungern|lieber|am liebsten|nicht leiden
        |nicht ausstehen)\b
    ich (?:esse|trinke) .{0,60}\b(?:kein(?:e|en)?|nicht|nie|immer)\b|ich (?:esse|trinke) (?:kein|nie|immer)
    mir (?:gefallen|gefällt|schmeckt|schmecken) (?!das\b|es\b)
    (?:jetzt|nun|inzwischen|mittlerweile) (?:ist|sind) (?:mein|unser)e?[rsnm]? lieblings[\w-]+ \S
    (?:mein|unser)e?[rsnm]? lieblings[\w-]+(?: [\w-]+)? (?:ist|sind|hei(?:ß|ss)t)\b
    ich bin (?:vegan|vegetarier|veganer)
""",
    DETAIL: r"""
    (?:ich habe|wir haben|ich bin|wir sind) (?:.{1,200} )?(?:gebucht|bestellt|reserviert|beschlossen|entschieden
        |gekauft|abgeschlossen|fertiggestellt|beendet|unterschrieben|geplant|bestanden|gewonnen|verkauft|gekündigt
        |abgesagt|angefangen|begonnen|vereinbart|storniert|umgezogen)\b
    (?:ich werde|wir werden) .{1,200}(?:reisen|fliegen|ziehen|heiraten|anfangen|beginnen|fahren|besuchen|kaufen
        |studieren|arbeiten)\b
    (?:der|die|das|mein\w*|unser\w*) \S*(?:termin|prüfung|flug|treffen|kurs|urlaub|reise|hochzeit|zug
        |besuch) .{0,80}(?:verschoben
        |abgesagt|verlegt|storniert|fällt aus|findet .{1,60}statt)\b
    (?:ich plane|wir planen|ich habe vor|wir haben vor|ich (?:reise|fliege|fahre) .{0,60}nach)\b
""",
    INSTRUCTION: r"""
    (?:bitte (?:immer|nie|niemals)|ab jetzt|von nun an|in zukunft|künftig|ab sofort) (?!ich\b|.* ich\b)\w
    (?:bitte )?(?:nenn|nenne|nennen sie) (?:mich|uns) \w
    (?:bitte )?(?:antworte|antworten sie|sprich|sprechen sie|schreib
        |schreibe) (?:mir |mit mir )?(?:bitte )?(?:immer |nur )?auf \w
    (?:bitte )?(?:antworte|verwende|benutze|schreibe?)(?: mir)?(?: bitte)? (?:immer|nie|niemals|keine?n?)\b
""",
}

GERMAN = Language(
    "de",
    negations=words("nicht nichts nie niemals kein keine keinen keinem keiner ohne kaum"),
    denials=words("hasse hasst"),
    denial_parts=("du mich jagen", "man mich jagen", "zum hals raus", "zum hals heraus"),
    endings=words("verkauft geschieden gestorben gekündigt beendet verloren"),
    everywhere=words("""
        ich mein meine meinen meiner mich mir wir uns der die das den dem des ein eine einen einem einer und
        aber ist sind war bin habe hat mit von vom zum zur auf für aus bei mag liebe gern gerne
    """),
    shapes=_SHAPES,
    said=Said(
        breaks="aber sondern weil obwohl doch seit",
        joins="und",
        openers="kein* nicht nie er sie es ich wir",
        affirming="""
            kann es kaum erwarten|nicht ohne|nie ohne|nicht nur|nicht schlecht|nichts lieber|kein problem
        """,
        denying="aufgehört aufgegeben verzicht* vermeid* ohne statt früher",
        recasts="verbot untersag bevorzug",
        scales={1_000: "tsd tausend", 1_000_000: "mio million millionen"},
        pairs="beide beiden zwillinge paar doppelt zweimal zweite",
        halves="halb halbe halben halber anderthalb *einhalb",
        afternoon="uhr (?:abends|nachmittags)",
        percent="prozent",
        out_of="von",
        quarters="viertel dreiviertel viertelstunde",
        feasts={"31.12.": "silvester", "1.1.": "neujahr", "25.12.": "weihnacht*"},
    ),
)
"""German."""
