"""The words for things of one kind that are not each other, in all languages.

A line is a kind. Its things are separated by bars, the words of a thing by spaces; `*` matches any ending, and an
underscore stands for a space. What includes another thing is listed with it: a poodle is a dog. Words that are the same
without accents, such as avó and avô, are left out.
"""

from __future__ import annotations

KINDS = """
dog dogs puppy puppies beagle* labrador* poodle* retriever* terrier* spaniel* dachshund* collie* mutt golden
    hund* welpe* dackel pudel chien chienne chiots caniche* perr* cachorr* cane cagnolin* cão cães cadela hond
    hondje* pies psa psem piesek suczka собак* пес пса щен* köpe* σκύλο* koira* sobak* 狗 犬 いぬ イヌ 강아지
    개를 개가 كلب कुत्त כלב | cat cats kitten* tomcat katz* kater chat chats chatte* chaton* gat* gatt* kat
    katten poes kot kota kotk* kocic* кот кота кошк* котен* kedi* kissa* macsk* γάτ* 猫 ねこ ネコ 고양이 قط
    बिल्ली חתול | horse horses mare stallion pony pferd* cheval chevaux caballo* yegua cavall* cavalo* paard*
    konia koń лошад* 馬 말을 حصان घोड़ | rabbit* bunny bunnies kaninchen lapin* conejo* coniglio conigli coelho*
    konijn* królik* кролик* tavşan* 兔 うさぎ ウサギ 토끼 أرنب खरगोश | hamster* chomik* хомяк* ハムスター 仓鼠
    햄스터 | parrot* budgie* papagei* wellensittich* perroquet* loro periquito* pappagall* papagaio* papegaai*
    papug* попуга* papağan* 鹦鹉 インコ オウム 앵무새 ببغاء तोता | hen hens chicken_coop chickens hühner poules
    gallinas galline kippen | goat goats ziege* chèvre* cabra* capr* geit* koz* коз* keçi* 山羊 ヤギ 염소 ماعز
    बकरी
nurse* nursing krankenschwester* pfleger* infirmi* enfermer* infermier* verpleeg* pielęgniar* медсест* медбрат
    hemşire* 护士 看護師 간호사 ممرض नर्स sairaanhoit* nővér sjukskö* | teacher* teach teaching teaches taught
    lehrer* lehrkraft enseignant* professeur* maestr* profesor* docente insegn* professor* leraar lerar*
    leerkracht* docent* nauczyciel* учител* преподава* öğretmen* 老师 教师 教師 教员 先生です 교사 선생님 معلم
    مدرس शिक्षक अध्यापक učitel* opettaj* tanár* lärar* lærer* guru καθηγητ* δασκάλ* מורה invatato* | lawyer*
    attorney* barrister* solicitor* law legal anwalt* anwält* jurist* avocat* abogad* avvocat* advogad* advoca*
    adwokat* prawni* юрист* адвокат* avukat* 律师 弁護士 변호사 محام वकील עורכ δικηγόρ* | doctor* physician*
    surgeon* gp arzt* ärzt* médecin* médic* medico medici arts huisarts* lekarz* lekark* врач* доктор* doktor*
    hekim* 医生 医者 医師 의사 طبيب डॉक्टर lékař* lääkär* orvos* läkare lege רופא γιατρ* medicine medizin |
    dentist* zahnarzt* zahnärzt* odontólog* tandarts* dentyst* stomatolog* стоматолог* diş_hekim* 牙医
    歯医者 歯科 치과 | baker* bakery bake baking bäcker* boulang* panader* fornai* padeir* bakker* piekarz*
    пекар* fırıncı* 面包师 パン屋 | cook cooks chef chefs koch köch* cuisinier* cociner* cuoc* cozinheir* kok
    kucharz* kuchark* повар* кухар* aşçı* 厨师 料理人 コック 요리사 طباخ रसोइया | plumber* plumbing klempner*
    installateur* plombier* fontaner* idraulic* encanador* loodgieter* hydraulik* сантехник* tesisatçı* 水管工
    配管工 배관공 سباك | electrician* elektriker* électricien* electricist* elettricist* eletricist*
    elektricien* elektryk* электрик* elektrikçi* 电工 電気工 전기기사 كهربائي | carpenter* joiner tischler*
    schreiner* zimmermann menuisier* charpentier* carpinter* falegnam* timmer* tømrer* stolarz* плотник*
    marangoz* 木工 木匠 大工 목수 نجار | plasterer* stuckateur* plâtrier* yesero* stukado* tynkarz* | architect*
    architekt* architecte* arquitect* architett* arquitet* архитект* mimar* 建筑师 建築家 건축가 مهندس_معماري |
    pilot* pilote* пилот* 飞行员 パイロット 조종사 طيار | firefighter* fireman feuerwehr* pompier*
    bomber* bombeir* brandweer* strażak* пожарн* itfaiye* 消防员 消防士 소방관 | police* cop polizist*
    policier* policía* poliziott* policia* politie* policjant* полице* polis* 警察 경찰 شرطي पुलिस | journalist*
    reporter* periodist* giornalist* jornalist* dziennikar* журналист* gazeteci* 记者 記者 기자 صحفي पत्रकार |
    accountant* accounting bookkeep* buchhalt* steuerberat* comptable* contable* contador* commercialist*
    boekhoud* księgow* бухгалтер* muhasebe* 会计 会計士 회계사 محاسب | pharmacist* pharmacy apothek* pharmacien*
    farmac* apteka* аптек* eczacı* 药剂师 薬剤師 약사 صيدلي | illustrat* zeichner* ilustrad* illustrador*
    иллюстрат* çizer 插画 イラスト 일러스트 | photograph* fotograf* fotógraf* фотограф* 摄影 写真 사진작가 مصور
    | driver* trucker* fahrer* kraftfahr* chauffeur* conductor* camionero* autist* motorista* camionista*
    kierowc* водител* водій* далекобій* дальнобой* şoför* 司机 運転手 기사 سائق ड्राइवर
guitar* gitarr* guitare* chitarr* violão gitaar gitar* гитар* 吉他 ギター 기타를 جيتار गिटार | piano* pianist*
    klavier* keyboard пиан* 钢琴 ピアノ 피아노 بيانو पियानो fortepian* zongor* | violin* fiddle geig* violon
    violín violín* viool skrzyp* скрипк* keman* 小提琴 バイオリン 바이올린 كمان | cello cellist violoncell*
    violonchelo виолончел* 大提琴 チェロ 첼로 | drum drums drummer drumming schlagzeug* batterie bateria batería
    tamburi drumstel perkusj* барабан* davul* bateri* 鼓 ドラム 드럼 طبول | bass bassist basse bajo basso
    baixo basgitar* бас 贝斯 ベース 베이스 | flute* flöte* flauta* flaut* fluit* flet flecie флейт* flüt* 长笛
    フルート 플루트 | sax* саксофон* 萨克斯 サックス 색소폰 | trumpet* trompet* tromp* trąbk* труб* 小号
    トランペット 트럼펫 | harp harfe harpe arpa harpa
tea teas tee thé té tè chá thee herbat* чай чая çay 茶 お茶 紅茶 شاي चाय | coffee coffees espresso* cappuccino*
    latte americano mocha kaffee* café cafés caffè koffie kaw* кофе kahve* 咖啡 コーヒー 커피 قهوة कॉफ़ी | beer
    beers bier biere* bière* cerveza* birr* cervej* piw* пив* bira* 啤酒 ビール 맥주 بيرة बियर | wine wines
    weine* wein rotwein* weißwein* vin vino vinho* wijn* wino wina вино вина şarap* 葡萄酒 红酒 ワイン 와인 نبيذ
    शराब | juice* saft jus zumo* succo sumo suco* sap sok сок meyve_suyu 果汁 ジュース 주스 عصير
knee knees acl meniscus knie genou* rodilla* ginocch* joelho* kolan* колен* diz 膝 무릎 ركبة घुटन | shoulder*
    rotator collarbone schulter* épaule* hombro* spall* ombro* schouder* bark barku плеч* omuz* 肩 어깨 كتف कंध
    | back spine lumbar* disc rücken* bandscheib* kreuz dos lombaire* espalda schiena coluna costas rug
    kręgosłup* plec* спин* поясниц* sırt* bel 腰 背 허리 디스크 ظهر कमर पीठ l5 l4 s1 | hip hips hüft* hanche*
    cadera* anca quadril heup* biodr* бедр* kalça* 髋 股関節 고관절 | ankle* knöchel* cheville* tobillo* cavigl*
    tornozelo* enkel* kostk* лодыжк* ayak_bileği 脚踝 足首 발목 | wrist* handgelenk* poignet* muñeca* polso
    pulso pols nadgarst* запяст* bilek* 手腕 手首 손목 | elbow* ellenbog* ellbog* coude* codo* gomit* cotovel*
    elleboog łok* локт* dirsek* 肘 팔꿈치 | arm arms bras brazo* bracci* braço* ramię рук* kol | leg legs bein
    jambe* pierna* gamb* perna* been nog* ног* bacak*
diabet* t1d t2d диабет* şeker_hastalığı cukrzyc* 糖尿 당뇨 سكري मधुमेह डायबिटीज | asthma* asthme asma astma
    astmę астм* astım 哮喘 喘息 천식 ربو दमा hen_suyễn | melanom* меланом* 黑色素瘤 メラノーマ 흑색종 |
    basal_cell basalzell* basaliom* | epilep* эпилепс* 癫痫 てんかん 뇌전증 | migraine* migrän* migraña*
    emicrani* enxaquec* мигрен* migren* 偏头痛 偏頭痛 편두통 صداع_نصفي | celiac* coeliac* zöliakie cœliaque*
    celíac* celiakí* целиак* çölyak 乳糜泻 セリアック | parkinson* паркинсон* 帕金森 | alzheimer*
    dementia demenz démence demencia demenza demência dementie demencj* деменц* 痴呆 認知症 치매 | eczema*
    ekzem* neurodermit* eccema экзем* 湿疹 アトピー | rosacea rosazea | psoria* schuppenflechte псориаз* |
    stroke schlaganfall* avc ictus derrame_cerebral beroerte udar* инсульт* inme 中风 脳卒中 뇌졸중
nut nuts peanut* hazelnut* walnut* almond* cashew* nuss nüsse* erdnuss* erdnüss* noix cacahuète* arachide* noisette*
    nuez nueces cacahuete* maní frutos_secos noci noccio* arachid* nozes amendoi* noten pinda* orzech* орех* арахис*
    fıstı* fındı* ceviz* 花生 坚果 ナッツ ピーナッツ 落花生 땅콩 견과 فول_سوداني مكسرات मूंगफली đậu_phộng pähkin* |
    shellfish seafood shrimp* prawn* crab* lobster* crustacean* mussel* oyster* meeresfrüchte* krabbe* garnele*
    fruits_de_mer crustacés crevette* marisco* gamba* camar* crostace* gamber* frutti_di_mare schaaldier* garnal*
    krewet* owoce_morza owoców_morza креветк* морепродукт* karides* deniz_ürünleri 虾 蟹 海鲜 えび エビ かに カニ
    甲殻類 새우 갑각류 جمبري محار | egg eggs ei eier œuf* oeuf* huevo* uov* ovo ovos eieren jaj* яйц* яиц yumurta*
    鸡蛋 卵 たまご 玉子 계란 달걀 بيض अंड | wheat gluten* weizen* blé trigo grano frumento tarwe pszenic* пшениц*
    buğday* глютен* 小麦 밀가루 밀 قمح गेहूं 麸质 グルテン 글루텐 | soy soya soja* соя сои 大豆 豆乳 콩 | buckwheat
    buchweizen sarrasin そば 蕎麦 메밀 | pork schwein* porc cerdo maiale porco varkens* wieprzow* свинин* domuz*
    猪肉 豚 돼지고기 خنزير | beef rind* bœuf ternera res manzo bovina rundvlees wołowin* говядин* sığır* 牛肉 쇠고기
    소고기 | sardine* sardin* sardyn* сардин* 沙丁鱼 いわし | salmon lachs saumon salmón salmone salmão zalm łoso*
    лосос* семг* somon* 三文鱼 鲑鱼 鮭 サーモン 연어 سلمون | rice_cooker 电饭煲 电饭锅 炊飯器 전기밥솥 | air_fryer
    heißluftfritt* airfryer friteuse_à_air freidora_de_aire 空气炸锅 エアフライヤー 에어프라이어
red rot rote roten roter rotes rouge* rojo roja rojos rojas rosso rossa rossi rosse vermelh* rood rode czerwon*
    красн* kırmızı* 红色 赤い 赤が 빨간 빨강 أحمر लाल | black schwarz* noir* negro negra negros negras nero nera
    neri nere preto preta pretos pretas zwart* czarn* черн* siyah* 黑色 黒い 黒が 검은 검정 أسود काल | blue
    blau* bleu* azul* blu blauw* niebiesk* син* голуб* mavi* 蓝色 青い 青が 파란 파랑 أزرق नील | green grün*
    vert verte verts vertes verde* verdi groen* zielon* зелен* yeşil* 绿色 緑 초록 أخضر हरा हरे | yellow gelb*
    jaune* amarill* giallo gialla amarel* geel żółt* желт* sarı 黄色 노란 أصفر पीला
spring frühling* frühjahr* printemps primavera voorjaar lente wiosn* весн* ilkbahar 春 봄 الربيع वसंत | summer*
    sommer* été verano estate verão zomer* lat* лет* yaz yazın 夏 여름 صيف गर्मी | autumn fall herbst* automne
    otoño autunno outono herfst* jesie* осен* sonbahar* 秋 가을 خريف | winter* hiver invierno inverno zim* зим*
    kış* 冬 겨울 شتاء सर्दी
single ledig célibataire* solter* singl* solteir* kawaler panna холост* bekar* 单身 独身 미혼 أعزب | married
    verheiratet* marié mariée mariés casad* sposat* getrouwd* żonat* zamężn* женат* замужем evli* 已婚 結婚して
    기혼 متزوج विवाहित | divorced separated split_up geschieden* getrennt* divorcé* séparé* divorciad* separad*
    divorziat* gescheiden* rozwied* развед* boşan* 离婚 離婚 이혼 مطلق तलाक | engaged verlobt* fiancé* prometid*
    fidanzat* noiv* verloofd* zaręczon* помолвлен* nişanlı* 订婚 婚約 약혼
chemistry chemie chimie química chimica scheikunde chemi* хими* kimya* 化学 화학 كيمياء | biology biolog*
    biologie biología biologia биолог* biyoloji* 生物 생물 أحياء | physics physik physique física fisica
    natuurkunde fizyk* физик* fizik* 物理 물리 فيزياء | maths math mathematics mathe* mathématiques matemátic*
    matematic* wiskunde matematyk* математик* matematik* 数学 수학 رياضيات गणित | médecine medicina
    geneeskunde medycyn* медицин* 医学 의학 الطب चिकित्सा ιατρική | law_school jura rechtswissensch* droit
    derecho giurisprudenza direito rechten prawo юриспруд* hukuk* 法学 법학 القانون νομική | engineering
    ingenieur* ingénierie ingeniería ingegneria engenharia inżynier* инженер* mühendis* 工程 工学 공학 هندسة
    इंजीनियर
english englisch* anglais* inglés inglese* inglês engels* angielsk* английск* ingilizce 英语 英文 英語 영어
    إنجليزي अंग्रेज़ी αγγλικ* | german deutsch* allemand* alemán* tedesc* alemã* duits* niemieck* немецк*
    almanca 德语 ドイツ語 독일어 ألماني जर्मन | spanish spanisch* espagnol* español* spagnol* espanhol* spaans*
    hiszpańsk* испанск* ispanyolca 西班牙语 スペイン語 스페인어 | french französisch* français* francés*
    frances* francês* frans* francusk* французск* fransızca 法语 フランス語 프랑스어 | italian italienisch*
    italien* italian* italiaans* włosk* итальянск* italyanca 意大利语 イタリア | portuguese portugiesisch*
    portugais* portugu* portoghes* portugees* португальск* | dutch niederländisch* néerlandais* neerland*
    holand* olandes* нидерландск* | japanese japanisch* japonais* japon* giappones* japans* japońsk* японск*
    日语 日本語 일본어
北京 | 上海 | 广州 | 深圳 | 天津 | 重庆 | 成都 | 杭州 | 南京 | 武汉 | 西安 | 苏州 | 无锡 | 郑州 | 洛阳 | 青岛 |
    大连 | 沈阳 | 长沙 | 厦门 | 福州 | 昆明 | 哈尔滨 | 济南 | 合肥 | 宁波 | 香港 | 台北 | 高雄 | 東京 | 大阪 |
    京都 | 名古屋 | 札幌 | 仙台 | 福岡 | 神戸 | 横浜 | 広島 | 新潟 | 金沢 | 熊本 | 那覇 | 奈良 | 悉尼 | 墨尔本 |
    纽约 | 伦敦 | 巴黎 | 东京 | 서울 | 부산 | 인천 | 대구 | 대전 | 광주 | 울산 | 수원 | 성남 | 제주 | 전주 |
    춘천 | 강릉 | القاهرة | الإسكندرية | الرياض | جدة | دبي | أبوظبي | بيروت | دمشق | بغداد | عمّان | الدوحة |
    الكويت | تونس | الجزائر | الرباط | مراكش | طنجة | فاس | أغادير | إسطنبول | أنقرة | باريس | ليون | لندن |
    दिल्ली | मुंबई | कोलकाता | चेन्नई | बेंगलुरु | हैदराबाद | पुणे | लखनऊ | कानपुर | जयपुर | वाराणसी | पटना |
    भोपाल | इंदौर | आगरा | חיפה | תל_אביב | ירושלים | באר_שבע | אשדוד | נתניה | אילת
bus buses bussen autobus* autobús avtobus* автобус* otobüs* 公交 巴士 バス 버스 حافلة बस | train trains zug
    zügen zuge tren treno trem trein pociąg* поезд* tren* 火车 高铁 列車 電車 기차 قطار ट्रेन | tram trams
    straßenbahn* tramway tranvía tramwaj* трамва* | metro subway u-bahn underground метро metrem 地铁 地下鉄
    지하철 | ferry fähre traghetto ferri* паром* フェリー | bike bikes bicycle* cycling fahrrad* rad vélo bici*
    bicicleta* fiets* rower* велосипед* bisiklet* 自行车 自転車 자전거 دراجة साइकिल
yoga joga йог* ヨガ 瑜伽 요가 يوغا ioga योग | pilates пилатес* ピラティス 普拉提 필라테스
hostel hostels | hotel hotels hôtel* | campsite* camping*
"""
"""Kinds whose things are told apart in every statement."""

GENDERS = """
mother mothers mum mom mummy mama mami mutter mère madre mãe moeder matk* мать мам* матер* anne annem annesi 母
    妈 媽 어머니 엄마 أمي والدة माँ माता μητέρα μάνα äiti anya | father fathers dad daddy papa papá vater père
    padre pai vader ojciec ojca tata отец отц* пап* baba babam babası 父 爸 아버지 아빠 أبي والد पिता πατέρα*
    isä* apa apja
sister sisters sis schwester* sœur* soeur* hermana* sorella sorelle irmã* zus zussen zusje siostr* сестр*
    kız_kardeş* 姐 妹 姉 여동생 언니 누나 أخت बहन αδερφή αδελφή sisko* | brother brothers bro bruder* brüder*
    frère* hermano* fratell* irmão* broer* brat brata bratem braci* брат* erkek_kardeş* abim 哥 弟 兄 남동생
    오빠 أخي شقيق भाई αδερφό* veli*
son sons boys sohn* söhn* fils hijo hijos figlio figli_maschi filho filhos zoon zonen syn* сын* oğlu* oğlum 儿子
    兒子 息子 아들 ابن बेटा बेटे γιο* poika* | daughter daughters girls tochter* töchter* fille filles hija
    hijas figlia figlie filha filhas dochter* córk* дочь дочк* дочер* kızı* kızım 女儿 女兒 娘 딸 ابنت بنت बेटी
    κόρη* tytär*
grandmother* grandma granny gran nana oma omi großmutter* grand-mère mamie abuela* nonna grootmoeder
    babci* бабушк* büyükanne* anneanne* 奶奶 外婆 祖母 おばあ 할머니 جدتي दादी नानी | grandfather* grandpa
    grandad granddad opa großvater* grand-père papi abuelo* nonno grootvader dziad* дедушк* büyükbaba*
    dede* 爷爷 外公 祖父 おじい 할아버지 جدي दादा नाना
wife wifey ehefrau esposa mujer moglie mulher echtgenote żon* жен* karısı 妻子 老婆 太太 妻 아내 와이프 زوجتي
    पत्नी σύζυγος_μου | husband hubby ehemann mari esposo marido marito echtgenoot mąż męż* муж* kocam kocası
    丈夫 老公 先生 夫 남편 زوجي पति
nephew* neffe* neveu* sobrino* nipote_maschio sobrinho* neef neefje bratan* siostrzeniec племянник* 侄子 外甥 甥
    조카아들 | niece* nichte* nièce* sobrina* sobrinha* nichtje bratanic* siostrzenic* племянниц* 侄女 姪 조카딸
uncle* onkel* oncle* tío zio tio oom wuj* дяд* amca* dayı* 叔叔 伯伯 舅舅 叔父 おじさん 삼촌 عمي चाचा | aunt*
    auntie tante* tía zia tia ciot* тет* teyze* hala 阿姨 姑姑 叔母 おばさん 이모 고모 عمتي चाची
boyfriend* copain mec novio fidanzato namorado chłopak* | girlfriend* copine novia fidanzata namorada dziewczyn*
"""
"""Relatives, by whether they are women or men."""

OPPOSITES = """
high higher hoch hohe* hoher élevé* alto alta | low lower niedrig* bas baja bassa baixa
dark dunkel* dunkl* sombre* oscur* scur* escur* donker* ciemn* темн* koyu | light hell helle* hellen clair*
    clar* chiar* licht* jasn* светл* açık_renk
long lange langer ausführlich* detailed longues largas lunghe | short brief concise kurz* knapp* court* cort*
    brev* kort* krótk* коротк* kısa*
passed bestanden réussi* aprobó superato passou geslaagd zdał* сдал* | failed durchgefallen échoué* suspendió
    bocciat* reprovou gezakt oblał* провал*
cancel* kündig* résili* annul* disdire wypowied* отмен* iptal | renew* verlänger* renouvel* renov*
    rinnov* przedłuż* продл* yenile*
allowed permitted erlaubt* autorisé* permitid* permess* toegestaan dozwolon* разреш* izin 允许 許可 허용 |
    forbidden prohibited banned verboten* untersagt* interdit* prohibid* vietat* proibid* verboden zabronion*
    запре* yasak* 禁止 금지
won gewonnen gagné ganó vinto ganhou | lost verloren perdu perdió perso perdeu
laid_off fired dismissed entlassen* gekündigt licenci* virée viré despid* licenziat* demitid* ontslagen
    zwolnion* уволен* уволил* | promoted promotion hired befördert* promu* ascend* promoss* promovid* bevorderd
    awans* повыси*
lose weight_loss abnehmen perdre perder dimagrire afvallen | gain zunehmen grossir engordar ingrassare aankomen
indoor indoors | outdoor outdoors outside
likes_it 喜欢 好き 좋아 | 讨厌 不喜欢 苦手 嫌い 싫어
staging | production prod
junior | senior staff-level
part-time part_time teilzeit temps_partiel media_jornada | full-time full_time vollzeit temps_plein
    jornada_completa
lend lending lent verleih* prête* presto | borrow* leih* emprunt*
"""
"""Opposites, one of which follows where the other is denied."""
