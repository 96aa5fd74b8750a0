"""Polish: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

POLISH = Meanings(
    "pl",
    joining="i oraz ale",
    function="""
        i a ale lub w we na z ze do od po pod nad przy dla bez o u to ten ta te ci jest są był była było byli jestem
        być się że jak nie nigdy ani bardzo już jeszcze tylko każdy każdą co który która gdzie kiedy bo on ona oni
        jego jej ich niż raz razy za przez
    """,
    subject="ja my",
    object="mnie mi nam nas",
    own="mój moja moje moi mojego mojej moim moją nasz nasza nasze",
    senses=entries("""
        if: jeśli jeżeli gdy kiedy
        report: myśli uważa
        only: tylko
        nearly: prawie
        except: oprócz poza
        minimum: przynajmniej co_najmniej
        maximum: najwyżej co_najwyżej
        live: dom_jest_w mieszkam mieszka mieszkamy mieszkał mieszkałam przeprowadził* przeprowadzi*
        work: pracuję pracuje pracował pracowałem pracowałam praca zawód
        named: nazywam imię nazywa imieniem
        age: skończyłem skończyłam lat lata wiek
        born: urodził* urodziny
        weigh: ważę waży
        cost: kosztuje czynsz
        due: wygasa
        begin: zaczyna zaczynam otwiera
        end: zamyka kończy
        marital: żonaty zamężna rozwiedziony rozwiedziona singlem zaręczon*
        pregnant: ciąży urodziłam
        prefer: wolę
        favourite: ulubiony ulubiona ulubione
        diet: wegetarianinem wegetarianką weganinem weganką
        have: mam ma mamy posiadam
        like: lubię lubi kocham uwielbiam
        dislike: nienawidzę
        speak: mówię mówi
        learn: uczę uczy
        play: gram gra
        read: czytam czyta
        visit: odwiedził* byłem_w podróż
        allergic: alergię uczulony uczulona alergia
        eat: jem jeść
        smoke: palę pali palić palenie palenia papierosy papierosów
        drink: piję pije
        take: biorę
        know: znam
        bought: kupił* kupić
        now: teraz obecnie
        change: nowy nowa nowe zmieniłem zmieniłam zostałem zostałam znowu zamiast już_nie
        stop: rzuciłem rzuciłam przestałem przestałam sprzedałem sprzedałam umarł zmarł odwołałem
        past: kiedyś dawniej wcześniej
        also: też także również drugi druga inny
        plan: szukam szuka chcę zamierzam planuję będę
        compare: niż
        and: i
    """),
    people=entries("""
        mother: mama matka mamy
        father: tata ojciec
        parent: rodzice
        grandparent: dziadkowie
        sister: siostra siostry siostrę
        brother: brat brata
        son: syn syna
        daughter: córka córki córkę
        child: dzieci dziecko
        wife: żona żony
        husband: mąż męża
        girlfriend: dziewczyna
        boyfriend: chłopak
        uncle: wujek
        aunt: ciotka ciocia
        grandmother: babcia
        grandfather: dziadek
        mother-in-law: teściowa
        father-in-law: teść
        sister-in-law: szwagierka bratowa
        brother-in-law: szwagier
        friend: przyjaciel przyjaciółka
        boss: szef szefowa
        colleague: kolega koleżanka
        neighbour: sąsiad sąsiadka
        teacher: nauczyciel nauczycielka
        doctor: lekarz lekarka
        dentist: dentysta
        lawyer: prawnik prawniczka adwokat
    """),
    things=entries("""
        car: samochód auto
        flat: mieszkanie
    """),
    units=entries("""
        km: km kilometrów kilometry
        m: metrów
        cm: cm
        mile: mil mile
        kg: kg
        mg: mg
        year: rok lat lata
        month: miesiąc miesięcy
        week: tydzień tygodni
        day: dzień dni
        h: godzina godzin
        min: minut
        EUR: euro
        PLN: złoty złotych
        USD: dolarów
    """),
    numbers=numbered("""
        1 jeden, 2 dwa dwie dwoje dwóch dwu dwom dwoma, 3 trzy trzech troje trzem, 4 cztery czterech czworo, 5
        pięć pięciu pięcioro, 6 sześć sześciu, 7 siedem siedmiu, 8 osiem ośmiu, 9 dziewięć dziewięciu, 10
        dziesięć dziesięciu, 11 jedenaście jedenastu, 12 dwanaście dwunastu, 13 trzynaście trzynastu, 14
        czternaście czternastu, 15 piętnaście piętnastu, 16 szesnaście szesnastu, 17 siedemnaście, 18
        osiemnaście osiemnastu, 19 dziewiętnaście, 20 dwadzieścia dwudziestu, 30 trzydzieści trzydziestu, 40
        czterdzieści czterdziestu, 50 pięćdziesiąt pięćdziesięciu, 60 sześćdziesiąt, 70 siedemdziesiąt, 80
        osiemdziesiąt, 90 dziewięćdziesiąt, 100 sto stu, 200 dwieście, 300 trzysta, 400 czterysta, 500 pięćset,
        1000 tysiąc tysiące tysięcy, 1000000 milion miliony milionów
    """),
    ordinals=numbered("""
        1 pierwsz*, 3 trzeci*, 4 czwart*, 5 piąt*, 6 szóst*, 7 siódm*, 8 ósm*, 9 dziewiąt*, 10 dziesiąt*, 11 jedenast*,
        12 dwunast*
    """),
    shares={
        "none": "nikt żaden żadna",
        "all": "wszyscy wszystkie zawsze każdy każdego",
        "most": "większość zwykle zazwyczaj",
        "some": "niektórzy niektóre czasem czasami",
        "few": "mało rzadko",
    },
    weekdays=listed("""
        poniedziałek poniedziałki, wtorek wtorki, środa środę środy, czwartek czwartki, piątek piątki piątku piątkiem,
        sobota sobotę soboty, niedziela niedzielę niedziele
    """),
    months=listed("""
        styczeń stycznia styczniu, luty lutego lutym, marzec marca marcu, kwiecień kwietnia kwietniu, maj maja maju,
        czerwiec czerwca czerwcu, lipiec lipca lipcu, sierpień sierpnia sierpniu, wrzesień września wrześniu,
        październik października październiku, listopad listopada listopadzie, grudzień grudnia grudniu
    """),
    since="od począwszy_od",
    until="do aż_do",
    spans=("od do", "między a"),
    in_dates="końca początku roku rok r miesiąca",
    was="byłem byłam był była mieszkałem mieszkałam pracowałem pracowałam miałem miałam",
    before_hour={-30: "wpół_do", 15: "kwadrans_po", -15: "za_kwadrans"},
    halves={0: "rano", 12: "wieczorem południu"},
    opposites="przed/po z/bez nad/pod",
    antonyms="""
        otwarty/zamknięty tani/drogi wcześnie/późno szybki/wolny
    """,
)
"""Polish."""
