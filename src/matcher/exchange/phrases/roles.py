"""The seats at a wish, and the people it serves."""

from __future__ import annotations

import re

from matcher.domain.people import Gender, SkillNeed, VehicleNeed
from matcher.domain.wishes import Role
from matcher.exchange.phrases.numbers import read_count
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, cell_text, fold, matchable, number

_ROLES: tuple[tuple[str, str, str, tuple[SkillNeed, ...], VehicleNeed | None], ...] = (
    ("司机|驾驶员|开车的?|会开车的?|有车的?|车主|drivers?", "driver", "司机", (), VehicleNeed(seats=1)),
    ("医生|医师|大夫|doctors?", "doctor", "医生", (SkillNeed(name="医生", level=3),), None),
    ("护士|护理|nurses?", "nurse", "护士", (SkillNeed(name="护士", level=3),), None),
    ("理发师|理发员?|理发的?|barbers?", "barber", "理发", (SkillNeed(name="理发", level=2),), None),
    ("急救员?|懂急救的?|会急救的?|first[- ]aiders?", "first-aider", "急救", (SkillNeed(name="急救", level=2),), None),
    ("量血压的?|测血压的?", "blood-pressure", "量血压", (SkillNeed(name="量血压", level=2),), None),
    ("律师|lawyers?", "lawyer", "律师", (SkillNeed(name="律师", level=3),), None),
    ("电工|electricians?", "electrician", "电工", (SkillNeed(name="电工", level=2),), None),
    ("陪同人?员?|陪护|陪伴|陪的人?|companions?", "companion", "陪同", (), None),
    (
        "志愿者|帮手|帮忙的?|义工|人员?|普通志愿者|工作人员|helpers?|volunteers?|people|persons?|",
        "helper",
        "志愿者",
        (),
        None,
    ),
)
_MOST = 500
"""No visit asks for more people than this."""
_SOME = "若干|数名|几个?|多名|一些|不限|some|several"
_UNIT = "(?:名|位|个|人|个人|男|女)"
_COUNT = rf"(?:至少|最少)?(?:{NUMBER}|{_SOME})"
_NAME = "[A-Za-z\u4e00-\u9fff -]{1,12}?"
_NAME_COUNT = re.compile(rf"(?P<name>{_NAME})[:x×* ]*(?P<count>{_COUNT}) ?{_UNIT}?(?:[,、;+和及\s]+|$)?")
_COUNT_NAME = re.compile(
    rf"(?P<count>{_COUNT}) ?{_UNIT}(?P<name>[A-Za-z\u4e00-\u9fff]{{0,8}}?)(?:[,、;+和及\s]+|$|"
    rf"(?={_COUNT} ?{_UNIT}))|(?P<n>\d+) (?P<w>[a-z]+)(?:[, ]+|$|and )"
)
_AMONG = re.compile(
    rf"[(,、;]?\s*(?:其中|里面|要有?|含|需|至少|最少)*({NUMBER}) ?{_UNIT}(?:要|需要?|得|必须|能|是)*(会|懂|"
    rf"有|能|是)?([A-Za-z\u4e00-\u9fff]{{1,8}})\)?"
)


def read_roles(value: object, ctx: Context) -> Reading[tuple[Role, ...]]:
    """The seats at a wish: "2人(1个会开车)" is a driver and a companion; "医生2护士3"; 若干 is refused."""
    if early := refused_early(value, ctx):
        return early
    count = read_count(value, ctx)
    if count.value is not None:
        roles = (Role(count=count.value),) if 1 <= count.value <= _MOST else None
        return Reading(roles, count.assumptions) if roles else ctx.refuse("no-roles", text=shown(value))
    text = matchable(value).strip("。. ")
    text = re.sub("^(?:需要?|要|共|一共|大概|约|need )+", "", text)
    text = re.sub(r"(\d)[个名位]?男(?:的|性|士)?[,、]?(\d)[个名位]?女(?:的|性|士)?", r"男\1、女\2", text)
    if found := re.fullmatch(rf"({NUMBER}) ?(?:个人|人|名|位|个)(?:志愿者)?(?P<rest>[(,、;].*)", text):
        inside = _with_some_among(number(found[1]), found["rest"], value, ctx)
        if inside is not None:
            return inside
    return _listed_roles(text, value, ctx)


def _with_some_among(total: int | None, rest: str, value: object, ctx: Context) -> Reading[tuple[Role, ...]] | None:
    """2人(1个会开车): some of the total have a task of their own, the others help."""
    roles: list[Role] = []
    for piece in re.split(r"[,、;()]+", rest):
        if not piece.strip():
            continue
        listed = _NAME_COUNT.fullmatch(piece.strip())
        amount = number(listed["count"].removeprefix("至少")) if listed else None
        if listed and amount:
            roles.append(_role(listed["name"], amount))
            continue
        found = _AMONG.fullmatch(piece.strip())
        count = number(found[1]) if found else None
        if found is None or not count:
            return None
        roles.append(_role((found[2] if found[2] in ("会", "有") else "") + found[3], count))
    special = sum(role.count for role in roles)
    if total is None or special > total or total > _MOST:
        return ctx.refuse("too-many-among", text=shown(value), special=special, total=total)
    if special < total:
        drivers = any(role.id == "driver" for role in roles)
        roles.append(_role("陪同" if drivers else "志愿者", total - special))
    return Reading(_merged(roles))


def _listed_roles(text: str, value: object, ctx: Context) -> Reading[tuple[Role, ...]]:
    for pattern in (_COUNT_NAME, _NAME_COUNT):
        found = _all_of(pattern, text)
        if found is not None:
            return _counted_roles(found, value, ctx)
    return ctx.refuse("no-roles", text=shown(value))


def _all_of(pattern: re.Pattern[str], text: str) -> list[tuple[str, str]] | None:
    """(name, count) of every piece if the pattern covers the whole text."""
    pieces: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        found = pattern.match(text, place)
        if found is None or found.end() == place:
            return None
        groups = found.groupdict()
        pieces.append(((groups["name"] or groups.get("w") or "").strip(), groups["count"] or groups.get("n") or ""))
        place = found.end()
    return pieces or None


def _counted_roles(pieces: list[tuple[str, str]], value: object, ctx: Context) -> Reading[tuple[Role, ...]]:
    roles: list[Role] = []
    told: list[str] = []
    vague = [name for name, count in pieces if re.fullmatch(_SOME, count.removeprefix("至少").removeprefix("最少"))]
    for name, digits in pieces:
        bare = digits.removeprefix("至少").removeprefix("最少")
        count = number(bare)
        if count is not None and bare != digits:
            told.append(ctx.say("at-least", text=f"{name}{digits}", count=count))
        if count and count <= _MOST:
            roles.append(_role(name, count))
        elif name not in vague:
            return ctx.refuse("no-roles", text=shown(value))
    if vague:
        read = "、".join(f"{role.title}{role.count}" for role in roles) or "—"
        return ctx.refuse("some-people", text=shown(value), read=read, name=vague[0] or "人手")
    if sum(role.count for role in roles) > _MOST:
        return ctx.refuse("no-roles", text=shown(value))
    return Reading(_merged(roles), tuple(told))


def _role(name: str, count: int) -> Role:
    name = name.strip(" -")
    if re.fullmatch("[男女](?:的|性|士|同志|志愿者)?", name):
        gender: Gender = "male" if name[0] == "男" else "female"
        return Role(id=f"{gender}-helper", title=f"{name[0]}志愿者", count=count, gender=gender)
    for pattern, identity, title, skills, vehicle in _ROLES:
        if re.fullmatch(pattern, name):
            return Role(id=identity, title=title, count=count, skills=skills, vehicle=vehicle)
    return Role(id=name, title=name, count=count)


def _merged(roles: list[Role]) -> tuple[Role, ...]:
    """The same role named twice is one role with both counts."""
    merged: dict[str, Role] = {}
    for role in roles:
        before = merged[role.id].count if role.id in merged else 0
        merged[role.id] = Role(**(dict(role) | {"count": role.count + before}))
    return tuple(merged.values())


def read_people_served(value: object, ctx: Context) -> Reading[int]:
    """How many people an event serves: "80-100人" is 100, never helpers needed."""
    if early := refused_early(value, ctx):
        return early
    count = read_count(
        re.sub("多(?=人|位|名|户|$)|余(?=人|位|名|户|$)", "左右", fold(cell_text(value))).replace("人左右", "人"), ctx
    )
    text = matchable(value)
    rough = re.fullmatch(
        rf"(?:约|大概|预计)*({NUMBER})(?:多|余|来|几)(?:个人|人|位|名|户|个)?(?:老人|居民|群众)?", text
    )
    named = re.fullmatch(
        (
            rf"(?:约|大概|预计|计划)*({NUMBER})(?:[-~至到]({NUMBER}))?(?:个|位|名)?(?:人|老人|居民|群众|"
            rf"孩子|儿童|户)(?:左右)?"
        ),
        text,
    )
    if count.value is None and rough is not None:
        served = number(rough[1])
    elif count.value is None and named is not None:
        served = number(named[2] or named[1])
    else:
        served = count.value
    if served is None:
        return ctx.refuse("no-number", text=shown(value))
    if re.fullmatch(r"\d+(?:人|名|位)?", text):
        return Reading(served)
    return Reading(served, (ctx.say("served", text=shown(value), count=served),))
