"""Arabic: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

ARABIC = Meanings(
    "ar",
    owns_kin=True,
    attached_article="ال",
    joining="و لكن",
    function="""
        و في من إلى على عن مع أن إن هذا هذه ذلك التي الذي هو هي هم كان كانت لا ليس لم لن ما بدون جدا كل بعد عند قد
        أو ثم كما إذا
    """,
    subject="أنا نحن",
    senses=entries("""
        only: فقط
        nearly: تقريبا
        except: إلا ماعدا
        minimum: على_الأقل
        maximum: على_الأكثر
        live: أعيش أسكن يعيش تعيش يسكن تسكن انتقلت أقيم عشت سكنت
        work: أعمل يعمل تعمل عملت وظيفتي
        named: اسمي اسمه اسمها يدعى تدعى
        age: عمري عمره عمرها
        born: ولدت ميلادي
        cost: إيجاري سعره يكلف
        marital: متزوج متزوجة مطلق مطلقة أعزب خطبت تزوجت
        pregnant: حامل
        prefer: أفضل
        favourite: المفضل المفضلة
        diet: نباتي نباتية
        have: لدي عندي أملك
        like: أحب يحب تحب
        dislike: أكره
        speak: أتكلم أتحدث
        learn: أتعلم أدرس
        play: ألعب أعزف
        read: أقرأ
        visit: زرت سافرت
        allergic: حساسية
        eat: آكل
        smoke: أدخن يدخن تدخين التدخين سجائر
        drink: أشرب
        take: أتناول
        now: الآن حاليا
        change: جديد جديدة أصبحت غيرت بدلا مجددا لم_أعد
        stop: توقفت أقلعت بعت تركت مات ألغيت
        past: سابقا حتى كنت
        also: أيضا آخر أخرى
        plan: أبحث أريد سوف سأ* أخطط أنوي
        and: و
    """),
    people=entries("""
        mother: أمي والدتي أم
        father: أبي والدي
        parent: والداي
        sister: أختي
        brother: أخي
        son: ابني
        daughter: ابنتي
        child: أطفالي أطفال أولاد
        wife: زوجتي
        husband: زوجي
        uncle: عمي خالي
        aunt: عمتي خالتي
        grandmother: جدتي
        grandfather: جدي
        friend: صديقي صديقتي
        boss: مديري رئيسي
        colleague: زميلي زميلتي
        neighbour: جاري جارتي
        teacher: معلم معلمة أستاذي
        doctor: طبيبي طبيب طبيبة
        mother-in-law: حماتي
        lawyer: محامي محام محامية
    """),
    things=entries("""
        house: بيت البيت منزل المنزل
    """),
    units=entries("""
        year: سنة عام سنوات أعوام
        km: كيلومتر كم كيلومترات
        mile: ميل أميال
        h: ساعة ساعات
        min: دقيقة دقائق
        EUR: يورو
        USD: دولار
        day: يوم أيام
        month: شهر أشهر
        mg: ملغ
    """),
    numbers=numbered("""
        2 اثنان اثنين اثنتان اثنتين, 3 ثلاثة ثلاث, 4 أربعة أربع, 5 خمسة خمس, 6 ستة ست, 7 سبعة سبع, 8 ثمانية
        ثماني ثمان, 9 تسعة تسع, 10 عشرة عشر, 20 عشرون عشرين, 30 ثلاثون ثلاثين, 40 أربعون أربعين, 50 خمسون خمسين,
        60 ستون ستين, 70 سبعون سبعين, 80 ثمانون ثمانين, 90 تسعون تسعين, 100 مئة مائة, 200 مئتان مئتين, 1000 ألف
        آلاف, 1000000 مليون
    """),
    shares={
        "all": "كل جميع دائما",
        "most": "معظم عادة",
        "some": "بعض أحيانا",
        "few": "قليل نادرا",
    },
    weekdays=listed("""
        الاثنين الإثنين, الثلاثاء, الأربعاء, الخميس, الجمعة, السبت, الأحد
    """),
    months=listed("""
        يناير, فبراير, مارس, أبريل, مايو, يونيو, يوليو, أغسطس, سبتمبر, أكتوبر, نوفمبر, ديسمبر
    """),
    since="منذ ابتداء_من اعتبارا_من بدءا_من",
    until="حتى لغاية",
    spans=("من إلى", "من حتى", "بين و"),
    in_dates="عام سنة شهر نهاية بداية",
    was="كنت كان كانت عشت عملت",
    halves={0: "صباحا صباح", 12: "مساء ظهرا"},
    own_endings="ي",
    kin_by_side=True,
)
"""Arabic."""
