"""Hindi: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

HINDI = Meanings(
    "hi",
    function="""
        है हैं हूँ हूं था थी थे हो का की के को से में पर ने तक और या ही तो कि जो वह वे यह ये इस उस नहीं न मत बहुत हर
        कभी लिए साथ रहा रही रहे गया गई गए ज़्यादा अधिक कर करता करती अपना अपनी अपने
    """,
    subject="मैं हम",
    object="मुझे मुझको हमें",
    own="मेरा मेरी मेरे हमारा हमारी हमारे",
    articles="एक",
    senses=entries("""
        only: सिर्फ़ केवल
        nearly: लगभग
        except: सिवाय
        minimum: कम_से_कम
        maximum: ज़्यादा_से_ज़्यादा
        live: रहता रहती रहते घर बस चला_गया चली_गई
        work: काम नौकरी
        named: नाम
        age: साल उम्र
        born: जन्म जन्मदिन पैदा
        cost: किराया कीमत
        marital: शादीशुदा अविवाहित तलाकशुदा सगाई शादी तलाक
        favourite: पसंदीदा
        diet: शाकाहारी मांसाहारी
        have: पास
        like: पसंद प्यार
        dislike: नफ़रत नापसंद
        speak: बोलता बोलती
        learn: सीख सीखता सीखती
        play: खेलता खेलती बजाता बजाती
        read: पढ़ता पढ़ती
        visit: घूमने
        allergic: एलर्जी
        eat: खाता खाती
        smoke: सिगरेट धूम्रपान
        drink: पीता पीती
        take: लेता लेती
        now: अब अभी
        change: नया नई बदल बन फिर शिफ्ट
        stop: छोड़ बंद बेच
        past: पहले
        also: भी दूसरा दूसरी
        plan: ढूँढ चाहता चाहती जाऊंगा जाऊँगा योजना
        compare: से_ज़्यादा से_अधिक बजाय
        and: और
    """),
    people=entries("""
        mother: माँ मां माता
        father: पिता पापा
        parent: माता-पिता
        sister: बहन
        brother: भाई
        son: बेटा बेटे
        daughter: बेटी
        child: बच्चे बच्चा
        wife: पत्नी
        husband: पति
        uncle: चाचा मामा
        aunt: चाची मौसी बुआ
        grandmother: दादी नानी
        grandfather: दादा नाना
        friend: दोस्त
        boss: बॉस
        colleague: सहकर्मी
        neighbour: पड़ोसी
        teacher: शिक्षक अध्यापक
        doctor: डॉक्टर
        lawyer: वकील
        mother-in-law: सास
        father-in-law: ससुर
    """),
    units=entries("""
        year: साल वर्ष
        month: महीने
        day: दिन
        h: घंटे घंटा बजे
        min: मिनट
        km: किलोमीटर किमी
        mile: मील
        INR: रुपये रुपए
        USD: डॉलर
    """),
    numbers=numbered("""
        2 दो दोनों, 3 तीन तीनों, 4 चार, 5 पाँच पांच, 6 छह छः छे, 7 सात, 8 आठ, 9 नौ, 10 दस, 11 ग्यारह, 12 बारह,
        13 तेरह, 14 चौदह, 15 पंद्रह पन्द्रह, 16 सोलह, 17 सत्रह, 18 अठारह, 19 उन्नीस, 20 बीस, 25 पच्चीस, 30 तीस,
        40 चालीस, 50 पचास, 60 साठ, 70 सत्तर, 80 अस्सी, 90 नब्बे, 100 सौ, 1000 हज़ार हजार, 100000 लाख, 10000000
        करोड़
    """),
    shares={
        "all": "सभी सब हमेशा",
        "most": "अधिकतर आमतौर",
        "some": "कुछ कभी-कभी",
        "few": "कम शायद",
    },
    weekdays=listed("""
        सोमवार, मंगलवार, बुधवार, गुरुवार, शुक्रवार, शनिवार, रविवार
    """),
    months=listed("""
        जनवरी, फ़रवरी फरवरी, मार्च, अप्रैल, मई, जून, जुलाई, अगस्त, सितंबर, अक्टूबर, नवंबर, दिसंबर
    """),
    since="-से",
    until="-तक",
    in_dates="के की साल सन् माह महीने",
    was="था थी थे",
    halves={0: "सुबह", 12: "शाम दोपहर रात"},
)
"""Hindi."""
