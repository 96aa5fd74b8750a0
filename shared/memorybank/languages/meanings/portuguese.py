"""Portuguese: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

PORTUGUESE = Meanings(
    "pt",
    capital_names=True,
    drops_subject=True,
    joining="e mas",
    function="""
        o a os as ao aos à às do da dos das de e ou mas é são era sou ser sido está estão estou estar estava há com
        para por pelo pela em no na nas num numa sobre entre que quem qual este esta esse essa isso se seu sua seus
        suas ele ela eles elas você vocês te não nao nunca sem mais muito bem todo toda todos todas cada como quando
        porque desde pouco vez vezes já ainda sempre posso pode devo foi fui nem nada
    """,
    subject="eu nós",
    object="me mim comigo",
    own="meu minha meus minhas nosso nossa nossos nossas",
    articles="um uma uns umas",
    definite="o a os as",
    senses=entries("""
        if: quando
        report: pensa diz acha
        only: só apenas somente
        nearly: quase
        except: exceto menos
        minimum: pelo_menos no_mínimo
        maximum: no_máximo
        live: casa_fica_em casa_é_em moro mora moramos moram morava vivo vive vivemos resido mudei mudamos mudar
            mudo morar
        work: trabalho trabalha trabalham trabalhava trabalhei emprego profissão trabalhar
        named: chamo chama chamam nome chamado chamada chama-se chamo-me
        age: fiz completei anos idade
        born: nasci nascido aniversário
        weigh: peso pesa
        height: meço mede altura
        cost: custa custam preço aluguel renda
        due: vence expira
        begin: começa inicia abre
        end: fecha termina acaba
        marital: solteiro solteira casado casada divorciado divorciada viúvo viúva separado separada
        pregnant: grávida
        prefer: prefiro
        favourite: prefere favorito favorita preferido preferida
        diet: vegetariano vegetariana vegano vegana
        have: tenho tem temos têm possuo ter
        like: gosto gosta adoro amo
        dislike: odeio detesto nojo
        speak: falo fala
        learn: aprendo aprendendo estudo estudando aprender
        play: jogo joga toco toca
        read: leio lê lendo
        visit: visitei viajei viagem visito visitar
        allergic: alérgico alérgica alergia
        eat: come comer comemos
        smoke: fumo fuma fumar cigarros
        drink: bebo bebe beber
        take: tomo toma
        know: conheço sei
        bought: comprei comprar comprado
        now: agora atualmente
        change: mudou mudaram novo nova troquei passei virei de_novo já_não promovido em_vez
        stop: parei deixei vendi cancelei morreu terminei perdi parou formei formado formada
        past: antes até antigamente anteriormente ex
        also: também além outro outra segundo segunda
        plan: vou quero queria planejo pretendo espero próximo próxima procuro procurando
        compare: mais_alto_que mais_alta_que mais_baixo_que mais_novo_que mais_nova_que mais_velho_que
            mais_velha_que maior_que menor_que melhor_que pior_que mais_que menos_que do_que
        and: e
    """),
    people=entries("""
        mother: mãe mamãe
        father: pai papai
        parent: pais
        grandparent: avós
        sister: irmã irmãs
        brother: irmão irmãos
        son: filho
        daughter: filha filhas
        child: filhos criança crianças
        wife: esposa mulher
        husband: marido esposo
        partner: parceiro parceira companheiro companheira
        girlfriend: namorada
        boyfriend: namorado
        ex: ex-namorada ex-namorado ex-marido ex-mulher
        uncle: tio
        aunt: tia
        cousin: primo prima
        nephew: sobrinho
        niece: sobrinha
        grandmother: avó
        grandfather: avô
        grandson: neto
        granddaughter: neta
        mother-in-law: sogra
        father-in-law: sogro
        sister-in-law: cunhada
        brother-in-law: cunhado
        friend: amigo amiga amigos
        boss: chefe
        colleague: colega colegas
        neighbour: vizinho vizinha
        landlord: senhorio senhoria
        teacher: professor professora
        doctor: médico médica doutor doutora
        dentist: dentista
        vet: veterinário veterinária
        lawyer: advogado advogada
        student: estudante aluno aluna
        nurse: enfermeiro enfermeira
    """),
    things=entries("""
        car: carro automóvel
        bike: bicicleta bike
        phone: telefone celular telemóvel
        flat: apartamento apê
        film: filme filmes
    """),
    units=entries("""
        km: km quilômetro quilômetros quilómetros
        m: metro metros
        cm: cm
        mile: milha milhas
        kg: kg quilo quilos
        g: grama gramas
        mg: mg
        l: litro litros
        year: ano anos
        month: mês meses
        week: semana semanas
        day: dia dias
        h: hora horas h
        min: minuto minutos
        EUR: euro euros eur
        USD: dólar dólares
        BRL: real reais
        GBP: libra libras
    """),
    numbers=numbered("""
        0 zero, 2 dois duas, 3 três, 4 quatro, 5 cinco, 6 seis, 7 sete, 8 oito, 9 nove, 10 dez, 11 onze, 12 doze
        dúzia, 13 treze, 14 catorze quatorze, 15 quinze, 16 dezesseis dezasseis, 17 dezessete dezassete, 18
        dezoito, 19 dezenove dezanove, 20 vinte, 30 trinta, 40 quarenta, 50 cinquenta, 60 sessenta, 70 setenta,
        80 oitenta, 90 noventa, 100 cem cento, 200 duzentos duzentas, 300 trezentos trezentas, 400 quatrocentos,
        500 quinhentos quinhentas, 600 seiscentos, 700 setecentos, 800 oitocentos, 900 novecentos, 1000 mil,
        1000000 milhão milhões
    """),
    ordinals=numbered("""
        1 primeiro primeira, 3 terceiro terceira, 4 quarto, 5 quinto, 6 sexto, 7 sétimo sétima, 8 oitavo oitava,
        9 nono nona, 10 décimo décima
    """),
    shares={
        "none": "nenhum nenhuma ninguém",
        "all": "todos todas sempre cada",
        "most": "maioria normalmente geralmente",
        "some": "alguns algumas vezes",
        "few": "poucos poucas raramente",
    },
    weekdays=listed("""
        segunda segunda-feira segundas, terça terça-feira terças, quarta quarta-feira quartas, quinta
        quinta-feira quintas, sexta sexta-feira sextas, sábado sábados, domingo domingos
    """),
    months=listed("""
        janeiro, fevereiro, março, abril, maio, junho, julho, agosto, setembro, outubro, novembro, dezembro
    """),
    since="desde a_partir_de",
    until="até",
    spans=("de a", "de até", "do ao", "entre e"),
    in_dates="o de do em ao fim final início mês ano",
    was="era fui estive estava morava morei trabalhava trabalhei tinha tive",
    after_hour={30: "e_meia", 15: "e_um_quarto", -15: "menos_um_quarto"},
    halves={0: "manhã", 12: "tarde noite"},
    opposites="antes/depois com/sem",
    antonyms="""
        aberto/fechado aberta/fechada cheio/vazio cedo/tarde barato/caro ganhou/perdeu rápido/lento
        limpo/sujo
    """,
)
"""Portuguese."""
