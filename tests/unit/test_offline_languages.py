"""Tables of sentences per language: what is taken, word by word, and what is left alone."""

from __future__ import annotations

import pytest

from memorybank.languages.kinds import PERSONAL
from memorybank.models.offline import OfflineModel
from memorybank.models.offline.reading import kinds_of
from memorybank.ports.models import (
    Action,
    Candidate,
    DecisionRequest,
    Event,
    ExtractedFact,
    ExtractionRequest,
    Intent,
    NewFact,
    Topic,
)

MANAGED = tuple(
    Topic(key, managed=True)
    for key in ("USER_PERSONAL_INFO", "USER_PREFERENCES", "KEY_CONVERSATION_DETAILS", "EXPLICIT_INSTRUCTIONS")
)

TAKEN = """
I'm Bob
I'm a nurse from Leeds
I've lived in Rome since 2010
I have two dogs called Rex and Bello
Dr. Smith is my dentist
My flight is at 9 a.m. on Monday
I can't stand mushrooms
I'm interested in chess
We decided to use PostgreSQL
Yesterday I bought a bike
I'll visit Oslo in May
Call me Al
Please don't use emojis
From now on, keep answers short
Ich heiße Jörg
Seit 2020 arbeite ich bei Siemens
Ich bin gegen Nüsse allergisch
Ich trinke gerne Tee
Meine Lieblingsfarbe ist Blau
Ich habe einen Flug nach Rom gebucht
Nenn mich Jo
Antworte mir immer auf Deutsch
Je m'appelle Zoé
Je suis ingénieure
Ma sœur s'appelle Anaïs
Je ne mange pas de viande
J'ai réservé un hôtel à Nice
Réponds toujours en français
Me llamo Íñigo
Soy alérgico a las nueces
Tengo dos hermanos
Ya no me gusta el té
Reservé un hotel en Cádiz
Mañana voy a viajar a Lima
Llámame Pepe
Mi chiamo Niccolò
Ho due figlie
Mi piace il caffè
Ho prenotato un volo per Roma
Il mio colore preferito è il blu
Rispondi sempre in italiano
Meu nome é João
Moro em São Paulo
Eu gosto de café
Não gosto de peixe
Reservei um hotel em Lisboa
Responda em português
私の名前は田中です
東京に住んでいます
猫を飼っています
コーヒーが好きです
ホテルを予約しました
田中と呼んでください
日本語で答えてください
我叫李明
我住在北京
我对花生过敏
我不喜欢咖啡
我预订了去上海的机票
请用中文回答
Меня зовут Олег
Я живу в Казани
Теперь я работаю в Сбере
Мне 34 года
У меня есть собака
Моя сестра живёт в Перми
Я не ем мясо
Мне нравится чай
Мы забронировали отель в Сочи
Отвечай на русском
제 이름은 민수예요
저는 부산에 살아요
저는 간호사예요
저는 31살이에요
고양이를 키워요
땅콩 알레르기가 있어요
저는 커피를 좋아해요
고기는 안 먹어요
호텔을 예약했어요
민수라고 불러 주세요
""".strip().split("\n")

LEFT = """
Hi!
Thanks, that's great!
What is my name?
Do you remember that I like tea?
Can you help me with my homework?
If I were rich, I would live in Monaco.
I'd like to book a flight.
I want to know more.
It is great.
She likes tea.
I like it.
I love you.
I'm tired.
I'm sorry.
I'm going to bed.
I have a question about Python.
I have to go.
My question is how this works.
My code is not working.
I will let you know.
I decided.
Call me later.
Soy milk is great.
"I like tea," she said.
> I like tea
Ich bin müde.
Ich habe eine Frage.
Wie heißt du?
Kannst du mir helfen?
Wenn ich reich wäre, würde ich in Monaco wohnen.
Vergiss es.
Guten Tag!
Je suis fatigué.
J'aimerais un café.
J'ai une question.
Si j'étais riche, je vivrais à Monaco.
Comment tu t'appelles ?
¿Cómo te llamas?
Tengo una pregunta.
Me gustaría un café.
Si fuera rico, viviría en Mónaco.
Olvídalo.
Sono stanco.
Come ti chiami?
Vorrei un caffè.
Estou cansado.
Tenho uma pergunta.
Eu gostaria de um café.
今日の天気はどうですか?
翻訳してください。
ありがとうございます。
もし東京に住んでいたら、楽しい。
你好!
你能帮我吗?
谢谢你。
如果我有钱,我会买房子。
Привет!
Как меня зовут?
Ты можешь мне помочь?
У меня вопрос.
Спасибо, отлично!
Мой код не работает.
Я устал.
Если бы я жил в Москве, было бы лучше.
안녕하세요!
제 이름이 뭐예요?
도와주세요.
질문이 있어요.
감사합니다.
오늘 날씨가 좋아요.
""".strip().split("\n")


def extract(text: str) -> list[ExtractedFact]:
    return OfflineModel().extract(ExtractionRequest((Event("user", text),), MANAGED))


@pytest.mark.parametrize("sentence", TAKEN)
def test_a_statement_is_taken_as_it_was_said(sentence: str) -> None:
    stop = "。" if ord(sentence[-1]) > 0x3000 else "."
    assert [(fact.fact, fact.intent) for fact in extract(sentence + stop)] == [(sentence, Intent.REMEMBER)]


@pytest.mark.parametrize("sentence", LEFT)
def test_what_states_nothing_of_the_user_is_left_alone(sentence: str) -> None:
    assert extract(sentence) == []


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Merk dir, dass ich Tee mag.", "Ich mag Tee"),
        ("Vergiss nicht, dass meine Schwester am 3. Mai Geburtstag hat.", "Meine Schwester hat am 3. Mai Geburtstag"),
        ("Merk dir, dass Tee mir gut tut.", "Merk dir, dass Tee mir gut tut"),
        ("Bitte merke dir: Mein Hund heißt Rex.", "Mein Hund heißt Rex"),
        ("Rappelle-toi que j'aime le thé.", "J'aime le thé"),
        ("N'oublie pas que j’habite à Lyon.", "J’habite à Lyon"),  # the apostrophe is kept
        ("Recuerda que me gusta el té.", "Me gusta el té"),
        ("No olvides que vivo en Sevilla.", "Vivo en Sevilla"),
        ("Ricorda che sono celiaco.", "Sono celiaco"),
        ("Non dimenticare che mio figlio si chiama Ugo.", "Mio figlio si chiama Ugo"),
        ("Lembre-se de que moro no Porto.", "Moro no Porto"),
        ("Não se esqueça de que gosto de chá.", "Gosto de chá"),
        ("お茶が好きなことを覚えておいてください。", "お茶が好きだ"),
        ("请记住我对花生过敏。", "我对花生过敏"),
        ("别忘了我的生日是五月三日。", "我的生日是五月三日"),
        ("Запомни, что у меня аллергия на орехи.", "У меня аллергия на орехи"),
        ("제가 차를 좋아한다는 것을 기억해 주세요.", "제가 차를 좋아한다"),
        ("Save that I prefer window seats.", "I prefer window seats"),
        ("Please write down that my locker is number 12", "My locker is number 12"),
        ("Memoriza que soy alérgico al polen.", "Soy alérgico al polen"),
        ("Guarda que trabajo en Bilbao", "Trabajo en Bilbao"),
        ("Enregistre que j'aime le thé", "J'aime le thé"),
        ("Memorizza che vivo a Roma", "Vivo a Roma"),
        ("Memoriza que eu moro no Porto", "Eu moro no Porto"),
        ("Speichere, dass ich Tee mag", "Ich mag Tee"),
    ],
)
def test_what_is_to_be_remembered_is_taken_in_its_language(text: str, fact: str) -> None:
    (found,) = extract(text)
    assert (found.fact, found.intent) == (fact, Intent.REMEMBER)
    assert "EXPLICIT_INSTRUCTIONS" in found.topics


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Can you forget my address?", "My address"),
        ("Please delete my phone number from your memory.", "My phone number"),
        ("Vergiss, dass ich Tee mag.", "Ich mag Tee"),
        ("Du kannst meine Adresse vergessen.", "Meine Adresse"),
        ("Oublie que j'aime le thé.", "J'aime le thé"),
        ("Tu peux oublier mon adresse.", "Mon adresse"),
        ("Olvida que me gusta el té.", "Me gusta el té"),
        ("Puedes olvidar que vivo en Madrid.", "Vivo en Madrid"),
        ("Dimentica che mi piace il tè.", "Mi piace il tè"),
        ("Esqueça que gosto de chá.", "Gosto de chá"),
        ("私の住所を忘れてください。", "私の住所"),
        ("忘记我喜欢茶。", "我喜欢茶"),
        ("Забудь, что я люблю чай.", "Я люблю чай"),
        ("제가 차를 좋아한다는 것을 잊어 주세요.", "제가 차를 좋아한다"),
        ("제 전화번호는 지워 주세요.", "제 전화번호"),
    ],
)
def test_what_is_to_be_forgotten_is_taken_in_its_language(text: str, fact: str) -> None:
    assert [(found.fact, found.intent) for found in extract(text)] == [(fact, Intent.FORGET)]


@pytest.mark.parametrize(
    ("known", "fact", "action"),
    [
        ("Я живу в Казани", "Я переехал в Самару", Action.UPDATE),
        ("Мне 34 года", "Мне 35 лет", Action.UPDATE),
        ("Меня зовут Олег", "Меня зовут Олег", Action.KEEP),
        ("Я люблю кофе", "Я люблю чай", Action.CREATE),
        ("저는 부산에 살아요", "저는 대전으로 이사했어요", Action.UPDATE),
        ("저는 31살이에요", "저는 32살이에요", Action.UPDATE),
        ("저는 커피를 좋아해요", "저는 차를 좋아해요", Action.CREATE),
    ],
)
def test_a_new_value_of_one_attribute_replaces_the_old_one(known: str, fact: str, action: Action) -> None:
    request = DecisionRequest((NewFact(fact, Intent.REMEMBER, (0,)),), (Candidate(0, known),))
    assert [made.action for made in OfflineModel().decide(request)] == [action]


@pytest.mark.parametrize(
    "said",
    [
        "I stopped learning Greek.",
        "Ich habe mit dem Rauchen aufgehört.",
        "J'ai arrêté de fumer.",
        "Dejé de fumar.",
        "Ho smesso di fumare.",
        "Parei de fumar.",
        "Ik ben gestopt met roken.",
        "Я бросил курить.",
        "たばこをやめました。",
        "담배를 끊었어요.",
        "我戒烟了。",
    ],
)
def test_what_the_speaker_has_given_up_is_remembered_in_every_language(said: str) -> None:
    assert PERSONAL in kinds_of(said)[0]


def test_what_has_stopped_of_itself_or_shall_stop_is_no_fact_about_the_speaker() -> None:
    for said in (
        "The build stopped yesterday.",
        "Please stop the music.",
        "I left a comment.",
        "I stopped the server.",
    ):
        assert PERSONAL not in kinds_of(said)[0]


@pytest.mark.parametrize(
    ("personal", "technical"),
    [
        ("I started swimming", "I started using Python"),
        ("J'ai commencé à nager", "J'ai commencé à utiliser Python"),
        ("Я начала плавать", "Я начала использовать Python"),
        ("Я перестал рисовать", "Я перестал писать код"),
    ],
)
def test_a_new_habit_is_personal_and_a_new_tool_is_not(personal: str, technical: str) -> None:
    assert PERSONAL in kinds_of(personal)[0]
    assert PERSONAL not in kinds_of(technical)[0]
