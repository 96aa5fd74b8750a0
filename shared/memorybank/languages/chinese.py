"""Chinese: words, and sentence patterns of the offline model."""

from __future__ import annotations

from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.languages.language import Language, Said

_SHAPES = {
    PERSONAL: r"""
    ^<zh>(?:我叫|我姓|我住|我来自|我來自|我养|我養|我搬|我结婚|我結婚|我出生|我会说|我會說|我毕业|我不再住)
    ^<zh>我(?:现在|現在)?在.+(?:工作|上班|上学|读书|讀書|生活)
    ^<zh>我(?:今年)?\d+[岁歲]
    ^<zh>我们?(?:下个?月|下周|明年|今年|上个?月|刚刚?|准备|要|打算|已经)+搬(?:到|去|家)
    ^<zh>我(?:的)?(?:妻子|太太|老婆|丈夫|老公|妈妈|爸爸|父亲|母亲|女儿|儿子|哥哥|弟弟|姐姐|妹妹|狗|猫).{0,8}?(?:今年)?(?:[一二三四五六七八九十两\d]+)[岁歲]
    ^<zh>我有(?!问题|問題|一个问题|个问题|点)
    ^<zh>我[对對].+[过過]敏
    ^<zh>我是(?!说|想|不是|否)
    ^<zh>我(?:的|妻子|丈夫|妈妈|爸爸|女儿|儿子)(?!问题|問題).{1,20}(?:是|叫|住|在|有)
""",
    PREFERENCE: r"""
    ^<zh>我(?:也|真的|很|非常|特别|更|最|比较|一直|不再|不太|不|从不)*(?:喜欢|喜歡|爱(?!你)|愛(?!你)|讨厌|討厭|偏好|吃素|不吃|不喝)(?!(?:这个|那个|它)$)
""",
    DETAIL: r"""
    ^<zh>我们?(?:已经|已經|刚刚?|終於|终于)?(?:预订|預訂|订了|訂了|预约|买了|買了|决定|決定|完成了|下单|取消了|打算|计划|準備|准备去)
""",
    INSTRUCTION: r"""
    ^请?(?:以后|以後|从现在起|从现在开始|今后|總是|总是|始终|永远|一直).+
    ^请?用.+(?:回答|回复|回覆|答复)
    ^请?(?:叫我|称呼我|稱呼我)
""",
}

CHINESE = Language(
    "zh",
    negation_parts=("不", "没", "沒", "别"),
    denial_parts=("讨厌", "討厭"),
    exempt=("特别", "别人", "分别", "区别", "性别", "级别", "个别", "别墅", "告别"),
    shapes=_SHAPES,
    spaced=False,
    said=Said(
        affirming="不仅|不但|离不开",
        denying_parts="戒 停",
        recasts="不便 困难 问题",
        scales={1_000: "千", 10_000: "万 萬", 100_000_000: "億 亿"},
        pairs="双",
        halves="半",
    ),
)
"""Chinese."""
