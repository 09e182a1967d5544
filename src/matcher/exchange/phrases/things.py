"""What cells say about wishes besides time: kind, roles, goods, budget, priority, places, state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from matcher.domain.people import SkillNeed, VehicleNeed
from matcher.domain.wishes import Role
from matcher.exchange.phrases.numbers import read_count
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, cell_text, fold, matchable, number, to_simplified
from matcher.exchange.phrases.wishtimes import Frequency, read_frequency

# ------------------------------------------------------------------------------------------------ the wish itself

WishKind = Literal["visit", "escort", "goods", "event"]


@dataclass(frozen=True, slots=True)
class WishWords:
    """What the words of a wish tell: its kind, how often, whether a vehicle is needed."""

    title: str
    kind: WishKind
    frequency: Frequency | None = None
    needs_vehicle: bool = False


_KINDS: tuple[tuple[WishKind, str], ...] = (
    (
        "escort",
        (
            "陪.{0,8}(?:去|到|看病|就医|就诊|复诊|体检|探|回|上|逛)|带.{0,6}(?:去|到)|接送|送.{0,6}(?:去|"
            "到|医院)|(?:开车|用车).{0,8}(?:去|到|看)|陪诊|陪同就医"
            "|去.{0,10}(?:有人|找人)陪|take (?:me|him|her|them) to|drive|escort|accompany"
        ),
    ),
    (
        "goods",
        (
            "想要|要一|需要一|缺(?!人)|买(?!菜|药)|添置|送一|捐|求购|换一|募|轮椅一|"
            "一[个台套件双床把部辆份条袋箱桶](?!人|小时|月|星期|周)|各一|need an? |buy|would like an? "
        ),
    ),
    (
        "event",
        (
            "义诊|讲座|活动|集市|宣传|培训班|兴趣班|课堂|演出|联欢|运动会|游园|座谈|站岗|值守|志愿服务站|"
            "清洁日|大扫除|环境整治|clinic|talk|class|event|fair|campaign"
        ),
    ),
)
_OFTEN = re.compile(
    rf"(?:每个?|一个?|隔)(?:周|星期|礼拜|月|天|日|季度|年)(?:跑|去|来)?(?:{NUMBER}(?:次|回|趟))?|"
    rf"once a \w+|twice a \w+|every (?:week|month|day)|weekly|monthly"
)


def read_wish(value: object, ctx: Context) -> Reading[WishWords]:
    """A wish in its own words: "想每个月有人开车陪我去看儿子" is a monthly escort with a car."""
    if early := refused_early(value, ctx):
        return early
    text = matchable(value)
    kind: WishKind = next((kind for kind, pattern in _KINDS if re.search(pattern, text)), "visit")
    vehicle = kind == "escort" and re.search("开车|有车|用车|车接|接送|小车|drive|car", text) is not None
    found = _OFTEN.search(text)
    often = read_frequency(found[0] if _has_times(found[0]) else f"{found[0]}一次", ctx).value if found else None
    told = [ctx.say("kind-assumed", text=shown(value), kind=ctx.say(f"kind-{kind}"))]
    if often is not None and found is not None:
        told.append(ctx.say(f"often-{often.per or 'once'}", text=found[0], times=often.times))
    if vehicle:
        told.append(ctx.say("vehicle-needed", text=shown(value)))
    if kind == "escort":
        told.append(ctx.say("escort-lacks"))
    return Reading(WishWords(" ".join(cell_text(value).split()), kind, often, vehicle), tuple(told))


def _has_times(text: str) -> bool:
    return re.search("[次回趟a-z]", text) is not None


_AND_ALSO = re.compile(
    r"[,;。、\s]*(?:另外|此外|除此之外|还有就是|再就是|再一个|另,|;另|。另|also,|in addition,?)[,:、\s]*(?:还)?",
    re.IGNORECASE,
)


def split_wishes(value: object, ctx: Context) -> Reading[tuple[str, ...]]:
    """The wishes in one cell; two joined by 另外 are shown before they count as two."""
    if early := refused_early(value, ctx):
        return early
    text = cell_text(value)
    pieces = tuple(
        piece.strip(" ,，;；。、\n") for piece in _AND_ALSO.split(text.replace("，", ",").replace("；", ";"))
    )
    pieces = tuple(piece for piece in pieces if piece)
    if len(pieces) < 2:
        return Reading((text,))
    return Reading(
        pieces, (ctx.say("several-wishes", text=shown(value), count=len(pieces), wishes=" / ".join(pieces)),)
    )


WishState = Literal["open", "with-others", "closed"]
_STATES: tuple[tuple[WishState, str], ...] = (
    (
        "closed",
        (
            "已?(?:完成|办结|办完|办好|解决|实现|结束|关闭|了结|撤销|取消|作废|落实)(?:了)?|不需要了|"
            "不用了|已去世|已搬走|done|closed|cancelled|completed"
        ),
    ),
    (
        "with-others",
        (
            ".{0,4}(?:已|拟)?(?:转|移交|转交|转介|转办|交)(?:给|由|至|到)?.{1,10}|.{1,10}(?:在|"
            "已)(?:跟进?|办|处理|对接|负责|解决中)|.{1,8}(?:跟进|处理|办理)中|handed (?:over )?to .+|"
            "with .+"
        ),
    ),
    (
        "open",
        (
            "(?:待|未|等待?)(?:办理?|处理|安排|认领|对接|完成|落实|派单|解决)|进行中|新(?:增|建)?|已登记|"
            "登记中|已认领|已受理|open|new|pending|waiting"
        ),
    ),
)


def read_wish_state(value: object, ctx: Context) -> Reading[WishState]:
    """Open, with others (已转物业, 网格员在跟: not planned here) or closed."""
    if early := refused_early(value, ctx):
        return early
    text = matchable(value).strip("。.() ")
    for state, pattern in _STATES:
        if re.fullmatch(pattern, text):
            told = () if state != "with-others" else (ctx.say("with-others", text=shown(value)),)
            return Reading(state, told, notes=(shown(value),) if state == "with-others" else ())
    return ctx.refuse("no-state", text=shown(value))


@dataclass(frozen=True, slots=True)
class CampaignTarget:
    """What a campaign aims at: a share, as "住户同意够90%就行"; not a number of helpers."""

    percent: float
    text: str


_PERCENT = re.compile(rf"(\d{{1,3}}(?:\.\d+)?) ?%|百分之({NUMBER})|({NUMBER})成")


def read_campaign_target(value: object, ctx: Context) -> Reading[CampaignTarget]:
    """The share a campaign aims at; 空 without a share."""
    if early := refused_early(value, ctx):
        return early
    found = _PERCENT.search(matchable(value))
    share = None if found is None else _share(found)
    if share is None or not 0 < share <= 100:
        return ctx.refuse("no-target", text=shown(value))
    target = CampaignTarget(share, shown(value, 80))
    return Reading(target, (ctx.say("campaign-target", text=shown(value), percent=f"{share:g}"),))


def _share(found: re.Match[str]) -> float | None:
    if found[1]:
        return float(found[1])
    count = number(found[2] or found[3])
    return None if count is None else float(count * (10 if found[3] else 1))


# ------------------------------------------------------------------------------------------------ roles

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
    rf"[(,、;]?\s*(?:其中|里面|要有?|含|需)*({NUMBER}) ?{_UNIT}(?:要|需要?|得|必须|能|是)*(会|懂|"
    rf"有|能|是)?([A-Za-z\u4e00-\u9fff]{{1,8}})\)?"
)


def read_roles(value: object, ctx: Context) -> Reading[tuple[Role, ...]]:
    """The seats at a wish: "2人(1个会开车)" is a driver and a companion; "医生2护士3"; 若干 is refused."""
    if early := refused_early(value, ctx):
        return early
    count = read_count(value, ctx)
    if count.value is not None:
        roles = (Role(count=count.value),) if 1 <= count.value <= 500 else None
        return Reading(roles, count.assumptions) if roles else ctx.refuse("no-roles", text=shown(value))
    text = matchable(value).strip("。. ")
    text = re.sub("^(?:需要?|要|共|一共|大概|约|need )+", "", text)
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
        found = _AMONG.fullmatch(piece.strip())
        count = number(found[1]) if found else None
        if found is None or not count:
            return None
        roles.append(_role((found[2] if found[2] in ("会", "有") else "") + found[3], count))
    special = sum(role.count for role in roles)
    if total is None or special > total or total > 500:
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
        if count and count <= 500:
            roles.append(_role(name, count))
        elif name not in vague:
            return ctx.refuse("no-roles", text=shown(value))
    if vague:
        read = "、".join(f"{role.title}{role.count}" for role in roles) or "—"
        return ctx.refuse("some-people", text=shown(value), read=read, name=vague[0] or "人手")
    return Reading(_merged(roles), tuple(told))


def _role(name: str, count: int) -> Role:
    name = name.strip(" -")
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


# ------------------------------------------------------------------------------------------------ goods and money


@dataclass(frozen=True, slots=True)
class Goods:
    """One thing to be bought: what, how many, and the free text for the buyer."""

    name: str
    count: int = 1
    spec: str = ""

    @property
    def items(self) -> str:
        """As it stands on the wish: "电水壶，老人好按的，2升左右"."""
        head = self.name if self.count == 1 else f"{self.name} ×{self.count}"
        return f"{head}，{self.spec}" if self.spec else head


_EACH = re.compile(rf"(?:都)?各(?:要|买|来)?({NUMBER})?(?:个|件|份|袋|台|套|只|样|包)?")
_WANTED = re.compile(
    "^(?:我|老人|家里)?(?:想要?|需要|要|缺|买|希望有?|求)(?:买|要)?(?:一[个台套把双床件部辆只]?)?(?=[\u4e00-\u9fff]{2})"
)


def read_goods(value: object, ctx: Context) -> Reading[tuple[Goods, ...]]:
    """Things to buy: the first clause names them, what follows is kept for the buyer; "书包、大米各一" is two."""
    if early := refused_early(value, ctx):
        return early
    text = fold(cell_text(value)).strip("。. ")
    each = _EACH.search(text)
    head, _, spec = (text, "", "") if each else _first_clause(text)
    count = (number(each[1] or "一") or 1) if each else 1
    if each:
        spec = text[each.end() :].strip(",;。、 ")
        head = text[: each.start()]
    pieces = re.split(
        r"[、;\n+/]|(?<=[\u4e00-\u9fff\d])(?:和|及|与|跟|还有|以及)(?=[\u4e00-\u9fff])" + ("|," if each else ""), head
    )
    if len(pieces) == 1 and len(re.findall(rf"[\u4e00-\u9fff]+{NUMBER}[\u4e00-\u9fff]{{1,2}}(?= |$)", head)) > 1:
        pieces = head.split(" ")
    names = [piece.strip(" ,") for piece in pieces if piece.strip(" ,")]
    if not names:
        return ctx.refuse("no-goods", text=shown(value))
    goods = tuple(_one_of_goods(name, count, spec.replace(",", "，")) for name in names)
    told = (
        (ctx.say("several-goods", text=shown(value), goods="、".join(one.name for one in goods)),)
        if len(goods) > 1
        else ()
    )
    return Reading(goods, told)


def _first_clause(text: str) -> tuple[str, str, str]:
    found = re.search("[,。(]", text)
    if found is None:
        return text, "", ""
    return text[: found.start()], found[0], text[found.end() :].rstrip(")").strip()


def _one_of_goods(name: str, count: int, spec: str) -> Goods:
    bare = _WANTED.sub("", name) or name
    found = re.fullmatch(rf"({NUMBER})(?:个|台|件|把|套|只|部|床|双|副|张|份)(.+)", bare) or re.fullmatch(
        rf"(.+?)[x×* ]*({NUMBER})(?:个|台|件|把|套|只|部|床|双|副|张|份)", bare
    )
    if found:
        digits, rest = (found[1], found[2]) if number(found[1]) is not None else (found[2], found[1])
        amount = number(digits)
        if amount and amount <= 1000:
            return Goods(rest.strip(), amount, spec)
    return Goods(bare, count, spec)


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many yuan, and who pays: community, resident, volunteer, donor, or as typed."""

    yuan: int | None = None
    payer: str | None = None


_YUAN = re.compile(
    r"(?:¥|￥|rmb|人民币)? ?(\d+(?:\.\d+)?|[一二三四五六七八九十百千万两零]+) ?(万|千|k|"
    r"百)?(?:多)?(?:块钱|块|元钱|元|圆|yuan|rmb|cny)?"
)
_PAYERS: tuple[tuple[str, str], ...] = (
    ("社区|居委|村委|街道|报销|公家|community", "community"),
    ("自费|自己(?:出|付|掏)|住户|本人|老人(?:自己)?(?:出|付)|家属|家里(?:出|付)|resident", "resident"),
    ("志愿者|认领人|垫付|volunteer", "volunteer"),
    ("捐|爱心|企业|单位|赞助|基金|商家|donor|sponsor", "donor"),
)


def read_budget(value: object, ctx: Context) -> Reading[Budget]:
    """The most a thing may cost, and who pays: "200块以内，社区报销"."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value and 0 <= value < 1e9:
        return Reading(Budget(int(value)))
    if early := refused_early(value, ctx):
        return early
    text = matchable(value).replace(" ", "")
    payer = next((payer for pattern, payer in _PAYERS if re.search(pattern, text)), None)
    amounts = [
        amount
        for found in _YUAN.finditer(re.sub(r"(?<=\d),(?=\d{3})", "", text))
        if (amount := _yuan(found)) is not None
    ]
    if re.fullmatch("免费|不要钱|不用钱|不花钱|free", text):
        amounts = [0]
    if not amounts and payer is None:
        return ctx.refuse("no-budget", text=shown(value))
    yuan = max(amounts) if amounts else None
    if yuan is not None and yuan >= 10_000_000:
        return ctx.refuse("no-budget", text=shown(value))
    plain = re.fullmatch(r"(?:¥|￥)?\d+(?:\.0+)?(?:元|块|yuan|rmb)?", text)
    told: list[str] = []
    if yuan is not None and not plain:
        told.append(ctx.say("budget", text=shown(value), yuan=yuan))
    if payer is not None:
        told.append(ctx.say("payer", payer=ctx.say(f"payer-{payer}")))
    return Reading(Budget(yuan, payer), tuple(told))


def _yuan(found: re.Match[str]) -> int | None:
    factor = {"万": 10_000, "千": 1000, "k": 1000, "百": 100}.get(found[2] or "", 1)
    if re.fullmatch(r"[0-9.]+", found[1]):
        return int(float(found[1]) * factor) if len(found[1]) < 12 else None
    if found[1].endswith("万"):
        tens = number(found[1][:-1])
        return None if tens is None else tens * 10_000
    count = number(found[1])
    # A single numeral without a unit ("一下") is no amount.
    is_amount = count is not None and (len(found[1]) > 1 or re.search("[块元圆]", found[0]) is not None)
    return count * factor if count is not None and is_amount else None


# ------------------------------------------------------------------------------------------------ priority

_PRIORITIES: tuple[tuple[str, int], ...] = (
    ("最高|特急|急|紧急|很急|加急|非常急|urgent|highest", 5),
    ("高|较高|较急|比较急|重要|high", 4),
    ("中|中等|一般|普通|正常|常规|medium|normal", 3),
    ("低|较低|不急|不着急|low", 2),
    ("最低|随缘|lowest", 1),
)


def read_priority(value: object, ctx: Context) -> Reading[int]:
    """1–5, 5 highest: a number, 急, 高, or household categories through the settings' table (kept as notes)."""
    if early := refused_early(value, ctx):
        return early
    text = matchable(value).strip("。.! ")
    if found := re.fullmatch(r"([0-9]+)(?:级|分|星)?", text):
        level = int(found[1]) if len(found[1]) < 3 else 0
        return Reading(level) if 1 <= level <= 5 else ctx.refuse("no-priority", text=shown(value))
    if re.fullmatch("★{1,5}☆{0,4}", text):
        return Reading(text.count("★"))
    for pattern, level in _PRIORITIES:
        if re.fullmatch(pattern, text):
            return Reading(level)
    pieces = [piece for piece in re.split(r"[、,;/+ \n]|和", text) if piece]
    table = ctx.settings.household_priority
    known = {piece: level for piece in pieces for name, level in table.items() if to_simplified(name) in piece}
    if not known or len(known) < len(set(pieces)):
        return ctx.refuse("no-priority", text=shown(value))
    highest = max(known.values())
    told = ctx.say("household", text=shown(value), priority=highest)
    names = tuple(name for name in table if any(to_simplified(name) in piece for piece in pieces))
    return Reading(highest, (told,), notes=names)


# ------------------------------------------------------------------------------------------------ places


@dataclass(frozen=True, slots=True)
class Address:
    """A home address taken apart; ``address`` (unit, floor, door) is personal and never on public output."""

    community: str | None = None
    estate: str | None = None
    building: str | None = None
    address: str | None = None


_NUMBERED = re.compile(r"([零〇一二三四五六七八九十百两]{1,5})(?=栋|幢|座|号|单元|楼|层|室|房|门|梯|弄|巷|组|队|期|区)")
_COMMUNITY = re.compile("(?:.*?(?:街道|镇|乡))?([^\\d街镇乡]{1,12}?(?:社区|居委会|村委会|行政村))")
_ESTATE = re.compile(
    "([\u4e00-\u9fffA-Za-z]{1,14}?(?:小区|花园|家园|花苑|雅苑|苑|公寓|新村|新城|广场|山庄|名都|"
    "豪庭|华府|府邸|大院|宿舍|大厦|安置房|城|府|湾|庭|园|村|寓)(?:[一二三四五六七八九\\d]+期)?)"
)
_BUILDING = re.compile(r"([a-z]?\d{1,4}[a-z]?(?:栋|幢|座|号楼|#楼?)|[a-z](?:栋|幢|座))")


def read_address(value: object, ctx: Context) -> Reading[Address]:
    """An address taken apart: "东河社区3栋2单元501"; "五棟一單元七樓" is in the row's community.

    Only community, estate and building place it on the map; unit and door are kept apart.
    """
    if early := refused_early(value, ctx):
        return early
    text = re.sub(r"\s+", "", matchable(value))
    text = _NUMBERED.sub(lambda found: str(number(found[1])), text)
    rest = text
    community = estate = building = None
    if found := _COMMUNITY.match(rest):
        community, rest = found[1], rest[found.end() :]
    if found := _ESTATE.match(rest):
        estate, rest = found[1], rest[found.end() :]
    if found := _BUILDING.search(rest):
        building = found[1].upper().replace("幢", "栋").replace("号楼", "栋").replace("#", "栋").replace("栋楼", "栋")
        rest = rest[: found.start()] + rest[found.end() :]
    rest = rest.strip(",-、;。")
    told = _about_address(community, estate, building, value, ctx)
    return Reading(Address(community or ctx.community, estate, building, rest.upper() or None), told)


def _about_address(
    community: str | None, estate: str | None, building: str | None, value: object, ctx: Context
) -> tuple[str, ...]:
    placed = "".join(part for part in (community or ctx.community, estate, building) if part)
    if community is None and ctx.community is None and estate is None:
        return (ctx.say("no-community", text=shown(value)),)
    return (ctx.say("address", text=shown(value), placed=placed),)


_VAGUE_PLACE = re.compile(
    "老地方|原(?:来的?)?地(?:方|点|址)?|上次(?:那里|那儿|的?地方|那个地方)|那里|那边|这里|这边|"
    "还是那里|还在那儿|照旧|同前|待定|另定|另行通知|usual place|same place|tbd"
)


def read_place_name(value: object, ctx: Context) -> Reading[str]:
    """The name of a place as it stands in the sheet of places; 老地方 and 同上 are refused."""
    if early := refused_early(value, ctx):
        if early.refusal is not None and early.refusal.code == "same-as-above":
            return ctx.refuse("vague-place", text=shown(value))
        return early
    if _VAGUE_PLACE.fullmatch(matchable(value).strip("。. ")):
        return ctx.refuse("vague-place", text=shown(value))
    return Reading(" ".join(cell_text(value).split()))
