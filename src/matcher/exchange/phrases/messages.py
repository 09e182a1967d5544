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
}
