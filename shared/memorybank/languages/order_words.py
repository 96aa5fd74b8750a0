"""What orders to a model are made of, in many languages: to ignore, instructions, earlier, to show, without limits.

Each is the beginning of a word in lower case, and may have any ending; `_` stands for a space, or for the end of a
word. Two or three of them together, and who is addressed, make an order; none of them does alone.
"""

from __future__ import annotations

from functools import cache

from memorybank.languages.stems import Stems

_IGNORE = """
    ignoriere_ missachte_ vergiss_ vergesst_ umgehe_ oubliez_ ignorez_ outrepasse_ désobéis_ olvídate_ olvidate_
    ignorad_ olvidad_ sáltate_ desobedeça_ esqueça_ esqueca_ esqueçam_ desconsidere_ dimenticati_ bortse_från_
    zignoruj ignoruj_ ignorujcie_ zapomnij pomiń_ złam_ zapomeň zapomeňte ignorujte_ zabudni zaboravi_ ignoriraj_
    ignorišite_ ignoriši_ игнорирай_ игнорирайте_ забрави_ пренебрегни_ игнорируй_ игнорируйте_ забудь_ забудьте_
    отбрось_ ігноруй_ ігноруйте_ знехтуй_ hagyd_figyelmen_kívül hagyja_figyelmen_kívül felejtsd felejtse mellőzd
    unohda_ unohtakaa_ jätä_huomiotta jätä_huomioimatta ignoreeri_ unusta_ ignorējiet aizmirstiet ignoruok_
    nenásleduj nedodržuj neřiď_se nerespektuj ignoruokite pamiršk nepaisyk ignorați_ nesocotește yok_say_ yoksay_
    yok_sayın_ unut_ unutun_ görmezden_gel_ görmezden_gelin_ dikkate_alma_ boşver_ kaldır_ iptal_et_ geçersiz_kıl_
    geçersiz_say_ devre_dışı_bırak_ görməzdən_gəl_ nəzərə_alma_ تجاهلي تجاهلوا انسَ نادیده_بگیر فراموش_کن_
    نظر_انداز_کرو نظر_انداز_کریں بھول_جاؤ بھول_جائیں अनदेखा_करो अनदेखा_करें अनदेखा_कीजिए अनदेखा_कर_ अनदेखा_कर_दो
    अनदेखी_करो अनदेखी_करें नज़रअंदाज़_करो नज़रअंदाज़_करें नजरअंदाज_करें भूल_जाओ भूल_जाइए भूल_जाएं भुला_दो
    উপেক্ষা_করো উপেক্ষা_করুন ভুলে_যাও ভুলে_যান puuza_ huwag_pansinin balewalain ignoru_ 不要理会 不要理會 不用理会
    不再遵守 不要遵守 無視せよ 無視しろ 忘れろ 無視してください 忘れてください 무시하세요 무시하십시오 무시하라
    무시해라 무시해줘 무시해_주세요 잊어버려 잊어줘 잊어라 ไม่ต้องสนใจ
"""
"""Forms of "ignore" and "forget" that nothing but a command has."""

_LAST = """
    無視して 無視_ 忘れて 無視し、 무시해_ 무시_ 무시하고 잊어_ 잊고
"""
"""Forms that command, or say what somebody does who is named before."""

_SKIP = """
    ignore_ disregard_ forget_ override_ bypass_ circumvent_ overlook_ discard_ neglect_ disobey_ violate_ abandon_
    skip_ drop_ cancel_ erase_ delete_ reset_ suspend_ disable_ remove_ unlearn_ deactivate_ lift_ break_ ignoriert_
    missachtet_ übergehe_ verwirf_ verwerfe_ deaktiviere_ lösche_ ignorieren_sie_ vergessen_sie_ deaktivieren_sie_
    ignora_ ignorá_ olvida_ olvidá_ omite_ elude_ anula_ desactiva_ elimina_ cancela_ desobedece_ dimentica_
    ignorate_ disattendi_ cancella_ disattiva_ aggira_ esquece_ esquece_tudo apaga_ desative_ contorne_
    desconsidera_ ignorem_ oublie_ annule_ désactive_ contourne_ supprime_ négligez_ négligéz_ negeer_ vergeet_
    schakel_ omzeil_ wis_ wyłącz usuń_ obejdź vypni obejdi отмени_ отключи_ обойди_ удали_ сними_ нарушь_ обійди
    вимкни скасуй занемари_ заборави_ игнориши_ pozabi_ prezri_ zanemari_ ignorera_ glöm_ strunta_i_ åsidosätt_
    inaktivera_ kringgå_ slå_av_ ignorer_ ignorér_ glem_ se_bort_fra_ deaktiver_ omgå_ bortse_fra_ ohita_ sivuuta_
    poista_ kierrä_ ignoră_ uită_ uitați_ dezactivează anulează eira_ ignorē_ aizmirsti_ hunsa_ gleymdu_ αγνόησε_
    αγνοήστε_ ξέχνα_ ξέχασε_ ξεχάστε_ παράβλεψε_ απενεργοποίησε παράκαμψε התעלם_ התעלמי_ התעלמו_ שכח_ שכחי_ שכחו_
    תשכח_ תתעלם_ עקוף_ בטל_ تجاهل_ انس_ انسي_ عطّل_ عطل_ ألغ_ تجاوز_ kikapcsol kapcsold_ki abaikan_ lupakan_
    hiraukan_ ketepikan_ nonaktifkan_ hapus_ lewati_ bỏ_qua quên_đi quên_hết quên_ gạt_bỏ_ tắt_ gỡ_bỏ vô_hiệu sahau_
    kalimutan_ 忽略 無視 无视 忘记 忘記 忘掉 绕过 取消 解除 关闭 删除 เพิกเฉย ละเว้น ละเลย ลืม
"""
"""Verbs of the kind that mean an order only at the beginning of a clause, or after whom they address."""

_OBEY = """
    follow obey heed respect_ comply_with abide_by adhere_to listen_to attention_to_ beachte_ beachten_ befolge_
    befolgen_ halte_dich folge_ suis_ suivez_ respecte_ respectez_ obéis_ tiens_ tenez_ sigas_ siga_ hagas_caso_
    haga_caso_ respetes_ obedezcas_ tengas_en_cuenta seguire_ segua_ rispettare_ rispetti_ obbedire_ tenere_conto
    respeite_ obedeça_ cumpra_ volg_ gehoorzaam_ houd_je_aan_ przestrzegaj stosuj_się słuchaj соблюдай следуй слушай
    выполняй дотримуйся слідуй виконуй následuj dodržuj řiď_se följ_ lyd_ følg_ adlyd_ noudata_ tottele_ kövesd
    tartsd_be urma_ respecta_ ακολουθείς ακολουθήσεις τηρείς ikuti_ patuhi_ turuti_ tuân_theo làm_theo nghe_theo
    تتبع تلتزم تطع תציית תמלא
"""
"""Verbs that with a negation, at the beginning of a clause, mean to ignore."""

_INSTRUCTIONS = """
    instruct prompt_ prompts_ directive guideline anweisung instruktion systemprompt richtlinie vorgabe instructies
    consigne instruction instrucción instrucciones directri indicaciones indicación istruzion direttiv instruç
    instruções diretriz orientações_ anweisungen eingabeaufforderung instrukcj polece wytyczn dyrektyw pokyn
    instrukc inštrukci pokyny navodil uput instrukcij упутств инструкц указани директив предписани вказівк інструкці
    настанов anvisning riktlinje instruks retningslinje ohje_ ohjeet ohjeita ohjeitasi ohjeesi ohjei juhis juhendi
    norādījum nurodym utasítás irányelv instrucțiun îndrum οδηγί εντολ talimat yönerge komut təlimat göstəriş הוראות
    הוראה ההוראות הנחיות ההנחיות تعليمات التعليمات تعليماتك إرشادات الإرشادات توجيهات التوجيهات أوامر الأوامر دستور
    هدایات ہدایات निर्देश आदेश নির্দেশ அறிவுறுத்தல் வழிமுறை సూచన ಸೂಚನ instruksi petunjuk arahan perintah
    hướng_dẫn chỉ_dẫn chỉ_thị mệnh_lệnh maagizo maelekezo tagubilin tuntunin leiðbeining 指令 指示 提示词 提示詞
    命令 プロンプト 지시 명령 지침 프롬프트 คำสั่ง คำแนะนำ ข้อกำหนด промпт systeminstruk programmierung programming
    programación_ context_above
"""
"""Words for what a model is told by those who run it."""

_RULES = """
    rule_ rules_ regel regeln polic restriction restrict safeguard guardrail constraint limitation filter safety
    ethic training_ règle norm regla restricc filtro regol restrizion regra restriç zasad reguł ogranicz pravid
    omezen pravil ograničen omejit правил ограничен обмежен фильтр фільтр säkerhet begränsning regler_ regler
    begrensning sikkerhet sääntö sääntöj säännö rajoituks reegl noteikum taisykl apribojim szabály korlát szűrő
    regul restricț κανόν περιορισμ kural kısıtlama filtre güvenlik qayda məhdudiyyət כללים הכללים מגבלות חוקים قواعد
    القواعد قواعدك قيود القيود قوانين قوانین محدودیت नियम प्रतिबंध নিয়ম விதி నియమ ನಿಯಮ aturan peraturan batasan
    quy_tắc giới_hạn kanuni sheria patakaran regelur 规则 規則 限制 规定 ルール 制限 制約 規制 규칙 제한 제약 กฎ
    ข้อจำกัด einschränkung beschränkung vorschrift sicherheits voorschrift beperking veiligheid sécurité seguridad
    sicurezza segurança bezpiecze bezpečn безопасност
"""
"""Words for rules, which others than models have, too."""

_SCOPE = """
    previous prior_ above earlier preceding all_ any_ every your_ system_ system initial_ original_ these_ those_
    before_ so_far alle_ vorherig bisherig obig deine_ deinen_ deiner_ deines_ ihre_ sämtliche früher vorangeh zuvor
    toutes_ tous_ ton_ ta_ tes_ vos_ précédent antérieur ci-dessus todas_ todos_ tus_ sus_ anterior previa previas
    previo de_arriba tutte_ tutti_ tue_ tuoi_ precedent sopra_ suas_ tuas_ seus_ teus_ acima_ vorige eerdere jouw_
    je_ uw_ bovenstaande wszystk wszelk poprzedn wcześniejsz swoje_ swoich swoim twoje_ powyższ všechn předchoz
    svoje_ své_ tvé_ všetk predch vse_ prejšnj svoja_ sve_ prethodn ranije_ сва_ претходн всички_ предишн предход
    горн свои все_ всех предыдущ прежн прошл твои вышеу написан усі_ всі_ попередн твої_ свої_ своїх_ alla_ tidigare
    dina_ ovanstående tidligere dine_ ovenstående kaikki_ aiemm aiempi aikaisem edellis sinun_ kõik_ eelnev varasem
    visas_ iepriekš visus_ ankstesn összes minden_ korábbi előző eddigi toate_ anterioare tale_ όλες όλους
    προηγούμεν σου_ παραπάνω önceki tüm_ bütün yukarıdaki kendi_ əvvəlki kurallarını talimatlarını כל_ הקודמות
    הקודמים שלך كل_ جميع السابق السابقة أعلاه قبلی تمام_ همه_ پچھل تمام पिछल सभी अपने_ अपनी_ पहले আগের সব_ সমস্ত
    পূর্ববর্তী முந்தைய அனைத்து మునుపటి అన్ని sebelumnya semua seluruh di_atas anda_ kamu_ mu_ trước mọi_ tất_cả
    của_bạn yote zote awali_ lahat nakaraang fyrri allar_ 之前 以上 上面 上述 先前 前面 此前 所有 一切 全部 你的
    您的 系统 系統 これまで 以前 前の 上記 すべて 全て あなたの 今までの システム 이전 모든 위의 앞의 너의 네_
    당신의 시스템 ก่อนหน้า ทั้งหมด ของคุณ ข้างต้น ทุก content_ контент safety sicherheits security sécurité
    seguridad sicurezza segurança güvenlik безопасност bezpiecze
"""
"""Words for which instructions or rules are meant: the earlier ones, all, a system's, those of who is addressed."""

_SHOW = """
    reveal_ print_ show_ repeat_ output_ display_ dump_ leak_ recite_ disclose_ expose_ tell_me_ give_me_ list_
    write_out_ echo_ share_ return_ describe_ quote_ export_ paste_ send_me_ gib_ zeig zeige_ verrate_ nenne_
    wiederhole_ drucke_ liste_ révèle affiche_ affichez montre_ montrez répète_ donne-moi dis-moi imprime_ muestra_
    muestre_ revela_ revele_ repite_ dime_ muéstrame_ mostrame_ enséñame mostra_ mostrami rivela_ ripeti_ stampa_
    mostre_ repita_ exiba_ diga_ toon_ onthul_ herhaal_ laat_zien pokaż ujawnij wypisz powtórz ukaž vypiš zobraz
    prozraď ukáž prikaži otkrij razkrij покажи выведи раскрой повтори напиши_ розкрий виведи разкрий изведи visa_
    avslöja skriv_ut vis_ avslør afslør skriv_ut_ näytä_ paljasta tulosta_ näita_ mutasd írd_ki fedd_fel arată
    dezvăluie afișează δείξε αποκάλυψε εκτύπωσε göster yazdır_ açıkla_ sızdır yaz_ tekrarla göstər הצג_ חשוף_ הדפס_
    אظهر أظهر اعرض اكشف اطبع نمایش_بده بنویس دکھا दिखा बता_ প্রকাশ_কর দেখা காட்டு tampilkan tunjukkan ungkapkan
    cetak_ hiển_thị tiết_lộ cho_tôi_xem in_ra onyesha ipakita 输出 显示 顯示 透露 告诉我 告訴我 打印 重复 泄露 公开
    出力 表示 教えて 見せて 開示 출력 보여 알려 공개해 แสดง บอก เปิดเผย verrat
"""
"""Commands to show something."""

_PROMPT = """
    system_prompt system_message systemprompt system-prompt system_instruction system-eingabe systemanweisung
    systeminstruktion hidden_instruct hidden_prompt secret_instruct initial_prompt initial_instruct
    original_instruct internal_instruct hidden_developer developer_message developer_instruct your_instruct
    your_prompt your_guideline your_config your_system prompt_système message_système consignes_système
    instructions_système tes_consignes tes_instructions prompt_del_sistema prompt_de_sistema mensaje_de_sistema
    mensaje_del_sistema instrucciones_del_sistema tus_instrucciones prompt_di_sistema messaggio_di_sistema
    tue_istruzioni prompt_do_sistema mensagem_do_sistema suas_instruções prompt_inicial instrucciones_ocult
    instruções_ocult istruzioni_nascost deine_anweisung deinen_prompt deine_instruktion deine_system
    versteckte_anweisung systeembericht systeeminstruc jouw_instruc prompt_systemow instrukcje_systemow
    swoje_instrukc systémový_prompt systémové_pokyn системный_промпт системное_сообщ системные_инструк
    скрытые_инструк свои_инструк свой_промпт начальный_промпт системний_промпт системну_підказ системную_подсказ
    systemprompten systemmeddel dina_instruktion järjestelmäkehot järjestelmän_ohje rendszerutasítás rendszerprompt
    promptul_de_sistem promptul_sistem instrucțiunile_tale προτροπή_συστήματος οδηγίες_σου sistem_istem sistem_mesaj
    sistem_talimat sistem_prompt gizli_talimat iç_talimat iç_yönerge sistem_komut הנחיית_המערכת הוראות_המערכת
    موجه_النظام تعليمات_النظام رسالة_النظام تعليماتك پیام_سیستم پرامپت_سیستم सिस्टम_प्रॉम्प्ट सिस्टम_निर्देश
    prompt_sistem instruksi_sistem instruksi_tersembunyi lời_nhắc_hệ_thống hướng_dẫn_hệ_thống prompt_hệ_thống
    系统提示 系統提示 系统指令 隐藏指令 初始指令 你的指令 你的提示 システムプロンプト システム指示 隠された指示
    初期指示 시스템_프롬프트 시스템프롬프트 시스템_메시지 숨겨진_지시 시스템_지침 พรอมต์ระบบ คำสั่งระบบ
    คำสั่งของระบบ
"""
"""Words for what a model is told and its users are not shown."""

_WITHOUT = """
    no_ without_ free_of free_from not_bound any_ ohne_ frei_von keine_ keinerlei sans_ aucun aucune sin_ ningun
    ninguna libre_de senza_ nessun sem_ nenhum nenhuma zonder_ geen_ bez_ žádn żadnych без_ нет_ немає_ жодних uten_
    utan_ uden_ ingen_ inga_ ilman_ ei_ole nélkül nincs fără_ χωρίς δίχως -sız olmadan olmayan sınırsız filtresiz
    sansürsüz kısıtlamasız ללא_ בלי_ בלא_ بدون_ بلا_ دون_ بغیر बिना বিনা ছাড়া tanpa_ không_ bila_ walang_ 没有 沒有
    无_ 不受 無_ なしで なしの のない ない 없이 없는 없다 ไม่มี ปราศจาก
"""
"""Words for the absence of something."""

_BOUNDS = """
    restrictions_ restriction_ filters_ filter_ censorship content_policy guidelines_ ethical ethics_ moral
    unrestricted limitations_ rules_ safety einschränkung beschränkung zensur regeln_ ethik restriction censure
    règles_ limites_ éthique restriccion censura filtro reglas_ límites_ restrizion regole_ limiti_ restriç regras_
    beperking censuur regels_ ogranicze cenzury filtrów zasad_ omezen cenzur pravid ограничен цензур фильтр правил
    обмежен begränsning begrensning begrænsning censur sensur regler_ rajoituks sensuur korlát cenzúr szűrő
    restricții reguli_ περιορισμ λογοκρισ κανόν kısıtlama sansür filtre kural מגבלות צנזורה הגבלות قيود رقابة
    محدودیت سانسور प्रतिबंध सेंसर নিষেধ batasan sensor_ aturan_ giới_hạn kiểm_duyệt hạn_chế vizuizi limitasyon 限制
    审查 審查 約束 约束 规则 制限 制約 検閲 ルール 제한 제약 검열 규칙 ข้อจำกัด กฎ
"""
"""Words for what keeps a model within bounds."""

_YOU = """
    you_ you're_ you_are act_as act_like pretend_ respond_ answer_ reply_ behave_ roleplay_ du_ dich_ bist_ agiere_
    antworte_ handle_als sie_sind tu_ t'es_ vous_ agis_ réponds_ fais_comme eres_ actúa responde_ finge_ haz_como
    compórtate tú_ sei_ agisci_ rispondi_ fai_finta comportati você_ aja_ finja_ responda_ és_ je_ bent_ doe_alsof
    gedraag antwoord_ jesteś ty_ odpowiadaj zachowuj_się udawaj jsi_ odpovídej chovej_se ты_ тебя_ у_тебя вы_
    действуй отвечай притворись веди_себя ти_ дій_ відповідай är_ svara_ agera_ låtsas_ svar_ opptre_ oled_ olet_
    vastaa_ toimi_ esitä_ te_ válaszolj viselkedj ești_ acționează răspunde_ είσαι απάντα ενέργησε sen_ sensin
    cevap_ver yanıt_ver davran_ אתה_ את_ ענה_ התנהג_ أنت_ انت_ أجب_ تصرف_ تصرّف تو_ شما_ پاسخ_ तुम आप_ जवाब_ তুমি
    আপনি kamu_ anda_ jawab_ bertindak berpura bạn_ hãy_ trả_lời wewe_ jibu_ ikaw_ kumilos 你 您 扮演 回答 あなたは
    君は 答えて 振る舞 너는 넌_ 당신은 대답해 답해 행동해 คุณ ตอบ
"""
"""Words that address somebody, or command to answer or to play a part."""

_OFF = """
    disabled_ deactivated_ turned_off switched_off lifted_ removed_ suspended_ deaktiviert ausgeschaltet aufgehoben
    désactivé levées desactivad eliminad disattivat rimoss desativad uitgeschakeld opgeheven wyłączon zniesion
    vypnut отключен сняты вимкнен знято avaktiver deaktiverade inaktiver poistettu kikapcsolva dezactivat
    απενεργοποι devre_dişi kapalı kaldırıldı מבוטל כבוי معطل معطلة غیرفعال निष्क्रिय dinonaktifkan tắt 已关闭 已解除
    已禁用 解除され 無効 해제되 비활성화
"""
"""Words that say that something no longer works."""

_KINDS = {
    "off": _OFF,
    "ignore": _IGNORE,
    "last": _LAST,
    "skip": _SKIP,
    "obey": _OBEY,
    "instructions": _INSTRUCTIONS,
    "rules": _RULES,
    "scope": _SCOPE,
    "show": _SHOW,
    "prompt": _PROMPT,
    "without": _WITHOUT,
    "bounds": _BOUNDS,
    "you": _YOU,
}


@cache
def meaning(kind: str) -> Stems:
    """Return the words of one kind, such as ignore, instructions, scope or show."""
    return Stems(_KINDS[kind], bare=kind not in ("ignore", "skip"))
