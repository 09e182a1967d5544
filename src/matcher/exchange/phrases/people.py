"""What cells say about people: names, ages, languages, skills, vehicles, what a resident asks of helpers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.people import Availability, Gender, Required, Skill, Vehicle
from matcher.domain.places import TravelMode
from matcher.exchange.phrases.dates import canonical_dates, date_spans
from matcher.exchange.phrases.hours import read_availability
from matcher.exchange.phrases.numbers import read_phone, read_yes_no
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, cell_text, fold, matchable, number

# ------------------------------------------------------------------------------------------------ names, ages, gender

_CJK = "\u3400-\u9fff"


def read_name(value: object, ctx: Context) -> Reading[str]:
    """A person's name without the spaces people align it with: "罗 海峰", "李  红"."""
    if early := refused_early(value, ctx):
        return early
    text = fold(cell_text(value)).replace("\n", " ").strip()
    notes = tuple(note.strip() for note in re.findall(r"\(([^()]*)\)", text) if note.strip())
    text = re.sub(r"\([^()]*\)", "", text).strip() or text
    if re.fullmatch(rf"[{_CJK}]( ?[{_CJK}·]){{1,5}}", text):
        text = text.replace(" ", "")
    return Reading(text, notes=notes)


_AGE = re.compile(rf"(?:年龄|今年)?[: ]?({NUMBER})(?:周岁|岁|years? old)?")
_ROUGH_AGE = re.compile(
    rf"(?:快|近|约|大概|将近|年近|过)?({NUMBER})(多|来|几|出头|左右|以上|上下|有余|"
    rf"开外)?(?:周?岁)?(多|出头|左右|以上|上下)?"
)


def read_age(value: object, ctx: Context) -> Reading[str]:
    """An age as told: "84", or "80多岁" without making it exact."""
    if early := refused_early(value, ctx):
        return early
    text = matchable(value)
    if found := _AGE.fullmatch(text):
        years = number(found[1])
        return Reading(str(years)) if years is not None and years <= 130 else ctx.refuse("no-age", text=shown(value))
    if found := _ROUGH_AGE.fullmatch(text):
        years = number(found[1])
        if years is not None and years <= 130:
            return Reading(shown(value, 20))
    if re.search(r"(?:19|20)\d\d", text) and len(text) <= 16:
        return Reading(shown(value, 20))
    return ctx.refuse("no-age", text=shown(value))


_FEMALE = re.compile("女(?:性|的|士|同志|生|孩)?|f(?:emale)?|w(?:oman)?|ms|mrs|♀|阿姨|大姐")
_MALE = re.compile("男(?:性|的|士|同志|生|孩)?|m(?:ale)?|man|mr|♂|先生|大哥")


def read_gender(value: object, ctx: Context) -> Reading[Gender]:
    """女/男, female/male; 不限 says nothing."""
    text = matchable(value).strip("。. ")
    if _FEMALE.fullmatch(text):
        return Reading("female")
    if _MALE.fullmatch(text):
        return Reading("male")
    if re.fullmatch("不限|均可|都可以|男女不限|any", text):
        return Reading()
    return refused_early(value, ctx) or ctx.refuse("no-gender", text=shown(value))


# ------------------------------------------------------------------------------------------------ languages

_LANGUAGES: tuple[tuple[str, str], ...] = (
    ("客家话|客家|客语|hakka|hak", "hak"),
    ("粤语|广东话|广州话|白话|cantonese|yue", "yue"),
    ("普通话|国语|汉语|中文|mandarin|chinese|zh|cmn", "zh"),
    ("闽南话|闽南语|潮汕话|潮州话|潮语|台语|厦门话|hokkien|teochew|nan", "nan"),
    ("福州话|闽东话|cdo", "cdo"),
    ("上海话|吴语|苏州话|宁波话|温州话|wuu", "wuu"),
    ("湘语|长沙话|湖南话|hsn", "hsn"),
    ("赣语|南昌话|gan", "gan"),
    ("英语|英文|english|en", "en"),
    ("手语|哑语|sign language|csl|sgn", "csl"),
    ("维吾尔语|维语|uyghur|ug", "ug"),
    ("藏语|藏文|tibetan|bo", "bo"),
    ("壮语|壮话|za", "za"),
    ("蒙古语|蒙语|mongolian|mn", "mn"),
    ("朝鲜语|韩语|korean|ko", "ko"),
    ("日语|japanese|ja", "ja"),
    ("俄语|russian|ru", "ru"),
    ("法语|french|fr", "fr"),
    ("德语|german|de", "de"),
)
_LANGUAGE = re.compile("|".join(f"(?P<l{place}>{names})" for place, (names, _) in enumerate(_LANGUAGES)))
_SPEAKS = re.compile("^(?:会(?:说|讲|听|一点)?|能(?:说|讲|听)?|懂|讲|说|只会|只讲|speaks? )")
_A_LITTLE = re.compile(r"会?一点(?:点|儿)?|略懂|略会|略|初级|半懂|能听不会说|a little|some ")


def read_languages(value: object, ctx: Context) -> Reading[tuple[str, ...]]:
    """Language codes: 客家话 is hak, 粤语 yue, 普通话 zh; a dialect without a code stays as typed."""
    if early := refused_early(value, ctx):
        return early
    codes: list[str] = []
    told: list[str] = []
    for piece in re.split(r"[、,;/|\n+ ]|和|及|与|以及|\band\b", matchable(value)):
        bare = _SPEAKS.sub("", _A_LITTLE.sub("", piece)).strip("。.()的 ")
        if not bare:
            continue
        if bare != piece and _A_LITTLE.search(piece):
            told.append(ctx.say("a-little-language", text=piece))
        code = _language_code(bare)
        if code is None:
            told.append(ctx.say("language-kept", text=bare))
        codes.append(code or bare)
    if not codes:
        return ctx.refuse("no-language", text=shown(value))
    return Reading(tuple(dict.fromkeys(codes)), tuple(told))


def _language_code(text: str) -> str | None:
    found = _LANGUAGE.fullmatch(text)
    if found is None:
        return None
    return next(code for place, (_, code) in enumerate(_LANGUAGES) if found[f"l{place}"] is not None)


def _language_in(text: str) -> str | None:
    """The language a phrase such as 讲客家话 or 会粤语的 names."""
    bare = re.sub("^(?:最好|必须|一定|要|得|需要?|能|只)+", "", text.strip())
    return _language_code(re.sub("的(?:人|志愿者)?$", "", _SPEAKS.sub("", bare)).strip())


# ------------------------------------------------------------------------------------------------ skills

_ANYTHING = re.compile(
    "(?:什么|啥|样样|啥都|什么都)?(?:都)?(?:能干|会干|可以干|能做|会做|可以做|都行|都会|能|会|行|"
    "可以|干)|打杂|普通|一般|无特长|没什么特长|服从安排|听安排|anything|everything|general"
)
_MUCH = re.compile(
    "以前开|开过|开店|从业|干过|做过|专业|精通|擅长|熟练|资深|拿手|退休|在职|执业|持证|有证|"
    "资格证?|[一二三四五六七八九十\\d]+年(?:经验|工龄)|高级|professional|expert|former|retired|"
    "certified"
)
_LITTLE = re.compile(
    r"会一点(?:点|儿)?|懂一点(?:点|儿)?|一点点|一点儿?|略懂|略会|略知|初学|初级|入门|学过|勉强|a little|beginner|basic"
)
_UNTIL = re.compile(
    r"(?:有效期?(?:至|到)?|到|至|期限|valid until|expires?)?[:： ]*"
    r"((?:20)?\d\d年\d{1,2}月(?:\d{1,2}[日号]?)?|20\d\d年(?:底|末)?|20\d\d[-./]\d{1,2}(?![-./\d]))"
    r"(?:底)?(?:到期|过期|有效|为止|止|前有效|期满)?"
)
_NEEDS_A_DATE = re.compile("急救|救护|护士|红十字|first[- ]aid|nurse|cpr")
_SKILL_NAMES = {
    "剪发": "理发",
    "剪头发": "理发",
    "剪头": "理发",
    "理头发": "理发",
    "美发": "理发",
    "测血压": "量血压",
    "血压": "量血压",
    "血压测量": "量血压",
    "测量血压": "量血压",
    "急救员": "急救",
    "救护员": "急救",
    "驾驶": "开车",
    "驾车": "开车",
    "修电器": "家电维修",
    "修家电": "家电维修",
    "电器维修": "家电维修",
}


def read_skills(value: object, ctx: Context) -> Reading[tuple[Skill, ...]]:
    """Skills with level (1 a little, 2 able, 3 professional) and validity: 理发(以前开店)、会一点量血压.

    什么都能干 is a helper without any special skill.
    """
    if early := refused_early(value, ctx):
        return early
    text = canonical_dates(fold(cell_text(value)))
    if _ANYTHING.fullmatch(text.strip("。.! ")):
        return Reading((), (ctx.say("general-helper", text=shown(value)),))
    skills: dict[str, Skill] = {}
    told: list[str] = []
    notes: list[str] = []
    for piece in _skill_pieces(text):
        skill = _skill(piece, ctx, told, notes)
        if skill is not None and (skill.name not in skills or skill.level > skills[skill.name].level):
            skills[skill.name] = skill
    if not skills:
        return ctx.refuse("no-skill", text=shown(value))
    return Reading(tuple(skills.values()), tuple(told), notes=tuple(notes))


def _skill_pieces(text: str) -> list[str]:
    """The pieces between separators outside brackets; spaces separate only beside Chinese."""
    text = re.sub(r"(?<=[年月日号]) (?=(?:到期|有效|过期))", "", text)
    text = re.sub(rf"(?<=[{_CJK})\d]) +(?=[{_CJK}])|(?<=[{_CJK}]) +(?=[A-Za-z])", "、", text)
    pieces = re.split(
        r"[、,;/\n+。]|以及|还会|也会|兼(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])和(?=[\u4e00-\u9fff])",
        _commas_in_brackets(text),
    )
    return [piece.replace("\x00", ",").strip() for piece in pieces if piece.strip()]


def _commas_in_brackets(text: str) -> str:
    return re.sub(r"\([^()]*\)", lambda found: re.sub("[、,;/\n]", "\x00", found[0]), text)


def _skill(piece: str, ctx: Context, told: list[str], notes: list[str]) -> Skill | None:
    """One skill; what was assumed goes to ``told``, remarks to ``notes``."""
    remark = _UNTIL.sub("", "".join(re.findall(r"\(([^()]*)\)", piece))).strip()
    until = _valid_until(piece, ctx)
    bare = re.sub(r"\([^()]*\)", "", piece)
    if until is not None:
        bare = _UNTIL.sub("", bare)
    much = bool(_MUCH.search(piece)) or bool(re.search("证(?:书)?$|证(?=\\d|有|到)", bare))
    little = bool(_LITTLE.search(piece))
    name = _skill_name(bare)
    if not name:
        return None
    level = 1 if little else 3 if much else 2
    if remark:
        notes.append(remark)
    if level != 2 or remark:
        told.append(ctx.say(f"level-{level}", text=piece, name=name))
    if until is not None:
        told.append(ctx.say("valid-until", name=name, day=until))
    elif _NEEDS_A_DATE.search(piece):
        told.append(ctx.say("no-validity", name=name))
    return Skill(name=name, level=level, valid_until=until)


def _skill_name(bare: str) -> str:
    bare = _LITTLE.sub("", bare)
    bare = re.sub("^(?:我)?(?:会|能|懂|可以|擅长|精通|熟练|专业|持有?|有|退休|在职|资深)+", "", bare.strip(" :。.'\""))
    bare = re.sub("(?:资格|执业|从业)?证书?$|(?:持证|有证|资格)$", "", bare.strip())
    bare = bare.strip(" :。.-'\"()")
    return _SKILL_NAMES.get(bare, bare)[:60]


def _valid_until(piece: str, ctx: Context) -> date | None:
    """The last day of validity: 27年5月到期 lasts to the end of May."""
    found = _UNTIL.search(piece)
    if found is None:
        return None
    digits = [int(count) for count in re.findall(r"\d+", found[1])]
    year = digits[0] + 2000 if digits[0] < 100 else digits[0]
    if len(digits) == 3:
        spans = date_spans(f"{year}年{digits[1]}月{digits[2]}日", ctx)
        return spans[0][0] if spans else None
    month = digits[1] if len(digits) > 1 else 12
    if not 1 <= month <= 12:
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


# ------------------------------------------------------------------------------------------------ vehicles


@dataclass(frozen=True, slots=True)
class VehicleReading:
    """What a volunteer drives, how they travel themselves, and whether they may drive at all."""

    vehicle: Vehicle | None = None
    travel_mode: TravelMode | None = None
    licence: bool | None = None


_MAYBE = re.compile("也许|可能|有时|不一定|看情况|偶尔|说不准|不确定|借|再说|待定|maybe|sometimes|perhaps|depends")
_LICENCE_ONLY = re.compile(
    "有?(?:驾驶?证|驾照|本|c1|c2|b1|a1|证|照)(?:但)?[,、 ]?(?:没有?|无|无私家)车|"
    "会开车?(?:但)?[,、 ]?(?:没有?|无)车|没车有(?:证|驾照|本)|licen[cs]e(?:d)?,? (?:but )?no car"
)
_LICENCE = re.compile("有?(?:驾驶?证|驾照|c1|c2|b1|b2|a1|a2)(?:驾驶?证|照|本)?|会开车|能开车|licen[cs]e|can drive")
_SEATS = re.compile(rf"({NUMBER}) ?(?:座|seats?|-seater|seater)")
_PASSENGERS = re.compile(rf"(?:能坐|可坐|坐|载|能载|可载)?({NUMBER})(?:位|名|个)?(?:乘客|乘员)|(\d+) passengers?")
_HOLDS = re.compile(rf"(?:能坐|可坐|坐|能载|可载|载)({NUMBER})(?:个人|人|位|个|名)")
_EBIKE = re.compile("电动车|电瓶车|电单车|小电驴|电驴|电摩|电动自行车|两轮|e-?bike|electric bike|scooter")
_ELECTRIC_CAR = re.compile("新能源|电动(?:小)?汽车|电动轿车|电车|纯电|混动|特斯拉|比亚迪|四轮|electric car|ev")
_OTHER_MODES: tuple[tuple[str, TravelMode, str | None], ...] = (
    ("摩托车?|motor ?(?:cycle|bike)", "e-bike", "mode-like-ebike"),
    ("三轮车?", "e-bike", "mode-like-ebike"),
    ("自行车|单车|脚踏车|骑车|bicycle|bike|cycling", "e-bike", "mode-like-ebike"),
    ("公交车?|地铁|坐车|公共交通|大巴|bus|metro|public transport", "bus", None),
    ("步行|走路|徒步|on foot|walk(?:ing)?", "walking", None),
)
_CAR = re.compile(
    "有车|小轿车|轿车|小汽车|汽车|小车|私家车|自家车|家用车|自驾|开车|suv|商务车|面包车|mpv|皮卡|越野|的车|car|van|车"
)
_WHEELCHAIR = re.compile("轮椅|无障碍|福祉|残疾人专用|wheelchair")
_SOMEONES = re.compile(
    "((?:老公|老婆|爱人|丈夫|妻子|儿子|女儿|爸爸?|妈妈?|父亲|母亲|家里|家人|单位|公司|朋友|亲戚|"
    "邻居|哥哥?|姐姐?|弟弟?|妹妹?)的?)车"
)


def read_vehicle(value: object, ctx: Context) -> Reading[VehicleReading]:
    """A vehicle as people name it: 有, 否, 七座, 电动车, 老公的车，周末能开, 有证没车, or the seats."""
    text = matchable(value).strip("。.! ")
    plain = read_yes_no(value, ctx)
    if (isinstance(value, (int, float)) and not isinstance(value, bool)) or re.fullmatch(r"\d{1,2}", text):
        return _seats_told(number(cell_text(value)), value, ctx)
    if plain.value is not None:
        return _plain_vehicle(plain.value, ctx)
    if early := refused_early(value, ctx):
        return early
    if re.fullmatch("(?:没有?|无|不会|没)(?:车|私家车|开车|小车|汽车)?|没车没证|no car|without a car", text):
        return Reading(VehicleReading())
    if _MAYBE.search(text):
        return ctx.refuse("not-yes-or-no", text=shown(value))
    if _LICENCE_ONLY.search(text):
        return Reading(VehicleReading(licence=True), (ctx.say("licence-only", text=shown(value)),))
    return _named_vehicle(text, value, ctx)


def _plain_vehicle(has_one: bool, ctx: Context) -> Reading[VehicleReading]:
    if not has_one:
        return Reading(VehicleReading())
    return Reading(VehicleReading(Vehicle(seats=4), "car", True), defaults=(ctx.say("car-default"),))


def _seats_told(seats: int | None, value: object, ctx: Context) -> Reading[VehicleReading]:
    """A bare number counts passengers, as the template asks; 0 is no vehicle."""
    if seats is None or seats > 60:
        return ctx.refuse("no-vehicle", text=shown(value))
    if seats == 0:
        return Reading(VehicleReading())
    # 1 may be a yes; the smaller car promises less.
    told = (ctx.say("seats-assumed", text=shown(value), seats=1),) if seats == 1 else ()
    return Reading(VehicleReading(Vehicle(seats=seats), "car", True), told)


def _named_vehicle(text: str, value: object, ctx: Context) -> Reading[VehicleReading]:
    electric_car = _ELECTRIC_CAR.search(text) is not None
    if _EBIKE.search(text) and not electric_car:
        return Reading(VehicleReading(travel_mode="e-bike"), (ctx.say("e-bike", text=shown(value)),))
    wheelchair = _WHEELCHAIR.search(text) is not None
    is_car = electric_car or wheelchair or _SEATS.search(text) or _PASSENGERS.search(text) or _HOLDS.search(text)
    if not is_car and (other := _other_mode(text, value, ctx)):
        return other
    if not is_car and _LICENCE.fullmatch(text):
        return Reading(VehicleReading(licence=True), (ctx.say("licence-only", text=shown(value)),))
    if not is_car and not _CAR.search(text):
        return ctx.refuse("no-vehicle", text=shown(value))
    return _car(text, wheelchair, value, ctx)


def _other_mode(text: str, value: object, ctx: Context) -> Reading[VehicleReading] | None:
    for pattern, mode, assumption in _OTHER_MODES:
        if re.search(pattern, text) and not re.search("有车|私家车|轿车|汽车|小车", text):
            told = (ctx.say(assumption, text=shown(value)),) if assumption else ()
            return Reading(VehicleReading(travel_mode=mode), told)
    return None


def _car(text: str, wheelchair: bool, value: object, ctx: Context) -> Reading[VehicleReading]:
    seats, told = _car_seats(text, value, ctx)
    if seats is None:
        return ctx.refuse("no-vehicle", text=shown(value))
    notes: tuple[str, ...] = ()
    if someone := _SOMEONES.search(text):
        notes = (someone[1],)
    hours = _vehicle_hours(text, ctx)
    if hours.refusal is not None:
        return Reading(refusal=hours.refusal)
    if hours.value:
        told.append(ctx.say("vehicle-hours", text=shown(value)))
    told += hours.assumptions
    if wheelchair:
        told.append(ctx.say("wheelchair", text=shown(value)))
    vehicle = Vehicle(seats=seats, wheelchair=wheelchair, availability=hours.value or ())
    return Reading(VehicleReading(vehicle, "car", True), tuple(told), notes=notes, defaults=hours.defaults)


def _car_seats(text: str, value: object, ctx: Context) -> tuple[int | None, list[str]]:
    """Passenger seats, and what was assumed about them."""
    if found := _PASSENGERS.search(text):
        seats = number(found[1] or found[2])
        return (seats if seats and seats <= 60 else None), []
    if found := _SEATS.search(text) or _HOLDS.search(text):
        total = number(found[1])
        if total is None or not 2 <= total <= 60:
            return None, []
        return total - 1, [ctx.say("seats-with-driver", text=shown(value), total=total, seats=total - 1)]
    total = 7 if re.search("商务车|面包车|mpv|van", text) else 2 if re.search("皮卡|货车", text) else 5
    return total - 1, [ctx.say("seats-assumed", text=shown(value), seats=total - 1)]


def _vehicle_hours(text: str, ctx: Context) -> Reading[tuple[Availability, ...]]:
    """The vehicle's own hours, if the cell tells any: 周末能开, 周三限号."""
    rest = re.sub("限号|限行|要用车|要用|在用", "不行", text)
    pieces = [
        piece
        for piece in re.split(r"[,;。、()\n]", rest)
        if re.search("周|每|上午|下午|晚上|工作日|平时|节假日|\\d点|\\d:", piece)
    ]
    if not pieces:
        return Reading(())
    hours = re.sub(
        f"{_SOMEONES.pattern}|(?:可以|能|可)(?:开|用)(?:车)?|有车|用车|开车|我|有空|才|车|座|七座", "", ",".join(pieces)
    )
    return read_availability(hours, ctx)


# ------------------------------------------------------------------------------------------------ residents

_NO_CONDITION = Required()


@dataclass(frozen=True, slots=True)
class ResidentReading:
    """Who is helped, as one cell tells: name, age, language, household categories, phone; the rest are notes."""

    name: str
    age: str | None = None
    gender: Gender | None = None
    liked: Required = _NO_CONDITION
    required: Required = _NO_CONDITION
    household: tuple[str, ...] = ()
    phone: str | None = None
    notes: str | None = None


_NAME_FIRST = re.compile(
    rf"([{_CJK}](?: +(?=[{_CJK}]{{1,2}}(?:[ ,;、(\d]|$))[{_CJK}]{{1,2}}|[{_CJK}*]{{0,5}}?)|"
    rf"[A-Za-z](?:[A-Za-z .'-]*[A-Za-z.])?)(?=[ ,;、()\d\n:]|$)"
)
_AGE_WORD = re.compile(
    r"(?:今年)?((?:\d{1,3}|[六七八九]?十[一二三四五六七八九]?|[六七八九]十)(?:多|来|几|出头)?)(?:周?岁)?(?:多|左右)?"
)


def read_resident(value: object, ctx: Context) -> Reading[ResidentReading]:
    """A resident in one cell: "吴伯84 耳背 讲客家话", "李奶奶（82岁，独居）"."""
    if early := refused_early(value, ctx):
        return early
    text = fold(cell_text(value))
    found = _NAME_FIRST.match(text)
    if found is None:
        return ctx.refuse("no-resident", text=shown(value))
    name = re.sub(rf"(?<=[{_CJK}]) +(?=[{_CJK}])", "", found[1]).strip()
    told: list[str] = []
    fields: dict[str, object] = {}
    notes: list[str] = []
    for piece in re.split(r"[ ,;、()。\n:]+", text[found.end() :]):
        if piece:
            _resident_piece(piece, fields, notes, told, ctx)
    household = tuple(note for note in notes if note in ctx.settings.household_priority)
    rest = [note for note in notes if note not in household]
    if rest:
        told.append(ctx.say("resident-note", text="、".join(rest)))
    reading = ResidentReading(
        name=name, age=_text_or_none(fields.get("age")), household=household, notes="、".join(rest) or None,
        gender=_gender_or_none(fields.get("gender")), phone=_text_or_none(fields.get("phone")),
        liked=Required(language=_text_or_none(fields.get("liked"))),
        required=Required(language=_text_or_none(fields.get("required"))),
    )  # fmt: skip
    return Reading(reading, tuple(told))


def _resident_piece(piece: str, fields: dict[str, object], notes: list[str], told: list[str], ctx: Context) -> None:
    if re.fullmatch(r"\D{0,3}1[3-9]\d{9}", piece):
        fields["phone"] = read_phone(piece, ctx).value
    elif (found := _AGE_WORD.fullmatch(piece)) and "age" not in fields:
        fields["age"] = found[1] if found[1].isdigit() else piece
    elif language := _language_in(piece):
        kind = "required" if re.match("必须|一定|只会|只讲|只懂|只能", piece) else "liked"
        fields[kind] = language
        told.append(ctx.say(f"language-{kind}", text=piece, language=language))
    elif _FEMALE.fullmatch(piece):
        fields["gender"] = "female"
    elif _MALE.fullmatch(piece):
        fields["gender"] = "male"
    else:
        notes.append(piece)


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _gender_or_none(value: object) -> Gender | None:
    return "female" if value == "female" else "male" if value == "male" else None


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a resident asks of helpers. Names are as spoken, or whole names once found among ``known``."""

    required: Required = _NO_CONDITION
    liked: Required = _NO_CONDITION
    banned: tuple[str, ...] = ()
    """Never on anything a volunteer sees."""
    preferred: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


_MUST = re.compile("只要|必须|一定要?|只能|只接受|限|只限|仅限|务必|must|only")
_RATHER = re.compile("最好|希望|尽量|优先|想要|想|能的话|prefer|ideally")
_NOT_GENDER = re.compile("不要(男|女)|不接受(男|女)|不想要(男|女)|no (?:men|women)")
_BAN = re.compile(
    rf"(?:不要|别派|别叫|不想要?|不愿意?要?|不见|换掉|别让|不用)(?:再)?(?:派|让|叫|给)?(?:上次|"
    rf"上回|之前|原来|以前)?(?:来)?(?:的)?(?:那个|那位|那名|的)?([{_CJK}]{{2,4}})"
)
_WANT_PERSON = re.compile(
    rf"(?:还是|还要|仍然?|继续|最好|希望|想要|就要|要)(?:还是|是|由|让|请|派|找)?(?:上次|上回|之前|"
    rf"原来|以前)?(?:的)?(?:那个|那位|的)?"
    rf"(小[{_CJK}]|老[{_CJK}]|阿[{_CJK}]|[{_CJK}](?:师傅|姐|哥|阿姨|叔|老师|医生|大姐|大哥|姨))(?:来)?"
)
_NICKNAME = re.compile(
    rf"(?:小|老|阿|大)([{_CJK}])|([{_CJK}])(?:师傅|姐|哥|阿姨|叔叔?|老师|医生|大姐|大哥|姨|先生|女士|护士|同志)"
)


def read_requirements(value: object, ctx: Context, *, known: Sequence[str] | None = None) -> Reading[Requirements]:
    """What a resident asks of helpers: 最好女的, 只要女同志, 必须会客家话, 不要上次那个小李.

    ``known``: the people who have served this resident. With it a name must fit exactly one of them; without it
    the name is handed on as spoken, and asked about.
    """
    if early := refused_early(value, ctx):
        return early
    found = _Conditions()
    for piece in re.split(r"[,;。、\n]+", matchable(value)):
        if piece.strip():
            _condition(piece.strip(), found, ctx)
    banned, refusal = _looked_up(found.banned, known, value, ctx, found.told)
    if refusal is not None:
        return refusal
    preferred, refusal = _looked_up(found.preferred, known, value, ctx, found.told)
    if refusal is not None:
        return refusal
    wanted = Requirements(
        Required(gender=found.required_gender, language=found.required_language),
        Required(gender=found.liked_gender, language=found.liked_language),
        banned, preferred, tuple(found.notes),
    )  # fmt: skip
    return Reading(wanted, tuple(found.told), notes=tuple(found.notes))


class _Conditions:
    """What has been gathered from the pieces of one cell."""

    def __init__(self) -> None:
        self.required_gender: Gender | None = None
        self.liked_gender: Gender | None = None
        self.required_language: str | None = None
        self.liked_language: str | None = None
        self.banned: list[str] = []
        self.preferred: list[str] = []
        self.notes: list[str] = []
        self.told: list[str] = []


def _condition(piece: str, found: _Conditions, ctx: Context) -> None:
    """One condition; anything else is a note."""
    rather, must = _RATHER.search(piece) is not None, _MUST.search(piece) is not None
    bare = re.sub(
        "(?:要|是|找|来|个|位|名|派|的话|志愿者|同志|就行|就好|即可|吧|哦|啊|volunteers?|please| )",
        "",
        _MUST.sub("", _RATHER.sub("", piece)),
    )
    if forbidden := _NOT_GENDER.search(piece):
        unwanted = (
            forbidden[1] or forbidden[2] or forbidden[3] or ("男" if "men" in piece and "women" not in piece else "女")
        )
        found.required_gender = "female" if unwanted == "男" else "male"
    elif gender := "female" if _FEMALE.fullmatch(bare) else "male" if _MALE.fullmatch(bare) else None:
        _gender_condition("female" if gender == "female" else "male", rather, must, piece, found, ctx)
    elif language := _language_in(bare) or _language_in(piece):
        _language_condition(language, must, piece, found, ctx)
    elif person := _BAN.search(piece):
        found.banned.append(_person_in(person[1]))
    elif person := _WANT_PERSON.search(piece):
        found.preferred.append(person[1])
    else:
        found.notes.append(piece)


def _person_in(text: str) -> str:
    """小李 in 小李了, 小李来."""
    nick = _NICKNAME.match(text)
    return nick[0] if nick else re.sub("(?:来|了|吧|啊)+$", "", text)


def _gender_condition(gender: Gender, rather: bool, must: bool, piece: str, found: _Conditions, ctx: Context) -> None:
    if rather and not must:
        found.liked_gender = gender
        return
    found.required_gender = gender
    if not must:
        found.told.append(ctx.say("gender-required", text=piece))


def _language_condition(language: str, must: bool, piece: str, found: _Conditions, ctx: Context) -> None:
    if must:
        found.required_language = language
        return
    found.liked_language = language
    if not _RATHER.search(piece):
        found.told.append(ctx.say("language-liked", text=piece, language=language))


def _looked_up(
    spoken: list[str], known: Sequence[str] | None, value: object, ctx: Context, told: list[str]
) -> tuple[tuple[str, ...], Reading[Requirements] | None]:
    """Whole names for names as spoken; a refusal when one fits nobody or several."""
    names: list[str] = []
    for name in spoken:
        if known is None:
            told.append(ctx.say("person-to-be-found", text=shown(value), name=name))
            names.append(name)
            continue
        fitting = people_called(name, known)
        if not fitting:
            return (), ctx.refuse("nobody-called", text=shown(value), name=name)
        if len(fitting) > 1:
            return (), ctx.refuse("several-called", text=shown(value), name=name, people="、".join(fitting))
        told.append(ctx.say("person-found", text=shown(value), person=fitting[0]))
        names.append(fitting[0])
    return tuple(names), None


def people_called(name: str, people: Sequence[str]) -> tuple[str, ...]:
    """Who among the people is meant by a name as spoken: 小李 is anybody called 李, a whole name only itself.

    >>> people_called("小李", ["李红", "王芳", "李强"])
    ('李红', '李强')
    >>> people_called("王师傅", ["李红", "王芳"])
    ('王芳',)
    """
    people = tuple(dict.fromkeys(people))
    if name in people:
        return (name,)
    nick = _NICKNAME.fullmatch(name)
    if nick is None:
        return tuple(person for person in people if len(name) >= 2 and person.endswith(name))
    surname = nick[1] or nick[2]
    by_surname = tuple(person for person in people if person.startswith(surname))
    return by_surname or tuple(person for person in people if nick[1] and person.endswith(surname))


_ALIAS = re.compile(
    rf"(?:就写|写成|写作|写|化名|登记?为|用|叫|公示名|称呼?为?|"
    rf"名字写)[:为作 ]?[\"']?([{_CJK}*]{{2,6}}|[A-Za-z][A-Za-z .]{{1,30}})[\"']?(?:就行|即可|吧|"
    rf"就好)?"
)
_HIDES = re.compile(
    "不要(?:登|写|用|公开|公示)?(?:真名|本名|实名|姓名|名字)|别(?:登|写|用|公开|公示)(?:真名|"
    "本名|实名|姓名|名字)|不公开|化名|匿名|不登真名|不愿公开|隐去姓名|保密|alias|public name"
)


def read_public_name(value: object, ctx: Context) -> Reading[str]:
    """The name for public output in a remark: "不要登真名，就写李红" is 李红; other remarks are kept as notes."""
    if early := refused_early(value, ctx):
        return early
    text = fold(cell_text(value))
    if not _HIDES.search(matchable(value)):
        return Reading(notes=(text,))
    found = re.search("(?:化名|alias|public name)[:为叫是 ]*([\\w*]{2,20})", text) or _ALIAS.search(
        _HIDES.sub("", text)
    )
    if found is None:
        return Reading(notes=(text,), assumptions=(ctx.say("masked-anyway", text=shown(value)),))
    name = re.sub("(?:就行|即可|吧|就好|就可以)$", "", found[1])
    return Reading(name)
