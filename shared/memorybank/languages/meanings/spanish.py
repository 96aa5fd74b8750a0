"""Spanish: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

SPANISH = Meanings(
    "es",
    capital_names=True,
    drops_subject=True,
    joining="y e pero sino",
    function="""
        el la los las lo al del de y e o u pero es son era soy eres ser sido está están estoy estar estaba he has ha
        hemos han había hay con para por en a sobre bajo entre que quien cual cuyo este esta estos estas ese esa eso
        se su sus él ella ellos ellas usted ustedes tu tus te no nunca sin más muy bien todo toda todos todas cada
        como si cuando porque desde mucho mucha poco vez veces ya aún todavía siempre puedo puede debo fue fui ni
        nada
    """,
    subject="yo nosotros nosotras",
    object="me mí nos conmigo",
    own="mi mis nuestro nuestra nuestros nuestras",
    articles="un una unos unas",
    definite="el la los las",
    senses=entries("""
        if: cuando
        report: piensa dice cree
        only: solo sólo solamente
        nearly: casi
        except: excepto salvo menos
        minimum: al_menos por_lo_menos como_mínimo
        maximum: como_mucho como_máximo
        live: casa_está_en vivo vive vivimos viven vivía vivir resido reside domicilio mudé mudado mudo trasladé
            mudarme
        work: trabajo trabaja trabajan trabajaba trabajé trabajar empleo profesión oficio
        named: llamo llama llaman nombre llamado llamada
        age: acabo_de_cumplir cumplir cumplí cumplo cumplido años edad
        born: nací nacido cumpleaños
        weigh: peso pesa
        height: mido mide altura
        cost: cuesta cuestan precio alquiler
        due: vence caduca expira
        begin: empieza comienza abre
        end: cierra termina acaba
        marital: soltero soltera casado casada divorciado divorciada comprometido comprometida viudo viuda separado
            separada
        pregnant: embarazada parto di_a_luz
        prefer: prefiero prefiere
        favourite: favorito favorita preferido preferida
        diet: vegetariano vegetariana vegano vegana
        have: tengo tiene tenemos tienen tener poseo
        like: gusta gustan encanta encantan amo adoro
        dislike: odio detesto aborrezco asco
        speak: hablo habla
        learn: aprendo aprendiendo estudio estudia estudiando
        play: juego juega toco toca
        read: leo lee leyendo
        visit: visité visitado viajé viaje visito
        allergic: alérgico alérgica alergia intolerante
        eat: come comer comemos
        smoke: fumo fuma fumar fumando cigarrillos
        drink: bebo bebe beber
        take: tomo toma
        know: conozco conoce
        bought: compré comprado comprar compro
        now: ahora actualmente hoy_en_día
        change: cambié cambiado nuevo nueva pasé_a convertí otra_vez ascendido ya_no en_lugar
        stop: dejé dejado vendí vendido cancelé murió terminé perdí gradué graduado
        past: antes hasta ex antiguamente anteriormente
        also: también además otro otra segundo segunda
        plan: voy_a quiero quisiera planeo pienso espero deseo vamos_a próximo próxima busco buscando
        compare: más_alto_que más_alta_que más_bajo_que más_baja_que más_joven_que más_viejo_que más_grande_que
            más_pequeño_que mayor_que menor_que mejor_que peor_que más_que menos_que antes_que
        and: y e
    """),
    people=entries("""
        mother: madre mamá
        father: padre papá
        parent: padres
        grandparent: abuelos
        sister: hermana hermanas
        brother: hermano hermanos
        son: hijo
        daughter: hija hijas
        child: hijos niño niños niña
        wife: esposa mujer
        husband: esposo marido
        partner: pareja
        girlfriend: novia
        boyfriend: novio
        ex: exnovia exnovio exmarido exmujer
        uncle: tío
        aunt: tía
        cousin: primo prima
        nephew: sobrino
        niece: sobrina
        grandmother: abuela
        grandfather: abuelo
        grandson: nieto
        granddaughter: nieta
        mother-in-law: suegra
        father-in-law: suegro
        sister-in-law: cuñada
        brother-in-law: cuñado
        friend: amigo amiga amigos
        boss: jefe jefa
        colleague: compañero compañera colega
        neighbour: vecino vecina
        landlord: casero casera
        teacher: profesor profesora maestro maestra
        doctor: médico médica doctor doctora
        dentist: dentista
        vet: veterinario veterinaria
        lawyer: abogado abogada
        student: estudiante
        nurse: enfermero enfermera
    """),
    things=entries("""
        car: coche auto carro automóvil
        bike: bici bicicleta
        phone: teléfono móvil celular
        flat: piso apartamento departamento
        film: película film
        computer: ordenador computadora
    """),
    units=entries("""
        km: km kilómetro kilómetros
        m: metro metros
        cm: cm centímetros
        mile: milla millas
        kg: kg kilo kilos
        g: gramo gramos
        mg: mg
        l: litro litros
        year: año años
        month: mes meses
        week: semana semanas
        day: día días
        h: hora horas h
        min: minuto minutos
        %: porcentaje
        EUR: euro euros eur
        USD: dólar dólares
        GBP: libra libras
        MXN: pesos
    """),
    numbers=numbered("""
        0 cero, 2 dos, 3 tres, 4 cuatro, 5 cinco, 6 seis, 7 siete, 8 ocho, 9 nueve, 10 diez, 11 once, 12 doce
        docena, 13 trece, 14 catorce, 15 quince, 16 dieciséis, 17 diecisiete, 18 dieciocho, 19 diecinueve, 20
        veinte, 21 veintiuno veintiún, 22 veintidós, 23 veintitrés, 24 veinticuatro, 25 veinticinco, 26
        veintiséis, 27 veintisiete, 28 veintiocho, 29 veintinueve, 30 treinta, 40 cuarenta, 50 cincuenta, 60
        sesenta, 70 setenta, 80 ochenta, 90 noventa, 100 cien ciento, 200 doscientos doscientas, 300 trescientos
        trescientas, 400 cuatrocientos cuatrocientas, 500 quinientos quinientas, 600 seiscientos seiscientas,
        700 setecientos setecientas, 800 ochocientos ochocientas, 900 novecientos novecientas, 1000 mil, 1000000
        millón millones
    """),
    ordinals=numbered("""
        1 primero primer primera, 2 segunda, 3 tercero tercer tercera, 4 cuarto cuarta, 5 quinto quinta, 6 sexto
        sexta, 7 séptimo séptima, 8 octavo octava, 9 noveno novena, 10 décimo décima
    """),
    shares={
        "none": "ninguno ninguna nadie",
        "all": "todos todas siempre cada",
        "most": "mayoría normalmente generalmente",
        "some": "algunos algunas veces",
        "few": "pocos pocas raramente",
    },
    weekdays=listed("""
        lunes, martes, miércoles, jueves, viernes, sábado sábados, domingo domingos
    """),
    months=listed("""
        enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre setiembre, octubre, noviembre,
        diciembre
    """),
    since="desde a_partir_de a_partir_del",
    until="hasta",
    spans=("de a", "del al", "entre y"),
    in_dates="el de del en fin finales principios mes año",
    was="era fui estuve estaba vivía viví trabajaba trabajé tenía tuve",
    after_hour={30: "y_media", 15: "y_cuarto", -15: "menos_cuarto"},
    halves={0: "mañana", 12: "tarde noche"},
    opposites="antes/después con/sin sobre/bajo",
    antonyms="""
        abierto/cerrado abierta/cerrada roto/arreglado lleno/vacío temprano/tarde barato/caro ganado/perdido
        rápido/lento limpio/sucio
    """,
)
"""Spanish."""
