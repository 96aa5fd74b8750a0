"""Finnish: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

FINNISH = Meanings(
    "fi",
    joining="ja mutta",
    function="""
        ja tai mutta on ovat oli olivat olen olla ollut en et ei emme ette eivät se ne hän he tämä tuo että joka jotka
        kun kuin mitä missä mihin mistä klo kello kanssa joka enää vielä jo hyvin kyllä ole
    """,
    subject="minä me mä",
    object="minut minua minusta",
    own="minun meidän mun",
    senses=entries("""
        if: jos
        report: sanoo luulee
        except: paitsi
        minimum: vähintään ainakin
        maximum: enintään korkeintaan
        only: vain ainoastaan
        nearly: melkein
        live: asun asuu asumme asuin muutin muutti muutimme
        work: työskentelen työskentelee työ työni töissä ammatti
        named: nimeni nimi nimeltä nimensä
        age: vuotias ikä vuotta
        born: synnyin syntynyt syntymäpäivä
        weigh: painan painaa
        height: pituus
        cost: maksaa hinta vuokra
        begin: alkaa aukeaa
        end: loppuu päättyy sulkeutuu
        marital: naimisissa sinkku eronnut kihloissa
        pregnant: raskaana
        favourite: lempi* suosikki*
        diet: kasvissyöjä vegaani
        have: minulla minulla_on meillä meillä_on omistan
        like: pidän tykkään rakastan
        dislike: inhoan vihaan
        speak: puhun puhuu
        learn: opiskelen opettelen opin
        play: pelaan soitan soittaa pelaa
        read: luen lukee
        visit: kävin käynyt
        allergic: allerginen allergia
        eat: syön syö syödä
        smoke: poltan_tupakkaa tupakoin tupakkaa tupakointi tupakoinnin tupakointia
        drink: juon juo juoda
        take: otan
        know: tunnen tiedän
        bought: ostin ostaa osti ostan
        avoid: vältän
        now: nyt nykyään nykyisin
        change: vaihdoin vaihtoi uusi enää taas sijaan
        stop: lopetin lopetti myin myi erosin erottiin kuoli
        past: ennen aiemmin entinen
        also: myös toinen lisäksi
        plan: etsin aion haluan haluaisin suunnittelen
        compare: kuin enemmän
        and: ja
    """),
    people=entries("""
        mother: äiti äitini
        father: isä isäni
        parent: vanhemmat vanhempani
        sister: sisko siskoni sisareni
        brother: veli veljeni
        son: poikani
        daughter: tytär tyttäreni
        child: lapsi lasta lapset lapseni
        wife: vaimo vaimoni
        husband: aviomies mieheni
        girlfriend: tyttöystävä tyttöystäväni
        boyfriend: poikaystävä poikaystäväni
        uncle: setä setäni eno enoni
        aunt: täti tätini
        cousin: serkku serkkuni
        grandmother: mummo mummoni isoäiti isoäitini mummi
        grandfather: vaari ukki isoisä isoisäni ukkini
        mother-in-law: anoppi anoppini
        father-in-law: appi appeni
        friend: ystävä ystäväni kaveri kaverini
        boss: pomo pomoni esimies
        colleague: kollega kollegani työkaveri
        neighbour: naapuri naapurini
        teacher: opettaja opettajani
        doctor: lääkäri lääkärini
        lawyer: juristi asianajaja
        nurse: sairaanhoitaja
    """),
    things=entries("""
        car: auto autoni autossa
    """),
    units=entries("""
        km: km kilometriä kilometri
        m: metriä
        cm: cm senttiä
        kg: kg kiloa kilo
        year: vuosi vuotta vuoden
        month: kuukausi kuukautta
        week: viikko viikkoa viikossa
        day: päivä päivää
        h: tunti tuntia
        min: minuuttia
        EUR: euro euroa
    """),
    numbers=numbered("""
        1 yksi, 2 kaksi kahden kahta kahdeksi, 3 kolme kolmen kolmea, 4 neljä neljän neljää, 5 viisi viiden viittä, 6
        kuusi kuuden kuutta, 7 seitsemän seitsemältä, 8 kahdeksan kahdeksalta, 9 yhdeksän yhdeksältä, 10 kymmenen, 11
        yksitoista, 12 kaksitoista, 13 kolmetoista, 14 neljätoista, 15 viisitoista, 20 kaksikymmentä, 30
        kolmekymmentä, 40 neljäkymmentä, 50 viisikymmentä, 100 sata, 1000 tuhat tuhatta
    """),
    ordinals=numbered("1 ensimmäi*, 3 kolmas, 4 neljäs, 5 viides"),
    shares={"all": "kaikki aina joka", "most": "useimmat yleensä", "some": "jotkut joskus", "few": "harvat harvoin"},
    weekdays=listed("""
        maanantai maanantaina maanantaisin, tiistai tiistaina tiistaisin, keskiviikko keskiviikkona keskiviikkoisin,
        torstai torstaina torstaisin, perjantai perjantaina perjantaisin, lauantai lauantaina lauantaisin, sunnuntai
        sunnuntaina sunnuntaisin
    """),
    months=listed("""
        tammikuu tammikuussa tammikuusta tammikuuhun tammikuun, helmikuu helmikuussa helmikuusta helmikuuhun
        helmikuun, maaliskuu maaliskuussa maaliskuusta maaliskuuhun maaliskuun, huhtikuu huhtikuussa huhtikuusta
        huhtikuuhun huhtikuun, toukokuu toukokuussa toukokuusta toukokuuhun toukokuun, kesäkuu kesäkuussa
        kesäkuusta kesäkuuhun kesäkuun, heinäkuu heinäkuussa heinäkuusta heinäkuuhun heinäkuun, elokuu elokuussa
        elokuusta elokuuhun elokuun, syyskuu syyskuussa syyskuusta syyskuuhun syyskuun, lokakuu lokakuussa
        lokakuusta lokakuuhun lokakuun, marraskuu marraskuussa marraskuusta marraskuuhun marraskuun, joulukuu
        joulukuussa joulukuusta joulukuuhun joulukuun
    """),
    inflects=True,
    endings="""
        ssa ssä sta stä lla llä lta ltä lle na nä ksi n t a ä aan een iin oon uun in on en ia iä ja jä ta tä ni si mme
        nsa nsä sti isin
    """,
    own_endings="ni mme",
    privatives="ton tön",
    since="-lähtien -alkaen",
    until="-asti -saakka",
    spans=("vuodesta vuoteen",),
    in_dates="vuoden vuonna loppuun alkuun",
    was="olin oli olimme asuin asui työskentelin opiskelin",
    before_hour={-30: "puoli"},
    halves={0: "aamulla", 12: "illalla iltapäivällä"},
    opposites="ennen/jälkeen",
    cases=True,
)
"""Finnish."""
