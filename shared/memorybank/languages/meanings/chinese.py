"""Chinese: what parts of a text mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed

CHINESE = Meanings(
    "zh",
    function="""
        的 了 吗 呢 吧 着 著 过 過 在 到 是 很 都 和 与 與 就 把 被 从 從 对 對 给 給 这 這 那 个 個 只 隻 条
        條 之 其 不 没 沒 非常 特别 比较 一 来 去 得 地 每 天 会 會 能
        可以 于 於 里 裡 上 下
    """,
    subject="我 我们 我們 咱 自己",
    own="我的 我们的",
    senses=entries("""
        only: 仅 只有
        nearly: 几乎 差不多
        except: 除了
        minimum: 至少
        maximum: 最多
        live: 住 搬到 搬 居住 定居 家在
        work: 工作 上班 职业 職業 任职 跳槽
        named: 叫 名字 姓名 名叫
        age: 岁 歲 年龄
        born: 出生 生日
        weigh: 体重
        height: 身高
        cost: 租金 房租 价格
        begin: 开始 開始 开门
        end: 结束 关门
        marital: 结婚 結婚 单身 離婚 离婚 订婚 已婚
        pregnant: 怀孕 生了
        prefer: 更喜欢 更喜歡 偏好
        favourite: 最喜欢 最喜歡
        diet: 素食 吃素
        have: 有 养 養 拥有 养了
        like: 喜欢 喜歡 爱 愛
        dislike: 讨厌 討厭
        speak: 会说 说 說
        learn: 学习 學習 学 學
        play: 弹 彈 打
        read: 读 在看
        visit: 去过 去過 旅行 参观
        allergic: 过敏 過敏
        eat: 吃
        smoke: 抽烟 吸烟 烟 抽煙 吸煙
        drink: 喝
        take: 服用
        bought: 买 買 买了
        now: 现在 現在 目前 如今 最近
        change: 换 換 改 变成 新 又 不再 升
        stop: 戒 卖 賣 取消 去世 辞职 停止 放弃
        past: 以前 从前 曾经 曾 过去
        also: 也 还 還 另 另外 第二
        plan: 在找 想 打算 计划 計劃 准备 要 将
        compare: 比起 比
        and: 和 与
    """),
    people=entries("""
        mother: 妈妈 媽媽 母亲 母親 妈
        father: 爸爸 父亲 父親 爸
        parent: 父母
        elder_sister: 姐姐
        younger_sister: 妹妹
        elder_brother: 哥哥
        younger_brother: 弟弟
        son: 儿子 兒子
        daughter: 女儿 女兒
        child: 孩子
        wife: 妻子 老婆 太太
        husband: 丈夫 老公
        girlfriend: 女朋友
        boyfriend: 男朋友
        uncle: 叔叔 舅舅
        aunt: 阿姨 姑姑
        grandmother: 奶奶 外婆
        grandfather: 爷爷 外公
        mother-in-law: 婆婆 岳母
        father-in-law: 公公 岳父
        friend: 朋友
        boss: 老板 上司
        colleague: 同事
        neighbour: 邻居
        landlord: 房东
        teacher: 老师 教师
        doctor: 医生 醫生
        lawyer: 律师
        nurse: 护士
        dentist: 牙医
    """),
    units=entries("""
        CNY: 元 块 人民币
        head: 只 隻 条 條 匹 头
        person: 人 个 個 位 口
        year: 年 岁 歲
        month: 个月
        h: 小时 点 點
        min: 分钟 分
        km: 公里
        mile: 英里
        m: 米
        cm: 厘米 公分
        kg: 公斤 千克
        g: 克
        l: 升
        ml: 毫升
        USD: 美元
        EUR: 欧元
        time: 次
        floor: 楼 层
        day: 号 日
        piece: 把 座 家 套 件 双 封 艘 部 首 棵 朵 幅 本 张 台 辆 杯
    """),
    weekdays=listed("""
        星期一 周一 礼拜一 週一, 星期二 周二 礼拜二 週二, 星期三 周三 礼拜三 週三, 星期四 周四
        礼拜四 週四, 星期五 周五 礼拜五 週五, 星期六 周六 礼拜六 週六, 星期日 星期天 周日 周天
        礼拜天 週日
    """),
    unspaced=True,
    marked_dates=True,
    since="自 自从 自從 -起 -以来 -以來 -开始 -開始",
    until="到 直到 至 -为止 -為止",
    spans=("从 到", "从 至", "從 到", "從 至", "自 至", "由 至"),
    in_dates="底 初 末",
    was="曾 曾经 以前",
    halves={0: "上午 早上 凌晨", 12: "下午 晚上"},
    kin_by_side=True,
)
"""Chinese."""
