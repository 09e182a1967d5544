"""Yes or no, counts, and phone numbers."""

from __future__ import annotations

import re

from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, cell_text, fold, matchable, number

_YES = re.compile(r"是的?|有的?|√|✓|✔|☑|v|y|yes|true|t|1|对|要|需要|可以|能|会|行|好|同意|ok|具备|已有|on")
_NO = re.compile(
    r"否|无|没有?|不|不是|不要|不需要|不用|不会|不能|不行|不可以|未|×|✗|✘|x|☒|n|no|none|false|f|0|off|暂无"
)


def read_yes_no(value: object, ctx: Context) -> Reading[bool]:
    """是/否, 有/无, √/×, yes/no, 1/0; anything in between is refused."""
    text = matchable(value).strip("。.!() ")
    if _YES.fullmatch(text):
        return Reading(True)
    if _NO.fullmatch(text):
        return Reading(False)
    return refused_early(value, ctx) or ctx.refuse("not-yes-or-no", text=shown(value))


_PEOPLE = r"(?:个人|个|人次|人|名|位|次|户|件|座|份|台|场|people|persons?|seats?|times?|helpers?|volunteers?)?"
_COUNT = re.compile(rf"(?:共|约|大约|大概)?({NUMBER}) ?{_PEOPLE}(?:左右)?")
_AT_LEAST = re.compile(
    rf"(?:至少|最少|不少于|起码|at least|min\.?) ?({NUMBER}) ?{_PEOPLE}"
    rf"|({NUMBER}) ?{_PEOPLE}(?:以上|起|or more|\+)|({NUMBER})\+"
)
_COUNT_RANGE = re.compile(rf"({NUMBER}) ?{_PEOPLE}(?:[-~]|至|到| to )({NUMBER}) ?{_PEOPLE}")
_ROUGH = re.compile("约|大概|左右")


def read_count(value: object, ctx: Context) -> Reading[int]:
    """A whole number from 0: "2", "２", "两", "2人"; "至少4人" is 4 for now, "2-3人" is 3; "若干" is refused."""
    if isinstance(value, float) and not value.is_integer() and value == value:
        return ctx.refuse("not-whole", text=shown(value))
    if early := refused_early(value, ctx):
        return early
    text = matchable(value).strip("。. ")
    if found := _COUNT.fullmatch(text):
        return _counted(found[1], "about" if _ROUGH.search(text) else None, value, ctx)
    if found := _AT_LEAST.fullmatch(text):
        return _counted(found[1] or found[2] or found[3], "at-least", value, ctx)
    if found := _COUNT_RANGE.fullmatch(text):
        return _counted(found[2], "upper-end", value, ctx)
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return ctx.refuse("not-whole", text=shown(value))
    return ctx.refuse("no-number", text=shown(value))


def _counted(digits: str, assumption: str | None, value: object, ctx: Context) -> Reading[int]:
    count = number(digits)
    if count is None:
        return ctx.refuse("no-number", text=shown(value))
    told = () if assumption is None else (ctx.say(assumption, text=shown(value), count=count),)
    return Reading(count, told)


# ------------------------------------------------------------------------------------------------ phones

_SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d{1,2}", re.IGNORECASE)
_NUMBER_LIKE = re.compile(r"\+?\(?\d[\d \-.()]*\d")
_MASKED = re.compile(r"\d{2,4} ?[*xX#]{2,} ?\d{0,4}")
_REMARK = re.compile(r"\(([^()]*[^\d()\s-][^()]*)\)")
_CALLED = re.compile(
    r"^(?:手机号?码?|电话号?码?|联系方式|联系电话|号码|固话|座机|家里电话|tel|phone|mobile)[:. ]*", re.IGNORECASE
)


def read_phone(value: object, ctx: Context) -> Reading[str]:
    """A mobile number of 11 digits, a landline, or a number with another country's code; remarks become notes.

    A number that lost digits to a spreadsheet, is masked, or works only inside a group is refused.
    """
    if early := refused_early(value, ctx):
        return early
    text = _CALLED.sub("", fold(cell_text(value)))
    if _SCIENTIFIC.fullmatch(text) or (isinstance(value, float) and not value.is_integer()):
        return ctx.refuse("phone-scientific", text=shown(value))
    if _MASKED.search(text):
        return ctx.refuse("phone-masked", text=shown(value))
    notes = tuple(remark.strip() for remark in _REMARK.findall(text))
    text = _REMARK.sub(" ", text)
    if "短号" in text:
        return _beside_short_number(text, notes, value, ctx)
    return _dialled(text, notes, value, ctx)


def _beside_short_number(text: str, notes: tuple[str, ...], value: object, ctx: Context) -> Reading[str]:
    mobile = re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)
    if mobile is None:
        return ctx.refuse("phone-extension", text=shown(value), blocking=False)
    rest = text.replace(mobile[0], " ").strip(" ,;、/")
    return Reading(mobile[0], notes=(*notes, rest))


def _dialled(text: str, notes: tuple[str, ...], value: object, ctx: Context) -> Reading[str]:
    pieces = [
        piece for piece in re.split(r"[/、,;\n]|或者?|转| or ", text) if any(letter.isdigit() for letter in piece)
    ]
    if not pieces:
        return ctx.refuse("no-phone", text=shown(value))
    numbers = [_number_in(piece) for piece in pieces]
    first = numbers[0]
    words = tuple(word for piece in pieces if (word := _NUMBER_LIKE.sub("", piece).strip(" :.-+()")))
    phone = _valid(first)
    if phone is None:
        return _wrong_length(first, value, ctx)
    others = tuple(other for other in numbers[1:] if other != first)
    told: tuple[str, ...] = ()
    if any(_valid(other) for other in others):
        told = (ctx.say("two-phones", text=shown(value), phone=phone),)
    elif isinstance(value, (int, float)) and phone.endswith("0000000"):
        told = (ctx.say("round-phone", phone=phone),)
    return Reading(phone, told, notes=(*notes, *words, *others))


def _number_in(piece: str) -> str:
    found = _NUMBER_LIKE.search(piece)
    digits = re.sub(r"[^\d+-]" if found and _is_landline(found[0]) else r"[^\d+]", "", found[0] if found else "")
    return re.sub(r"^(?:\+|00)?86(?=1[3-9]\d{9}$)", "", digits)


def _is_landline(text: str) -> bool:
    return re.fullmatch(r"\(?0\d{2,3}\)?[ -]?\d{7,8}(?:-\d{1,6})?", text) is not None


def _valid(digits: str) -> str | None:
    """The number in its stored form, or None."""
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return digits
    if landline := re.fullmatch(r"(0[12]\d|0[3-9]\d{2})-?(\d{7,8}(?:-\d{1,6})?)", digits):
        return f"{landline[1]}-{landline[2]}"
    if re.fullmatch(r"\+(?!86)\d{8,15}", digits):
        return digits
    return None


def _wrong_length(digits: str, value: object, ctx: Context) -> Reading[str]:
    count = sum(character.isdigit() for character in digits)
    if digits.startswith("1") and 8 <= count <= 10:
        return ctx.refuse("phone-short", text=shown(value), digits=count, missing=11 - count)
    if digits.startswith("1") and 12 <= count <= 14:
        return ctx.refuse("phone-long", text=shown(value), digits=count, extra=count - 11)
    if 3 <= count <= 6:
        return ctx.refuse("phone-extension", text=shown(value), blocking=False)
    return ctx.refuse("no-phone", text=shown(value))
