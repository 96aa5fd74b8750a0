"""Czech: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

CZECH = Meanings(
    "cs",
    joining="a ale",
    function="""
        a i ale nebo v ve na z ze do od po pod nad při pro s se si o u k ke to ten ta ty jsem je jsou byl byla bylo byli
        být že jak který která které co kde kdy protože on ona oni jeho její jejich ne nikdy už ještě velmi moc každý
        každou každé krát jsme
    """,
    subject="já my",
    object="mě mi mně nám nás",
    own="můj moje má mého moji mojí mým náš naše svůj svou své",
    senses=entries("""
        if: jestli pokud
        report: říká myslí
        except: kromě
        minimum: nejméně alespoň
        maximum: nejvýše nanejvýš
        only: jen pouze
        nearly: skoro téměř
        live: bydlím bydlí bydlíme žiju žije přestěhoval* přestěhuj*
        work: pracuju pracuji pracuje pracoval* práce zaměstnání
        named: jmenuje jmenuju jmenuji jméno jménem
        age: let roky věk
        born: narodil* narozeniny narozen
        weigh: vážím váží
        height: měřím
        cost: stojí nájem
        begin: začíná otevírá
        end: končí zavírá
        marital: ženatý vdaná rozvedený rozvedená svobodný zasnoubený rozešli rozešla rozešel
        pregnant: těhotná
        prefer: raději radši
        favourite: oblíbený oblíbená oblíbené nejoblíbenější
        diet: vegetarián vegetariánka vegan veganka
        have: mám má máme nemám vlastním
        like: rád ráda miluju miluji líbí chutná
        dislike: nesnáším nenávidím
        speak: mluvím mluví
        learn: učím učí studuju studuji studuje
        play: hraju hraji hraje
        read: čtu čte
        visit: navštívil navštívila
        allergic: alergii alergie alergický alergická
        eat: jím nejím jíst
        smoke: kouřím kouří kouření cigarety
        drink: piju piji nepiju pije
        take: beru
        know: znám
        bought: koupil koupila koupit
        avoid: vyhýbám
        now: teď nyní
        change: změnil změnila nový nová nové zase místo už_ne
        stop: přestal přestala skončil skončila prodal prodala zemřel zrušil zrušila
        past: dříve kdysi předtím
        also: také taky i další jiný
        plan: hledám chci plánuju plánuji budu hodlám chystám
        compare: než
        and: a
    """),
    people=entries("""
        mother: máma matka maminka
        father: táta otec tatínek
        parent: rodiče
        sister: sestra sestru
        brother: bratr bratra
        son: syn syna
        daughter: dcera dceru
        child: děti dětí dítě
        wife: manželka žena manželku
        husband: manžel muž
        girlfriend: přítelkyně
        boyfriend: přítel
        uncle: strýc strejda
        aunt: teta
        cousin: bratranec sestřenice
        grandmother: babička
        grandfather: dědeček děda
        mother-in-law: tchyně
        father-in-law: tchán
        friend: kamarád kamarádka
        boss: šéf šéfová
        colleague: kolega kolegyně
        neighbour: soused sousedka
        teacher: učitel učitelka
        doctor: lékař lékařka doktor doktorka
        lawyer: právník právnička
        nurse: sestřička
    """),
    things=entries("""
        car: auto autem
    """),
    units=entries("""
        km: km kilometrů
        m: metrů
        kg: kg kilo kilogramů
        year: rok roky let
        month: měsíc měsíců měsíce
        week: týden týdny týdnů
        day: den dny dní
        h: hodina hodiny hodin
        min: minut minuty
        CZK: korun koruny kč
        EUR: eur euro
    """),
    numbers=numbered("""
        1 jeden jedna jedno, 2 dva dvě dvou, 3 tři tří, 4 čtyři čtyř, 5 pět pěti, 6 šest šesti, 7 sedm sedmi, 8 osm
        osmi, 9 devět devíti, 10 deset deseti, 11 jedenáct, 12 dvanáct, 13 třináct, 14 čtrnáct, 15 patnáct, 20 dvacet,
        30 třicet, 40 čtyřicet, 50 padesát, 60 šedesát, 100 sto, 1000 tisíc
    """),
    ordinals=numbered("1 první*, 2 druhý, 3 třetí*, 4 čtvrt*, 5 pát*"),
    shares={
        "all": "všichni všechny vždy vždycky",
        "most": "většina obvykle",
        "some": "někteří někdy",
        "few": "málo zřídka",
    },
    weekdays=listed("""
        pondělí, úterý, středa středu, čtvrtek, pátek, sobota sobotu, neděle neděli
    """),
    months=listed("""
        leden ledna lednu, únor února únoru, březen března březnu, duben dubna dubnu, květen května květnu, červen
        června červnu, červenec července červenci, srpen srpna srpnu, září, říjen října říjnu, listopad listopadu,
        prosinec prosince prosinci
    """),
    inflects=True,
    endings="u e y i a o em om ech ach ami ovi ou eho emu im ym ho la li l t it at",
    since="od počínaje",
    until="do až_do",
    spans=("od do", "mezi a"),
    in_dates="roku rok roce konce konec začátku měsíce",
    was="byl byla bylo byli bydlel bydlela pracoval pracovala studoval studovala",
    before_hour={-30: "půl"},
    halves={0: "ráno dopoledne", 12: "večer odpoledne"},
    opposites="před/po s/bez",
)
"""Czech."""
