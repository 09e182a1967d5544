"""What cells in words say about people: hours, vehicles, addresses and wishes about who comes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from matcher.domain.people import SkillNeed
from matcher.exchange.phrases import (
    Address,
    Context,
    ResidentReading,
    Unavailability,
    VehicleReading,
    matchable,
    read_address,
    read_goods,
    read_public_name,
    read_requirements,
    read_resident,
    split_wishes,
)
from matcher.exchange.rows import Log, Row

if TYPE_CHECKING:
    from matcher.exchange.facts import FactMaker

_ABOUT_RESIDENT = ("~phone", "~address", "~community", "~grid", "~age", "~household")


def add_notes(row: Row) -> None:
    """Text kept but not interpreted joins the notes."""
    if row.notes:
        given = row.values.get("notes")
        more = "；".join(note for note in dict.fromkeys(row.notes) if note not in (given or ""))
        row.values["notes"] = f"{given}；{more}" if given and more else given or more


def says_more(table: str, field: str, text: str, ctx: Context) -> bool:
    """Whether a free text would be read as more than a text: two wishes, two things to buy, a public name, damage."""
    if field == "notes":
        if table not in ("wishes", "residents", "volunteers"):
            return False
        name = read_public_name(text, ctx)
        return name.value is not None or name.refusal is not None
    if table != "wishes":
        return False
    said = split_wishes(text, ctx) if field == "title" else read_goods(text, ctx)
    return said.refusal is not None or (said.value is not None and len(said.value) > 1)


def public_name_in(row: Row, ctx: Context, log: Log) -> str | None:
    """The public name a remark asks for: 不要登真名，就写李红."""
    notes = row.values.get("notes")
    if notes is None or "notes" in row.exact:
        return None
    reading = read_public_name(notes, ctx)
    for sentence in reading.assumptions:
        log.assume(row, "notes", sentence)
    return reading.value


# ------------------------------------------------------------------------------------------------ volunteers


def volunteer_said(row: Row) -> None:
    """Hours, absences and vehicle in words become fields of the volunteer."""
    values = row.values
    hours = row.take("~availability")
    if hours:
        values["availability"] = (*values.get("availability", ()), *hours)
    away = row.take("~unavailability")
    if isinstance(away, Unavailability):
        values["availability"] = (*values.get("availability", ()), *away.rules)
        values["unavailable"] = (*values.get("unavailable", ()), *away.absences)
    for name in ("vehicle.seats", "~vehicle"):
        said = values.get(name)
        if isinstance(said, VehicleReading):
            del values[name]
            _vehicle_said(row, said)


def _vehicle_said(row: Row, said: VehicleReading) -> None:
    """What a cell says about a vehicle; columns of their own win."""
    values = row.values
    vehicle = said.vehicle
    if vehicle is not None:
        values.setdefault("vehicle.seats", vehicle.seats)
        values.setdefault("vehicle.wheelchair", vehicle.wheelchair)
        if vehicle.availability:
            values["vehicle.availability"] = (*values.get("vehicle.availability", ()), *vehicle.availability)
    for name in ("travel_mode", "licence"):
        given = getattr(said, name, None)
        if given is not None:
            values.setdefault(name, given)


# ------------------------------------------------------------------------------------------------ residents


def resident_in(text: str, ctx: Context, row: Row, log: Log) -> ResidentReading:
    """Name, age and more of a cell such as 吴伯84 耳背 讲客家话."""
    said = log.keep(row, "resident", read_resident(text, ctx))
    return said if said is not None else ResidentReading(text)


@dataclass(slots=True)
class ResidentFacts:
    """Somebody only the sheet of wishes names: what its rows say about them."""

    key: str
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    row: Row | None = None

    def hear(self, said: ResidentReading, row: Row) -> None:
        """Take in what one row says."""
        self.row = self.row or row
        for name in _ABOUT_RESIDENT:
            if name in row.values:
                self.values.setdefault(name, row.values[name])
        for name, value in (
            ("~age", said.age),
            ("~phone", said.phone),
            ("~household", said.household),
            ("liked.gender", said.liked.gender),
            ("liked.language", said.liked.language),
            ("required.gender", said.required.gender),
            ("required.language", said.required.language),
        ):
            if value:
                self.values.setdefault(name, value)
        self.notes += [note for note in (said.notes,) if note and note not in self.notes]

    def add(self, maker: FactMaker) -> None:
        """Make the resident."""
        assert self.row is not None
        made = Row(dict(self.values), {}, self.row.where, notes=self.notes)
        for name in ("phone", "age", "household"):
            given = made.take(f"~{name}")
            if given is not None:
                made.values[name] = given
        made.values |= {"id": self.key, "name": self.name}
        home = maker.home_of(self.key, self.name, made)
        if home is not None:
            made.values["home"] = home
        resident_said(made, maker)
        add_notes(made)
        maker.add("residents", made)


def resident_said(row: Row, maker: FactMaker) -> None:
    """Wishes about who comes become fields of the resident."""
    heard = maker.heard[row.values["id"]]
    alias = public_name_in(row, maker.ctx, maker.log) or heard.get("alias")
    if alias is not None:
        row.values.setdefault("alias", alias)
    if "~household" in heard:
        row.values.setdefault("household", heard["~household"])
    text = row.take("~requirements") or heard.get("~requirements")
    if text is None:
        return
    # A whole name needs no record of service: whoever is on the list by that name is meant.
    listed = [str(person.values.get("name") or "") for person in maker.rows("volunteers")]
    known = [*maker.served(row.values["id"]), *(name for name in listed if len(name) > 1 and name in text)]
    said = maker.log.keep(row, "requirements", read_requirements(text, maker.ctx, known=known))
    if said is None:
        return
    for kind, given in (("required", said.required), ("liked", said.liked)):
        for name in ("gender", "language"):
            if getattr(given, name):
                row.values.setdefault(f"{kind}.{name}", getattr(given, name))
    for kind, names in (("banned", said.banned), ("preferred", said.preferred)):
        found = maker.link.resolve_all("volunteers", names, row, "requirements")
        if found:
            row.values[kind] = tuple(dict.fromkeys((*row.values.get(kind, ()), *found)))


# ------------------------------------------------------------------------------------------------ wishes

_WAYS_TO_SAY = {
    "理发": "理发|剪发|剪头|理头|美发|haircut",
    "量血压": "血压",
    "家电维修": "家电|修(?:理|一下|个|下)?(?:电|冰箱|洗衣机|风扇|空调)",
    "haircut": "haircut|hairdress|cut (?:his|her|my|the) hair",
}
"""Skills that go by several names."""
_ANYBODY = re.compile(
    "陪|聊|谈心|读报|散步|打扫|卫生|保洁|搬|买|代购|跑腿|送|走访|探望|慰问|热心|company|chat|shopping"
)
"""What needs no skill, whatever people list under theirs."""
_MEDICAL = re.compile("血压|血糖|医|护士|护理|急救|打针|输液|换药|康复|针灸|推拿|nurs|doctor|medic|first[- ]aid|blood")
_ABLE = 2


def skill_asked_for(title: str, known: Iterable[str]) -> SkillNeed | None:
    """The skill among ``known`` that the words of a wish name, if it is just one; 会一点 is not enough for what is medical.

    >>> skill_asked_for("上门剪头发", ["理发", "陪聊"])
    SkillNeed(name='理发', level=1)
    >>> skill_asked_for("陪聊天", ["理发", "陪聊"])
    """
    text = matchable(title)
    if _ANYBODY.search(text):
        return None
    named = [name for name in set(known) if len(name) > 1 and _is_named(name, text)]
    longest = [name for name in named if not any(name != other and name in other for other in named)]
    if len(longest) != 1:
        return None
    return SkillNeed(name=longest[0], level=_ABLE if _MEDICAL.search(matchable(longest[0])) else 1)


def _is_named(skill: str, text: str) -> bool:
    if skill in _WAYS_TO_SAY:
        return re.search(_WAYS_TO_SAY[skill], text) is not None
    spoken = re.escape(matchable(skill))
    return re.search(rf"\b{spoken}\b" if spoken.isascii() else spoken, text) is not None


# ------------------------------------------------------------------------------------------------ addresses


def address_parts(address: str, ctx: Context, row: Row, log: Log) -> dict[str, Any]:
    """The parts of an address, as fields of a place."""
    if not re.search("[\u3400-\u9fff]", address):
        block = re.search(r"\b(?:block|building|bldg\.?)\s*(\w+)", address, re.I)
        return {"address": address} | ({"building": block[1]} if block else {})
    head = log.say("“住址”", '"address" ')
    reading = read_address(address, ctx)
    if _is_plain(address, reading.value):
        usual = log.say("住址按小区、楼栋定位，单元门牌不公开", "addresses are placed by estate and building")
        reading = replace(reading, assumptions=(), defaults=(*reading.defaults, usual))
    said = log.keep(row, "address", reading, head)
    if said is None:
        return {}
    names = ("community", "estate", "building", "address")
    return {name: getattr(said, name) for name in names if getattr(said, name)}


def _is_plain(address: str, said: Address | None) -> bool:
    """Whether an address begins with just what it was read as: 东河社区3栋2单元501 with 东河社区3栋."""
    placed = [part for part in (said.community, said.estate, said.building) if part] if said is not None else []
    return bool(placed) and re.sub(r"\s+", "", address).startswith("".join(placed))
