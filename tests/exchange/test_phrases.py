"""Cells as people type them: the same ideas in other words, damage, other languages, and anything at all."""

import json
import re
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phrase_context import ENGLISH, PLAIN, REGISTERED, WITH_BREAKS

from matcher.domain.people import Absence, Availability, Skill
from matcher.domain.when import Calendar, free_time
from matcher.domain.wishes import Recurrence, Window
from matcher.exchange import phrases
from matcher.exchange.phrases import (
    Frequency,
    cell_text,
    damaged,
    fold,
    is_empty,
    number,
    people_called,
    read_address,
    read_age,
    read_availability,
    read_budget,
    read_campaign_target,
    read_clock,
    read_clock_range,
    read_count,
    read_date,
    read_dates,
    read_frequency,
    read_gender,
    read_goods,
    read_languages,
    read_minutes,
    read_name,
    read_people_served,
    read_phone,
    read_place_name,
    read_priority,
    read_public_name,
    read_requirements,
    read_resident,
    read_roles,
    read_skills,
    read_unavailability,
    read_vehicle,
    read_windows,
    read_wish_state,
    read_yes_no,
    recurrence_of,
    split_wishes,
    to_simplified,
)
from matcher.exchange.phrases.lunar import lunar_day, solar_date, solar_term

# ------------------------------------------------------------------------------------------------ text


@pytest.mark.parametrize(
    "text", ["", " ", "/", "／", "无", "無", "—", "－", "-", "暂无", "N/A", "n/a", "空", "　", "\u200b"]
)
def test_cells_that_say_nothing_are_empty(text):
    assert is_empty(text)
    assert read_availability(text, PLAIN).value is None
    assert read_availability(text, PLAIN).verdict == "read"


def test_zero_and_no_are_not_empty():
    assert not is_empty(0)
    assert not is_empty("0")
    assert not is_empty("否")
    assert is_empty(None)
    assert is_empty(float("nan"))


def test_folding_unifies_what_looks_alike():
    assert fold("１２：３０～１４：００") == "12:30~14:00"
    assert fold("a\u200bb\u00a0c\ufeff") == "ab c"
    assert fold("3–5 — 6") == "3-5 - 6"
    assert fold("甲\r\n乙") == "甲\n乙"


def test_pinyin_in_brackets_goes_and_other_brackets_stay():
    assert fold("社區(qū)服務(wù)") == "社區服務"
    assert fold("社區(qu)") == "社區"
    assert fold("理发(ok)") == "理发(ok)"
    assert fold("社区(he)") == "社区(he)"


def test_headers_match_in_either_script():
    assert to_simplified("志願者姓名、聯繫電話、備註、開始時間") == "志愿者姓名、联系电话、备注、开始时间"
    assert to_simplified("歲數、車輛、地點、優先級別") == "岁数、车辆、地点、优先级别"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("?5歲", "?5"),
        ("年龄7?", "7?"),
        ("?!卑厝A社區", "?"),
        ("王\ufffd", "王\ufffd"),
        ("王\ue000芳", "王\ue000"),
        ("锟斤拷", "锟斤拷"),
        ("涓€浜虹殑", "涓€"),
        ("åº”æ€¥ä¸“å‘˜", "åº”æ"),
    ],
)
def test_damage_is_found_and_named(text, part):
    assert damaged(text) == part


@pytest.mark.parametrize("text", ["还来吗?", "周三下午行不行？", "Is that ok?", "普通的字", "naïve café"])
def test_questions_and_ordinary_text_are_not_damage(text):
    assert damaged(text) is None


def test_a_lost_digit_is_never_guessed():
    for reader in (read_age, read_count, read_phone, read_date, read_minutes):
        reading = reader("?5", PLAIN)
        assert reading.verdict == "refuse"
        assert "“?5”缺一位" in reading.refusal.message
    assert "请按原件补上" in read_age("?5歲", PLAIN).refusal.advice


def test_numbers_in_either_script():
    assert [number(text) for text in ("二十三", "廿三", "十", "两", "一百零八", "若干")] == [23, 23, 10, 2, 108, None]


def test_identity_card_numbers_are_neither_stored_nor_echoed():
    card = "11010519491231002X"
    assert card not in cell_text(f"吴伯 {card}")
    for reader in every_reader():
        assert card not in repr(reader(f"吴伯 {card}", PLAIN))


# ------------------------------------------------------------------------------------------------ yes, counts, phones


@pytest.mark.parametrize("text", ["是", "有", "√", "✓", "Y", "yes", "TRUE", "1", 1, 1.0, True, "需要"])
def test_yes(text):
    assert read_yes_no(text, PLAIN).value is True


@pytest.mark.parametrize("text", ["否", "无", "没有", "×", "N", "no", "FALSE", "0", 0, False, "不用"])
def test_no(text):
    assert read_yes_no(text, PLAIN).value is False


def test_perhaps_is_neither():
    refusal = read_yes_no("也许", PLAIN).refusal
    assert refusal.message == "写的是“也许”，只能写 是 或 否"
    assert read_yes_no("也许", ENGLISH).refusal.message == 'is "也许"; it must be yes or no'


@pytest.mark.parametrize(
    ("text", "count"), [("2", 2), ("２", 2), ("两", 2), ("二", 2), ("2人", 2), (2.0, 2), ("3名", 3), ("十二个人", 12)]
)
def test_counts(text, count):
    assert read_count(text, PLAIN).value == count


def test_a_least_count_is_asked_and_a_vague_one_refused():
    assert (read_count("至少4人", PLAIN).verdict, read_count("至少4人", PLAIN).value) == ("ask", 4)
    assert read_count("若干", PLAIN).verdict == "refuse"
    assert read_count(2.5, PLAIN).verdict == "refuse"
    assert read_count(-3, PLAIN).verdict == "refuse"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        (13800000001, "13800000001"),
        (13800000001.0, "13800000001"),
        ("+86 138-0000-0001", "13800000001"),
        ("8613800000001", "13800000001"),
        ("手机：13800000001", "13800000001"),
        ("0752-1234567", "0752-1234567"),
        ("(0752) 1234567", "0752-1234567"),
        ("+49 170 1234567", "+491701234567"),
    ],
)
def test_phones(text, phone):
    assert read_phone(text, PLAIN).value == phone


def test_phones_that_cannot_be_right_are_refused():
    assert read_phone("138****0001", PLAIN).verdict == "refuse"
    assert read_phone("138000000012", PLAIN).refusal.code == "phone-long"
    assert read_phone("微信联系", PLAIN).verdict == "refuse"


def test_a_second_number_is_kept_as_a_note():
    reading = read_phone("13800000001/13800000002", PLAIN)
    assert (reading.verdict, reading.value, reading.notes) == ("ask", "13800000001", ("13800000002",))


# ------------------------------------------------------------------------------------------------ dates


@pytest.mark.parametrize(
    "text",
    [
        "2026/12/5",
        "2026.12.5",
        "2026-12-05",
        "2026年12月5日",
        "26年12月5日",
        "12月5日",
        "12月5号",
        "十二月五日",
        "12/5",
        "12-5",
        "20261205",
        20261205,
        "Dec 5",
        "5 December 2026",
        "December 5th, 2026",
        datetime(2026, 12, 5),
        date(2026, 12, 5),
        "46361",
        46361.0,
        "2026-12-05 00:00:00",
        "12月5日（周六）",
        "１２月５日",
        "二〇二六年十二月五日",
    ],
)
def test_one_day_in_many_forms(text):
    reading = read_date(text, PLAIN)
    assert (reading.verdict, reading.value) == ("read", date(2026, 12, 5))


def test_the_year_comes_from_the_window():
    assert read_date("5月1日", PLAIN).value == date(2027, 5, 1)
    assert read_date("11月20日", PLAIN, past=True).value == date(2026, 11, 20)


@pytest.mark.parametrize(
    "text", ["2月30日", "2026-13-01", "13月1日", "12月5日(周日)", "abc", True, 99.5, "12月3日-8日"]
)
def test_days_that_are_none_are_refused(text):
    assert read_date(text, PLAIN).verdict == "refuse"


def test_only_one_decimal_of_a_number_is_ambiguous():
    # 12.1 may have been 12.10; 12.15 cannot have been anything else; 12.4 is no 40th.
    assert read_date(12.15, PLAIN).value == date(2026, 12, 15)
    assert read_date(12.4, PLAIN).value == date(2026, 12, 4)
    assert read_date(12.3, PLAIN).verdict == "refuse"


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("12月20日前", date(2026, 12, 19)),
        ("年前", date(2027, 2, 5)),  # the lunar year begins on 6 February 2027
        ("国庆前", date(2027, 9, 30)),
        ("12月底", date(2026, 12, 31)),
        ("12月中旬", date(2026, 12, 20)),
        ("两周内", date(2026, 12, 8)),
        ("within 7 days", date(2026, 12, 1)),
        ("before Christmas", date(2026, 12, 24)),
    ],
)
def test_due_dates_are_shown_before_they_count(text, due):
    reading = read_date(text, PLAIN, before=True)
    assert (reading.verdict, reading.value) == ("ask", due)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明天", date(2026, 11, 25)),
        ("后天", date(2026, 11, 26)),
        ("本周五", date(2026, 11, 27)),
        ("下周三", date(2026, 12, 2)),
        ("下下周三", date(2026, 12, 9)),
        ("下个月5号", date(2026, 12, 5)),
        ("5号", date(2026, 12, 5)),
    ],
)
def test_relative_days_count_from_the_registration(text, day):
    assert read_date(text, REGISTERED).value == day
    assert read_date(text, PLAIN).verdict == "refuse"


def test_several_days():
    assert read_dates("12/5、12/6", PLAIN).value == (date(2026, 12, 5), date(2026, 12, 6))
    assert read_dates("12月30日至1月2日", PLAIN).value == tuple(
        date(2026, 12, 30) + timedelta(step) for step in range(4)
    )
    assert read_dates("下周末", REGISTERED).value == (date(2026, 12, 5), date(2026, 12, 6))


def test_the_lunar_calendar_agrees_with_the_holiday_tables():
    from holidays.calendars.chinese import _ChineseLunisolar

    table = _ChineseLunisolar()
    for year in range(2000, 2057):
        assert solar_date(year, 1, 1) == table.lunar_new_year_date(year)[0]
        assert solar_date(year, 5, 5) == table.dragon_boat_date(year)[0]
        assert solar_date(year, 8, 15) == table.mid_autumn_date(year)[0]
        assert solar_date(year, 9, 9) == table.double_ninth_date(year)[0]
        assert solar_term(year, 15) == table.qingming_date(year)[0]
        assert solar_term(year, 270) == table.winter_solstice_date(year)[0]


def test_leap_months_are_told_apart():
    # 2025 has a leap sixth month, from 25 July.
    assert (lunar_day(date(2025, 7, 24)).month, lunar_day(date(2025, 7, 24)).leap) == (6, False)
    assert (lunar_day(date(2025, 7, 25)).month, lunar_day(date(2025, 7, 25)).leap) == (6, True)


# ------------------------------------------------------------------------------------------------ times of day


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9:00", "09:00"),
        ("９：３０", "09:30"),
        ("下午四点半", "16:30"),
        ("晚上7点", "19:00"),
        ("7pm", "19:00"),
        ("4:30 pm", "16:30"),
        ("上午十点一刻", "10:15"),
        ("中午1点", "13:00"),
        (time(9, 5), "09:05"),
        (0.375, "09:00"),
        ("早上8点走", "08:00"),
    ],
)
def test_clocks(text, clock):
    reading = read_clock(text, PLAIN)
    assert (reading.verdict, reading.value) == ("read", clock)


def test_a_bare_small_hour_is_asked():
    assert (read_clock("四点半", PLAIN).verdict, read_clock("四点半", PLAIN).value) == ("ask", "16:30")
    assert read_clock("25:00", PLAIN).verdict == "refuse"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("下午2点到4点", "14:00", "16:00"),
        ("下午2-4点", "14:00", "16:00"),
        ("9-11点", "09:00", "11:00"),
        ("7-9pm", "19:00", "21:00"),
        ("10am-12pm", "10:00", "12:00"),
        ("上午9点至下午3点", "09:00", "15:00"),
        ("上午", "08:00", "12:00"),
        ("8点到5点", "08:00", "17:00"),
    ],
)
def test_ranges_of_clocks(text, start, end):
    value = read_clock_range(text, PLAIN).value
    assert (value.start, value.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("两小时", 120),
        ("1.5h", 90),
        ("90分钟", 90),
        ("一个半小时", 90),
        ("半小时", 30),
        ("1小时30分", 90),
        ("三刻钟", 45),
        ("2h30m", 150),
        ("half an hour", 30),
        ("2 hours", 120),
        (timedelta(minutes=75), 75),
    ],
)
def test_durations(text, minutes):
    reading = read_minutes(text, PLAIN)
    assert (reading.verdict, reading.value) == ("read", minutes)


@pytest.mark.parametrize(
    ("text", "minutes"), [("半天", 240), ("1-2小时", 120), ("约2小时", 120), ("一整天", 720), (2, 120), (90, 90)]
)
def test_loose_durations_are_shown(text, minutes):
    reading = read_minutes(text, PLAIN)
    assert (reading.verdict, reading.value) == ("ask", minutes)


def test_the_header_tells_what_a_bare_number_counts():
    assert read_minutes(2, PLAIN, unit="hours").value == 120
    assert read_minutes(45, PLAIN, unit="minutes").verdict == "read"
    assert read_minutes("很久", PLAIN).verdict == "refuse"


# ------------------------------------------------------------------------------------------------ free time

FIVE = "MO,TU,WE,TH,FR"


def rule(days="any", start="08:00", end="20:00", **more):
    return Availability(days=days, start=start, end=end, **more)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("每周三下午", (rule("WE", "14:00", "18:00"),)),
        ("周末上午", (rule("SA,SU", "08:00", "12:00"),)),
        ("周二、周四 18:30-20:30", (rule("TU,TH", "18:30", "20:30"),)),
        ("周一三五下午", (rule("MO,WE,FR", "14:00", "18:00"),)),
        ("周1-5晚7点到9点", (rule(FIVE, "19:00", "21:00"),)),
        ("星期天", (rule("SU"),)),
        ("礼拜六、礼拜天上午", (rule("SA,SU", "08:00", "12:00"),)),
        ("周六至周一", (rule("MO,SA,SU"),)),
        ("周三下午和周五上午", (rule("WE", "14:00", "18:00"), rule("FR", "08:00", "12:00"))),
        ("周三晚上7点-9点；周六上午9点-11点", (rule("WE", "19:00", "21:00"), rule("SA", "09:00", "11:00"))),
        ("周末可以，周三不行", (rule("SA,SU"), Availability(days="WE", kind="unavailable"))),
        ("周三不行", (rule("MO,TU,TH,FR,SA,SU"),)),
        ("每天晚上", (rule("any", "19:00", "21:00"),)),
        ("都可以", (rule(),)),
        ("节假日", (rule("day-off"),)),
        ("除节假日外", (rule("workday"),)),
        ("工作日 12:00-14:00", (rule("workday", "12:00", "14:00"),)),
        ("12月3日-12月8日", (rule(since=date(2026, 12, 3), until=date(2026, 12, 8)),)),
        ("12月的周六", (rule("SA", since=date(2026, 12, 1), until=date(2026, 12, 31)),)),
        ("周六、周日\n每天晚上", (rule("SA,SU"), rule("any", "19:00", "21:00"))),
        ("Mon-Fri evenings", (rule(FIVE, "19:00", "21:00"),)),
        ("weekends", (rule("SA,SU"),)),
        ("Wed afternoon", (rule("WE", "14:00", "18:00"),)),
        ("Tuesdays and Thursdays 6:30pm-8:30pm", (rule("TU,TH", "18:30", "20:30"),)),
        ("Saturdays 9-11am", (rule("SA", "09:00", "11:00"),)),
        ("every day except Sunday", (rule("MO,TU,WE,TH,FR,SA"),)),
        ("not available Mondays", (rule("TU,WE,TH,FR,SA,SU"),)),
    ],
)
def test_free_time_is_read(text, rules):
    reading = read_availability(text, PLAIN)
    assert (reading.verdict, reading.value) == ("read", rules)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("晚上", (rule("any", "19:00", "21:00"),)),
        ("周六，周日上午", (rule("SA,SU", "08:00", "12:00"),)),
        ("8小时之外", (rule(), Availability(days="workday", start="09:00", end="18:00", kind="unavailable"))),
        ("周一到周五下班后", (rule(FIVE, "18:00", "21:00"),)),
        ("周三下午，其他时间看情况", (rule("WE", "14:00", "18:00"),)),
        ("周日下午三点以后", (rule("SU", "15:00", "20:00"),)),
        ("after 7pm on weekdays", (rule(FIVE, "19:00", "21:00"),)),
        ("anytime", (rule("any", "07:00", "21:00"),)),
        ("寒暑假不行", (rule(),)),
        ("22:00-2:00", (rule("any", "22:00", "02:00"),)),
    ],
)
def test_free_time_that_rests_on_an_assumption_is_asked(text, rules):
    reading = read_availability(text, PLAIN)
    assert (reading.verdict, reading.value) == ("ask", rules)


@pytest.mark.parametrize(
    "text", ["周末半天", "周六上午教课", "每周一次", "有空就去", "when I can", "2月30日", "上三休零", "下周三"]
)
def test_free_time_that_cannot_be_planned_is_refused(text):
    reading = read_availability(text, PLAIN)
    assert reading.verdict == "refuse"
    assert reading.refusal.advice


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("周一至周五：19:00-21:00；周六：9:00-17:00", (rule(FIVE, "19:00", "21:00"), rule("SA", "09:00", "17:00"))),
        (
            "周一、三、五：8:30-11:30；二、四：14:30-17:00",
            (rule("MO,WE,FR", "08:30", "11:30"), rule("TU,TH", "14:30", "17:00")),
        ),
        ("周末除外", (rule(FIVE),)),
        ("周六上午，9点到11点", (rule("SA", "09:00", "11:00"),)),
        ("15:00-17:00（周二）", (rule("TU", "15:00", "17:00"),)),
        ("周末都行，晚上也可以", (rule("SA,SU"), rule("SA,SU", "19:00", "21:00"))),
        ("周末，从12月5日起", (rule("SA,SU", since=date(2026, 12, 5), until=date(2027, 11, 30)),)),
        (
            "上二休二，12月3日上班",
            tuple(rule(rrule="FREQ=DAILY;INTERVAL=4", dtstart=date(2026, 12, day)) for day in (1, 2)),
        ),  # at work on 3 and 4, so free on 5 and 6, and four days before
        (
            "First and third Saturday of the month",
            (
                rule(
                    "SA", rrule="FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7,15,16,17,18,19,20,21", dtstart=date(2026, 12, 1)
                ),
            ),
        ),
    ],
)
def test_statements_that_lean_on_each_other(text, rules):
    assert read_availability(text, PLAIN).value == rules


def test_dates_said_first_hold_for_what_follows():
    reading = read_availability("12月5日以后，周末", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value == (rule("SA,SU", since=date(2026, 12, 5), until=date(2027, 11, 30)),)


def test_an_exception_in_brackets_takes_nothing_else_away():
    value = read_availability("周末（法定节假日除外）", PLAIN).value
    assert value[0] == rule("SA,SU")
    assert {one.kind for one in value[1:]} == {"unavailable"}
    assert value[1].since == date(2027, 1, 1)


def test_before_and_after_a_festival_are_not_the_festival():
    before, after = (read_windows(text, PLAIN).value for text in ("春节前", "国庆后"))
    # The days off of the Spring Festival begin on 6 February 2027; those of the National Day end on 5 October.
    assert before.until == date(2027, 2, 5)
    assert after.since == date(2027, 10, 6)


def test_a_time_without_an_end_is_refused_for_a_volunteer():
    assert read_availability("周六早上8:30", PLAIN).refusal.code == "no-end"


def days_free(text, ctx=PLAIN):
    """The days with any free time, by the calendar that plans with them."""
    calendar = Calendar("Asia/Shanghai", "CN")
    rules = read_availability(text, ctx).value
    spans = free_time(rules, (), calendar, ctx.window_start, ctx.window_end).available
    return [calendar.day_of(start) for start, _ in spans]


def test_every_other_saturday_counts_from_the_day_named():
    assert days_free("隔周六上午，从12月5日起")[:3] == [date(2026, 12, 5), date(2026, 12, 19), date(2027, 1, 2)]
    assert days_free("every other Saturday morning from Dec 5")[:2] == [date(2026, 12, 5), date(2026, 12, 19)]


def test_the_cycle_covers_the_whole_window_even_from_a_later_anchor():
    # 3, 7, 11 December … are 4 days apart, so is 27 December; 3 is the first within the window.
    assert days_free("上三休一，12月27号休")[:3] == [date(2026, 12, 3), date(2026, 12, 7), date(2026, 12, 11)]
    # Two days of rest: the one named and the next.
    assert days_free("上一休二，12月2号休")[:4] == [date(2026, 12, day) for day in (2, 3, 5, 6)]


def test_days_of_the_month():
    assert days_free("每月第一个周六上午")[:3] == [date(2026, 12, 5), date(2027, 1, 2), date(2027, 2, 6)]
    assert days_free("每月最后一个周六")[:2] == [date(2026, 12, 26), date(2027, 1, 30)]
    assert days_free("每月上旬的周日")[:2] == [date(2026, 12, 6), date(2027, 1, 3)]


def test_a_break_known_to_the_settings_is_left_out():
    days = days_free("周三，寒暑假不行", WITH_BREAKS)
    assert date(2027, 1, 13) in days
    assert date(2027, 1, 27) not in days  # the winter break begins on 20 January


# ------------------------------------------------------------------------------------------------ time not free


def absence(first, last):
    zone = ZoneInfo("Asia/Shanghai")
    return Absence(start=datetime.combine(first, time(), zone), end=datetime.combine(last, time(), zone) + timedelta(1))


def test_dates_become_absences():
    reading = read_unavailability("12月3日-12月8日", PLAIN)
    assert (reading.verdict, reading.value.absences) == ("read", (absence(date(2026, 12, 3), date(2026, 12, 8)),))
    assert read_unavailability("12月3日到8日出差", PLAIN).value == reading.value


def test_repeating_days_become_rules():
    value = read_unavailability("每月23号", PLAIN).value
    assert value.rules == (
        Availability(rrule="FREQ=MONTHLY;BYMONTHDAY=23", dtstart=date(2026, 12, 1), kind="unavailable"),
    )
    assert read_unavailability("周三下午有事", PLAIN).value.rules == (rule("WE", "14:00", "18:00", kind="unavailable"),)


def test_what_is_ruled_out_reaches_the_end_of_the_day():
    assert read_unavailability("晚上7点以后", PLAIN).value.rules == (
        Availability(start="19:00", end="24:00", kind="unavailable"),
    )


def test_a_festival_is_its_days_off():
    reading = read_unavailability("国庆期间", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value.absences[0].start.date() == date(2027, 10, 1)


def test_a_free_time_in_the_wrong_column_is_refused():
    assert read_unavailability("周三可以", PLAIN).refusal.code == "says-free"


def test_an_unknown_reason_is_kept_and_shown():
    reading = read_unavailability("每周一例会", PLAIN)
    assert reading.verdict == "ask"
    assert reading.value.rules == (Availability(days="MO", kind="unavailable"),)


# ------------------------------------------------------------------------------------------------ wish times


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("每周三下午", (Window(days="WE", start="14:00", end="18:00"),)),
        ("12月5日上午9点-11点", (Window(dates=(date(2026, 12, 5),), start="09:00", end="11:00"),)),
        ("每月第一个周六上午", (Window(days="SA", month_days="1-7", start="08:00", end="12:00"),)),
        ("每月5号上午9点", (Window(month_days="5", at="09:00"),)),
        ("上午或下午", (Window(start="08:00", end="12:00"), Window(start="14:00", end="18:00"))),
        ("周三不行", (Window(days="MO,TU,TH,FR,SA,SU", start="08:00", end="20:00"),)),
        # 10:00–16:00 without 12:00–14:00 leaves two pieces.
        (
            "周六10:00-16:00，中午不行",
            (Window(days="SA", start="10:00", end="12:00"), Window(days="SA", start="14:00", end="16:00")),
        ),
        ("Every Tuesday 4:30pm", (Window(days="TU", at="16:30"),)),
        ("Saturday mornings", (Window(days="SA", start="08:00", end="12:00"),)),
    ],
)
def test_wish_times_are_read(text, windows):
    reading = read_windows(text, PLAIN)
    assert (reading.verdict, reading.value.windows) == ("read", windows)


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("每周三下午", Frequency(1, "week")),
        ("每周一、三、五上午", Frequency(3, "week")),
        ("每周二或周四下午", Frequency(1, "week")),
        ("每月5号、20号", Frequency(2, "month")),
        ("每月中旬", Frequency(1, "month")),
        ("每周一次，周三下午", Frequency(1, "week")),
        ("周三下午", None),
        ("12月5日上午", None),
    ],
)
def test_what_a_wish_time_says_about_how_often(text, frequency):
    assert read_windows(text, PLAIN).value.frequency == frequency


def test_dates_left_out_of_a_wish_time():
    assert read_windows("周末，12月20日不行", PLAIN).value.except_dates == (date(2026, 12, 20),)


@pytest.mark.parametrize(
    "text", ["隔周六上午", "看情况", "周一不行，周二到周日不行", "上三休一，12月3号休", "下周三下午"]
)
def test_wish_times_that_cannot_be_planned_are_refused(text):
    assert read_windows(text, PLAIN).verdict == "refuse"


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("每月一次", Frequency(1, "month")),
        ("每周两次", Frequency(2, "week")),
        ("一周2次", Frequency(2, "week")),
        ("2次/月", Frequency(2, "month")),
        ("半个月一次", Frequency(2, "month")),
        ("隔周一次", Frequency(1, "week", 2)),
        ("每两周一次", Frequency(1, "week", 2)),
        ("每周一次，至少隔3天", Frequency(1, "week", min_gap_days=3)),
        ("每月一次，最多隔40天", Frequency(1, "month", max_gap_days=40)),
        ("一次", Frequency(1)),
        ("就一次", Frequency(1)),
        ("once a week", Frequency(1, "week")),
        ("twice a month", Frequency(2, "month")),
        ("monthly", Frequency(1, "month")),
        ("every other week", Frequency(1, "week", 2)),
        ("once", Frequency(1)),
    ],
)
def test_frequencies_are_read(text, frequency):
    reading = read_frequency(text, PLAIN)
    assert (reading.verdict, reading.value) == ("read", frequency)


def test_a_frequency_with_an_end():
    reading = read_frequency("每周一次，先做三个月", PLAIN)
    # Three months from 1 December end on the last of February.
    assert (reading.verdict, reading.value) == ("ask", Frequency(1, "week", until=date(2027, 2, 28)))


@pytest.mark.parametrize("text", ["经常", "三次", "多多益善", 2])
def test_frequencies_without_a_period_are_refused(text):
    assert read_frequency(text, PLAIN).verdict == "refuse"


def test_windows_and_frequency_make_a_recurrence():
    when = read_windows("上旬周末，早上8点走", PLAIN).value
    often = read_frequency("每月一次，别挨太近", PLAIN).value
    assert recurrence_of(when, often, PLAIN).value == Recurrence(
        times=1, per="month", windows=(Window(days="SA,SU", month_days="1-10", at="08:00"),), min_gap_days=20
    )
    assert recurrence_of(read_windows("12月5、6号都行", PLAIN).value, None, PLAIN).value.times is None


def test_every_other_week_from_a_known_day_is_a_rule():
    when = read_windows("隔周六上午9点，从12月5日起", PLAIN).value
    recurrence = recurrence_of(when, None, PLAIN).value
    assert (recurrence.rrule, recurrence.dtstart, recurrence.start) == (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", date(2026, 12, 5), "09:00",
    )  # fmt: skip
    loose = recurrence_of(read_windows("周三下午", PLAIN).value, read_frequency("隔周一次", PLAIN).value, PLAIN)
    assert loose.verdict == "ask"
    assert (loose.value.times, loose.value.per, loose.value.min_gap_days) == (2, "month", 12)


def test_what_is_rarer_than_monthly_is_refused():
    often = read_frequency("每季度一次", PLAIN).value
    assert recurrence_of(None, often, PLAIN).verdict == "refuse"


# ------------------------------------------------------------------------------------------------ people


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        ("有", 4),
        ("√", 4),
        ("能坐3位乘客", 3),
        (6, 6),
        ("5座", 4),
        ("能坐5人", 4),
        ("比亚迪", 4),
        ("car", 4),
        ("7 seats", 6),
    ],
)
def test_cars(text, seats):
    assert read_vehicle(text, PLAIN).value.vehicle.seats == seats


@pytest.mark.parametrize("text", ["否", "无", "没车", "×", 0, "no car"])
def test_no_car(text):
    reading = read_vehicle(text, PLAIN)
    assert (reading.verdict, reading.value.vehicle) == ("read", None)


def test_other_ways_to_travel():
    assert read_vehicle("公交", PLAIN).value.travel_mode == "bus"
    assert read_vehicle("步行", PLAIN).value.travel_mode == "walking"
    assert read_vehicle("摩托车", PLAIN).value.travel_mode == "e-bike"
    assert read_vehicle("轮椅车", PLAIN).value.vehicle.wheelchair
    assert read_vehicle("也许", PLAIN).verdict == "refuse"


def test_a_car_with_a_day_it_may_not_run():
    vehicle = read_vehicle("有车，周三限号", PLAIN).value.vehicle
    assert vehicle.availability == (rule("MO,TU,TH,FR,SA,SU"),)


def test_skills_by_any_separator():
    names = [
        [skill.name for skill in read_skills(text, PLAIN).value]
        for text in ("理发、量血压", "理发/量血压", "理发 量血压", "理发，\n量血压")
    ]
    assert names == [["理发", "量血压"]] * 4
    assert [skill.name for skill in read_skills("first aid, driving", PLAIN).value] == ["first aid", "driving"]


def test_certificates_and_levels():
    assert read_skills("急救证有效期至2027年5月31日", PLAIN).value == (
        Skill(name="急救", level=3, valid_until=date(2027, 5, 31)),
    )
    assert read_skills("退休医生", PLAIN).value == (Skill(name="医生", level=3),)


def test_languages_genders_names_and_ages():
    assert read_languages("普通话、客家话", PLAIN).value == ("zh", "hak")
    assert read_languages("Mandarin, Cantonese", PLAIN).value == ("zh", "yue")
    assert [read_gender(text, PLAIN).value for text in ("女", "男性", "F", "不限")] == [
        "female",
        "male",
        "female",
        None,
    ]
    assert [read_name(text, PLAIN).value for text in ("罗 海峰", "李  红", "John Smith")] == [
        "罗海峰",
        "李红",
        "John Smith",
    ]
    assert [read_age(value, PLAIN).value for value in (84, "84岁", "80多岁")] == ["84", "84", "80多岁"]


def test_a_resident_in_one_cell():
    value = read_resident("张阿姨 80多岁 低保 空巢 13800000003", PLAIN).value
    assert (value.name, value.age, value.household, value.phone) == (
        "张阿姨",
        "80多岁",
        ("低保", "空巢"),
        "13800000003",
    )
    assert read_resident("李奶奶（82岁，独居）", PLAIN).value.age == "82"


def test_people_are_found_as_they_are_spoken_of():
    people = ["李红", "王芳", "陈小李", "欧阳强"]
    assert people_called("王师傅", people) == ("王芳",)
    assert people_called("小李", people) == ("李红",)
    assert people_called("李红", people) == ("李红",)
    assert people_called("老赵", people) == ()


def test_requirements_in_one_cell():
    value = read_requirements("不要小李，最好女的，会讲粤语，有耐心", PLAIN).value
    assert value.banned == ("小李",)
    assert (value.liked.gender, value.liked.language, value.notes) == ("female", "yue", ("有耐心",))
    assert read_requirements("必须会客家话", PLAIN).value.required.language == "hak"
    assert read_requirements("不要男的", PLAIN).value.required.gender == "female"


def test_remarks_that_are_no_public_name_are_kept():
    assert read_public_name("腿脚不便", PLAIN).notes == ("腿脚不便",)
    assert read_public_name("化名：王芳", PLAIN).value == "王芳"


# ------------------------------------------------------------------------------------------------ things


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (3, [("helper", 3)]),
        ("2名司机", [("driver", 2)]),
        ("司机1人，陪同1人", [("driver", 1), ("companion", 1)]),
        ("1个医生2个护士", [("doctor", 1), ("nurse", 2)]),
        ("需要3人，其中1人懂急救", [("first-aider", 1), ("helper", 2)]),
        ("2 doctors, 3 nurses", [("doctor", 2), ("nurse", 3)]),
        ("摄影1人、志愿者2人", [("摄影", 1), ("helper", 2)]),
    ],
)
def test_roles(text, roles):
    assert [(role.id, role.count) for role in read_roles(text, PLAIN).value] == roles


@pytest.mark.parametrize("text", ["若干", "2人(3个会开车)", "人手不够", 0, "几个志愿者"])
def test_roles_without_numbers_are_refused(text):
    assert read_roles(text, PLAIN).verdict == "refuse"


def test_people_served():
    assert [read_people_served(text, PLAIN).value for text in ("100", "约80人", "80多人", "100个老人")] == [
        100,
        80,
        80,
        100,
    ]
    assert read_people_served("若干", PLAIN).verdict == "refuse"


def test_goods_and_money():
    assert [one.items for one in read_goods("书包、文具盒各两个", PLAIN).value] == ["书包 ×2", "文具盒 ×2"]
    assert [one.name for one in read_goods("想要一个电饭煲", PLAIN).value] == ["电饭煲"]
    assert [read_budget(text, PLAIN).value.yuan for text in ("200", 200.0, "两百左右", "100-200元", "¥1,200")] == [
        200,
        200,
        200,
        200,
        1200,
    ]
    assert read_budget("自费", PLAIN).value.payer == "resident"


def test_priorities():
    assert [read_priority(text, PLAIN).value for text in (5, "3", "急", "高", "一般", "★★★")] == [5, 3, 5, 4, 3, 3]
    assert read_priority("9", PLAIN).verdict == "refuse"


def test_addresses():
    value = read_address("东河街道东河社区幸福小区12号楼3单元202室", PLAIN).value
    assert (value.community, value.estate, value.building, value.address) == (
        "东河社区",
        "幸福小区",
        "12栋",
        "3单元202室",
    )


def test_states_targets_and_joined_wishes():
    assert [read_wish_state(text, PLAIN).value for text in ("已转物业", "网格员在跟", "已完成", "待认领")] == [
        "with-others", "with-others", "closed", "open",
    ]  # fmt: skip
    target = read_campaign_target("住户同意够90%就行", PLAIN)
    assert (target.verdict, target.value.percent) == ("ask", 90)
    joined = split_wishes("想理发，另外想要一个电水壶", PLAIN)
    assert (joined.verdict, joined.value) == ("ask", ("想理发", "想要一个电水壶"))
    assert split_wishes("理发", PLAIN).verdict == "read"


def test_a_place_is_named_as_in_the_sheet():
    assert read_place_name("东河社区活动室", PLAIN).value == "东河社区活动室"
    assert read_place_name("照旧", PLAIN).verdict == "refuse"


def test_as_above_is_refused_in_every_column():
    for reader in every_reader():
        assert reader("同上", PLAIN).verdict == "refuse"


# ------------------------------------------------------------------------------------------------ safe against a wrong guess


def test_two_or_three_is_never_twenty_three():
    assert number("两三") is None
    assert (read_minutes("两三个小时", PLAIN).verdict, read_minutes("两三个小时", PLAIN).value) == ("ask", 180)


def test_a_car_without_a_licence_carries_nobody():
    reading = read_vehicle("有车无证", PLAIN)
    assert (reading.verdict, reading.value.vehicle, reading.value.licence) == ("ask", None, False)


def test_an_expired_certificate_does_not_count():
    reading = read_skills("护士证（已过期）、理发", PLAIN)
    assert reading.verdict == "ask"
    assert [skill.name for skill in reading.value] == ["理发"]


def test_what_planning_cannot_respect_is_said():
    reading = read_requirements("只要李红", PLAIN)
    assert (reading.verdict, reading.value.notes) == ("ask", ("只要李红",))
    car = read_vehicle("有车，后备箱能放轮椅吗不清楚", PLAIN)
    assert car.verdict == "ask"


def test_those_among_a_number_are_not_added_to_it():
    for text in ("2人，至少1人会开车", "2人（司机1，陪同1）"):
        assert [(role.id, role.count) for role in read_roles(text, PLAIN).value] == [("driver", 1), ("companion", 1)]


def test_a_very_long_cell_is_refused_quickly():
    reading = read_availability("周一上午、" * 200, PLAIN)
    assert reading.refusal.code == "too-long"


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("十二月底", date(2026, 12, 31)),
        ("腊月二十三", date(2027, 1, 30)),  # the lunar year ends on 5 February 2027, the 29th of its last month
        ("农历八月十五", date(2027, 9, 15)),
        ("明年3月1日", date(2027, 3, 1)),
        ("3日内", date(2026, 11, 27)),
        ("31/12/2026", date(2026, 12, 31)),
    ],
)
def test_more_ways_to_say_a_day(text, due):
    assert read_date(text, PLAIN, before=True).value == due


def test_numbered_wishes_are_shown_apart():
    assert split_wishes("1.理发 2.修灯", PLAIN).value == ("理发", "修灯")


def test_every_message_is_used_and_every_code_has_a_message():
    from pathlib import Path

    from matcher.exchange.phrases import messages

    folder = Path(messages.__file__).parent
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py") if path.name != "messages.py")
    for code in (*messages._SENTENCES, *messages._REFUSALS):
        stem = code.rsplit("-", 1)[0]
        assert f'"{code}"' in source or f'"{stem}-{{' in source, code
    for kind, table in (("say", messages._SENTENCES), ("refuse", messages._REFUSALS)):
        used = set(re.findall(rf'{kind}\(\s*"([\w-]+)"', source))
        assert used <= set(table), used - set(table)
    for zh, en in messages._SENTENCES.values():
        assert set(re.findall(r"{(\w+)}", zh)) >= set(re.findall(r"{(\w+)}", en))
    for zh, en in messages._REFUSALS.values():
        for one, other in zip(zh, en, strict=True):
            assert set(re.findall(r"{(\w+)}", one)) | {"text"} >= set(re.findall(r"{(\w+)}", other)), zh


# ------------------------------------------------------------------------------------------------ anything at all


def every_reader():
    """Every reader of the package."""
    names = [name for name in phrases.__all__ if name.startswith("read_") or name == "split_wishes"]
    known = partial(phrases.read_requirements, known=("李红", "李强"))
    due, past = partial(phrases.read_date, before=True), partial(phrases.read_date, past=True)
    return [*(getattr(phrases, name) for name in names), known, due, past]


TYPED = (
    "周一 周三 周末 工作日 每周 每月 隔周 上午 下午 晚上 除 外 不行 可以 从 到 - ~ 、 ， ； ( ) "
    "12月 5日 23号 2026年 初一 十五 上三休一 暑假 寒暑假 "
    "9点 7点以后 18:30 4点半 20:30 8点走 一次 两次 三个月 别挨太近 中秋 国庆 前 年底 下周三 明天 "
    "七座 有车 电动车 老公的车 有证没车 医生2 护士3 若干 "
    "2人 1个会开车 200块 社区报销 低保 空巢 3栋 2单元 501 東河社區 女的 最好 只要 小李 不要 "
    "客家话 急救 27年5月到期 会一点 理发 ? １２ ％ 半 两 个 "
    "小时 分钟 mon fri evenings weekdays every other saturday after 7pm except twice a month dec "
    "5 31 0 99 . : / \n \u200b"
)
PIECES = st.sampled_from(TYPED.split(" "))
CELLS = st.one_of(
    st.text(max_size=30),
    st.lists(PIECES, max_size=8).map("".join),
    st.lists(PIECES, max_size=8).map(" ".join),
    st.floats(),
    st.integers(),
    st.integers(min_value=0, max_value=80000),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


def facts_in(value):
    """A value's own text, all dataclasses and models written out."""
    if is_dataclass(value):
        return [facts_in(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, tuple | list):
        return [facts_in(one) for one in value]
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)


@settings(max_examples=400, deadline=None)
@given(CELLS, st.sampled_from([PLAIN, ENGLISH, REGISTERED, WITH_BREAKS]))
def test_no_reader_ever_raises(cell, ctx):
    for reader in every_reader():
        reading = reader(cell, ctx)
        assert (reading.verdict == "refuse") == (reading.refusal is not None)
        if reading.refusal is not None:
            assert reading.value is None
            assert reading.refusal.message
            assert reading.refusal.advice
        json.dumps(facts_in(reading.value))


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_rules_that_are_read_can_be_planned_with(cell):
    calendar = Calendar("Asia/Shanghai", "CN")
    value = read_availability(cell, WITH_BREAKS).value
    if value:
        free_time(value, (), calendar, date(2026, 12, 1), date(2026, 12, 31))
    when, often = read_windows(cell, WITH_BREAKS).value, read_frequency(cell, WITH_BREAKS).value
    recurrence_of(when, often, WITH_BREAKS)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_folding_is_done_once_and_for_all(text):
    assert fold(fold(text)) == fold(text)


def test_a_year_at_the_edge_of_the_calendar_does_not_break_the_readers():
    for year in (1901, 2199):
        ctx = phrases.Context(date(year, 1, 1), date(year, 12, 31), datetime(year, 1, 2, tzinfo=UTC))
        for reader in every_reader():
            for cell in (
                "初一十五不行",
                "12月5日",
                "中秋前",
                "春节",
                "每周一次，先做三个月",
                "法定节假日",
                "12月",
                "月底",
            ):
                reader(cell, ctx)
