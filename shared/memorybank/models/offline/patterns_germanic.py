"""How statements begin in English and German; `patterns` says how to read a table."""

from __future__ import annotations

from memorybank.models.offline.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE

ENGLISH = {
    PERSONAL: r"""
    <when>my (?:full |first |last |middle )?name(?:'s| is) \S
    <when>I<am> <adv>(?:not )?(?:from|allergic|vegan|vegetarian|pescatarian|diabetic|celiac|coeliac|married|single
        |divorced|engaged|widowed|pregnant|based|living in|working (?:as|at|for|in)|studying|born|retired|left-handed
        |right-handed|lactose|gluten|bilingual|unemployed|self-employed|dyslexic|colou?r-?blind|deaf|blind|fluent
        |responsible for|called|known as|afraid of|the (?:mother|father|ceo|cto|founder|owner|parent|head)|an? (?!bit
        |little|lot|few|while)[\w-]|(?:almost |nearly )?\d+(?: years?\b|\W*$| and\b|,)|in (?-i:[A-Z]))
    I<am> (?!(?:OK|Ok|SO|VERY|NOT|IN)\b)(?-i:[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2})\W*$
    <when><I>(?:no longer |don't |do not |never |used to )?(?:live|work|study|teach|own|speak|smoke|suffer from|weigh
        |reside|come from|go by|commute|volunteer|run an?|manage|lead|play|drive|collect|wear)\b
    <when><I>(?:lived|worked|studied|taught|moved|relocated|grew up|was born|was raised|was diagnosed|been living
        |been working|been diagnosed|graduated|founded|got married|got divorced|got engaged|got a|quit|retired|joined
        |left my|lost my|adopted|turned \d+|became|been married)\b
    <when><I>(?:have|'ve got|got)(?: got)? <num> (?!question|problem|issue|idea|doubt|request|more|clue|error|bug
        |quick|few|feeling)[\w-]
    <when>I (?:do not|don't) have (?:any |an? )?(?!idea|question|time|to\b)[\w-]
    (?:[\w'.-]+ ){1,4}(?:is|are) my (?:best |older |younger |little |big |new )?(?:wife|husband|partner|girlfriend
        |boyfriend
        |friend|mother|father|mum|mom|dad|sister|brother|son|daughter|boss|dentist|doctor|teacher|neighbou?r|colleague
        |employer
        |hometown|dog|cat)s?\b
    <when>we <adv>(?:live|have <num>|own|moved|got married)\b
    <when><poss><unlikely>(?: [\w'-]+){1,5}?(?: (?:is|are|was|were|has|have|had|lives?|works?|loves?|likes?|hates?
        |prefers?|died|passed|moved|turned|speaks?|goes|studies|starts?|ends?|begins?|expires?|arrives?
        |leaves?|departs?)\b|'s (?!\w+ (?:is
        |are))) *(?!n't)\S
""",
    PREFERENCE: r"""
    <when><I>(?:like|love|prefer|enjoy|hate|dislike|adore|detest|loathe|favou?r|avoid)<loose>\s
    <when><I>(?:don't|do not|no longer|never|can't|cannot|can not) <adv>(?:like|love|enjoy|eat|drink|stand|care for
        |use|want to be called|watch)<loose>\s
    <when><I>(?:eat|drink|listen to|use)<loose>\s
    <when>I<am> <adv>(?:not )?(?:an? (?:\w+ )?fan of|fond of|interested in|into|keen on|passionate about|vegan
        |vegetarian|pescatarian)<loose> ?
    <when>(?:my|our) (?:\w+ )?(?:favou?rite|preferred|least favou?rite)\b.{0,80}?(?: (?:is|are)\b|'s ) *\S
    [\w' -]{2,60} (?:is|are) my (?:\w+ )?favou?rite
""",
    DETAIL: r"""
    <when>(?:I<am>|we<are>) <adv>(?:not )?(?:going to|planning (?:to|an?|my)|getting married|moving|flying
        |travell?ing|visiting|starting|expecting|having (?:an?|our|my))\b(?! (?:it|that|this|try|see|let|ask|tell
        |need|bed|sleep)\b)
    <when>(?:I|we) (?:plan to|intend to|have decided|hope to|want to (?:visit|learn|move|become|buy|travel|start
        |get))\b(?! (?:it|that|this)\b)
    <when>(?:I|we)(?:'ll| will) (?:visit|travel|fly|move|start|marry|buy|attend|join|begin|arrive|leave|go to
        |be (?:in|at|away|travell?ing|visiting))\b(?! (?:it|that|this)\b)
    <when>(?:I|we)(?:'ve| have)? ?<adv><done>\b(?! (?:it|that|this|to know|your)\b|\W*$)
""",
    INSTRUCTION: r"""
    (?:please )?(?:always|never|from now on|in (?:the )?future|going forward)\b,? (?!(?:mind|I|we|my|heard|seen|been
        |had|did|knew|thought|an?|the|nice|good|happy|again|better|ever|it|that|you)\b)\w
    (?!I\b|we\b|my\b|it\b|that\b)\w.* from now on\W*$
    (?:please )?(?:call|address) me (?!back|when|if|later|at|on|a\b|tomorrow|today)\w
    (?:please )?(?:answer|reply|respond|speak|talk)(?: to)?(?: me)?(?: only)? in \w
    (?:please )?(?:don't|do not|stop) (?:ever )?(?:use|using|call|calling|send|sending|mention|mentioning|suggest
        |suggesting|recommend|recommending|remind|reminding|contact|contacting) (?!it|that|this)\w
""",
}
"""English."""

GERMAN = {
    PERSONAL: r"""
    ich hei(?:ß|ss)e\s
    (?:mein|unser)e?[rsnm]? (?!frage|problem|fehler|idee|vorschlag|anliegen|meinung)(?:[\w-]+ ){1,4}?(?:ist|sind
        |hei(?:ß|ss)(?:t|en)|hat|haben|wohnt|wohnen|lebt|arbeitet|mag|mögen|liebt|studiert|war|spielt)\b
    ich bin <deverb>(?:nicht )?(?:eine? (?!bisschen|wenig)|kein|\d+|(?-i:[A-ZÄÖÜ])|allergisch|verheiratet|ledig
        |geschieden|schwanger|vegan|vegetarisch|aus |in |von beruf|nach |mit |gegen |verlobt|verwitwet|arbeitslos
        |selbstständig|(?:[\w-]+ ){1,4}?(?:allergisch|geboren|aufgewachsen|gezogen|umgezogen)\b)
    ich (?:wohne|lebe|arbeite|studiere|komme aus|besitze|spreche|lerne|leide|wiege|rauche|spiele|unterrichte|leite
        |ziehe)\b
    (?:[\w-]+ ){1,4}(?:wohne|lebe|arbeite|studiere|hei(?:ß|ss)e) ich\b
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
    (?:mein|unser)e?[rsnm]? lieblings[\w-]+(?: [\w-]+)? (?:ist|sind|hei(?:ß|ss)t)\b
    ich bin (?:vegan|vegetarier|veganer)
""",
    DETAIL: r"""
    (?:ich habe|wir haben|ich bin|wir sind) (?:.{1,200} )?(?:gebucht|bestellt|reserviert|beschlossen|entschieden
        |gekauft|abgeschlossen|fertiggestellt|beendet|unterschrieben|geplant|bestanden|gewonnen|verkauft|gekündigt
        |abgesagt|angefangen|begonnen|vereinbart|storniert|umgezogen)\b
    (?:ich werde|wir werden) .{1,200}(?:reisen|fliegen|ziehen|heiraten|anfangen|beginnen|fahren|besuchen|kaufen
        |studieren|arbeiten)\b
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
"""German."""
