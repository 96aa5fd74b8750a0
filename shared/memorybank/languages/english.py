"""English: words, and sentence patterns of the offline model."""

from __future__ import annotations

from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.language import Language, Said, words

_SHAPES = {
    PERSONAL: r"""
    <when>my (?:full |first |last |middle )?name(?:'s| is) \S
    <when>I<am> <adv>(?:not )?(?:from|allergic|vegan|vegetarian|pescatarian|diabetic|celiac|coeliac|married|single
        |divorced|engaged|widowed|pregnant|based|living in|working (?:as|at|for|in)|studying|born|retired|left-handed
        |right-handed|lactose|gluten|bilingual|unemployed|self-employed|dyslexic|colou?r-?blind|deaf|blind|fluent
        |responsible for|called|known as|afraid of|the (?:mother|father|ceo|cto|founder|owner|parent|head)|an? (?!bit
        |little|lot|few|while)[\w-]|(?:almost |nearly )?\d+(?: years?\b|\W*$| and\b|,)|in (?-i:[A-Z]))
    I<am> (?!(?:OK|Ok|SO|VERY|NOT|IN)\b)(?-i:[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2})\W*$
    <when><I>(?:no longer |don't |do not |never |used to )?(?:live|work|study|teach|own|speak|smoke|suffer from|weigh
        |reside|come from|go by|commute|volunteer|run an?|manage|lead|play|drive|collect|wear|get up
        |wake up|go to bed|sleep|run|jog|swim|cycle|train|exercise|meditate|cook|bake|garden)\b
    <when><I>(?:lived|worked|studied|taught|moved|relocated|grew up|was born|was raised|was diagnosed|been living
        |been working|been diagnosed|gave birth|broke (?:my|up)|graduated|founded|got married|got divorced|got engaged
        |got a|quit|retired|joined|left my|lost my|adopted|turned \d+|became|been married)\b
    <when>I(?:'m| am| have gone| went) (?:down|up) (?:to|from) \d
    <when><I>(?:(?:have )?(?:started|stopped|taken up|given up|gave up|took up) (?!using|getting|seeing|writing
        |working)\w+ing(?! (?:it|this|that|them|the)\b)
        |(?:learned|learnt) (?:to|how to) (?!use|fix|do\b)\w
        |ran (?:a|my|the) (?!.*\bago\b).{0,60}(?:marathon|race|10k|5k))\b
    <when><I>(?:have|'ve got|got)(?: got)? <num> (?!question|problem|issue|idea|doubt|request|more|clue|error|bug
        |quick|few|feeling)[\w-]
    <when>I (?:do not|don't) have (?:any |an? )?(?!idea|question|time|to\b)[\w-]
    (?:[\w'.-]+ ){1,4}(?:is|are) my (?:best |older |younger |little |big |new )?(?:wife|husband|partner|girlfriend
        |boyfriend
        |friend|mother|father|mum|mom|dad|sister|brother|son|daughter|boss|dentist|doctor|teacher|neighbou?r|colleague
        |employer
        |hometown|dog|cat)s?\b
    <when>we <adv>(?:live|have <num>|own|moved|got married|got <num>|adopted|bought <num>|welcomed|rescued
        |named our|called our)\b
    <when><poss> [\w'-]+ and I (?!(?:can|could|will|would|should|want|need)\b)\w
    <when><poss> (?:older |younger |little |big |twin |best )?(?:sister|brother|mother|father|mum|mom|dad|son
        |daughter|wife|husband
        |partner|girlfriend|boyfriend|friend|cousin|aunt|uncle|nephew|niece|grandmother|grandfather|grandma|grandpa
        |boss|manager
        |colleague|neighbou?r|roommate|dog|cat) (?-i:[A-Z])[\w'-]+ (?!and\b|or\b|said\b|says\b|asked\b|thinks\b)\w
    <when><poss><unlikely>(?: [\w'-]+){1,5}?(?: (?:is|are|was|were|has|have|had|lives?|works?|loves?|likes?|hates?
        |prefers?|died|passed|moved|turned|turns|plays?|graduated|married|retired|retires|changed|owns|drives|teaches|attends
        |speaks?|goes|studies|starts?|ends?|begins?|expires?|arrives?
        |leaves?|departs?|went|rose|dropped|increased|decreased)\b|'s (?!\w+ (?:is
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
    <when>(?:I|we)(?:'ve| have)? ?<adv>(?:switched|changed) (?:from|to|my|our|jobs?)\b
    <when>(?:I<am>|we<are>) <adv>getting (?:an?|our|my|two|three) (?!bit\b|lot\b|little\b|error)\w
    <when>(?:I<am>|we<are>) <adv>(?:not )?(?:going to|planning (?:to|an?|my)|getting married|moving|flying
        |travell?ing|visiting|starting|expecting|having (?:an?|our|my))\b(?! (?:it|that|this|try|see|let|ask|tell
        |need|bed|sleep)\b)
    <when>(?:I|we) (?:plan to|intend to|have decided|hope to|want to (?:visit|learn|move|become|buy|travel|start
        |get))\b(?! (?:it|that|this)\b)
    <when>(?:I|we)(?:'ll| will) (?:visit|travel|fly|move|start|marry|buy|attend|join|begin|arrive|leave|go to
        |be (?:in|at|away|travell?ing|visiting))\b(?! (?:it|that|this)\b)
    <when>(?:I|we)(?:'ve| have)? ?<adv>(?:visited|travelled to|traveled to|flew to|went to (?-i:[A-Z])|found an?)\b
    <when>(?:I|we)(?:'ve| have)? ?<adv><done>\b(?! (?:it|that|this|to know|your)\b|\W*$)
""",
    INSTRUCTION: r"""
    (?:please )?(?:always|never|from now on|in (?:the )?future|going forward)\b,? (?!(?:mind|I|we|my|heard|seen|been
        |had|did|knew|thought|an?|the|nice|good|happy|again|better|ever|it|that|you)\b)\w
    (?!I\b|we\b|my\b|it\b|that\b)\w.* from now on\W*$
    (?:from now on|in (?:the )?future|going forward),? you (?:may|can|should|must|don't have to) \w
    (?:please )?(?:call|address) me (?!back|when|if|later|at|on|a\b|tomorrow|today)\w
    (?:please )?(?:answer|reply|respond|speak|talk)(?: to)?(?: me)?(?: only)? in \w
    (?:please )?(?:don't|do not|stop) (?:ever )?(?:use|using|call|calling|send|sending|mention|mentioning|suggest
        |suggesting|recommend|recommending|remind|reminding|contact|contacting) (?!it|that|this)\w
""",
}

ENGLISH = Language(
    "en",
    negations=words("no not never none nor cannot without hardly barely scarcely"),
    own_negations=words("""
        nobody nothing nowhere cant dont doesnt didnt isnt wasnt wont aint couldnt wouldnt shouldnt arent havent hasnt
    """),
    negation_parts=("n't", "n\u2019t"),
    denial_parts=("used to ",),
    denials=words("hate dislike detest refuse refuses lack lacks stopped quit former formerly"),
    endings=words("sold divorced died cancelled canceled ended finished lost left broke separated"),
    everywhere=words("""
        the and but for with from that this these those are was were has have had you your her his him she
        they their our its who which like likes liked love loves enjoy enjoys
    """),
    shapes=_SHAPES,
    said=Said(
        breaks="but yet though although because since whereas except instead until",
        joins="and",
        openers="no not never none he she it they i we",
        affirming=r"""
            can't wait|cannot wait|can hardly wait
            (?:can't|couldn't) (?:live|do|function|be|go|start\b.{0,20}) without
            not only|not just|never miss\w*|no doubt|no problem|no more than|can't get enough
            couldn't be (?:happier|prouder)|don't mind|nothing (?:beats|better|like)
            never (?:without|go\b.{0,20} without)|don't forget|why (?:don't|not)|if not
        """,
        denying="""
            refus* quit* stop* gave_up giv*_up avoid* without allerg* intoleran* unable fail* lost left moved former*
            ex free except rather_than instead too skip* cancel* used_to no_longer dropped sold broke
        """,
        denying_parts="vegan vegetar",
        recasts="""
            problem issue troubl difficult struggl broken prohib forbid teetotal sober only_child abstain lack absen
            miss want would_like looking need plan ask wonder prefer new different other forgot until except
        """,
        scales={1_000: "k grand thousand", 1_000_000: "m million"},
        pairs="both twins twin couple pair twice double second half fortnight",
        halves="half halves",
        afternoon=r"p\.?\s?m\b",
        percent="per ?cent",
        out_of="in of out_of",
        rank_signs="st nd rd th .",
        day_of="of",
        homonyms="may march",
        quarters="quarter quarters",
        feasts={
            "31.12.": "new_year's_eve",
            "1.1.": "new_year's_day",
            "14.2.": "valentine*",
            "31.10.": "halloween",
            "25.12.": "christmas xmas",
        },
    ),
)
"""English."""
