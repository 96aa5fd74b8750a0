"""Korean: what words mean; words are beginnings, because endings follow."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

KOREAN = Meanings(
    "ko",
    drops_subject=True,
    joining="그리고 하지만",
    function="""
        그 이 그리고 그러나 하지만 안 못 매우 아주 정말 더 있어요 있습니다 있다 해요 합니다 한다 하고 이에요
        예요 입니다 이다 것
        수 때 좀 매일
    """,
    subject="나 저 우리",
    object="나를 저를",
    own="내 제 나의 저의",
    articles="한",
    senses=entries("""
        nearly: 거의
        except: 빼고 제외하고
        minimum: 적어도 이상
        maximum: 이하 많아야
        live: 살아* 살고* 삽니다* 산다* 살았* 이사* 거주* 집*
        work: 일해* 일하* 일합* 일했* 다녀* 다닙* 다니* 다녔* 근무* 직업* 직장* 이직*
        named: 이름*
        age: 살이* 살입* 나이*
        born: 태어* 생일*
        cost: 월세* 가격*
        marital: 결혼* 미혼* 이혼* 약혼*
        pregnant: 임신* 출산*
        prefer: 선호*
        favourite: 가장_좋아*
        diet: 채식*
        have: 없* 키우* 키워* 가지고* 길러* 기르*
        like: 좋아* 사랑*
        dislike: 싫어* 싫*
        speak: 말해* 말합*
        learn: 배우* 배워* 공부*
        play: 연주* 쳐요*
        read: 읽*
        visit: 방문* 여행* 가봤*
        allergic: 알레르기* 알러지*
        eat: 먹*
        smoke: 담배*
        drink: 마셔* 마시* 마십*
        take: 복용*
        now: 이제* 지금* 현재* 요즘*
        change: 새로* 바꿨* 바꾸* 다시* 대신* 됐* 되었*
        stop: 끊었* 그만* 팔았* 취소*
        past: 예전* 이전* 전에* 옛날*
        also: 또* 다른*
        plan: 찾고_있* 찾는* 싶* 계획* 예정* 거예요* 할_거*
        compare: 보다*
        and: 그리고
    """),
    people=entries("""
        mother: 어머니* 엄마*
        father: 아버지* 아빠*
        parent: 부모*
        elder_sister: 누나* 언니*
        elder_brother: 오빠* 형*
        sibling: 동생*
        younger_sister: 여동생*
        younger_brother: 남동생*
        son: 아들*
        daughter: 딸*
        child: 아이* 자녀*
        wife: 아내*
        husband: 남편*
        girlfriend: 여자친구*
        boyfriend: 남자친구*
        uncle: 삼촌*
        aunt: 이모* 고모*
        grandmother: 할머니*
        grandfather: 할아버지*
        mother-in-law: 시어머니* 장모*
        father-in-law: 시아버지* 장인*
        friend: 친구*
        boss: 상사* 사장*
        colleague: 동료*
        neighbour: 이웃*
        teacher: 선생* 교사*
        doctor: 의사*
        lawyer: 변호사*
        nurse: 간호사*
    """),
    units=entries("""
        year: 년 살 살이에요 살입니다
        head: 마리 마리를
        h: 시간 시 시에
        min: 분
        KRW: 원 만원
        USD: 달러
        km: 킬로미터
        m: 미터
        cm: 센티 센티미터
        kg: 킬로 킬로그램
        mile: 마일
    """),
    numbers=numbered("""
        2 두 둘, 3 세 셋, 4 네 넷, 5 다섯, 6 여섯, 7 일곱, 8 여덟, 9 아홉, 10 열, 20 스무 스물, 30 서른,
        40 마흔, 50 쉰, 60 예순, 70 일흔, 80 여든, 90 아흔
    """),
    weekdays=listed("""
        월요일, 화요일, 수요일, 목요일, 금요일, 토요일, 일요일
    """),
    particles=(
        "이에요",
        "입니다",
        "예요",
        "에서는",
        "에서",
        "에게",
        "으로",
        "까지",
        "부터",
        "마다",
        "이랑",
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "에",
        "로",
        "와",
        "과",
        "의",
        "도",
    ),
    since="-부터 -이후 -이래",
    until="-까지",
    in_dates="말 초",
    marked_dates=True,
    was="살았 일했 있었 다녔",
    halves={0: "오전 아침", 12: "오후 저녁 밤"},
    verb_last=True,
    kin_by_side=True,
    glued_numbers=True,
)
"""Korean."""
