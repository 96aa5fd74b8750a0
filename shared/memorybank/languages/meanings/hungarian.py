"""Hungarian: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

HUNGARIAN = Meanings(
    "hu",
    joining="és de",
    function="""
        a az egy és vagy de is van vannak volt voltak lesz hogy aki ami mint meg már még nagyon csak nem nincs ne soha
        itt ott ez azt ezt minden mert vele neki évente naponta ide oda ki be le fel el
    """,
    subject="én mi",
    object="engem nekem minket nekünk velem",
    own="enyém miénk",
    senses=entries("""
        if: ha
        report: mondja szerint
        except: kivéve
        minimum: legalább
        maximum: legfeljebb
        only: csak kizárólag
        nearly: majdnem
        live: lakom lakik lakunk élek él élünk költöztem költözött költöztünk
        work: dolgozom dolgozik munka munkahelyem foglalkozásom
        named: hívnak hívják nevem neve nevű
        age: éves évesek
        born: születtem született születésnap*
        weigh: súlyom
        height: magas
        cost: kerül ára bérleti
        begin: kezdődik nyit
        end: végződik zár
        marital: házas nős férjezett elvált egyedülálló szakítottunk
        pregnant: terhes várandós
        favourite: kedvenc*
        diet: vegetáriánus vegán
        have: rendelkezem
        like: szeretem szeretek szereti imádom kedvelem
        dislike: utálom utálok
        speak: beszélek beszél
        learn: tanulok tanul tanultam
        play: játszom játszik
        read: olvasok olvas
        visit: jártam meglátogattam
        allergic: allergiás allergiám
        eat: eszem eszek eszik
        smoke: dohányzom dohányzik dohányzás dohányzást cigaretta cigarettázom
        drink: iszom iszik
        take: szedek
        know: ismerek tudok
        bought: vettem vásároltam venni vett
        avoid: kerülöm
        now: most jelenleg mostanában
        change: új váltottam már_nem többé ismét helyett
        stop: abbahagytam leszoktam eladtam meghalt szakítottam
        past: régen korábban azelőtt
        also: szintén még_egy másik is
        plan: keresek akarok szeretnék tervezem tervezek fogok
        compare: mint jobban
        and: és
    """),
    people=entries("""
        mother: anya anyám anyukám édesanyám
        father: apa apám apukám édesapám
        parent: szüleim szülők
        sister: nővérem húgom lánytestvérem
        brother: bátyám öcsém fivérem
        son: fiam
        daughter: lányom
        child: gyerek gyerekem gyermekem gyerekeim
        wife: feleségem feleség
        husband: férjem férj
        girlfriend: barátnőm
        boyfriend: barátom_fiú
        uncle: nagybátyám
        aunt: nagynéném néném
        cousin: unokatestvérem
        grandmother: nagymamám nagyanyám
        grandfather: nagypapám nagyapám
        mother-in-law: anyósom
        father-in-law: apósom
        friend: barátom barát
        boss: főnököm főnök
        colleague: kollégám kolléga
        neighbour: szomszédom szomszéd
        teacher: tanár tanárom
        doctor: orvos orvosom
        lawyer: ügyvéd
        nurse: ápoló nővér
    """),
    things=entries("""
        car: autó autóm kocsi kocsim
    """),
    units=entries("""
        km: km kilométer
        m: méter
        kg: kg kiló
        year: év éves
        month: hónap
        week: hét_hetente hetente
        day: nap
        h: óra órakor
        min: perc
        HUF: forint
        EUR: euró
    """),
    numbers=numbered("""
        2 kettő két, 3 három, 4 négy, 5 öt, 6 hat, 7 hét, 8 nyolc, 9 kilenc, 10 tíz, 11 tizenegy, 12 tizenkettő, 15
        tizenöt, 20 húsz, 30 harminc, 40 negyven, 50 ötven, 60 hatvan, 70 hetven, 80 nyolcvan, 90 kilencven, 100 száz,
        1000 ezer
    """),
    ordinals=numbered("1 első, 2 második, 3 harmadik, 4 negyedik, 5 ötödik"),
    shares={"all": "mindig mindenki minden", "most": "általában legtöbb", "some": "néha néhány", "few": "ritkán kevés"},
    weekdays=listed("""
        hétfő hétfőn hétfőnként, kedd kedden keddenként, szerda szerdán szerdánként, csütörtök csütörtökön
        csütörtökönként, péntek pénteken péntekenként, szombat szombaton szombatonként, vasárnap vasárnaponként
    """),
    months=listed("""
        január januárban januárja, február februárban februárja, március márciusban márciusa, április áprilisban
        áprilisa, május májusban májusa, június júniusban júniusa, július júliusban júliusa, augusztus
        augusztusban augusztusa, szeptember szeptemberben szeptembere, október októberben októbere, november
        novemberben novembere, december decemberben decembere
    """),
    inflects=True,
    endings="""
        ban ben ba be bol on en n nak nek val vel hoz hez ra re rol tol k t m d ja je a e unk at et ot ert ig ok ek om
        em am eben aban
    """,
    own_endings="m nk",
    privatives="talan telen atlan etlen mentes mentesen",
    since="-óta -tól -től -kezdve",
    until="-ig -végéig",
    in_dates="év évben",
    hyphened_endings=True,
    was="voltam volt laktam dolgoztam tanultam",
    before_hour={-30: "fél", -15: "háromnegyed"},
    halves={0: "reggel délelőtt", 12: "este délután"},
    opposites="előtt/után",
    cases=True,
)
"""Hungarian."""
