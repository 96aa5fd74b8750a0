"""Cities and countries whose names differ between languages."""

from __future__ import annotations

from memorybank.languages.meanings.spelling import words

_SAID = """
    cologne köln colonia keulen kolonia, munich münchen muenchen monaco_di_baviera, vienna wien
    vienne viena wiedeń, milan milano mailand milán milão, rome roma rom rzym, lisbon lisboa
    lissabon lisbonne, geneva genf genève ginebra, warsaw warszawa warschau varsovie varsovia,
    prague praha prag praga, moscow moskva moskau moscou moscú mosca москва москве, venice venezia
    venedig venise venecia, florence firenze florenz florencia, naples napoli neapel nápoles, turin
    torino, athens athen athènes atenas atene, brussels brüssel bruxelles bruselas brussel,
    copenhagen kopenhagen københavn copenhague, london londres londra londyn лондон лондоне, paris
    parís parigi paryż париж париже, berlin berlín berlino берлин берлине, hamburg hambourg hamburgo
    amburgo, nuremberg nürnberg, the_hague den_haag, antwerp antwerpen anvers, ghent gent gand,
    bruges brugge, zurich zürich zúrich zurigo, seville sevilla séville siviglia, cracow krakow
    kraków krakau, danzig gdańsk gdańsku, istanbul estambul, cairo kairo caire, beijing peking pékin
    pekín pechino, tokyo tokio, germany deutschland allemagne alemania germania duitsland niemcy
    niemczech, france frankreich francia frankrijk francja, spain spanien espagne españa spagna
    espanha, italy italien italie italia itália, japan japón japon japão giappone, england
    angleterre inglaterra inghilterra, switzerland schweiz suisse suiza svizzera, austria österreich
    autriche, portugal portogallo, poland polen pologne polonia polska polsce, netherlands
    niederlande nederland, greece griechenland grèce grecia, turkey türkei turquie turquía türkiye
"""
PLACES = {word: f"place {number}" for number, said in enumerate(_SAID.split(",")) for word in words(said)}
"""A key for each name of a place, the same in all languages."""
