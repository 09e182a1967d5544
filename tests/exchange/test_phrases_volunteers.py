"""The 25 things coordinators really type about volunteers, one test each; 读 is read, 问 is asked, 拒 is refused."""

# ruff: noqa: N802 (the names hold what people type)

from datetime import date, datetime
from zoneinfo import ZoneInfo

from phrase_context import PLAIN, WITH_BREAKS

from matcher.domain.people import Availability, Skill
from matcher.exchange.phrases import (
    read_address,
    read_availability,
    read_phone,
    read_skills,
    read_unavailability,
    read_vehicle,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def free(value, ctx=PLAIN):
    """The availability rules of a cell."""
    return read_availability(value, ctx).value


def test_01_周一至周五晚上_is_read_and_leaves_make_up_saturdays_out():
    reading = read_availability("周一至周五晚上", PLAIN)
    assert reading.verdict == "read"
    assert reading.value == (Availability(days="MO,TU,WE,TH,FR", start="19:00", end="21:00"),)
    assert reading.defaults == ("晚上＝19:00–21:00",)
    # 工作日 follows the calendar, so a make-up Saturday counts.
    assert free("工作日晚上") == (Availability(days="workday", start="19:00", end="21:00"),)


def test_02_除周三外都可以_is_every_other_weekday():
    reading = read_availability("除周三外都可以", PLAIN)
    assert reading.verdict == "read"
    assert reading.value == (Availability(days="MO,TU,TH,FR,SA,SU", start="08:00", end="20:00"),)


def test_03_每月23号_is_free_but_asked():
    reading = read_availability("每月23号", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value == (
        Availability(rrule="FREQ=MONTHLY;BYMONTHDAY=23", dtstart=date(2026, 12, 1), start="08:00", end="20:00"),
    )
    assert "是23号有空，还是23号要过党日、没空？" in reading.assumptions[0]


def test_04_上班时间不行_takes_working_hours_out_of_workdays():
    reading = read_availability("上班时间不行", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value == (
        Availability(start="08:00", end="20:00"),
        Availability(days="workday", start="09:00", end="18:00", kind="unavailable"),
    )
    assert "调休" in reading.assumptions[0]
    assert "午休" in reading.assumptions[0]


def test_05_随叫随到_is_every_day_but_never_at_night():
    reading = read_availability("随叫随到", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value == (Availability(days="any", start="07:00", end="21:00"),)
    assert "每月最多4次" in reading.assumptions[0]


def test_06_暑假_needs_its_dates_in_the_settings():
    refused = read_availability("暑假", PLAIN)
    assert refused.verdict == "refuse"
    assert refused.refusal.advice == "请写起止日期，如 7月5日–8月28日"
    asked = read_availability("暑假", WITH_BREAKS)
    assert asked.verdict == "ask"
    assert asked.value == (Availability(since=date(2027, 7, 5), until=date(2027, 8, 28), start="08:00", end="20:00"),)


def test_07_没课的时候_is_refused_with_an_example():
    reading = read_availability("没课的时候", PLAIN)
    assert reading.verdict == "refuse"
    assert reading.value is None
    assert reading.refusal.advice == "请写星期几、几点，如：周三下午、周五全天"


def test_08_看情况_keeps_the_person_without_hours():
    reading = read_availability("看情况", PLAIN)
    assert reading.verdict == "refuse"
    assert reading.refusal.blocking is False


def test_09_初一十五不行_is_lunar_with_the_dates_listed_back():
    reading = read_unavailability("初一十五不行", PLAIN)
    assert reading.verdict == "ask"
    # New moon of December 2026 is on the 9th in China, so the first lunar days off are 9 and 23 December.
    assert "12月9日、12月23日、1月8日、1月22日" in reading.assumptions[0]
    first = reading.value.absences[0]
    assert first.start == datetime(2026, 12, 9, tzinfo=SHANGHAI)
    assert first.end == datetime(2026, 12, 10, tzinfo=SHANGHAI)
    solar_days = {absence.start.date() for absence in reading.value.absences}
    assert date(2026, 12, 1) not in solar_days
    assert date(2026, 12, 15) not in solar_days


def test_10_隔周六上午_never_guesses_the_parity():
    asked = read_availability("隔周六上午", PLAIN)
    assert asked.verdict == "ask"
    assert asked.value == ()
    assert "从哪一周算起" in asked.assumptions[0]
    told = read_availability("隔周六上午，从12月5日起", PLAIN)
    assert told.verdict == "read"
    assert told.value == (
        Availability(rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", dtstart=date(2026, 12, 5), start="08:00", end="12:00"),
    )


def test_11_上三休一_is_a_cycle_of_four_days_from_the_rest_day():
    reading = read_availability("上三休一，12月3号休", PLAIN)
    assert reading.verdict == "read"
    assert reading.value == (
        Availability(rrule="FREQ=DAILY;INTERVAL=4", dtstart=date(2026, 12, 3), start="08:00", end="20:00"),
    )
    assert read_availability("上三休一", PLAIN).value == ()


def test_12_平时7点以后_is_after_work_not_in_the_morning():
    reading = read_availability("周末全天，平时7点以后", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value == (
        Availability(days="SA,SU", start="08:00", end="20:00"),
        Availability(days="MO,TU,WE,TH,FR", start="19:00", end="21:00"),
    )
    assert reading.assumptions == ("“7点以后”按19:00–21:00读",)


def test_13_七座_has_six_passengers():
    reading = read_vehicle("七座", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value.vehicle.seats == 6
    assert "能坐6位乘客" in reading.assumptions[0]


def test_14_电动车_is_never_taken_for_a_car():
    reading = read_vehicle("电动车", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value.vehicle is None
    assert reading.value.travel_mode == "e-bike"
    assert "不能载老人" in reading.assumptions[0]
    for car in ("新能源", "电车", "电动汽车"):
        assert read_vehicle(car, PLAIN).value.vehicle.seats == 4


def test_15_老公的车_has_hours_of_its_own():
    reading = read_vehicle("老公的车，周末能开", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value.vehicle.seats == 4
    assert reading.value.vehicle.availability == (Availability(days="SA,SU", start="08:00", end="20:00"),)
    assert reading.notes == ("老公的",)


def test_16_有证没车_may_drive_but_has_no_vehicle():
    reading = read_vehicle("有证没车", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value.licence is True
    assert reading.value.vehicle is None


def test_17_a_number_with_a_remark_keeps_the_remark():
    reading = read_phone("138 0000 0001(老婆的)", PLAIN)
    assert (reading.verdict, reading.value, reading.notes) == ("read", "13800000001", ("老婆的",))


def test_18_scientific_notation_has_lost_its_digits():
    reading = read_phone("1.38E+10", PLAIN)
    assert reading.verdict == "refuse"
    assert "Excel 把号码变成了科学计数，后几位已丢失" in reading.refusal.message
    assert reading.refusal.advice == "请把该列设为文本后重填11位手机号"


def test_19_full_width_digits_are_folded_first():
    assert read_phone("１３８－０００００００２", PLAIN).value == "13800000002"
    short = read_phone("１３８－００００００２", PLAIN)
    assert short.verdict == "refuse"
    assert "少1位" in short.refusal.message


def test_20_a_short_number_is_refused_but_keeps_the_row():
    reading = read_phone("短号668001", PLAIN)
    assert reading.verdict == "refuse"
    assert "短号只在集团内能拨" in reading.refusal.message
    assert "请补11位手机号" in reading.refusal.advice
    assert reading.refusal.blocking is False


def test_21_an_address_is_placed_by_its_building_and_the_door_stays_apart():
    reading = read_address("东河社区3栋2单元501", PLAIN)
    assert reading.verdict == "ask"
    assert (reading.value.community, reading.value.building) == ("东河社区", "3栋")
    assert reading.value.address == "2单元501"
    assert "501" not in reading.assumptions[0].split("定位")[0].split("按")[1]


def test_22_traditional_numerals_and_no_community():
    reading = read_address("五棟一單元七樓", PLAIN)
    assert reading.verdict == "ask"
    assert (reading.value.building, reading.value.address) == ("5栋", "1单元7楼")
    assert reading.value.community is None
    assert "是哪个社区" in reading.assumptions[0]
    assert read_address("五棟一單元七樓", PLAIN.with_row(community="东河社区")).value.community == "东河社区"


def test_23_以前开店_is_professional_and_会一点_is_level_1():
    reading = read_skills("理发(以前开店)、会一点量血压", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value == (Skill(name="理发", level=3), Skill(name="量血压", level=1))


def test_24_a_certificate_is_valid_to_the_end_of_its_month():
    reading = read_skills("护士证27年5月到期 急救", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value == (
        Skill(name="护士", level=3, valid_until=date(2027, 5, 31)),
        Skill(name="急救", level=2),
    )
    assert any(said.startswith("急救没写有效期") for said in reading.assumptions)


def test_25_什么都能干_grants_nothing_by_itself():
    reading = read_skills("什么都能干", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value == ()
