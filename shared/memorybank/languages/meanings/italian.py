"""Italian: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

ITALIAN = Meanings(
    "it",
    capital_names=True,
    drops_subject=True,
    joining="e ed ma",
    function="""
        il lo la i gli le l del dello della dei degli delle di d a ad al allo alla ai agli alle all da dal dalla in
        nel nella nei nell su sul sulla con per tra fra e ed o ma è sono era sei essere stato stata siamo ha hai
        abbiamo hanno avuto che chi cui quale questo questa questi queste quello quella si suo sua suoi sue lui lei
        loro tu ti tuo non mai senza più molto bene tutto tutta tutti ogni come se quando perché dalle alle poco
        volta volte già ancora sempre posso può devo c nessuno nulla niente
    """,
    subject="io noi",
    object="mi me ci",
    own="mio mia miei mie nostro nostra nostri nostre",
    articles="un uno una un'",
    definite="il lo la i gli le l",
    senses=entries("""
        if: quando
        report: pensa dice crede
        only: solo soltanto solamente
        nearly: quasi
        except: tranne eccetto
        minimum: almeno
        maximum: al_massimo
        live: casa_è_a vivo vive viviamo abito abita abitiamo risiedo trasferito trasferita trasferisco vissuto
            traslocato
        work: lavoro lavora lavorano lavorato lavoravo impiego professione mestiere
        named: chiamo chiama chiamano nome chiamato chiamata
        age: compiuto compio anni età
        born: nato nata compleanno
        weigh: peso pesa
        height: alto alta altezza
        cost: costa costano prezzo affitto
        due: scade scadenza
        begin: inizia comincia apre
        end: chiude finisce termina
        marital: single sposato sposata divorziato divorziata vedovo vedova separato separata celibe nubile
        pregnant: incinta partorito
        prefer: preferisco preferisce
        favourite: preferito preferita
        diet: vegetariano vegetariana vegano vegana
        have: ho ha abbiamo hanno possiedo
        like: piace piacciono amo adoro
        dislike: odio detesto schifo
        speak: parlo parla
        learn: imparo imparando studio studia studiando
        play: gioco gioca suono suona
        read: leggo legge leggendo
        visit: visitato viaggio visito viaggiato
        allergic: allergico allergica allergia
        eat: mangio mangia mangiare
        smoke: fumo fuma fumare fumato sigarette
        drink: bevo beve bere
        take: prendo prende
        know: conosco so
        bought: comprato comprare acquistato
        now: ora adesso attualmente
        change: cambiato nuovo nuova diventato diventata di_nuovo promosso spostato invece non_più passato
        stop: smesso venduto annullato morto finito perso lasciato laureato laureata
        past: prima fino ex una_volta in_passato
        also: anche inoltre altro altra secondo seconda pure
        plan: voglio vorrei penso progetto spero prossimo prossima sto_per andrò cerco cercando
        compare: più_della più_del più_dell più_dei più_delle più_dello meno_del meno_della più_alto_di più_alta_di
            più_basso_di più_giovane_di più_grande_di più_vecchio_di meglio_di più_che
            più_di piuttosto
        and: e ed
    """),
    people=entries("""
        mother: madre mamma
        father: padre papà
        parent: genitori
        grandparent: nonni
        sister: sorella sorelle
        brother: fratello fratelli
        son: figlio
        daughter: figlia figlie
        child: figli bambino bambini bambina
        wife: moglie
        husband: marito
        partner: compagno compagna
        girlfriend: ragazza fidanzata
        boyfriend: ragazzo fidanzato
        ex: ex-ragazza ex-marito
        uncle: zio
        aunt: zia
        cousin: cugino cugina
        nephew: nipote
        grandmother: nonna
        grandfather: nonno
        mother-in-law: suocera
        father-in-law: suocero
        sister-in-law: cognata
        brother-in-law: cognato
        friend: amico amica amici
        boss: capo
        colleague: collega colleghi
        neighbour: vicino vicina
        landlord: padrone padrona
        teacher: insegnante professore professoressa maestro maestra
        doctor: medico dottore dottoressa
        dentist: dentista
        vet: veterinario veterinaria
        lawyer: avvocato avvocata
        student: studente studentessa
        nurse: infermiere infermiera
    """),
    things=entries("""
        car: auto macchina automobile
        bike: bici bicicletta
        phone: telefono cellulare
        flat: appartamento
        film: film
    """),
    units=entries("""
        km: km chilometro chilometri
        m: metro metri
        cm: cm centimetri
        mile: miglio miglia
        kg: kg chilo chili
        g: grammi
        mg: mg
        l: litro litri
        year: anno anni
        month: mese mesi
        week: settimana settimane
        day: giorno giorni
        h: ore
        min: minuto minuti
        EUR: euro eur
        USD: dollaro dollari
        GBP: sterlina sterline
    """),
    numbers=numbered("""
        0 zero, 2 due, 3 tre, 4 quattro, 5 cinque, 6 sei, 7 sette, 8 otto, 9 nove, 10 dieci, 11 undici, 12
        dodici dozzina, 13 tredici, 14 quattordici, 15 quindici, 16 sedici, 17 diciassette, 18 diciotto, 19
        diciannove, 20 venti vent, 30 trenta trent, 40 quaranta quarant, 50 cinquanta cinquant, 60 sessanta
        sessant, 70 settanta settant, 80 ottanta ottant, 90 novanta novant, 100 cento, 1000 mille mila,
        1000000 milione milioni
    """),
    ordinals=numbered("""
        1 primo prima, 2 seconda, 3 terzo terza, 4 quarto quarta, 5 quinto quinta, 6 sesto sesta, 7 settimo
        settima, 8 ottavo ottava, 9 nono nona, 10 decimo decima
    """),
    shares={
        "none": "nessuno nessuna",
        "all": "tutti tutte sempre ogni",
        "most": "maggior solitamente generalmente",
        "some": "alcuni alcune volte",
        "few": "pochi poche raramente",
    },
    weekdays=listed("""
        lunedì, martedì, mercoledì, giovedì, venerdì, sabato, domenica
    """),
    months=listed("""
        gennaio, febbraio, marzo, aprile, maggio, giugno, luglio, agosto, settembre, ottobre, novembre, dicembre
    """),
    since="dal dall' da a_partire_da a_partire_dal",
    until="fino_a fino_al sino_a sino_al",
    spans=("dal al", "da a", "tra e"),
    in_dates="il l' di del in fine inizio mese anno",
    was="ero era sono_stato sono_stata abitavo vivevo lavoravo vissuto abitato lavorato avevo",
    after_hour={30: "e_mezza e_mezzo", 15: "e_un_quarto", -15: "meno_un_quarto"},
    halves={0: "mattina", 12: "pomeriggio sera"},
    opposites="prima/dopo con/senza sopra/sotto",
    antonyms="""
        aperto/chiuso aperta/chiusa pieno/vuoto presto/tardi economico/caro vinto/perso veloce/lento
        pulito/sporco
    """,
    glued_numbers=True,
)
"""Italian."""
