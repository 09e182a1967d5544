"""Skills as people list them, with level and validity."""

from __future__ import annotations

import re
from datetime import date

from matcher.domain.people import Skill
from matcher.exchange.phrases.dates import canonical_dates, date_spans
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import cell_text, fold

_CJK = "\u3400-\u9fff"


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


_UNABLE = re.compile("过期|失效|已到期|^不(?:会|懂|能|太会)|^没(?:有|学)|expired")
_YEARS = re.compile("[0-9一二三四五六七八九十]{1,3}年$")
_PROFESSIONS = re.compile("医生|医师|护士|药师|律师|注册.{1,6}师|doctor|nurse|lawyer")


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
        if unable := _UNABLE.search(piece):
            told.append(
                ctx.say("skill-expired" if "期" in unable[0] or "效" in unable[0] else "skill-lacking", text=piece)
            )
            notes.append(piece)
            continue
        skill = _skill(piece, ctx, told, notes)
        if skill is not None and (skill.name not in skills or skill.level > skills[skill.name].level):
            skills[skill.name] = skill
    if not skills and told:
        return Reading((), tuple(told), notes=tuple(notes))
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
    found: list[str] = []
    for piece in pieces:
        bare = piece.replace("\x00", ",").strip()
        if found and _UNTIL.fullmatch(bare):
            # "急救员证 有效期2026.12.31": the validity belongs to what stands before.
            found[-1] += bare
        elif bare:
            found.append(bare)
    return found


def _commas_in_brackets(text: str) -> str:
    return re.sub(r"\([^()]*\)", lambda found: re.sub("[、,;/\n]", "\x00", found[0]), text)


def _skill(piece: str, ctx: Context, told: list[str], notes: list[str]) -> Skill | None:
    """One skill; what was assumed goes to ``told``, remarks to ``notes``."""
    remark = _UNTIL.sub("", "".join(re.findall(r"\(([^()]*)\)", piece))).strip()
    until = _valid_until(piece, ctx)
    bare = re.sub(r"\([^()]*\)", "", piece)
    if until is not None:
        bare = _UNTIL.sub("", bare)
    much = bool(_MUCH.search(piece) or _YEARS.search(bare.strip()) or _PROFESSIONS.fullmatch(bare.strip()))
    much = much or bool(re.search("证(?:书)?$|证(?=\\d|有|到)", bare))
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
    bare = _YEARS.sub("", _LITTLE.sub("", bare).strip())
    bare = re.sub(
        "^(?:我)?(?:会(?!计|议|务|展|所)|能|懂|可以|擅长|精通|熟练|专业|持有?|有|退休|在职|资深)+",
        "",
        bare.strip(" :。.'\""),
    )
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
