"""What cells say about people: names, ages, gender, languages."""

from __future__ import annotations

import re

from matcher.domain.people import Gender
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, cell_text, fold, matchable, number

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
    if found := re.fullmatch(r"(\d{1,3})\.0+", text):
        return Reading(found[1])
    if re.fullmatch(r"[六七八九]旬(?:老人)?|\d{2}\+", text):
        return Reading(shown(value, 20))
    if re.search(r"(?:19|20)\d\d", text) and len(text) <= 16:
        return Reading(shown(value, 20))
    return ctx.refuse("no-age", text=shown(value))


FEMALE = re.compile("女(?:性|的|士|同志|生|孩)?|f(?:emale)?|w(?:oman)?|ms|mrs|♀|阿姨|大姐")
MALE = re.compile("男(?:性|的|士|同志|生|孩)?|m(?:ale)?|man|mr|♂|先生|大哥")


def read_gender(value: object, ctx: Context) -> Reading[Gender]:
    """女/男, female/male; 不限 says nothing."""
    text = matchable(value).strip("。. ")
    if FEMALE.fullmatch(text):
        return Reading("female")
    if MALE.fullmatch(text):
        return Reading("male")
    if re.fullmatch("不限|均可|都可以|男女不限|any", text):
        return Reading()
    return refused_early(value, ctx) or ctx.refuse("no-gender", text=shown(value))


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
    if re.fullmatch("不限|都可以|都行|无所谓|any", matchable(value)):
        return Reading(())
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


def language_in(text: str) -> str | None:
    """The language a phrase such as 讲客家话 or 会粤语的 names."""
    bare = re.sub("^(?:最好|必须|一定|要|得|需要?|能|只)+", "", text.strip())
    return _language_code(re.sub("的(?:人|志愿者)?$", "", _SPEAKS.sub("", bare)).strip())
