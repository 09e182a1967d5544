"""What the readers say to the coordinator, in Chinese and English, keyed by code."""

from __future__ import annotations

from typing import Any, Literal

Language = Literal["zh", "en"]


def sentence(lang: Language, code: str, **values: Any) -> str:
    """The sentence of that code with its values filled in."""
    return _SENTENCES[code][lang == "en"].format(**values)


def refusal_text(lang: Language, code: str, **values: Any) -> tuple[str, str]:
    """Message and advice of that code with their values filled in."""
    message, advice = _REFUSALS[code][lang == "en"]
    return message.format(**values), advice.format(**values)


_SENTENCES: dict[str, tuple[str, str]] = {
    # numbers
    "at-least": ("“{text}”先按{count}人算", '"{text}" counts as {count} people for now'),
    "upper-end": ("“{text}”按多的算：{count}", '"{text}": the larger number counts, {count}'),
    "about": ("“{text}”按{count}算", '"{text}" counts as {count}'),
    # phones
    "two-phones": ("“{text}”有两个号码，用第一个 {phone}", '"{text}" holds two numbers; the first counts, {phone}'),
    "round-phone": (
        "{phone} 后面一串0，请核对是不是 Excel 改过的号码",
        "{phone} ends in a row of zeros; please check that a spreadsheet did not change it",
    ),
    # dates
    "dotted-date": ("“{text}”按{day}读", '"{text}" counts as {day}'),
    "year-assumed": ("“{text}”没写年份，按{day}读", '"{text}" gives no year; it counts as {day}'),
    "about-date": ("“{text}”按{day}算", '"{text}" counts as {day}'),
    "day-before": (
        "“{text}”：{day}当天不算，截止到{due}",
        '"{text}": due {due}, the day itself ({day}) not included',
    ),
    "festival": ("“{text}”是{day}", '"{text}" is {day}'),
    "relative": ("“{text}”从登记日期{registered}算，是{day}", '"{text}", counted from its registration on {registered}, is {day}'),
    "within": ("“{text}”从{base}算起，截止到{due}", '"{text}", counted from {base}, is due {due}'),
    "due-assumed": ("“{text}”按截止{due}算", '"{text}" counts as due {due}'),
    # times
    "default": ("{name}＝{value}", "{name} = {value}"),
    "clock-assumed": ("“{text}”按{clock}读", '"{text}" counts as {clock}'),
    "clock-range-assumed": ("“{text}”按{start}–{end}读", '"{text}" counts as {start}–{end}'),
    "minutes-assumed": ("“{text}”按{minutes}分钟算", '"{text}" counts as {minutes} minutes'),
}

_REFUSALS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    # any column
    "damaged": (
        ("写的是“{text}”，其中“{part}”是坏字", "转换时丢了字，请按原件补上"),
        ('is "{text}", damaged at "{part}"', "A character was lost in conversion; fill it in from the original."),
    ),
    "lost-digit": (
        ("写的是“{text}”，其中“{part}”缺一位", "缺的数字请按原件补上"),
        ('is "{text}"; a digit is missing at "{part}"', "Fill in the missing digit from the original."),
    ),
    "same-as-above": (
        ("写的是“{text}”", "请把内容写全：表格一排序，“{text}”就对不上了"),
        ('is "{text}"', "Write it out in full: sorting the rows would break it."),
    ),
    # numbers
    "not-yes-or-no": (
        ("写的是“{text}”，只能写 是 或 否", "拿不准就写 否"),
        ('is "{text}"; it must be yes or no', "Maybe write no if it cannot be counted on."),
    ),
    "no-number": (
        ("写的是“{text}”，没有人数", "请写人数，或写“至少4人”"),
        ('is "{text}", which is no number', 'Write a number, or "at least 4".'),
    ),
    "not-whole": (
        ("写的是“{text}”，不是整数", "请写整数，如：2"),
        ('is "{text}", which is no whole number', "Write a whole number, for example 2."),
    ),
    # phones
    "phone-scientific": (
        ("写的是“{text}”：Excel 把号码变成了科学计数，后几位已丢失", "请把该列设为文本后重填11位手机号"),
        ('is "{text}": the spreadsheet turned the number into scientific notation and lost its last digits',
         "Format the column as text and enter the number again."),
    ),
    "phone-short": (
        ("写的是“{text}”，只有{digits}位数字，少{missing}位", "请补成11位手机号"),
        ('is "{text}", {digits} digits, {missing} too few', "Enter all 11 digits."),
    ),
    "phone-long": (
        ("写的是“{text}”，有{digits}位数字，多{extra}位", "手机号是11位，请核对"),
        ('is "{text}", {digits} digits, {extra} too many', "A mobile number has 11 digits; please check."),
    ),
    "phone-extension": (
        ("写的是“{text}”：短号只在集团内能拨", "请补11位手机号，短号可写在备注里"),
        ('is "{text}": a short number works only inside its group', "Enter the 11-digit mobile number."),
    ),
    "phone-masked": (
        ("写的是“{text}”，中间几位被遮住了", "请写完整的11位手机号；公开的表里系统会自动遮住"),
        ('is "{text}", with digits masked', "Enter the full number; public output is masked anyway."),
    ),
    "no-phone": (
        ("写的是“{text}”，不是电话号码", "请写11位手机号，如：13800000001"),
        ('is "{text}", which is no phone number', "Write the mobile number, for example 13800000001."),
    ),
    # dates
    "no-date": (
        ("写的是“{text}”，不是日期", "请写年月日，如：2026-12-05 或 12月5日"),
        ('is "{text}", which is no date', "Write for example 2026-12-05."),
    ),
    "no-such-day": (
        ("写的是“{text}”，没有这一天", "请核对年月日"),
        ('is "{text}", a day that does not exist', "Please check the date."),
    ),
    "ambiguous-number": (
        ("是数字 {text}，分不清是{month}月{day}日还是{month}月{day}0日", "请写成“{month}月{day}日”，或把该列设为文本"),
        ("is the number {text}: day {day} or {day}0 of month {month} cannot be told apart",
         "Write the date in full, or format the column as text."),
    ),
    "relative-date": (
        ("写的是“{text}”，没有登记日期，算不出是哪天", "请写具体日期，如：12月9日"),
        ('is "{text}", and without a date of registration nobody knows which day that is',
         "Write the date, for example 2026-12-09."),
    ),
    "as-soon-as-possible": (
        ("写的是“{text}”，不是日期", "要不要标“急”，截止写“7天内”？"),
        ('is "{text}", which is no date', 'Maybe mark it urgent and write "within 7 days".'),
    ),
    "no-due-date": (
        ("写的是“{text}”，没有截止日期", "请写最晚哪天，如：12月20日"),
        ('is "{text}", which is no due date', "Write the last day, for example 2026-12-20."),
    ),
    "only-a-month": (
        ("写的是“{text}”，没写到哪一天", "请写具体日期，如：12月5日"),
        ('is "{text}", which names no day', "Write the day, for example 2026-12-05."),
    ),
    "several-dates": (
        ("写的是“{text}”，不止一天", "这里只能写一天"),
        ('is "{text}", more than one day', "Only one day can stand here."),
    ),
    "weekday-differs": (
        ("写的是“{text}”，可是{day}是{weekday}", "日期和星期对不上，请核对"),
        ('is "{text}", but {day} is a {weekday}', "The date and the weekday differ; please check."),
    ),
    "range-too-long": (
        ("写的是“{text}”，时间太长", "请分段写，每段不超过一年"),
        ('is "{text}", which is too long', "Split it into stretches of at most a year."),
    ),
    # times
    "no-clock": (
        ("写的是“{text}”，不是钟点", "请写几点几分，如：9:00 或 下午4点半"),
        ('is "{text}", which is no time of day', "Write for example 09:00 or 4:30 pm."),
    ),
    "no-clock-range": (
        ("写的是“{text}”，不是起止时间", "请写从几点到几点，如：9:00-11:30"),
        ('is "{text}", which is no stretch of the day', "Write for example 09:00-11:30."),
    ),
    "no-duration": (
        ("写的是“{text}”，看不出要多久", "请写小时或分钟，如：2小时、90分钟"),
        ('is "{text}", which is no duration', "Write for example 2 hours or 90 minutes."),
    ),
}
