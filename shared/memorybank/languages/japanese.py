"""Japanese: words, and sentence patterns of the offline model."""

from __future__ import annotations

from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.language import Language, Said

_SHAPES = {
    PERSONAL: r"""
    に住んで(?:い|る)
    (?:で|として)働いて(?:い|る)
    を飼って(?:い|る)
    と申します
    [歳才](?:です|だ|になりました|$)
    出身(?:です|だ|$)
    アレルギー(?:が|です|だ|を)
    に引っ越しました|に引っ越した
    .を(?:[一二三四五六七八九十\d]+[匹頭羽人台本冊])?(?:飼って(?:い|る)|飼い始め)
    (?:に|へ)引っ越(?:します|す予定|すことに)
    結婚して(?:い|る)|結婚しました
    に勤めて(?:い|る)
    生まれ(?:です|ました|た)
    (?:私|僕|俺|わたし)の(?!質問|問題).{1,30}?は.
    ^(?:私|僕|俺|わたし)は(?!思|考|知りた).{1,40}(?:です|だ)$
""",
    PREFERENCE: r"""
    .が(?:とても|大)?(?:好き|嫌い|大好き|大嫌い|苦手)
    ^(?>.*?好きな).+は.
    .(?:を|は|も)(?:食べ|飲み)(?:ません|ない)(?:です)?$
    .(?:を|は)(?:食べられ|飲め)(?:ません|ない)(?:です)?$
    .(?:を|の方を)好みます
    ^(?>.*?お気に入りの).+は.
""",
    DETAIL: r"""
    (?:予約|注文|購入|契約|完了|卒業|合格|キャンセル)(?:しました|した)$
    (?:決めました|決まりました|買いました|終わりました)$
    (?:予定|つもり)(?:です|だ)$
""",
    INSTRUCTION: r"""
    と呼んで
    ^(?>.*?(?:いつも|常に|必ず|今後|これから)).+(?:ください|下さい)
    語で(?:答え|返事し|回答し|話し)て
""",
}

JAPANESE = Language(
    "ja",
    negation_parts=("ない", "ません", "なかった", "別に"),
    denial_parts=("嫌い",),
    exempt=("特別", "個別"),
    shapes=_SHAPES,
    spaced=False,
    said=Said(
        affirming="だけでなく",
        denying_parts="やめ 辞め 止め",
        recasts="苦手 嫌 問題 困る",
        scales={1_000: "千", 10_000: "万 萬", 100_000_000: "億"},
        pairs="両",
        halves="半",
    ),
)
"""Japanese."""
