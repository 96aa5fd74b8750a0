"""How statements give a value to an attribute of the user; `patterns` says how to read a table.

`value` is what the attribute is; `what` names the attribute where the sentence does ("my favourite <what>").
"""

from __future__ import annotations

PATTERNS = {
    "residence": r"""
    <who>(?:now |currently )?(?:'m |am |is )?(?:lives?|living|resides?|based)(?: now| currently)? in (?P<value>.+)
    <who>(?:have |has |'ve )?(?:just |recently |now )?(?:moved|relocated)(?: back)? to (?P<value>\D+)
    <who>no longer lives? in (?P<value>.+)
    <who>(?:don't|do not|doesn't|does not) live in (?P<value>.+?)(?: any ?more| any longer)?
    (?:ich )?(?:wohne|lebe)(?: ich)?(?: jetzt| nun| inzwischen| mittlerweile
        | seit kurzem)?(?: nicht mehr)? in (?P<value>.+)
    (?:jetzt|inzwischen|mittlerweile|seit kurzem) (?:wohne|lebe) ich in (?P<value>.+)
    ich bin (?:gerade |kürzlich |jetzt |vor kurzem |inzwischen |nun )?(?:von \w+ )?nach (?P<value>\D+?) (?:gezogen
        |umgezogen)
    ich lebe (?:jetzt |nun )?in (?P<value>.+)
    <moi>(?:j'habite|je vis|je n'habite plus|je ne vis plus) (?:maintenant |désormais )?(?:à|en|au|dans) (?P<value>.+)
    <moi>(?:j'ai déménagé|je me suis installée?|je viens de (?:déménager|m'installer)) (?:à|en|au) (?P<value>\D+)
    (?:yo )?(?:ahora |actualmente )?(?:ya )?(?:no )?vivo (?:ahora )?en (?P<value>.+)
    (?:me mudé|me he mudado|me trasladé|me acabo de mudar|acabo de mudarme) a (?P<value>\D+)
    (?:io )?(?:adesso |ora )?(?:non )?(?:vivo|abito) (?:più )?(?:adesso |ora )?(?:a|in) (?P<value>.+)
    mi sono (?:appena |da poco )?trasferit[oa] (?:a|in) (?P<value>\D+)
    (?:eu )?(?:agora |já )?(?:não )?(?:moro|vivo) (?:mais )?(?:agora )?(?:em|no|na) (?P<value>.+)
    (?:eu )?(?:me mudei|mudei-me|acabei de me mudar|acabei de mudar-me) para (?:o |a )?(?P<value>\D+)
    <watashi>(?P<value>[^、。はを]+?)に(?:住んでい(?:ます|る)|引っ越しました|引っ越した|引っ越ししました)
    (?:ik |nu )?(?:woon|leef) (?:ik )?(?:nu |tegenwoordig )?(?:niet meer )?in (?P<value>.+)
    ik ben (?:net |onlangs |nu )?(?:verhuisd )?naar (?P<value>\D+?)(?: verhuisd)?
    我(?:现在|現在|已经|已經)?(?:住在|搬到了?|搬去了?|搬家到了?)(?P<value>.+?)了?
    <ruadv>(?:я <ruadv>)?(?:больше не )?живу <ruadv>в (?P<value>.+)
    <ruadv>(?:я <ruadv>)?переехал[аи]? (?:жить )?(?:из \S+ )?в (?P<value>\D+)
    <kowho>(?P<value>(?:(?![은는] )[^,.])+?)에(?:서)? (?:살아요|살고 있어요|살고 있습니다|삽니다|산다)
    <kowho>(?:최근에 |얼마 전에 |작년에 )?(?P<value>[^,. ]+?)(?:으로|로) 이사(?:했어요|했습니다|왔어요|갔어요|했다)
    (?:ja )?(?:teraz |obecnie |już )?(?:nie )?mieszkam (?:teraz |obecnie |już )?(?:w|we|na) (?P<value>.+)
    (?:ja )?(?:niedawno |właśnie |teraz )?przeprowadził[ae]m się (?:niedawno |właśnie )?(?:z \w+ )?do (?P<value>\D+)
    (?:ben )?(?:artık |şimdi |şu anda )?(?P<value>[^,.' ]+)'?[dt][ae] (?:yaşıyorum|oturuyorum|yaşamıyorum|oturmuyorum)
    (?:ben )?(?:artık |geçen \w+ |yeni )?(?P<value>[^,.' ]+)'?[ny]?[ae] taşındım
    (?:أنا )?(?:الآن )?(?:لا )?(?:أعيش|أسكن|أقيم) (?:الآن |حاليا )?في (?P<value>.+)
    (?:لقد )?انتقلت (?:مؤخرا )?(?:للعيش |للسكن )?(?:إلى|الى|في) (?P<value>\D+)
    मैं (?:अब |अभी )?(?P<value>.+?) में रहत[ाी] (?:हूँ|हूं)
    मैं (?:अब |हाल ही में )?(?P<value>.+?) (?:में )?(?:चला गया|चली गई|शिफ्ट हो गया|शिफ्ट हो गई)(?: हूँ| हूं)?
""",
    "employer": r"""
    <who>(?:now |currently )?(?:'m |am |is )?(?:now )?(?:works?|working)(?: now)? (?:at|for) (?P<value>.+)
    <who>(?:have |has |'ve )?(?:just |recently )?(?:joined|started (?:working )?at) (?P<value>\D+)
    ich arbeite(?: jetzt| nun| inzwischen)? (?:bei|für) (?P<value>.+)
    <moi>je travaille (?:maintenant )?(?:chez|pour) (?P<value>.+)
    (?:yo )?(?:ahora )?trabajo (?:ahora )?(?:en|para) (?P<value>.+)
    (?:io )?(?:adesso |ora )?lavoro (?:adesso |ora )?(?:da|per|presso|in) (?P<value>.+)
    (?:eu )?(?:agora )?trabalho (?:agora )?(?:na|no|em|para) (?P<value>.+)
    <watashi>(?P<value>[^、。は]+?)(?:で働いてい(?:ます|る)|に勤めてい(?:ます|る))
    我(?:现在|現在)?在(?P<value>.+?)(?:工作|上班)
    <ruadv>(?:я <ruadv>)?работаю <ruadv>в (?P<value>.+)
    <kowho>(?P<value>(?:(?![은는] )[^,.])+?)에서 (?:일해요|일하고 있어요|일합니다|일한다)
""",
    "job": r"""
    <who>(?:now |currently )?(?:'m |am |is )?(?:now )?(?:works?|working)(?: now)? as (?:an? |the )?(?P<value>.+)
    ich arbeite(?: jetzt| nun| inzwischen)? als (?P<value>.+)
    <moi>je travaille (?:maintenant )?comme (?P<value>.+)
    (?:yo )?(?:ahora )?trabajo (?:ahora )?(?:como|de) (?P<value>.+)
    (?:io )?(?:adesso |ora )?lavoro (?:adesso |ora )?come (?P<value>.+)
    (?:eu )?(?:agora )?trabalho (?:agora )?como (?P<value>.+)
    <watashi>(?P<value>[^、。は]+?)として働いてい(?:ます|る)
""",
    "calling": r"""
    (?:I(?:'m| am)|the user is) (?:now )?(?:an? )(?P<value>\S+(?: \S+)?)
    ich bin (?:jetzt )?(?P<value>\S+)
    je suis (?:maintenant )?(?P<value>\S+)
    (?:ahora )?soy (?P<value>\S+)
    (?:adesso |ora )?sono (?:un[oa]? )?(?P<value>\S+)
    (?:agora )?sou (?P<value>\S+)
""",
    "diet": r"""
    (?:I(?:'m| am)|the user is) (?:now )?(?:an? )?(?P<value>vegan|vegetarian|pescatarian|omnivore|flexitarian)
    ich bin (?:jetzt )?(?P<value>veganer(?:in)?|vegan|vegetarier(?:in)?|pescetarier(?:in)?)
    je suis (?:maintenant )?(?P<value>végane?|végétarien(?:ne)?|végétalien(?:ne)?)
    (?:ahora )?soy (?P<value>vegan[oa]|vegetarian[oa])
    (?:adesso |ora )?sono (?P<value>vegan[oa]|vegetarian[oa])
    (?:agora )?sou (?P<value>vegan[oa]|vegetarian[oa])
""",
    "name": r"""
    (?:my|the user's) (?:full )?name(?:'s| is) (?:now )?(?P<value>.+)
    ich hei(?:ß|ss)e (?:jetzt )?(?P<value>.+)
    (?:seit [\w ]{1,40}|jetzt|nun|inzwischen|mittlerweile) hei(?:ß|ss)e ich (?P<value>.+)
    je m'appelle (?P<value>.+)
    me llamo (?P<value>.+)
    mi chiamo (?P<value>.+)
    (?:eu )?(?:me chamo|chamo-me) (?P<value>.+)
    (?:私の)?名前は(?P<value>.+?)(?:です|だ)?
    (?:我叫|我的名字(?:是|叫))(?P<value>.+)
    <ruadv>(?:меня зовут|мо[её] имя) (?P<value>.+)
    (?:제|내) 이름은 (?P<value>.+?)(?:이에요|예요|입니다|이야|야|이다)?
    I(?:'m| am) called (?P<value>.+)
    mein (?:voller )?name (?:ist|lautet) (?:jetzt )?(?P<value>.+)
    mon nom est (?P<value>.+)
    mi nombre es (?:ahora )?(?P<value>.+)
    il mio nome è (?:ora )?(?P<value>.+)
    (?:o )?meu nome é (?:agora )?(?P<value>.+)
    (?:ik heet|mijn naam is) (?:nu )?(?P<value>.+)
    (?:私は|僕は)(?P<value>[^、。は]+?)と(?:申します|いいます|言います)
    (?:nazywam się|mam na imię|moje imię to) (?:teraz )?(?P<value>.+)
    (?:benim )?adım (?P<value>.+)
    (?:أنا )?اسمي (?:الآن )?(?P<value>.+)
    मेरा नाम (?:अब )?(?P<value>.+?) (?:है|हो गया है)
""",
    "age": r"""
    (?:I(?:'m| am)|the user is) (?:now )?(?P<value>\d+)(?: years? old)?(?: now)?
    ich bin (?:jetzt )?(?P<value>\d+)(?: jahre alt)?
    j'ai (?:maintenant )?(?P<value>\d+) ans
    (?:ahora )?tengo (?P<value>\d+) años
    (?:adesso |ora )?ho (?P<value>\d+) anni
    (?:agora )?tenho (?P<value>\d+) anos
    <watashi>(?P<value>\d+)[歳才](?:です|だ|になりました)?
    我(?:今年|现在|已经)?(?P<value>\d+|[一二三四五六七八九十两]+)[岁歲]了?
    <ruadv>мне <ruadv>(?P<value>\d+) (?:лет|года?)
    <kowho>(?P<value>\d+) ?살(?:이에요|입니다|이야|이다)
    (?:mam|skończył[ae]m) (?:teraz |już )?(?P<value>\d+) (?:lat|lata)
    (?:ben )?(?:artık |şimdi )?(?P<value>\d+) yaşında?y[ıi]m
    عمري (?:الآن )?(?P<value>\d+) (?:سنة|عاما|عامًا|سنوات)
    मैं (?:अब )?(?P<value>\d+) साल (?:का|की) (?:हूँ|हूं)
    मेरी उम्र (?:अब )?(?P<value>\d+) साल है
    I(?:'ve| have)? (?:just |now )?turned (?P<value>\d+)(?: yesterday| today)?
    (?:acabo de cumplir|(?:ayer |hoy |ya )?(?:he cumplido|cumplí)) (?P<value>\d+)(?: años)?
    (?:je viens d'avoir|j'ai (?:eu|fêté mes)) (?P<value>\d+) ans
    (?:ho (?:appena )?compiuto) (?P<value>\d+) anni
    (?:ontem |hoje )?(?:fiz|completei|acabei de fazer) (?P<value>\d+)(?: anos)?(?: ontem| hoje)?
    (?:я <ruadv>)?мне <ruadv>исполнилось (?P<value>\d+)(?: лет| год| года)?
    ich bin (?:gestern |heute |gerade |jetzt )?(?P<value>\d+) geworden
    ik ben (?:gisteren |vandaag |nu )?(?P<value>\d+) geworden
    <kowho>(?P<value>\d+) ?살이 (?:됐어요|되었어요|되었습니다|됐습니다)
""",
    "address_as": r"""
    (?:please )?(?:call|address) (?:me|the user)(?: as)? (?P<value>.+)
    (?:bitte )?nenne? mich (?:bitte )?(?P<value>.+)
    (?:appelle|appelez)-moi (?P<value>.+)
    (?:por favor,? )?llám[ae]me (?P<value>.+)
    (?:per favore,? )?chiamami (?P<value>.+)
    (?:por favor,? )?(?:me cham[ea] de|cham[ae]-me) (?P<value>.+)
    <watashi>?(?P<value>.+?)と呼んで(?:ください|下さい|ね)?
    [请請]?(?:叫我|[称稱]呼我为?)(?P<value>.+)
""",
    "answer_language": r"""
    (?:please )?(?:always |only )?(?:answer|reply|respond|speak|talk)(?: to)?(?: me
        | the user)?(?: only)? in (?P<value>\w+)(?: from now on)?
    (?:bitte )?(?:antworte|sprich|schreibe?) (?:mir |mit mir )?(?:bitte )?(?:immer |nur |ab jetzt )*auf (?P<value>\w+)
    (?:réponds|répondez|parle|parlez)(?:-moi)? (?:toujours |uniquement )?en (?P<value>\w+)
    (?:por favor,? )?(?:siempre )?(?:responde|respóndeme|contesta|contéstame|háblame)(?: siempre)? en (?P<value>\w+)
    (?:per favore,? )?(?:rispondi|rispondimi|parlami)(?: sempre)? in (?P<value>\w+)
    (?:por favor,? )?(?:responda|responde|fale comigo|fala comigo)(?: sempre)? em (?P<value>\w+)
    (?:いつも)?(?P<value>.+?語)で(?:答え|返事し|回答し|話し)て(?:ください|下さい)?
    [请請]?(?:总是|始终|一直)?用(?P<value>.+?)(?:回答|回复|回覆)
""",
    "favourite": r"""
    (?:now |these days )?(?:my|the user's) favou?rite (?P<what>.+?)(?: is| are|'s) (?:now )?(?P<value>.+)
    (?P<value>.+?) (?:is|are) (?:now )?(?:my|the user's) favou?rite (?P<what>.+)
    (?:jetzt|nun|inzwischen|mittlerweile) (?:ist|sind) (?:mein
        |meine) lieblings(?P<what>[\w-]+) (?:jetzt )?(?P<value>.+)
    (?:mijn|onze) (?:favoriete |lievelings)(?P<what>[\w-]+) (?:is|zijn) (?:nu )?(?P<value>.+)
    (?:mein|meine) lieblings(?P<what>[\w-]+) (?:ist|sind|heißt) (?:jetzt )?(?P<value>.+)
    (?:maintenant,? )?(?:mon|ma|mes) (?P<what>.+?) (?:préféré|favori)\w* (?:est|sont) (?:maintenant )?(?P<value>.+)
    (?:ahora,? )?(?:mi|mis) (?P<what>.+?) (?:favorit|preferid)[oa]s? (?:es|son) (?:ahora )?(?P<value>.+)
    (?:adesso,? |ora,? )?(?:il |la |i |le )?(?:mi[oa]|miei|mie) (?P<what>.+?) (?:preferit|favorit)[oaie] (?:è
        |sono) (?:ora |adesso )?(?P<value>.+)
    (?:agora,? )?(?:o |a |os |as )?(?:meus?|minhas?) (?P<what>.+?) (?:favorit|preferid)[oa]s? (?:é
        |são) (?:agora )?(?P<value>.+)
    (?:私の)?(?:一番)?好きな(?P<what>.+?)は(?P<value>.+?)(?:です|だ)?
    我最(?:喜欢|喜歡|爱|愛)的(?P<what>.+?)是(?P<value>.+)
""",
    "preferred": r"""
    <who>(?:really )?prefers? (?P<value>.+?) (?:over|to|rather than) (?P<what>.+)
    ich (?:mag|trinke|esse) (?P<value>.+?) lieber als (?P<what>.+)
    je préfère (?P<value>.+?) (?:à|au|aux) (?P<what>.+)
    prefiero (?P<value>.+?) (?:a|al|antes que) (?P<what>.+)
    preferisco (?P<value>.+?) (?:a|al|alla|rispetto a) (?P<what>.+)
    prefiro (?P<value>.+?) (?:a|ao|à|do que) (?P<what>.+)
""",
    "my": r"""
    (?:now )?(?:my|our|the user's) (?P<what>[\w' -]{2,60}?)(?: is| are|'s(?! [\w -]{1,40} (?:is
        |are) )) (?:now )?(?P<value>.+)
    (?:mein|unser)e? (?:neue[rs]? )?(?P<what>[\w-]+) (?:ist|lautet) (?:jetzt )?(?P<value>.+)
    (?:mijn|onze|ons) (?:nieuwe )?(?P<what>[\w-]+) is (?:nu )?(?P<value>.+)
    (?:mon|ma) (?P<what>[\w' -]+?) est (?:maintenant )?(?P<value>.+)
    mi (?P<what>[\w -]+?) es (?:ahora )?(?P<value>.+)
    (?:il |la )?mi[oa] (?P<what>[\w -]+?) è (?:ora |adesso )?(?P<value>.+)
    (?:o |a )?(?:meu|minha) (?P<what>[\w -]+?) é (?:agora )?(?P<value>.+)
    (?:私|僕|俺)の(?P<what>住所|電話番号|誕生日|仕事|職業|会社|趣味)は(?P<value>.+?)(?:です|だ)?
    (?:제|내) (?P<what>전화번호|주소|생일|이메일|직업|나이)(?:은|는|이|가) (?:이제 )?(?P<value>.+?)(?:(?:으로
        |로) (?:바뀌었어요|바뀌었습니다|변경됐어요
        |변경되었습니다)|이에요|예요|입니다|이야|야)
    我的(?P<what>电话|电话号码|手机|手机号|手机号码|地址|邮箱)(?:现在|已经)*(?:换成了?|改成了?|变成了?|是)(?P<value>.+?)了?
    我的(?P<what>地址|电话|电话号码|生日|邮箱|工作|职业|專業|专业)是(?P<value>.+)
""",
    "their_age": r"""
    (?:my|our) (?P<what>[\w' -]{2,40}?)(?: is|'s| has turned| just turned| turned
        | turns) (?:now )?(?P<value>\d+)(?: years old)?
    (?:mein|unser)e? (?P<what>[\w -]{2,40}?) (?:ist|wird
        |wurde) (?:jetzt |nun |inzwischen |schon )?(?P<value>\d+)(?: jahre alt)?
    (?:mon|ma|notre) (?P<what>[\w -]{2,40}?) a (?:maintenant )?(?P<value>\d+) ans
    (?:mi|nuestr[oa]) (?P<what>[\w -]{2,40}?) (?:ya |ahora )?(?:tiene|cumple
        |cumplió) (?:ya |ahora )?(?P<value>\d+) años
    (?:la |il )?(?:mi[oa]|nostr[oa]) (?P<what>[\w -]{2,40}?) (?:ora |adesso )?ha(?: ora
        | adesso| già)? (?P<value>\d+) anni
    (?:o |a )?(?:meu|minha|noss[oa]) (?P<what>[\w -]{2,40}?) (?:já |agora )?(?:tem
        |faz) (?:já |agora )?(?P<value>\d+) anos
    (?:mijn|onze) (?P<what>[\w -]{2,40}?) (?:is|wordt|werd) (?:nu )?(?P<value>\d+)(?: jaar)?
    (?:私の)?(?P<what>[^、。は]{1,12})は(?:今|もう)?(?P<value>\d+)[歳才](?:です|だ|になりました)?
    我的?(?P<what>[^,。]{1,8}?)(?:今年|现在|已经)*(?P<value>\d+|[一二三四五六七八九十两]+)[岁歲]了?
""",
    "their_home": r"""
    (?:my|our) (?P<what>[\w' -]{2,40}?) (?:now |currently )?(?:lives|is living) (?:now )?in (?P<value>.+)
    (?:my|our) (?P<what>[\w' -]{2,40}?) (?:has |just |recently )*(?:moved|relocated) to (?P<value>\D+)
    (?:mein|unser)e? (?P<what>[\w -]{2,40}?) (?:wohnt|lebt) (?:jetzt |nun |inzwischen )?in (?P<value>.+)
    (?:mein|unser)e? (?P<what>[\w -]{2,40}?) ist (?:jetzt |gerade )?nach (?P<value>\D+?) (?:gezogen|umgezogen)
    (?:mon|ma|notre) (?P<what>[\w -]{2,40}?) (?:habite|vit) (?:maintenant )?(?:à|en|au) (?P<value>.+)
    (?:mon|ma|notre) (?P<what>[\w -]{2,40}?) a déménagé (?:à|en|au) (?P<value>\D+)
    (?:mi|nuestr[oa]) (?P<what>[\w -]{2,40}?) (?:ahora )?(?:vive (?:ahora )?en|se (?:ha )?mud(?:ó|ado) a) (?P<value>.+)
    (?:la |il )?(?:mi[oa]|nostr[oa]) (?P<what>[\w -]{2,40}?) (?:ora |adesso )?(?:(?:vive|abita) (?:ora |adesso )?(?:a
        |in)|si è trasferit[oa] (?:a|in)) (?P<value>.+)
    (?:o |a )?(?:meu|minha|noss[oa]) (?P<what>[\w -]{2,40}?) (?:agora )?(?:(?:vive|mora) (?:agora )?(?:em|no|na)
        |mudou-se para|se mudou para) (?P<value>.+)
    我(?:的)?(?P<what>[^,。]{1,4}?)(?:现在|已经)*(?:住在|搬到了?|搬去了?)(?P<value>.+?)了?
    (?:私の)?(?P<what>[^、。は]{1,6})は(?:今|先月|去年)?(?P<value>[^、。はを]+?)に(?:住んでい(?:ます|る)|引っ越しました|引っ越した)
    (?:mijn|onze) (?P<what>[\w -]{2,40}?) (?:woont (?:nu )?in|is (?:verhuisd )?naar) (?P<value>.+?)(?: verhuisd)?
""",
    "their_work": r"""
    (?:my|our) (?P<what>[\w' -]{2,40}?) (?:now |currently )?(?:works|is working) (?:now )?(?:at|for) (?P<value>.+)
    (?:mein|unser)e? (?P<what>[\w -]{2,40}?) arbeitet (?:jetzt |nun |inzwischen )?(?:bei|für) (?P<value>.+)
    (?:mon|ma|notre) (?P<what>[\w -]{2,40}?) travaille (?:maintenant )?(?:chez|pour) (?P<value>.+)
    (?:mi|nuestr[oa]) (?P<what>[\w -]{2,40}?) (?:ahora )?trabaja (?:ahora )?(?:en|para) (?P<value>.+)
    (?:mijn|onze) (?P<what>[\w -]{2,40}?) werkt (?:nu )?(?:bij|voor) (?P<value>.+)
""",
    "likes": r"""
    <who>(?:<much> )?(?:likes?|loves?|enjoys?|adores?|'m fond of|am fond of) (?P<value>.+)
    ich (?:<sehr> )?(?:mag|liebe) (?!.*\b(?:nicht|kein|keine|keinen|lieber)\b)(?P<value>.+)
    <moi>(?:j'aime|j'adore) (?:bien |beaucoup )?(?P<value>(?!pas |plus ).+)
    (?:a mí )?me (?:gustan?|encantan?) (?:mucho )?(?P<value>.+)
    mi (?:piace|piacciono) (?:molto )?(?P<value>.+)
    (?:eu )?gosto (?:muito )?d(?:e |[oa]s? )(?P<value>.+)
    <watashi>(?P<value>[^、。は]+?)が(?:とても|大)?好き(?:です|だ)?
    我(?:也|很|非常|真的)*(?:喜欢|喜歡|爱|愛)(?P<value>.+)
""",
    "dislikes": r"""
    <who>(?:<much> )?(?:(?:don't|do not|doesn't|does not|no longer|never) (?:<much> )?(?:likes?|loves?|enjoys?)
        |hates?|dislikes?|detests?|can't stand|cannot stand) (?P<value>.+)
    ich (?:<sehr> )?(?:hasse|verabscheue) (?P<value>.+)
    ich mag (?P<value>.+?) (?:nicht|nicht mehr)
    ich mag kein(?:e|en)? (?P<value>.+)
    <moi>(?:je n'aime (?:pas|plus)|je déteste) (?P<value>.+)
    (?:a mí )?(?:ya )?no me (?:gustan?|encantan?) (?P<value>.+)
    (?:ahora )?(?:odio|detesto) (?P<value>.+)
    non mi (?:piace|piacciono)(?: più)? (?P<value>.+)
    (?:eu )?(?:já )?não gosto (?:mais )?d(?:e |[oa]s? )(?P<value>.+)
    (?:eu )?(?:odeio|detesto) (?P<value>.+)
    <watashi>(?P<value>[^、。は]+?)[がは](?:嫌い|大嫌い|苦手|(?:もう)?好きではない|(?:もう)?好きじゃない|(?:もう)?好きではありません)(?:です|だ)?
    我(?:不再|不|讨厌|討厭|不太)(?:喜欢|喜歡)?(?P<value>.+?)了?
""",
}
"""Per attribute, whole statements in all languages."""
