"""Vietnamese: what words mean; a word of two syllables stands with an underscore."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

VIETNAMESE = Meanings(
    "vi",
    joining="và nhưng",
    function="""
        là ở tại của và hay hoặc với cho đến từ trong ngoài trên dưới này kia đó những các một cái con chiếc người
        không chưa chẳng có được bị rất thì mà nữa đã đang khi vào lúc mỗi ra lên nhé ạ cũng còn
    """,
    subject="tôi mình chúng_tôi",
    object="",
    own="của_tôi của_mình nhà_tôi",
    senses=entries("""
        if: nếu
        except: trừ ngoại_trừ
        minimum: ít_nhất
        maximum: nhiều_nhất
        only: chỉ
        nearly: gần_như
        live: sống sinh_sống cư_trú chuyển_đến chuyển_tới chuyển_về dọn_đến
        work: làm_việc làm nghề công_việc
        named: tên tên_là
        age: tuổi
        born: sinh ra_đời sinh_nhật
        weigh: nặng
        height: cao
        cost: giá tiền_thuê
        begin: bắt_đầu mở_cửa
        end: kết_thúc đóng_cửa
        marital: độc_thân kết_hôn ly_hôn đính_hôn chia_tay
        pregnant: mang_thai có_bầu
        prefer: thích_hơn
        favourite: yêu_thích
        diet: ăn_chay
        have: có sở_hữu
        like: thích yêu mê
        dislike: ghét
        speak: nói
        learn: học
        play: chơi
        read: đọc
        visit: thăm đi_du_lịch
        allergic: dị_ứng
        eat: ăn
        smoke: hút_thuốc hút thuốc_lá
        drink: uống
        take: dùng
        know: biết
        bought: mua đã_mua
        avoid: tránh
        now: bây_giờ hiện_nay hiện_tại giờ_đây
        change: chuyển_sang đổi mới thay
        stop: bỏ nghỉ ngừng thôi không_còn qua_đời mất
        past: trước_đây từng hồi_trước
        also: cũng thêm
        plan: đang_tìm tìm định muốn sẽ dự_định
        compare: hơn
        and: và
    """),
    people=entries("""
        mother: mẹ má
        father: bố ba_tôi cha
        parent: bố_mẹ ba_mẹ
        sister: chị_gái em_gái
        brother: anh_trai em_trai
        son: con_trai
        daughter: con_gái
        child: con_cái đứa_con
        wife: vợ
        husband: chồng
        girlfriend: bạn_gái
        boyfriend: bạn_trai
        uncle: chú bác cậu
        aunt: cô dì
        cousin: anh_họ chị_họ em_họ
        nephew: cháu
        grandmother: bà bà_ngoại bà_nội
        grandfather: ông ông_ngoại ông_nội
        mother-in-law: mẹ_chồng mẹ_vợ
        father-in-law: bố_chồng bố_vợ
        friend: bạn
        boss: sếp
        colleague: đồng_nghiệp
        neighbour: hàng_xóm
        teacher: giáo_viên thầy_giáo cô_giáo
        doctor: bác_sĩ
        dentist: nha_sĩ
        lawyer: luật_sư
        nurse: y_tá
        student: sinh_viên
    """),
    things=entries("""
        car: ô_tô xe_hơi
        motorbike: xe_máy
        coffee: cà_phê
    """),
    units=entries("""
        km: km cây_số
        m: mét
        kg: kg ký cân
        year: năm
        month: tháng
        week: tuần
        day: ngày
        h: tiếng giờ
        min: phút
        VND: đồng
    """),
    numbers=numbered("""
        2 hai, 3 ba, 4 bốn tư, 5 năm lăm, 6 sáu, 7 bảy, 8 tám, 9 chín, 10 mười mươi, 100 trăm, 1000 nghìn,
        1000000 triệu
    """),
    shares={"all": "tất_cả mọi luôn", "most": "hầu_hết thường", "some": "vài", "few": "ít hiếm_khi"},
    weekdays=listed("thứ_hai, thứ_ba, thứ_tư, thứ_năm, thứ_sáu, thứ_bảy, chủ_nhật"),
    since="từ kể_từ",
    until="đến tới cho_đến",
    spans=("từ đến", "từ tới"),
    in_dates="ngày tháng năm cuối đầu giữa",
    was="đã từng",
    after_hour={30: "rưỡi"},
    halves={0: "sáng", 12: "chiều tối"},
    opposites="trước/sau",
    kin_by_side=True,
)
"""Vietnamese."""
