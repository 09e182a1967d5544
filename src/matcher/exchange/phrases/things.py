"""What cells say about wishes besides time and people: kind, state, target, priority, places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from matcher.exchange.phrases.frequency import Frequency, read_frequency
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, cell_text, matchable, number, to_simplified

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
            "陪.{0,8}(?:去|到|看病|就医|就诊|复诊|体检|探|回|上|逛)|带.{0,6}(?:去|到)|接送|送.{0,6}(?:去|上学|放学|回家|"
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


_NUMBERED_WISHES = re.compile(
    r"(?:^|[\s;；,，。])\d{1,2}[.、)）]\s*([^\d\s][^\n]*?)(?=[\s;；,，。]+\d{1,2}[.、)）]|$)", re.MULTILINE
)


def split_wishes(value: object, ctx: Context) -> Reading[tuple[str, ...]]:
    """The wishes in one cell; two joined by 另外 are shown before they count as two."""
    if early := refused_early(value, ctx):
        return early
    text = cell_text(value)
    numbered = _NUMBERED_WISHES.findall(text)
    if len(numbered) > 1:
        return _shown_apart(tuple(piece.strip(" ,，;；。、") for piece in numbered), value, ctx)
    pieces = tuple(
        piece.strip(" ,，;；。、\n") for piece in _AND_ALSO.split(text.replace("，", ",").replace("；", ";"))
    )
    pieces = tuple(piece for piece in pieces if piece)
    return _shown_apart(pieces, value, ctx) if len(pieces) > 1 else Reading((text,))


def _shown_apart(pieces: tuple[str, ...], value: object, ctx: Context) -> Reading[tuple[str, ...]]:
    said = ctx.say("several-wishes", text=shown(value), count=len(pieces), wishes=" / ".join(pieces))
    return Reading(pieces, (said,))


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
            "已)(?:跟进?|办|处理|对接|负责|解决中)|.{1,8}(?:跟进|(?:处理|办理)中)|handed (?:over )?to .+|"
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
    "豪庭|华府|府邸|大院|宿舍|大厦|安置房|城|府|湾|庭|园|村|寓)(?:[一二三四五六七八九\\d]+(?:期|区))?)"
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
