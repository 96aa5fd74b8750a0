"""What secrets are called in many languages: words that name a password, a code of digits, and what such codes open.

Each is the beginning of a word, in lower case, and may have any ending; `_` stands for a space, or for the end of a
word. They say what a text is about; whether it gives a secret away shows in the form of what stands beside them.
"""

from __future__ import annotations

from functools import cache

from memorybank.languages.stems import Stems

_PASSWORDS = """
    password passwort pass_word passphrase passcode passord passwd pasvorto paswoord pwd_ parola_d'ordine kennwort
    mot_de_passe mots_de_passe code_secret ger-tremen contraseñ contrasen contrasinal contrasigno clave_de_acceso
    palavra-passe palavras-passe palavra_passe senha_ senhas_ wachtwoord wagwoord lösenord kodeord adgangskode
    lykilorð aðgangsorð salasana salasõna parool parole_ slaptažod heslo_ hesla_ heslem_ hesle_ hasło hasła hasłem
    hesło_ gronidł jelsz lozink geslo_ gesla_ fjalëkalim parolă parola_ parolam parolan parolamız parolü parolo_
    parol_ parolim parolin parolingiz şifre_ şifrem şifren şifresi şifremiz şifrə парол лозинк құпия_сөз құпиясөз
    сырсөз серсүз нууц_үг рамз κωδικός_πρόσβασης κωδικό_πρόσβασης συνθηματικ κωδικός κωδικό_ סיסמ ססמ كلمة_المرور
    كلمة_السر كلمة_سر كلمة_مرور الرقم_السري گذرواژه رمز_عبور کلمه_عبور پارول لفظ_اجازت پاس_ورڈ پاسورڈ تێپەڕەوشە
    وشەی_نهێنی گوتەنهێن गुप्तशब्द पासवर्ड कूटशब्द পাসওয়ার্ড গোপন_শব্দ પાસવર્ડ ਪਾਸਵਰਡ கடவுச்சொல் சங்கேதச்சொல்
    సంకేతపదం పాస్వర్డ్ ಪ್ರವೇಶಪದ ಪಾಸ್ವರ್ಡ್ ಗುಪ್ತಪದ പാസ്വേഡ് പാസ്സ്വേഡ് രഹസ്യവാക്ക് මුරපදය စကားဝှက် ពាក្យសម្ងាត់
    ពាក្យសំងាត់ รหัสผ่าน ລະຫັດຜ່ານ პაროლ գաղտնաբառ kata_sandi kata_laluan sandi_ mật_khẩu nenosiri neno_la_siri
    iphasiwedi igama-mfihlo clé_du_wifi clé_wifi clave_del_wifi chiave_del_wifi sifrem sifrəm parolem cyfrinair
    focal_faire facal-faire pasahitz tremenger awal_n_uɛeddi パスワード 暗証番号 合言葉 密码 密碼 口令 비밀번호 암호
    패스워드
"""

_PINS = """
    pin-code pin_code pincode pin-kod pin_kod pinkod pin-nummer pinnummer pin-номер geheimzahl pin_number pin_kart
    pin_do_ pin_de_ pin_van_ pin_von_ pin_for_ pin_für_ pin_til_ pin_till_ pin_del pin_moj пин_ пин- пинкод пін_
    пін- 暗証番号 pin码 pin碼 핀번호
"""

_CODES = """
    code kod kód kode codi codice código codigo codul_ cod_ cód koodi kood kods_ код шифр_ κωδικ קוד الرمز رمز كود
    کد_ کوڈ कोड কোড குறியீடு కోడ్ კოდ կոդ รหัส mã_ mật_mã siri_ msimbo コード 暗証番号 代码 密码 密碼 코드 비밀번호
    combination kombinat комбинац combinaison combinación combinazione combinação combo 番号
"""

_LOCKS = """
    door gate_ garage alarm safe_ vault locker lock_ entrance building intercom tür_ haustür garagentor tor_ tores_
    tresor_ eingang schloss schließfach porte_ portail immeuble coffre serrure cadenas digicode puerta portón
    edificio caja_fuerte candado cerradura cancello portone porta_ cassaforte lucchetto serratura portão prédio
    cofre cadeado fechadura deur poort_ kluis_ slot_ dörr porten_ porttelefon kassaskåp låset_ dør_ døren_ pengeskab
    ovi_ oven_ ovikood kassakaap lukon_ hälyt drzwi bramy_ bramki_ sejf kłódk domofon dveř brán trezor zámk zámek
    dvere vrata vratima kapij sefa_ sef_ alarma двер подъезд ворот сейф замк замок сигнализац домофон гараж портал
    ajtó kapu riaszt széf ușă ușii ușa poart seif_ seiful kapı kasanın kasa_ kilit bina_ πόρτ συναγερμ χρηματοκιβ
    κλειδαρι דלת כספת אזעקה שער باب_ الباب خزنة الخزنة إنذار بوابة البوابة گاوصندوق दरवाज तिजोरी अलार्म গেট দরজা
    pintu brankas gerbang cửa_ két_sắt ประตู ตู้เซฟ portal вход врата כניסה בניין mlango ukse uks_ seifi durvj durų
    verification one-time one_time security_code recovery_code backup_code ドア 玄関 金庫 オートロック 门_ 大门 保险
    門禁 门禁 单元门 門鎖 门锁 현관 금고 도어락
"""

_LOGINS = """
    login_ log_in logon sign_in credential creds_ zugangsdaten anmeldedaten identifiant iniciar_sesión credencial
    credenzial inloggegevens inlogg innlogg logowani přihlaš prihlás prijav логин логін bejelentkez autentific
    σύνδεσης wifi wi-fi wlan hotspot вайфай вай-фай root_ ログイン 登录 登入 로그인
"""

_KEYS = """
    api apikey token secret ключ clé_ chave_ schlüssel llave_ chiave_ klucz klíč kľúč nyckel nøgle nøkkel sleutel
    avain anahtar kulcs cheie κλειδί ключе מפתח مفتاح المفتاح کلید कुंजी চাবি ключъ raktas atslēga võti ključ kunci
    khóa_ กุญแจ ufunguo sertificate 키 キー 钥 密钥 密鑰 金鑰 key_ keys_ webhook credential
"""

_KINDS = {"password": _PASSWORDS, "pin": _PINS, "code": _CODES, "lock": _LOCKS, "login": _LOGINS, "key": _KEYS}


@cache
def named(kind: str) -> Stems:
    """Return the words of one kind: password, pin, code, lock, login or key."""
    return Stems(_KINDS[kind])
