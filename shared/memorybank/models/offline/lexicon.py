"""The words that the offline model knows, as data.

English, German, French, Spanish, Italian, Portuguese, some Russian, Japanese, Korean and Chinese. Words are lower
case, in NFKC; languages share one list because a sentence does not say which language it is in.
"""

from __future__ import annotations

from memorybank.languages.language import words
from memorybank.languages.meanings.german import GERMAN
from memorybank.languages.union import READ, negations

NEGATIONS = negations(READ)
"""Words that negate a statement."""

GENERIC_TOPIC_WORDS = words("""
    user users information info details detail about preference preferences related relating facts fact anything
    things thing something remember memory memories topic topics conversation including include includes their
    should such important other general statement statements specific example what which that this with from
    have been like likes over during between
""")
"""Words of a topic's description that would fit every conversation."""

JAPANESE_GRAMMAR = words("""
    です ます でした ました という ている ています して います いる こと ください から ので
    けど だった さん である しました したい んで んでいます んでいる っている っています
""")
"""Runs of hiragana that carry no subject."""

NEVER_FINAL = words("""
    dr mr mrs ms prof hon st vs e.g i.e eg ie cf ca approx z.b d.h u.a bzw z d h b hr fr hrn dipl mme mlle sr
    sra srta dott sig.ra avv p.ej pág dept bspw nr
""")
"""Abbreviations whose full stop never ends a sentence."""

SOMETIMES_FINAL = words("""
    a.m p.m etc inc ltd co corp jr sr u.s u.s.a u.k jan feb mar apr jun jul aug sep sept oct nov dec usw bros
    ph.d b.a m.a d.c no
""")
"""Abbreviations whose full stop ends a sentence if an upper-case word follows."""

KEPT_STOPS = words("etc. inc. ltd. co. corp. jr. sr. bros. usw.")
"""Words that keep their full stop at the end of a fact; so do dotted ones ("p.m.")."""

IN_THE = words("moro mora vivo trabalho trabalha estudo estuda nasci estou cresci")
"""Portuguese verbs after which "no" is "in the"."""

PRONOUN_STARTS = ("I ", "I'", "My ", "We ", "The ", "It ", "He ", "She ", "They ", "You ", "But ", "And ")
"""Words that open a sentence and are not surnames."""

MONTHS = tuple(name for forms in GERMAN.months for name in forms.casefold().split())
"""What may follow the ordinal "3." in German."""

DANGLING = words("""
    in at on to of with for from by and or but the a my your our is are am than that because und oder aber der
    ein eine einen mein meine für von zum zur ist bin dass et ou de le les un une mon mes avec pour dans en que
    est y o el los una mi con para que por es e ed di il un una mio mia con per che è uma com para meu minha
""") - {"o", "e", "on"}
"""Words that no complete statement ends with: such a text was cut by a line break."""

LOOSE_STARTS = words("""
    it it's its that that's this these those they he she he's she's they're there here das es dies er sie ça
    c'est cela elle ils elles ce eso esto él ella ellos questo quello lui lei loro isso isto ele ela eles
""")
"""Words that refer to an earlier sentence when they open one."""

REQUEST_STARTS = words("""
    can could would will do does did is are was were have has what what's how how's why where when who which
    whose should shall may tell show give write explain help find list create make generate translate summarize
    summarise search look check compute calculate let let's please thanks thank hi hello hey if suppose imagine
    maybe perhaps ok okay sure yes no great cool wow sorry good nice bye goodbye welcome describe suggest
    recommend compare fix open read send kannst können könntest kannste was wie warum wo wann wer welche zeig
    erkläre schreib hilf bitte danke hallo wenn falls peux pouvez peut pourriez quoi que qui comment pourquoi où
    quand quel quelle montre explique écris aide merci bonjour si puedes puede podrías qué quién cómo dónde
    cuándo cuál muestra explica escribe ayuda gracias hola puoi può potresti cosa chi come dove quando quale
    mostra spiega scrivi aiuta grazie ciao se pode podes poderia quem onde qual mostre explique escreva ajude
    obrigado obrigada olá oi
""")
"""Words that open questions, requests, greetings and suppositions."""

PROFESSIONS = words("""
    accountant actor architect artist baker barista builder carpenter chef cook dentist designer developer
    doctor driver electrician engineer farmer firefighter hairdresser journalist lawyer librarian manager
    mechanic musician nurse painter pharmacist photographer physician pilot plumber programmer psychologist
    researcher scientist secretary student surgeon teacher therapist translator vet waiter waitress writer arzt
    ärztin lehrer lehrerin ingenieur ingenieurin anwalt anwältin entwickler entwicklerin krankenpfleger koch
    köchin médecin professeur ingénieur avocat avocate infirmier infirmière développeur développeuse boulanger
    cuisinier médico médica profesor profesora ingeniero ingeniera abogado abogada enfermero enfermera
    desarrollador cocinero medico insegnante ingegnere avvocato infermiere infermiera cuoco programmatore
    sviluppatore professor professora engenheiro engenheira advogado advogada enfermeiro enfermeira cozinheiro
    programador
""")
"""Occupations."""

ATTRIBUTES = words("""
    name address number email e-mail mail birthday birthdate age height weight size type budget deadline job
    profession occupation employer company boss city hometown town nationality language timezone zone username
    nickname religion major salary diet title color telefonnummer nummer adresse geburtstag größe alter beruf
    arbeitgeber chef muttersprache gewicht spitzname sprache heimatstadt stadt nom prénom numéro anniversaire
    âge taille poids métier employeur langue ville nombre dirección número correo teléfono cumpleaños edad
    altura peso trabajo profesión idioma ciudad jefe nome indirizzo numero telefono compleanno età altezza
    lavoro professione lingua città stack database rent landlord birthplace adres telefoonnummer verjaardag
    leeftijd beroep
    werkgever taal woonplaats endereço telefone aniversário idade trabalho profissão língua cidade chefe
""")
"""Nouns of which a person has one at a time."""

ATTRIBUTE_NAMES = {
    name: meant
    for meant, names in {
        "job": (
            "job",
            "profession",
            "occupation",
            "beruf",
            "métier",
            "profesión",
            "professione",
            "profissão",
            "仕事",
            "職業",
            "工作",
            "职业",
        ),
        "employer": ("employer", "arbeitgeber", "employeur"),
        "name": ("name", "nom", "nombre", "nome"),
        "birthday": ("birthday", "birthdate"),
        "email": ("email address",),
        "age": ("age", "alter"),
        "phone": ("phone number", "telephone number", "mobile number"),
    }.items()
    for name in names
}
"""Attribute nouns that are synonyms of another attribute."""

UNIQUE_OWNERS = words("""
    wife husband partner spouse mother mom mum father dad boss company employer frau mann mutter vater chef
    firma
""")
"""Relations with attributes of a single value; others ("my dog's name") may have several."""
