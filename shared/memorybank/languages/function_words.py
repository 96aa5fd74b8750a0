"""Function words: words that hold a sentence together and say little about its subject.

Languages share one list, because a text does not say which language it is in. The tables of meanings have such words
per language, but a search would load all of them for these few.
"""

from __future__ import annotations

from memorybank.languages.language import words

_KOREAN = words("""
    저 저는 나 나는 전 난 제 내 우리 정말 아주 지금 이제 요즘
""")

FILLERS = _KOREAN | words("""
    a an the der das ein eine einen einem einer eines den dem le la les l un une des du el los las una unos unas
    il lo gli um uma os i me my mine myself m s re user users am is are ich mich mir mein meine meinen meinem
    meiner meines bin ist sind je j moi mon ma mes suis est sont yo mi mis mí soy es io mio mia miei mie eu meu
    minha meus minhas sou that dass daß que qu really very also just actually please now currently sehr auch
    wirklich bitte jetzt vraiment aussi très maintenant muy también ahora molto anche adesso muito também agora ik
    mij mijn het een ben zijn de nu ook echt our
    я меня мне мой моя мое моё мои мы нас наш очень теперь сейчас также тоже уже
""")
"""Words that do not change what a statement says about its speaker: articles, first person, present "be", emphasis."""

THIRD_PERSON = words("they them their theirs themselves")
"""Words that mean the user in a text about "the user"."""

FUNCTION_WORDS = (
    FILLERS
    | THIRD_PERSON
    | words("""
    and or but so if of in on at to for from with by about as into than then there here this these those it its
    he him his she her hers you your yours we us our ours who whom whose what which when where why how do does
    did done doing have has had having be been being was were will would can could should shall may might must
    not no yes up down out over under again more most some any all both each other such only own same too s t
    don ll ve d re m und oder aber in im an am auf zu zum zur von vom mit für bei nach aus um als wie wenn er
    sie es wir ihr ihm uns euch du dich dir dein deine sich hat habe haben hatte war waren wird werden nicht
    kein keine was wer wo wann warum welche die et ou mais dans en à au aux de d pour par avec sur ce cet cette
    ces il elle nous vous ils elles tu te ton ta tes se son sa ses ai as a avons avez ont ne n pas plus qui quoi
    où quand comment quel quelle c y o pero al del por para con sin sobre este esta estos estas él ella nosotros
    ellos tú te tu tus su sus he ha hemos han no qué quién dónde cuándo cómo cuál en se e ed ma ad da di del
    della dei nel nella per con su tra fra questo questa lui lei noi voi loro ti tuo tua si suo sua ho hai
    abbiamo hanno non che chi cosa dove quando come quale sono è mas do da dos das no na nos nas em por para com
    ao este esta isso ele ela nós você vocês te teu tua seu sua tem tenho não quem onde quando como qual o os as
    é
""")
)
"""Words that say little about the subject of a text."""

_NAMES = words("""
    ai aus ben bin come con den die dir dos dove ed eu für hat io la les ma may mine mon nella os par plus pour sin son
    ton user users war
    c d j l m n s t
""")

LIGHT = FUNCTION_WORDS - _NAMES - _KOREAN
"""Function words that name nothing in another language, as German "hat" and "die" do in English.

Letters that stand alone name something too: "vitamin C", "size M". Korean is compared by pairs of characters, which are
in other words as well.
"""
