"""Residents in one cell, and what they ask of helpers: conditions, wishes, people they know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.domain.people import Gender, Required
from matcher.exchange.phrases.numbers import read_phone
from matcher.exchange.phrases.people import FEMALE, MALE, language_in
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import cell_text, fold, matchable

_CJK = "\u3400-\u9fff"


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
    elif language := language_in(piece):
        kind = "required" if re.match("必须|一定|只会|只讲|只懂|只能", piece) else "liked"
        fields[kind] = language
        told.append(ctx.say(f"language-{kind}", text=piece, language=language))
    elif FEMALE.fullmatch(piece):
        fields["gender"] = "female"
    elif MALE.fullmatch(piece):
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
    rf"(?:小|老|阿|大)([{_CJK}])|([{_CJK}])(?:师傅|姐|哥|阿姨|叔叔?|老师|医生|大姐|大哥|姨|先生|"
    rf"女士|护士|同志)|姓([{_CJK}])的?"
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
    elif gender := "female" if FEMALE.fullmatch(bare) else "male" if MALE.fullmatch(bare) else None:
        _gender_condition("female" if gender == "female" else "male", rather, must, piece, found, ctx)
    elif language := language_in(bare) or language_in(piece):
        _language_condition(language, must, piece, found, ctx)
    elif person := _BAN.search(piece):
        found.banned.append(_person_in(person[1]))
    elif person := _WANT_PERSON.search(piece):
        found.preferred.append(person[1])
    else:
        found.notes.append(piece)
        found.told.append(ctx.say("requirement-note", text=piece))


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
    surname = nick[1] or nick[2] or nick[3]
    by_surname = tuple(person for person in people if person.startswith(surname))
    return by_surname or tuple(person for person in people if nick[1] and person.endswith(surname))


_ALIAS = re.compile(
    rf"(?:就写|写成|写作|写|化名|登记?为|用|叫|公示名|称呼?为?|"
    rf"名字写)[:为作 ]?[\"']?([{_CJK}*]{{2,6}}|[A-Za-z][A-Za-z .]{{1,30}})[\"']?(?:就行|即可|吧|"
    rf"就好)?"
)
_HIDES = re.compile(
    "不要(?:登|写|用|公开|公示)?(?:真名|本名|实名|姓名|名字)|别(?:登|写|用|公开|公示)(?:真名|"
    "本名|实名|姓名|名字)|不公开|化名|匿名|不登真名|不愿公开|隐去姓名|保密|公示(?:时|名|"
    "上)?(?=写|用|叫|登)|名字(?=写|登)|对外(?=写|叫|称)|不(?:方便|愿意?|便|想)?(?:透露|公开|写|"
    "登|用)(?:真名|姓名|名字)|alias|public name"
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
