"""French: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

FRENCH = Meanings(
    "fr",
    capital_names=True,
    joining="et mais",
    function="""
        le la les l du de des d et ou mais est sont était suis es être été a ai as ont avais avait avoir eu avec
        pour par dans en au aux à sur sous chez que qui quoi dont où ce cet cette ces c se s sa son ses leur leurs
        il elle ils elles on vous votre tu te ton ta tes y ne n pas plus jamais rien sans très bien tout toute tous
        toutes chaque comme si quand car depuis jusqu jusque beaucoup peu fois puis encore toujours souvent peux
        peut dois doit vers entre avant après fait faire va
    """,
    subject="je j nous",
    object="me m moi",
    own="mon ma mes notre nos",
    articles="un une",
    definite="le la les l",
    senses=entries("""
        if: quand
        report: pense dit croit
        only: seulement uniquement
        nearly: presque
        except: sauf excepté hormis
        minimum: au_moins
        maximum: au_plus au_maximum
        live: maison_est_à habite habitent habité vis vit vivre vivais réside domicile déménagé déménage installé
        work: travaille travaillé travaillent travail emploi métier profession bosse employé
        named: appelle appelles nomme nommé prénom nom appelé
        age: fêté viens_d_avoir ans âge âgé âgée
        born: né née anniversaire naissance
        weigh: pèse poids
        height: mesure taille
        cost: coûte prix loyer
        due: expire échéance valable
        begin: commence débute ouvre
        end: ferme finit termine
        marital: célibataire marié mariée fiancé fiancée divorcé divorcée veuf veuve séparé séparée
        pregnant: enceinte accouché
        prefer: préfère
        favourite: préféré préférée préférés favori
        diet: végétarien végétarienne végane vegan
        have: ai avons ont possède possédons
        like: aime aimons adore aiment
        dislike: déteste hais horreur dégoûte
        speak: parle parlons
        learn: apprends apprend étudie
        play: joue joué
        read: lis lit
        visit: visité visite voyagé allé allée voyage
        allergic: allergique allergie
        eat: mange manges mangé
        smoke: fume fumer fumé cigarette cigarettes
        drink: bois boit bu
        take: prends prend
        know: connais connaît
        bought: acheter acheté achète
        now: maintenant désormais actuellement dorénavant
        change: suis_passé suis_passée changé nouveau nouvelle devenu devenue recommencé remplacé reporté promu plutôt
            ne_plus
        stop: arrêté vendu quitté annulé terminé mort décédé perdu cessé
        past: autrefois ancien ancienne jusqu'en jusqu'à anciennement
        also: aussi également autre deuxième second
        plan: je_compte nous_comptons vais veux voudrais prévois projette envie souhaite cherche prochaine prochain
        compare: plus_grand_que plus_grande_que plus_petit_que plus_petite_que plus_âgé_que plus_âgée_que
            plus_jeune_que plus_haut_que plus_vite_que mieux_que meilleur_que meilleure_que plus_que moins_que
            plutôt_que
        and: et
    """),
    people=entries("""
        mother: mère maman
        father: père papa
        parent: parents
        grandparent: grands-parents
        sister: soeur sœur soeurs sœurs
        brother: frère frères
        son: fils
        daughter: fille filles
        child: enfant enfants
        wife: femme épouse
        husband: mari époux
        partner: compagnon compagne partenaire
        girlfriend: copine
        boyfriend: copain
        ex: ex
        uncle: oncle
        aunt: tante
        cousin: cousin cousine
        nephew: neveu
        niece: nièce
        grandmother: grand-mère mamie
        grandfather: grand-père papi
        grandson: petit-fils
        granddaughter: petite-fille
        mother-in-law: belle-mère
        father-in-law: beau-père
        sister-in-law: belle-soeur belle-sœur
        brother-in-law: beau-frère
        friend: ami amie amis
        boss: patron patronne chef cheffe
        colleague: collègue collègues
        neighbour: voisin voisine voisins
        landlord: propriétaire
        teacher: professeur prof enseignant enseignante
        doctor: médecin docteur
        dentist: dentiste
        vet: vétérinaire
        lawyer: avocat avocate
        student: étudiant étudiante
        nurse: infirmier infirmière
    """),
    things=entries("""
        car: voiture auto automobile bagnole
        bike: vélo bicyclette
        phone: téléphone portable mobile
        flat: appartement appart
        holiday: vacances congés
        film: film films
    """),
    units=entries("""
        km: km kilomètre kilomètres
        m: mètre mètres
        cm: cm centimètres
        mile: miles
        kg: kg kilo kilos
        g: gramme grammes
        mg: mg
        l: litre litres
        year: an ans année années
        month: mois
        week: semaine semaines
        day: jour jours
        h: heure heures h
        min: minute minutes min
        %: pourcent
        EUR: euro euros eur
        USD: dollar dollars
        GBP: livre livres
        CHF: francs
    """),
    numbers=numbered("""
        0 zéro, 2 deux, 3 trois, 4 quatre, 5 cinq, 6 six, 7 sept, 8 huit, 9 neuf, 10 dix, 11 onze, 12 douze
        douzaine, 13 treize, 14 quatorze, 15 quinze, 16 seize, 20 vingt vingts, 30 trente, 40 quarante, 50
        cinquante, 60 soixante, 70 septante, 80 huitante, 90 nonante, 100 cent cents, 1000 mille, 1000000
        million millions
    """),
    ordinals=numbered("""
        1 premier première, 2 deuxième, 3 troisième, 4 quatrième, 5 cinquième, 6 sixième, 7 septième, 8
        huitième, 9 neuvième, 10 dixième
    """),
    shares={
        "none": "aucun aucune personne",
        "all": "tous toutes tout toujours chaque",
        "most": "plupart généralement habituellement",
        "some": "certains certaines parfois quelquefois",
        "few": "peu rarement",
    },
    weekdays=listed("""
        lundi lundis, mardi mardis, mercredi mercredis, jeudi jeudis, vendredi vendredis, samedi samedis, dimanche
        dimanches
    """),
    months=listed("""
        janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre, décembre
    """),
    since="depuis dès à_partir_de à_partir_du à_partir",
    until="jusqu'en jusqu'à jusqu'au jusqu'",
    spans=("de à", "d' à", "de jusqu'en", "du au", "entre et"),
    in_dates="le la l' en de du d' fin début mi mois année",
    was="étais était avais avait habitais habitait vivais vivait travaillais travaillait vécu habité travaillé",
    after_hour={30: "et_demie et_demi", 15: "et_quart", -15: "moins_le_quart moins_quart"},
    halves={0: "matin", 12: "après-midi soir"},
    opposites="avant/après avec/sans sur/sous",
    antonyms="""
        ouvert/fermé ouverte/fermée cassé/réparé plein/vide tôt/tard gagné/perdu rapide/lent propre/sale
    """,
)
"""French."""
