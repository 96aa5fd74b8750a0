"""Turkish: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

TURKISH = Meanings(
    "tr",
    owns_kin=True,
    joining="ve ama",
    function="""
        yok ve veya ama ile için bu şu o da de ki mi mı mu mü çok daha en gibi kadar göre her değil hiç hiçbir olarak
        olan oldu ise şey sonra onun onlar
    """,
    subject="ben biz",
    object="beni bana bizi bize",
    own="benim bizim",
    articles="bir",
    senses=entries("""
        only: sadece yalnızca
        nearly: neredeyse
        except: hariç dışında
        minimum: en_az
        maximum: en_fazla en_çok
        live: yaşamıyorum oturmuyorum yaşıyorum yaşıyor oturuyorum oturuyor taşındım taşındı taşındık ikamet
        work: çalışmıyorum çalışıyorum çalışıyor çalıştım çalışıyordum işim mesleğim
        named: adım adı ismim ismi adında adlı
        age: yaşındayım yaşında yaşım
        born: doğdum doğum
        weigh: kiloyum
        cost: tutuyor fiyatı kiram
        begin: başlıyor açılıyor
        end: kapanıyor
        marital: evliyim bekarım boşandım nişanlıyım evlendim bekârım
        pregnant: hamileyim doğurdum
        prefer: tercih
        favourite: favori en_sevdiğim
        diet: vejetaryenim veganım vejeteryanım
        have: var sahibim
        like: sevmiyorum sevmem seviyorum severim seviyor bayılırım
        dislike: nefret
        speak: konuşmuyorum konuşuyorum konuşurum
        learn: öğreniyorum
        play: oynuyorum çalıyorum
        read: okuyorum
        visit: gittim ziyaret gezdim
        allergic: alerjim alerjisi alerjik
        eat: yiyorum yerim yemiyorum yemem
        smoke: sigara sigarayı
        drink: içiyorum içerim içmiyorum içmem
        take: alıyorum
        know: biliyorum
        bought: aldım satın_aldım
        now: şimdi artık şu_anda
        change: yeni değiştirdim tekrar yerine oldum geçtim
        stop: bıraktım sattım öldü iptal
        past: eskiden önceden
        also: ayrıca başka ikinci
        plan: arıyorum istiyorum planlıyorum olacağım edeceğim alacağım gideceğim
        and: ve
    """),
    people=entries("""
        mother: annem anne annemin
        father: babam baba babamın
        sister: ablam kız_kardeşim
        brother: abim ağabeyim erkek_kardeşim
        sibling: kardeşim
        son: oğlum
        daughter: kızım
        child: çocuğum çocuklarım çocuk
        wife: karım
        husband: kocam
        partner: eşim
        girlfriend: sevgilim
        uncle: amcam dayım
        aunt: teyzem halam
        grandmother: anneannem babaannem büyükannem
        grandfather: dedem
        mother-in-law: kayınvalidem
        father-in-law: kayınpederim
        friend: arkadaşım
        boss: patronum müdürüm
        colleague: meslektaşım
        neighbour: komşum
        teacher: öğretmenim öğretmen
        doctor: doktorum doktor
        dentist: dişçim
        lawyer: avukatım avukat
    """),
    things=entries("""
        car: araba arabam arabası
    """),
    units=entries("""
        km: km kilometre
        m: metre
        kg: kg kilo
        mg: mg
        year: yıl
        month: ay
        week: hafta
        day: gün
        h: saat
        min: dakika
        TRY: lira
        EUR: avro euro
        USD: dolar
        mile: mil
    """),
    numbers=numbered("""
        2 iki, 3 üç, 4 dört, 5 beş, 6 altı, 7 yedi, 8 sekiz, 9 dokuz, 10 on, 20 yirmi, 30 otuz, 40 kırk, 50 elli, 60
        altmış, 70 yetmiş, 80 seksen, 90 doksan, 100 yüz, 1000 bin
    """),
    ordinals=numbered("""
        1 birinci ilk, 2 ikinci, 3 üçüncü, 4 dördüncü, 5 beşinci, 6 altıncı, 7 yedinci, 8 sekizinci, 9
        dokuzuncu, 10 onuncu
    """),
    shares={
        "none": "hiçbiri hiçkimse",
        "all": "bütün tüm hepsi her",
        "most": "çoğu genellikle",
        "some": "bazı bazen",
        "few": "az nadiren",
    },
    weekdays=listed("""
        pazartesi pazartesileri, salı salıları, çarşamba çarşambaları, perşembe perşembeleri, cuma cumaları,
        cumartesi cumartesileri, pazar pazarları
    """),
    months=listed("""
        ocak ocakta ocaktan ocağa, şubat şubatta şubattan şubata, mart martta marttan marta, nisan nisanda nisandan
        nisana, mayıs mayısta mayıstan mayısa, haziran haziranda hazirandan hazirana, temmuz temmuzda temmuzdan
        temmuza, ağustos ağustosta ağustostan ağustosa, eylül eylülde eylülden eylüle, ekim ekimde ekimden ekime,
        kasım kasımda kasımdan kasıma, aralık aralıkta aralıktan aralığa
    """),
    since="-beri -itibaren -bu_yana",
    until="-kadar -dek -değin",
    in_dates="den dan ten tan nden ndan e a ye ya ne na yılından yılına yılı ayından ayına ayı sonuna",
    was="idi yaşadım çalıştım oturdum yaşıyordum çalışıyordum oturuyordum",
    after_hour={30: "buçuk buçukta"},
    halves={0: "sabah", 12: "akşam"},
    opposites="önce/sonra",
    privatives="siz sız suz süz",
    own_endings="m mız miz muz müz",
    antonyms="""
        açık/kapalı ucuz/pahalı erken/geç
    """,
    cases=True,
    verb_last=True,
    kin_by_side=True,
)
"""Turkish."""
