"""Japanese: what parts of a text mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed

JAPANESE = Meanings(
    "ja",
    topic_mark="は",
    drops_subject=True,
    function="""
        です ます でした ました ません ない なかった ている ています ていた という こと もの とても 少し 毎 的
        さん ちゃん くん 様 氏 です。 だ である になり なりました しま した して する
        します
    """,
    subject="私 僕 俺 わたし 自分 我々 私たち",
    senses=entries("""
        only: だけ のみ
        nearly: ほとんど
        except: 以外
        minimum: 少なくとも 以上
        maximum: 以下 多くても
        live: 住んで 住み 住む 暮らし 引っ越 転居 自宅
        work: 働い 働く 勤め 仕事 職業 転職
        named: 名前 と申し 呼ば といい
        age: 歳 才
        born: 生まれ 誕生日 出身
        weigh: 体重
        height: 身長
        cost: 家賃 値段 費用
        begin: 始まり 始まる 開店
        end: 終わり 終わる 閉店
        marital: 結婚 独身 離婚 婚約
        pregnant: 妊娠 出産
        prefer: 好み
        favourite: 一番好き お気に入り
        diet: ベジタリアン ヴィーガン 菜食
        have: 飼って 飼い 持って 持ち
        like: 好き 大好き 愛して
        dislike: 嫌い 苦手
        speak: 話せ 話し
        learn: 習って 学んで 勉強
        play: 弾き 弾いて 演奏
        read: 読んで 読み
        visit: 訪れ 行った 行きました 旅行 訪問
        allergic: アレルギー
        eat: 食べ
        smoke: タバコ たばこ 煙草 喫煙
        drink: 飲んで 飲み 飲む
        take: 服用
        bought: 買い 買っ 購入
        now: 今は 今 最近 現在 もう いまは
        change: 変わ 変え 新しい 代わりに 再び 転職 なった
        stop: やめ 辞め 売り 売っ 亡くな 解約 キャンセル
        past: 以前 昔 かつて まで 前は
        also: も また さらに 別の もう一
        plan: 探して たい 予定 つもり 計画 欲しい ほしい
        compare: より 比べ
        and: と、
    """),
    people=entries("""
        mother: 母 お母さん
        father: 父 お父さん
        parent: 両親 親
        grandparent: 祖父母
        sister: 姉妹
        elder_sister: 姉 お姉さん
        younger_sister: 妹
        elder_brother: 兄 お兄さん
        younger_brother: 弟
        son: 息子
        daughter: 娘
        child: 子供 子ども
        wife: 妻 奥さん
        husband: 夫 主人
        girlfriend: 彼女
        boyfriend: 彼氏
        uncle: 叔父 おじ 伯父
        aunt: 叔母 おば 伯母
        grandmother: 祖母
        grandfather: 祖父
        mother-in-law: 義母 姑
        father-in-law: 義父
        sister-in-law: 義姉 義妹
        brother-in-law: 義兄 義弟
        friend: 友達 友人
        boss: 上司
        colleague: 同僚
        neighbour: 隣人 隣の人
        teacher: 先生 教師
        doctor: 医者 医師
        lawyer: 弁護士
        nurse: 看護師
        dentist: 歯医者 歯科医
    """),
    units=entries("""
        JPY: 円
        head: 匹 頭 羽
        person: 人
        year: 年 歳 才
        month: か月 ヶ月
        h: 時間 時
        min: 分
        km: キロ キロメートル
        mile: マイル
        m: メートル
        cm: センチ センチメートル
        g: グラム
        USD: ドル
        EUR: ユーロ
        time: 回
        floor: 階
        piece: 個 本 枚 冊 台
        day: 日
    """),
    weekdays=listed("""
        月曜日 月曜, 火曜日 火曜, 水曜日 水曜, 木曜日 木曜, 金曜日 金曜, 土曜日 土曜, 日曜日 日曜
    """),
    unspaced=True,
    marked_dates=True,
    since="-から -以来 -以降",
    until="-まで",
    in_dates="末 頃 の",
    was="でした だった いました いた",
    halves={0: "午前 朝の 朝", 12: "午後 夜の 夜"},
    verb_last=True,
)
"""Japanese."""
