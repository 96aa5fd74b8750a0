"""Short forms and nicknames of things with what they stand for, and the words by which facts speak of the user."""

from __future__ import annotations

import re

_SAID = """
xmas christmas | k8s kubernetes | js javascript | ts typescript | py python | postgres postgresql
pg postgresql | gh github | gha github actions | vs visual studio | vscode visual studio code | tf terraform
aws amazon web services | gcp google cloud platform | ml machine learning | ai artificial intelligence
ui user interface | fb facebook | ig instagram | insta instagram | yt youtube | ms microsoft | wa whatsapp
sf san francisco | la los angeles | nyc new york city | ny new york | dc washington
uk united kingdom britain british | gb great britain british | us united states america american
usa united states america american | eu european union | nl netherlands dutch | dutch netherlands
swiss switzerland | greek greece | danish denmark | spanish spain | french france | polish poland
ireland irish | irish ireland | wales welsh | welsh wales | scotland scottish scots | scottish scotland | spain spanish
france french | poland polish | turkey turkish | turkish turkey | sweden swedish | swedish sweden | finland finnish
denmark danish | finnish finland | greece greek | netherlands dutch | holland dutch netherlands | switzerland swiss
portugal portuguese | portuguese portugal | china chinese | chinese china | germany german | german germany
england english british | philippines filipino | filipino philippines | thai thailand | norwegian norway
japanese japan | iceland icelandic | belgian belgium | belgium belgian
golden retriever | lab labrador | gsd german shepherd | frenchie french bulldog | doodle labradoodle
esl english second language | uni university | bday birthday | b-day birthday | tv television | telly television
fridge refrigerator | pc computer | mac macbook apple | tesla electric car | guy man male | dude man male
gal woman | lady woman female | bf boyfriend | gf girlfriend | bff best friend | bestie best friend
fiance engaged | fiancee engaged | hubby husband | sis sister | bro brother | gran grandmother | nan grandmother
nana grandmother | gramps grandfather | folks parents | roomie roommate | doc doctor | gp doctor
vet veterinarian veterinary | physio physiotherapist | shrink therapist | meds medication | bp blood pressure
op operation surgery | t1d type 1 diabetes | t2d type 2 diabetes | veggie vegetarian | tee teetotal
app application | repo repository | config configuration | prod production | env environment | db database
docs documentation | info information | pic picture | pics pictures | biz business
handy mobiltelefon smartphone | wg wohngemeinschaft | abi abitur | uniklinik universitätsklinikum
kita kindertagesstätte | boulot travail travaille | taf travail travaille | bosse travaille | bosser travailler
mec compagnon copain petit ami | copine petite amie compagne | copain petit ami compagnon | ado adolescent
resto restaurant | kiné kinésithérapeute | appart appartement | curro trabajo | peli película | bici bicicleta
finde fin semana | cole colegio escuela | uni universidad
"""
ALIASES: dict[str, str] = {}
"""What a short form may stand for, by the short form."""

for _row in re.split(r"[|\n]", _SAID):
    _short, _, _meant = _row.strip().partition(" ")
    if _short:
        ALIASES[_short] = f"{ALIASES.get(_short, '')} {_meant}".strip()

USER = re.compile(
    r"\b(?:the )?users?(?:'s?)?(?!\w|-)|\b(?:be)?nutzer(?:s|in|innen|n)?\b|\b(?:l')?utilisat(?:eur|rice)s?\b"
    r"|\busuari[oa]s?\b|\b(?:l'|dell'|all'|dall')?utente\b|\butilizador(?:a|es)?\b|\busuári[oa]s?\b"
    r"|\bgebruikers?\b|\bużytkowni\w+|пользовател\w+|користувач\w*|\bkullanıcı\w*|\banvändaren?s?\b"
    r"|\bbruger(?:en)?s?\b|\bbruker(?:en)?s?\b|\buživatel\w*|\bkäyttäj\w+|\bfelhasználó\w*|\butilizato\w+"
    r"|χρήστη\w*|\bpengguna(?:nya)?\b|người dùng|המשתמש\w*|المستخدمة?|उपयोगकर्ता|用户|用戶|使用者|ユーザー"
    r"|사용자(?:는|의|가|를|에게)?"
)
"""The words by which facts in the third person speak of the user, in lower case."""
