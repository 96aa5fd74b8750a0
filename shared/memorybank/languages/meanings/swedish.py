"""Swedish: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

SWEDISH = Meanings(
    "sv",
    joining="och men",
    function="""
        och eller men är var varit vara bli blir att det den de dem detta som i på till från med av för om vid hos när
        där här så inte ju mycket väldigt han hon hans hennes sin sitt sina också under efter innan sedan klockan gång
        gånger per varje
    """,
    subject="jag vi",
    object="mig oss",
    own="min mitt mina vår vårt våra",
    articles="en ett",
    senses=entries("""
        if: om_inte ifall
        report: säger tror tycker
        except: utom förutom
        minimum: minst
        maximum: högst
        only: bara endast
        nearly: nästan
        live: bor bodde bott flyttade flyttat
        work: jobbar arbetar arbetade jobb yrke
        named: heter namn
        age: år_gammal ålder
        born: född föddes födelsedag
        weigh: väger
        height: lång
        cost: kostar hyra hyran
        begin: börjar öppnar
        end: slutar stänger
        marital: gift singel skild förlovad
        pregnant: gravid
        prefer: föredrar hellre
        favourite: favorit*
        diet: vegetarian vegan
        have: har hade äger
        like: gillar älskar tycker_om
        dislike: hatar avskyr
        speak: talar pratar
        learn: lär studerar läser_till
        play: spelar
        read: läser
        visit: besökte besökt
        allergic: allergisk allergi
        eat: äter åt ätit
        smoke: röker röka rökning cigaretter
        drink: dricker drack
        take: tar
        know: känner
        bought: köpte köpt köpa
        avoid: undviker
        now: nu numera
        change: bytte ny nytt nya igen istället inte_längre längre
        stop: slutade slutat sålde sålt dog avbokade
        past: tidigare förr brukade
        also: också även dessutom annan
        plan: söker ska vill tänker planerar
        compare: än
        and: och
    """),
    people=entries("""
        mother: mamma mor
        father: pappa far
        parent: föräldrar
        sister: syster storasyster lillasyster
        brother: bror storebror lillebror
        son: son
        daughter: dotter
        child: barn
        wife: fru
        husband: man make
        girlfriend: flickvän
        boyfriend: pojkvän
        partner: sambo
        uncle: farbror morbror
        aunt: faster moster
        cousin: kusin
        mother-in-law: svärmor
        father-in-law: svärfar
        grandmother: mormor farmor
        grandfather: morfar farfar
        friend: vän kompis
        boss: chef
        colleague: kollega
        neighbour: granne
        teacher: lärare
        doctor: läkare
        dentist: tandläkare
        lawyer: advokat jurist
        nurse: sjuksköterska
    """),
    things=entries("""
        car: bil bilen
    """),
    units=entries("""
        km: km kilometer
        m: meter
        cm: cm
        kg: kg kilo
        year: år
        month: månad månader
        week: vecka veckor
        day: dag dagar
        h: timme timmar
        min: minuter
        SEK: kronor kr
        EUR: euro
    """),
    numbers=numbered("""
        2 två bägge, 3 tre, 4 fyra, 5 fem, 6 sex, 7 sju, 8 åtta, 9 nio, 10 tio, 11 elva, 12 tolv, 13 tretton, 14
        fjorton, 15 femton, 20 tjugo, 30 trettio, 40 fyrtio, 50 femtio, 60 sextio, 100 hundra, 1000 tusen
    """),
    ordinals=numbered("1 första, 2 andra, 3 tredje, 4 fjärde, 5 femte"),
    shares={"all": "alla alltid", "most": "flesta oftast", "some": "några ibland", "few": "få sällan"},
    weekdays=listed("""
        måndag måndagar, tisdag tisdagar, onsdag onsdagar, torsdag torsdagar, fredag fredagar, lördag lördagar, söndag
        söndagar
    """),
    months=listed("""
        januari, februari, mars, april, maj, juni, juli, augusti, september, oktober, november, december
    """),
    since="sedan från från_och_med",
    until="till tills till_och_med",
    spans=("från till", "mellan och"),
    in_dates="den i år året månad slutet början av",
    was="var hade bodde arbetade jobbade studerade",
    past_hour="over",
    before_hour={-30: "halv", 15: "kvart_över", -15: "kvart_i"},
    halves={0: "morgonen förmiddagen", 12: "kvällen eftermiddagen"},
    opposites="före/efter med/utan",
    privatives="lös fri",
    kin_by_side=True,
)
"""Swedish."""
