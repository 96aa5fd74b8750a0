"""Dutch: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

DUTCH = Meanings(
    "nl",
    joining="en maar",
    function="""
        de het en of maar is zijn was waren ben bent heeft had hadden met van voor door in op aan bij uit naar om
        over onder als dan die dat deze dit er hier daar zo zeer erg nog al niet geen nooit zonder meer veel elke
        ieder iedere hij zij ze haar hun je jij jouw u uw zich wordt worden kan moet mag wel te tot sinds per graag
    """,
    subject="ik wij we",
    object="me mij ons",
    own="mijn onze",
    articles="een",
    definite="de het",
    senses=entries("""
        if: wanneer
        report: denkt zegt vindt
        only: alleen
        nearly: bijna
        except: behalve
        minimum: minstens ten_minste
        maximum: hoogstens maximaal
        live: woonde woonden woon woont wonen gewoond verhuisd leef verhuis
        work: werkte werkten werk werkt werken gewerkt baan beroep
        named: heet heten genaamd naam
        age: jaar_oud oud
        born: geboren verjaardag
        weigh: weeg weegt
        cost: kost kosten huur prijs
        due: verloopt
        begin: begint opent
        end: sluit eindigt
        marital: getrouwd gescheiden verloofd vrijgezel
        pregnant: zwanger bevallen
        prefer: liever voorkeur
        favourite: lievelings* favoriete
        diet: vegetariër veganist vegetarisch
        have: heb hebben bezit
        like: houd hou hield lekker leuk
        dislike: haat hekel vies walgelijk
        speak: spreek spreekt
        learn: leer leert studeer
        play: speel speelt
        read: lees leest
        visit: bezocht bezoek reis
        allergic: allergisch allergie
        eat: eet eten
        smoke: rook rookt roken sigaretten
        drink: drink drinkt
        take: neem slik
        know: ken
        bought: gekocht kopen
        now: nu tegenwoordig inmiddels
        change: veranderd nieuwe nieuw geworden weer niet_meer overgestapt
        stop: gestopt verkocht opgezegd overleden verloren geannuleerd afgestudeerd
        past: vroeger voorheen
        also: ook bovendien tweede andere
        plan: ga_een gaan_een zoek zoekt wil zal van_plan hoop volgend
        compare: dan boven
        and: en
    """),
    people=entries("""
        mother: moeder mama
        father: vader papa
        parent: ouders
        grandparent: grootouders
        sister: zus zusje zussen
        brother: broer broers
        son: zoon zonen
        daughter: dochter dochters
        child: kind kinderen
        wife: vrouw echtgenote
        husband: man echtgenoot
        partner: partner
        girlfriend: vriendin
        boyfriend: vriend
        friend: vrienden
        uncle: oom
        aunt: tante
        cousin: neef nicht
        grandmother: oma
        grandfather: opa
        mother-in-law: schoonmoeder
        father-in-law: schoonvader
        sister-in-law: schoonzus
        brother-in-law: zwager
        boss: baas
        colleague: collega
        neighbour: buurman buurvrouw
        landlord: huisbaas
        teacher: leraar lerares docent
        doctor: dokter huisarts arts
        dentist: tandarts
        lawyer: advocaat advocate
    """),
    things=entries("""
        car: auto wagen
        bike: fiets rijwiel
        flat: appartement flat
    """),
    units=entries("""
        km: km kilometer
        m: meter
        cm: cm
        mile: mijl
        kg: kg kilo
        mg: mg
        year: jaar jaren
        month: maand maanden
        week: week weken
        day: dag dagen
        h: uur
        min: minuten
        EUR: euro
        USD: dollar
    """),
    numbers=numbered("""
        2 twee, 3 drie, 4 vier, 5 vijf, 6 zes, 7 zeven, 8 acht, 9 negen, 10 tien, 11 elf, 12 twaalf dozijn, 13
        dertien, 14 veertien, 15 vijftien, 16 zestien, 17 zeventien, 18 achttien, 19 negentien, 20 twintig, 30
        dertig, 40 veertig, 50 vijftig, 60 zestig, 70 zeventig, 80 tachtig, 90 negentig, 100 honderd, 1000
        duizend, 1000000 miljoen
    """),
    ordinals=numbered("""
        1 eerste, 2 tweede, 3 derde, 4 vierde, 5 vijfde, 6 zesde, 7 zevende, 8 achtste, 9 negende, 10 tiende
    """),
    shares={
        "none": "niemand",
        "all": "alle altijd iedere elke",
        "most": "meeste meestal gewoonlijk",
        "some": "sommige soms",
        "few": "weinig zelden",
    },
    weekdays=listed("""
        maandag, dinsdag, woensdag, donderdag, vrijdag, zaterdag, zondag
    """),
    months=listed("""
        januari, februari, maart, april, mei, juni, juli, augustus, september, oktober, november, december
    """),
    since="sinds sedert vanaf",
    until="tot tot_en_met",
    spans=("van tot", "tussen en"),
    in_dates="de het in eind einde begin maand jaar",
    was="was waren had woonde werkte leefde studeerde gewoond gewerkt",
    past_hour="over",
    before_hour={-30: "half", 15: "kwart_over", -15: "kwart_voor"},
    halves={0: "ochtends", 12: "middags avonds"},
    opposites="voor/na met/zonder boven/onder",
    privatives="loos vrij",
    antonyms="""
        oudste/jongste open/dicht open/gesloten kapot/gerepareerd vol/leeg vroeg/laat goedkoop/duur
        snel/langzaam
    """,
    glued_numbers=True,
)
"""Dutch."""
