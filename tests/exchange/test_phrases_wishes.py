"""The 25 things coordinators really type about wishes, one test each; 读 is read, 问 is asked, 拒 is refused."""

# ruff: noqa: N802 (the names hold what people type)

from datetime import date

import pytest
from phrase_context import PLAIN, REGISTERED, WITH_BREAKS

from matcher.domain.people import Required
from matcher.domain.wishes import Window
from matcher.exchange.phrases import (
    Frequency,
    read_budget,
    read_clock_range,
    read_date,
    read_dates,
    read_frequency,
    read_goods,
    read_minutes,
    read_people_served,
    read_place_name,
    read_priority,
    read_public_name,
    read_requirements,
    read_resident,
    read_roles,
    read_windows,
    read_wish,
)


def test_01_想每个月有人开车陪我去看儿子_is_a_monthly_escort_that_lacks_where_to():
    reading = read_wish("想每个月有人开车陪我去看儿子", PLAIN)
    assert reading.verdict == "ask"
    assert (reading.value.kind, reading.value.needs_vehicle) == ("escort", True)
    assert reading.value.frequency == Frequency(1, "month")
    assert "去哪里、在那边待多久？请补" in reading.assumptions


def test_02_别挨太近_is_a_gap_of_20_days_shown():
    reading = read_frequency("每月一次，别挨太近", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value == Frequency(1, "month", min_gap_days=20)
    assert "至少隔20天" in reading.assumptions[0]


def test_03_上旬周末_leaving_at_8():
    reading = read_windows("上旬周末，早上8点走", PLAIN)
    assert reading.verdict == "read"
    assert reading.value.windows == (Window(days="SA,SU", month_days="1-10", at="08:00"),)
    assert reading.value.departs


def test_04_12点5_as_text_is_a_date_and_the_number_12点1_is_refused():
    reading = read_date("12.5", PLAIN)
    assert (reading.verdict, reading.value) == ("ask", date(2026, 12, 5))
    refused = read_date(12.1, PLAIN)
    assert refused.verdict == "refuse"
    assert "12月1日还是12月10日" in refused.refusal.message


def test_05_12月5_6号都行_is_two_alternatives():
    reading = read_dates("12月5、6号都行", PLAIN)
    assert (reading.verdict, reading.value) == ("read", (date(2026, 12, 5), date(2026, 12, 6)))
    window = read_windows("12月5、6号都行", PLAIN).value.windows[0]
    assert window.dates == (date(2026, 12, 5), date(2026, 12, 6))


def test_06_46361_is_a_day_number_in_either_date_system():
    reading = read_date(46361, PLAIN)
    assert (reading.verdict, reading.value) == ("read", date(2026, 12, 5))
    assert reading.value.weekday() == 5
    # Days count from 1904-01-01 there, 1,462 later: 46361 − 1462 = 44899.
    since_1904 = PLAIN.with_row(date_1904=True)
    assert read_date(44899.0, since_1904).value == date(2026, 12, 5)


def test_07_下周三下午_counts_from_the_registration():
    assert read_date("下周三下午", PLAIN).refusal.advice.startswith("请写具体日期")
    reading = read_date("下周三下午", REGISTERED)
    # Registered on Tuesday 24 November; Wednesday of the week after is 2 December.
    assert (reading.verdict, reading.value) == ("ask", date(2026, 12, 2))
    when = read_windows("下周三下午", REGISTERED)
    assert when.value.windows == (Window(dates=(date(2026, 12, 2),), start="14:00", end="18:00"),)


def test_08_中秋前_is_due_the_day_before():
    reading = read_date("中秋前", PLAIN, before=True)
    assert (reading.verdict, reading.value) == ("ask", date(2027, 9, 14))
    assert "2027-09-15" in reading.assumptions[0]


def test_09_越快越好_is_no_date():
    reading = read_date("越快越好", PLAIN, before=True)
    assert reading.verdict == "refuse"
    assert reading.refusal.advice == "要不要标“急”，截止写“7天内”？"
    # What the advice offers is read: seven days from 24 November.
    assert read_date("7天内", PLAIN, before=True).value == date(2026, 12, 1)


def test_10_寒暑假不要_needs_the_school_breaks():
    asked = read_windows("周二周四放学后四点半，寒暑假不要", PLAIN)
    assert asked.verdict == "ask"
    assert asked.value.windows == (Window(days="TU,TH", at="16:30"),)
    assert asked.value.except_dates == ()
    assert "设置里没有寒暑假的起止日期" in asked.assumptions[0]
    known = read_windows("周二周四放学后四点半，寒暑假不要", WITH_BREAKS)
    # 20 January to 20 February is 32 days, 5 July to 28 August 55.
    assert len(known.value.except_dates) == 87


def test_11_个把小时_is_60_minutes():
    reading = read_minutes("个把小时", PLAIN)
    assert (reading.verdict, reading.value) == ("ask", 60)


def test_12_一上午_is_the_whole_morning():
    reading = read_minutes("一上午", PLAIN)
    assert (reading.verdict, reading.value) == ("ask", 240)
    when = read_windows("一上午", PLAIN)
    assert when.verdict == "ask"
    assert (when.value.windows, when.value.minutes) == ((Window(start="08:00", end="12:00"),), 240)


def test_13_full_width_colon_and_tilde():
    reading = read_clock_range("9：00～11：30", PLAIN)
    assert reading.verdict == "read"
    assert (reading.value.start, reading.value.end) == ("09:00", "11:30")
    assert read_windows("9：00～11：30", PLAIN).value.windows == (Window(start="09:00", end="11:30"),)


def test_14_电水壶_keeps_its_description_for_the_buyer():
    reading = read_goods("电水壶，老人好按的，2升左右", PLAIN)
    assert reading.verdict == "read"
    (kettle,) = reading.value
    assert (kettle.name, kettle.count, kettle.spec) == ("电水壶", 1, "老人好按的，2升左右")
    assert kettle.items == "电水壶，老人好按的，2升左右"


def test_15_书包_大米各一_is_two_wishes_shown_first():
    reading = read_goods("书包、大米各一", PLAIN)
    assert reading.verdict == "ask"
    assert [(one.name, one.count) for one in reading.value] == [("书包", 1), ("大米", 1)]


def test_16_200块以内_社区报销_is_a_cap_and_a_payer():
    reading = read_budget("200块以内，社区报销", PLAIN)
    assert reading.verdict == "ask"
    assert (reading.value.yuan, reading.value.payer) == (200, "community")


def test_17_2人_1个会开车_is_a_driver_and_a_companion():
    reading = read_roles("2人(1个会开车)", PLAIN)
    assert reading.verdict == "read"
    assert [(role.id, role.count) for role in reading.value] == [("driver", 1), ("companion", 1)]
    assert reading.value[0].vehicle.seats == 1


def test_18_若干_is_refused_and_the_rest_was_understood():
    reading = read_roles("医生2护士3志愿者若干", PLAIN)
    assert reading.verdict == "refuse"
    assert "读到医生2、护士3" in reading.refusal.message
    assert reading.refusal.advice == "请写人数，或写“至少4人”"
    named = read_roles("医生2护士3志愿者4", PLAIN)
    assert [(role.id, role.count) for role in named.value] == [("doctor", 2), ("nurse", 3), ("helper", 4)]


def test_19_80_100人_are_people_served():
    reading = read_people_served("80-100人", PLAIN)
    assert (reading.verdict, reading.value) == ("ask", 100)
    assert "不是要100个志愿者" in reading.assumptions[0]


def test_20_吴伯84_is_a_name_an_age_a_note_and_a_language():
    reading = read_resident("吴伯84 耳背 讲客家话", PLAIN)
    assert reading.verdict == "ask"
    assert (reading.value.name, reading.value.age, reading.value.notes) == ("吴伯", "84", "耳背")
    assert reading.value.liked == Required(language="hak")
    assert reading.value.required == Required()


def test_21_最好_is_a_preference_and_只要_a_condition():
    preference = read_requirements("最好女的", PLAIN)
    assert preference.verdict == "read"
    assert preference.value.liked == Required(gender="female")
    assert preference.value.required == Required()
    condition = read_requirements("只要女同志", PLAIN)
    assert condition.verdict == "read"
    assert condition.value.required == Required(gender="female")


@pytest.mark.parametrize(
    ("served", "verdict", "banned"),
    [(["李红", "王芳"], "ask", ("李红",)), (["李红", "李强"], "refuse", None), (["王芳"], "refuse", None)],
)
def test_22_不要上次那个小李_needs_exactly_one_in_the_history(served, verdict, banned):
    reading = read_requirements("不要上次那个小李", PLAIN, known=served)
    assert reading.verdict == verdict
    assert (reading.value.banned if reading.value else None) == banned


def test_22_both_are_named_when_two_fit():
    refusal = read_requirements("不要上次那个小李", PLAIN, known=["李红", "李强"]).refusal
    assert "李红、李强" in refusal.message


def test_23_老地方_and_同上_are_no_places():
    for vague in ("老地方", "同上"):
        reading = read_place_name(vague, PLAIN)
        assert reading.verdict == "refuse"
        assert reading.refusal.advice == "请从“地点”表选一个名称"


def test_24_低保_空巢_is_a_priority_by_the_settings():
    reading = read_priority("低保 空巢", PLAIN)
    # 低保 is 5 and 空巢 4 in the default table; the higher counts.
    assert (reading.verdict, reading.value) == ("ask", 5)
    assert reading.notes == ("低保", "空巢")


def test_25_就写李红_is_the_public_name():
    reading = read_public_name("不要登真名，就写李红", PLAIN)
    assert (reading.verdict, reading.value) == ("read", "李红")
