"""German: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

GERMAN = Meanings(
    "de",
    capital_nouns=True,
    joining="und aber sondern",
    function="""
        der die das den dem des und oder aber ist sind war waren bin bist sein seine seinen seiner hat haben hatte
        habe hast gehabt gewesen wird werden wurde worden mit von vom zu zum zur auf für aus bei beim nach in im an
        am um über unter als wie wenn weil dass daß ob es er sie ihr ihre ihren ihrem ihrer du dein deine sich man
        da dort hier so sehr ganz nur noch schon mal immer oft jeden jede jedes jedem pro etwa ungefähr durch bis
        seit vor gern gerne nicht kein keine keinen keinem keiner nie niemals ohne mehr kann muss darf soll gut
        heute viel viele welche welcher dieser diese dieses eher lieber dr herr herrn prof
    """,
    subject="ich wir",
    object="mich mir uns",
    own="mein meine meinen meinem meiner meines unser unsere unseren unserem unserer",
    articles="ein eine einen einem einer eines",
    definite="der die das",
    senses=entries("""
        if: wenn falls
        report: denkt sagt glaubt meint behauptet
        only: nur
        alternate: jeden_zweiten jede_zweite jedes_zweite alle_zwei
        nearly: fast beinahe
        except: außer ausgenommen
        minimum: mindestens wenigstens
        maximum: höchstens maximal
        live: wohne wohnt wohnen gewohnt lebe lebt leben gelebt zuhause wohnort umgezogen gezogen ziehe umziehen
            wohnhaft
        work: arbeite_als arbeitet_als arbeite arbeitet arbeiten gearbeitet beruf job arbeit arbeitgeber tätig
            angestellt
        named: heiße heißt heißen namens name genannt
        age: jahre_alt alt
        born: geboren geburtstag
        weigh: wiege wiegt gewicht
        height: groß größe
        cost: kostet kosten preis miete
        due: läuft_ab fällig gültig ablauf
        begin: beginnt beginne beginnen fängt öffnet
        end: schließt endet
        marital: ledig verheiratet verlobt geschieden verwitwet single scheiden getrennt heirate geheiratet
        pregnant: schwanger entbunden
        prefer: bevorzuge bevorzugt ziehe_vor
        favourite: lieblings*
        diet: vegan vegetarisch vegetarier vegetarierin veganer veganerin
        have: habe hab haben hat besitze besitzt besitzen
        like: mag mögen liebe liebt
        dislike: hasse hasst verabscheue eklig
        speak: spreche spricht sprechen
        learn: lerne lernt lernen studiere
        play: spiele spielt spielen
        read: lese liest lesen
        visit: besuche besucht war_in gereist reise
        allergic: allergisch allergie allergien vertrage verträgt
        eat: esse isst essen
        smoke: rauche raucht rauchen geraucht zigaretten
        drink: trinke trinkt trinken
        take: nehme nimmt nehmen
        know: kenne kennt
        bought: kaufe gekauft kaufen
        now: jetzt nun inzwischen mittlerweile derzeit aktuell neuerdings
        change: gewechselt wechsle geworden wieder stattdessen neu neue neuer neuen neues nicht_mehr verschoben
            befördert
        stop: aufgehört verkauft gekündigt beendet gestorben verloren aufgegeben abgesagt
        past: früher ehemals ehemalig* damals bis
        also: auch außerdem zusätzlich zweites weitere ebenfalls noch_ein noch_eine noch_einen
        plan: werde will möchte plane plant vorhabe wollen wünsche suche nächstes_jahr
        compare: als statt
        and: und
    """),
    people=entries("""
        mother: mutter mama
        father: vater papa
        parent: eltern
        grandparent: großeltern
        sister: schwester schwestern
        brother: bruder brüder
        sibling: geschwister
        son: sohn söhne
        daughter: tochter töchter
        child: kind kinder kindern
        wife: frau ehefrau
        husband: mann ehemann
        partner: partner partnerin
        girlfriend: freundin
        boyfriend: freund
        friend: freunde
        ex: ex exfreund exfreundin exmann exfrau ex-freundin ex-freund
        uncle: onkel
        aunt: tante tanten
        cousin: cousin cousine
        nephew: neffe neffen
        niece: nichte
        grandmother: oma großmutter
        grandfather: opa großvater
        grandson: enkel
        granddaughter: enkelin
        mother-in-law: schwiegermutter
        father-in-law: schwiegervater
        sister-in-law: schwägerin
        brother-in-law: schwager
        boss: chef chefin vorgesetzter vorgesetzte
        colleague: kollege kollegin kollegen
        neighbour: nachbar nachbarin nachbarn
        landlord: vermieter vermieterin
        teacher: lehrer lehrerin
        doctor: arzt ärztin hausarzt hausärztin
        dentist: zahnarzt zahnärztin
        vet: tierarzt tierärztin
        lawyer: anwalt anwältin
        student: student studentin
        nurse: krankenschwester krankenpfleger
        roommate: mitbewohner mitbewohnerin
        therapist: therapeut therapeutin
        hairdresser: friseur friseurin
    """),
    things=entries("""
        car: auto autos wagen pkw
        phone: handy telefon smartphone
        bike: fahrrad rad velo
        flat: wohnung apartment
        sofa: sofa couch
        holiday: urlaub ferien
        ill: krank
        afraid: angst furcht
        film: film filme kinofilm
    """),
    units=entries("""
        km: km kilometer
        m: m meter
        cm: cm zentimeter
        mile: meile meilen
        kg: kg kilo kilogramm
        g: g gramm
        mg: mg milligramm
        l: liter
        ml: ml
        year: jahr jahre jahren
        month: monat monate monaten
        week: woche wochen
        day: tag tage tagen
        h: stunde stunden h uhr
        min: minute minuten min
        %: prozent
        EUR: euro eur
        USD: dollar
        GBP: pfund
        CHF: franken
        JPY: yen
        time: mal
    """),
    numbers=numbered("""
        0 null, 2 zwei, 3 drei, 4 vier, 5 fünf, 6 sechs, 7 sieben, 8 acht, 9 neun, 10 zehn, 11 elf, 12 zwölf
        dutzend, 13 dreizehn, 14 vierzehn, 15 fünfzehn, 16 sechzehn, 17 siebzehn, 18 achtzehn, 19 neunzehn, 20
        zwanzig, 30 dreißig, 40 vierzig, 50 fünfzig, 60 sechzig, 70 siebzig, 80 achtzig, 90 neunzig, 100
        hundert, 1000 tausend, 1000000 million millionen, 1 eins
    """),
    ordinals=numbered("""
        1 erste ersten erster, 2 zweite zweiten zweiter, 3 dritte dritten dritter, 4 vierte vierten vierter, 5
        fünfte fünften fünfter, 6 sechste sechsten, 7 siebte siebten, 8 achte achten, 9 neunte neunten, 10
        zehnte zehnten, 11 elfte elften, 12 zwölfte zwölften
    """),
    shares={
        "none": "keiner niemand",
        "all": "alle alles allen immer jeder jede jeden",
        "most": "meisten meistens normalerweise gewöhnlich",
        "some": "einige manche manchmal gelegentlich teilweise",
        "few": "wenige selten kaum",
    },
    weekdays=listed("""
        montag montags mo, dienstag dienstags, mittwoch mittwochs, donnerstag donnerstags, freitag freitags, samstag
        samstags sonnabend, sonntag sonntags
    """),
    months=listed("""
        januar jänner, februar, märz maerz, april, mai, juni, juli, august, september, oktober, november, dezember
    """),
    since="seit ab",
    until="bis",
    spans=("von bis", "vom bis", "zwischen und"),
    in_dates="dem den der das zum im ende anfang mitte jahr jahre jahres",
    was="war waren hatte wohnte lebte arbeitete studierte gewohnt gelebt gearbeitet studiert",
    past_hour="nach",
    before_hour={-30: "halb", 15: "viertel_nach", -15: "viertel_vor dreiviertel"},
    halves={0: "morgens vormittags früh", 12: "nachmittags abends nachts"},
    opposites="vor/nach mit/ohne über/unter",
    privatives="los frei",
    antonyms="""
        älteste/jüngste offen/geschlossen kaputt/repariert billig/teuer voll/leer nass/trocken
        wöchentlich/monatlich gewonnen/verloren schnell/langsam sauber/schmutzig gesund/krank
    """,
    glued_numbers=True,
)
"""German."""
