"""Rows of the sheet 心愿: which resident, which kind, when, by whom."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from matcher.domain.base import clock_minutes
from matcher.domain.wishes import Role, Window
from matcher.exchange.assemble import FACTS, make
from matcher.exchange.columns import KIND
from matcher.exchange.link import give_ids, id_of, is_home, name_key
from matcher.exchange.phrases import (
    Budget,
    Frequency,
    WishTime,
    WishWords,
    matchable,
    read_goods,
    read_wish,
    recurrence_of,
    split_wishes,
)
from matcher.exchange.readers import MAX_PHRASE
from matcher.exchange.rows import Row, nested
from matcher.exchange.said import ResidentFacts, add_notes, public_name_in, resident_in, skill_asked_for

if TYPE_CHECKING:
    from matcher.exchange.facts import FactMaker

_BY_CAR = re.compile(r"开车|有车|用车|接送|车接|驾车|drive|\bcar\b")
_DOING = re.compile(
    "[陪帮修理剪洗搬教学看量打扫擦装拆换查测读写办领取送接聊谈照护辅导维陪缝烧煮做]|clean|repair|fix|visit|teach|help|read"
)
"""Something to be done, rather than a thing to be had."""
_STAY_MINUTES = 60
_LONGEST_EVENT = 360
"""Longer hours are when an event may be, not how long it lasts."""
_SLIP = 0.7
"""Names as alike as this may be one name, misspelt: 社区活动室 and 社区活动中心 are, 人民医院 and 中医院 are not."""


class WishRows:
    """Makes the wishes, and the residents and places only they name."""

    def __init__(self, maker: FactMaker) -> None:
        self.maker, self.log, self.link, self.ctx = maker, maker.log, maker.link, maker.ctx
        self.rows = maker.rows("wishes")
        self.derived: dict[str, ResidentFacts] = {}
        self.named_here: set[str] = set()
        """Wishes without an id of their own: written by hand, so their words count."""

    def identify(self) -> None:
        """Ids for every wish, and for the residents only wishes name."""
        self._split()
        for row in self.rows:
            self._resident(row)
        nameless = [row for row in self.rows if "id" not in row.values]
        give_ids(self.rows, {index: self._base_id(row) for index, row in enumerate(self.rows)})
        self.named_here = {row.values["id"] for row in nameless if "id" in row.values}
        for row in self.rows:
            if "id" in row.values:
                self.link.index["wishes"].add(row.values["id"], row.values.get("title"), row.values.get("items"))
            elif not row.faulty:
                self.log.refuse(
                    row,
                    "title",
                    "这一行没有写心愿内容，也没有编号。",
                    "this row has neither a wish nor an id.",
                    "请补上，或删去这一行。",
                    "Add it, or delete the row.",
                    "nameless",
                )

    def of_resident(self, text: str) -> list[str]:
        """The open wishes of a resident; a claim may say 吴伯 where 吴伯 has just one."""
        found = self.link.index["residents"].find(text)
        return self._by_resident[found[0]] if len(found) == 1 else []

    @cached_property
    def _by_resident(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.rows:
            if "id" in row.values and row.values.get("state", "open") == "open":
                found[str(row.values.get("resident"))].append(row.values["id"])
        return found

    def _base_id(self, row: Row) -> str:
        title = str(row.values.get("title") or row.values.get("items") or "")
        resident = str(row.values.get("resident") or "")
        short = re.sub(r"(?<=[\x21-\x7e]) +(?=[\x21-\x7e])", "-", " ".join(title.split())).replace(" ", "")
        return (
            "-".join(part for part in (resident, short[: 20 if re.search("[\u3400-\u9fff]", short) else 40]) if part)
            if title
            else ""
        )

    def _split(self) -> None:
        """Two wishes in one cell (另外; 书包、大米各一) become two rows, shown before they count."""
        rows: list[Row] = []
        for row in self.rows:
            values = row.values
            if values.get("kind") == "goods" and "title" in values and not values.keys() & {"id", "items"}:
                # A thing is asked for in the column of wishes: it is what to buy.
                values["items"] = values["title"]
            parts = self._parts(row, "title") or self._parts(row, "items")
            rows += [row.copy_with(values, number) for number, values in enumerate(parts or [{}])]
        self.rows = rows

    def _parts(self, row: Row, field: str) -> list[dict[str, Any]]:
        text = row.values.get(field)
        if text is None or field in row.exact or len(text) > MAX_PHRASE:
            return []
        if field == "title":
            parts = self.log.keep(row, field, split_wishes(text, self.ctx)) or ()
        else:
            said = read_goods(text, self.ctx).value or ()
            parts = tuple(goods.items for goods in said)
            if len(parts) > 1:
                self.log.assume(
                    row,
                    field,
                    f"“{text}”按 {len(parts)} 个心愿算：{' / '.join(parts)}",
                    f'"{text}" counts as {len(parts)} wishes: {" / ".join(parts)}',
                )
        if len(parts) < 2:
            return []
        same = field == "items" and row.values.get("title") == text
        return [{field: part} | ({"title": part} if same else {}) for part in parts]

    # -------------------------------------------------------------------------------------------- residents

    def _resident(self, row: Row) -> None:
        text = row.values.get("resident")
        if text is None:
            return
        found = self.link.index["residents"].find(text)
        if (len(found) == 1 and found[0] not in self.derived) or "resident" in row.exact:
            row.values["resident"] = self.link.resolve("residents", text, row, "resident")
            self._heard(row)
            return
        said = resident_in(text, self.ctx, row, self.log)
        if "residents" in self.maker.tables:
            row.values["resident"] = self.link.resolve("residents", said.name, row, "resident")
            self._heard(row)
            return
        key = id_of(said.name)
        self.link.index["residents"].add(key, said.name)
        self.derived.setdefault(key, ResidentFacts(key, said.name)).hear(said, row)
        row.values["resident"] = key
        self._heard(row)

    def _heard(self, row: Row) -> None:
        """What a row of a wish says about its resident."""
        key = row.values["resident"]
        if key is None:
            return
        heard = self.maker.heard[key]
        alias = public_name_in(row, self.ctx, self.log)
        if alias is not None:
            heard.setdefault("alias", alias)
        for field in ("~requirements", "~household"):
            if field in row.values:
                heard.setdefault(field, row.values[field])

    # -------------------------------------------------------------------------------------------- wishes

    def make(self) -> None:
        """The facts."""
        rows = [row for row in self.rows if "id" in row.values]
        for row in rows:
            self._where_it_is_asked(row)
        roles = self._roles()
        homes = {placed.fact.id: placed.fact for placed in self.maker.made["residents"]}
        for row in rows:
            self._kind(row)
            self._places(row, homes)
            self._teams(row)
            self._when(row)
            self._who(row, roles[row.values["id"]])
            self._priority(row, homes)
            self._budget(row)
            add_notes(row)
            self.maker.add("wishes", row)

    def add_residents(self) -> None:
        """The residents only wishes name; to be called once volunteers are known."""
        for facts in self.derived.values():
            facts.add(self.maker)

    def _where_it_is_asked(self, row: Row) -> None:
        """An event's address is its place; what a row says about its resident has been heard."""
        if "resident" not in row.values and "place" not in row.values and "~address" in row.values:
            row.values["place"] = row.values["~address"]
        for field in ("~phone", "~address", "~community", "~grid", "~age", "~household", "~requirements"):
            row.values.pop(field, None)

    def _kind(self, row: Row) -> None:
        """The kind, told by the columns that are filled in, else by the words of the wish; and how often they say."""
        values = row.values
        in_own_words = "kind" not in values or values.get("id") in self.named_here
        said = read_wish(values.get("title"), self.ctx).value if in_own_words and "title" in values else None
        if "kind" not in values:
            values["kind"] = self._guess(values, said)
            self._tell_kind(row)
        timed = values.keys() & {"recurrence.times", "recurrence.at", "recurrence.rrule", "~dates"}
        if said is not None and said.frequency is not None and values["kind"] != "goods" and not timed:
            self._how_often(row, said.frequency)

    def _guess(self, values: dict[str, Any], said: WishWords | None) -> str:
        if values.get("destination"):
            return "escort"
        if "items" in values:
            return "goods"
        if "served" in values or ("resident" not in values and "place" in values):
            return "event"
        kind = said.kind if said is not None else "visit"
        timed = values.keys() & {
            "recurrence.windows",
            "recurrence.times",
            "recurrence.at",
            "recurrence.rrule",
            "minutes",
        }
        doing = _DOING.search(matchable(values.get("title") or ""))
        return "goods" if kind == "visit" and "due" in values and not timed and not doing else kind

    def _how_often(self, row: Row, often: Frequency) -> None:
        row.values["recurrence.times"] = often
        per = {"week": ("每周", "a week"), "month": ("每月", "a month")}.get(often.per or "", ("一共", "in all"))
        self.log.assume(
            row,
            "title",
            f"内容里说的次数，按{per[0]} {often.times} 次算",
            f"{often.times} times {per[1]}, as its words say",
        )

    def _tell_kind(self, row: Row) -> None:
        values = row.values
        shown = KIND.write(values["kind"], self.ctx)
        self.log.assume(row, "title", f"没写类型，按“{shown}”算", f'no kind given: "{shown}"')
        if values["kind"] == "goods" and "items" not in values and "title" in values:
            values["items"] = values["title"]

    def _places(self, row: Row, homes: dict[str, Any]) -> None:
        values = row.values
        resident = homes.get(values.get("resident", ""))
        home = resident.home if resident is not None else None
        for field in ("place", "origin", "destination"):
            if field not in values:
                continue
            if field not in row.exact and is_home(values[field]) and home is not None:
                values[field] = home
                continue
            values[field] = self._place(values[field], row, field)
        if values.get("kind") == "event" and "place" not in values and not row.faulty:
            self.log.refuse(
                row,
                "place",
                "活动没有写地点。",
                "an event needs a place.",
                "请写地点的名称。",
                "Name the place.",
                "missing",
            )
        if values.get("kind") == "escort":
            self._way(row, home)

    def _way(self, row: Row, home: str | None) -> None:
        values = row.values
        if values.get("origin") is None and home is not None:
            values["origin"] = home
        if row.faulty:
            return
        if "destination" not in values:
            self.log.refuse(
                row,
                "destination",
                "陪同出行，没有写去哪里。",
                "an escort needs a destination.",
                "请加一列“目的地”，写地点的名称。",
                "Add a column destination with the place's name.",
                "missing",
            )
        elif values.get("origin") is None and values.get("resident") is not None:
            values["origin"] = self._home_somewhere(values["resident"], row)
        if "stay_minutes" not in values:
            values["stay_minutes"] = _STAY_MINUTES
            self.log.assume(
                row,
                "stay_minutes",
                f"没写停留多久，按 {_STAY_MINUTES} 分钟算",
                f"no stay given; {_STAY_MINUTES} minutes assumed",
            )

    def _home_somewhere(self, resident: str, row: Row) -> str:
        """The home of a resident without an address: a place that cannot be located, and says so."""
        key = self.log.say(f"{resident}-家", f"{resident}-home")
        if key not in self.link.index["places"].ids:
            values = {"id": key, "name": self.log.say(f"{resident}家", f"{resident}'s home")}
            made = make(FACTS["places"], values, row.where, self.log.lang, self.log.faults)
            if made is not None:
                self.maker.made["places"].append(made)
            self.link.index["places"].add(key)
        self.log.assume(
            row,
            "resident",
            f"没写出发地和住址，按从{resident}家出发算",
            f"neither origin nor address given; it starts at {resident}'s home",
        )
        return key

    def _place(self, text: str, row: Row, field: str) -> str | None:
        """The place of that name; a new one, told, unless it looks like one that is misspelt."""
        places = self.link.index["places"]
        if field in row.exact or places.find(text) or self._misspelt(text):
            return self.link.resolve("places", text, row, field)
        key = id_of(text)
        made = make(FACTS["places"], {"id": key, "name": text}, row.where, self.log.lang, self.log.faults)
        if made is not None:
            self.maker.made["places"].append(made)
            places.add(key, text)
            if "places" in self.maker.tables:
                self.log.assume(
                    row,
                    field,
                    f"“{text}”不在“地点”表里，当作新的地点，路上按{self.ctx.settings.travel.unknown_minutes}分钟算",
                    f'"{text}" is not in the sheet places; taken for a new place, '
                    f"{self.ctx.settings.travel.unknown_minutes} minutes away",
                )
        return self.link.resolve("places", text, row, field)

    def _misspelt(self, text: str) -> bool:
        """Whether the sheet of places has a name so close that one of the two may be a slip."""
        near = self.link.index["places"].nearest(text)
        return bool(near) and difflib.SequenceMatcher(None, name_key(near), name_key(text)).ratio() >= _SLIP

    def _teams(self, row: Row) -> None:
        if "teams" in row.values:
            found = [
                text if "teams" in row.exact else self.maker.team_named(text, row, "teams")
                for text in row.values["teams"]
            ]
            row.values["teams"] = tuple(key for key in found if key)

    # -------------------------------------------------------------------------------------------- when

    def _when(self, row: Row) -> None:
        values = row.values
        windows, often, dates = (
            values.get("recurrence.windows"),
            values.get("recurrence.times"),
            values.pop("~dates", None),
        )
        exact = isinstance(windows, tuple) and (
            often is None or ("recurrence.per" in values and isinstance(often, int))
        )
        if values.get("kind") == "goods":
            self._due(row, dates, often)
            return
        if (dates is None and (exact or (windows is None and often is None))) or "recurrence.windows" in row.exact:
            return
        if "recurrence.at" in values or "recurrence.rrule" in values:
            return
        frequency = self._frequency(row, often)
        when = windows if isinstance(windows, WishTime) else WishTime(windows) if windows else None
        if dates is not None:
            when = self._on_dates(when, dates)
        reading = recurrence_of(when, frequency, self.ctx)
        recurrence = self.log.keep(row, "recurrence.times", reading)
        for name in ("windows", "times", "per"):
            values.pop(f"recurrence.{name}", None)
        if recurrence is not None:
            for name in type(recurrence).model_fields:
                value = getattr(recurrence, name)
                if value not in (None, ()):
                    values.setdefault(f"recurrence.{name}", value)
        if when is None:
            day = self.ctx.settings.day
            self.log.defaults[
                self.log.say(f"没写时间的按日间 {day.start}–{day.end}", f"no time given: {day.start}–{day.end}")
            ] = None
        elif when.minutes is not None and "minutes" not in values:
            values["minutes"] = when.minutes
        elif values.get("kind") == "event" and dates is not None and "minutes" not in values:
            self._lasts_its_hours(row)

    def _lasts_its_hours(self, row: Row) -> None:
        """An event on a day, from nine to half past eleven, lasts as long as that."""
        hours = {(one.start, one.end) for one in row.values.get("recurrence.windows", ())}
        if len(hours) != 1:
            return
        start, end = hours.pop()
        minutes = clock_minutes(end) - clock_minutes(start)
        if 0 < minutes <= _LONGEST_EVENT:
            row.values["minutes"] = minutes
            self.log.assume(
                row, "recurrence.windows", f"没写时长，活动按 {start}–{end} 共 {minutes} 分钟算",
                f"no minutes given: the event lasts {minutes}, {start}–{end}",
            )

    def _frequency(self, row: Row, often: Any) -> Frequency | None:
        if not isinstance(often, int):
            return often if isinstance(often, Frequency) else None
        per = row.values.get("recurrence.per")
        if per is None and often > 1:
            self.log.refuse(
                row,
                "recurrence.times",
                f"“次数”写的是“{often}”，没写是每周还是每月。",
                f'"times" is {often}, per week or per month is not said.',
                f"请写如 每周{often}次 或 每月{often}次。",
                f"Write for example {often} times a week.",
                "no-period",
            )
        return Frequency(often, per)

    def _on_dates(self, when: WishTime | None, dates: Any) -> WishTime:
        from dataclasses import replace

        day = self.ctx.settings.day
        base = when or WishTime((Window(start=day.start, end=day.end),))
        return replace(
            base,
            windows=tuple(
                Window(dates=dates, start=window.start, end=window.end, at=window.at) for window in base.windows
            ),
        )

    def _due(self, row: Row, dates: Any, often: Any) -> None:
        values = row.values
        if "due" not in values and dates:
            values["due"] = max(dates)
            self.log.assume(
                row, "due", f"物品没写截止日期，按 {values['due']} 算", f"no due date; {values['due']} assumed"
            )
        if often == 1 or (isinstance(often, Frequency) and often.per is None):
            values.pop("recurrence.times")
        if "due" not in values and not row.faulty:
            self.log.refuse(
                row,
                "due",
                "物品心愿没有截止日期。",
                "goods need a due date.",
                "请写哪天以前要，如 2026-12-20。",
                "Write by when, such as 2026-12-20.",
                "missing",
            )

    # -------------------------------------------------------------------------------------------- who

    def _roles(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.maker.rows("roles"):
            text = row.take("wish")
            if text is None:
                self.log.refuse(
                    row,
                    "wish",
                    "没有写是哪个心愿的分工。",
                    "no wish is named.",
                    "请写心愿编号。",
                    "Write the id of the wish.",
                    "missing",
                )
                continue
            key = self.link.resolve("wishes", text, row, "wish")
            if key is not None:
                found[key].append(nested(row.values))
        return found

    def _who(self, row: Row, roles: list[Any]) -> None:
        asked = row.values.pop("~roles", None)
        if roles:
            row.values["roles"] = tuple(roles)
        elif asked:
            row.values["roles"] = tuple(self._with_its_skill(role) for role in asked)
            self._skill_in_words(row)
        elif "roles" in row.values:
            return
        elif (
            row.values.get("kind") == "escort"
            and _BY_CAR.search(matchable(row.values.get("title") or ""))
            and "roles" not in self.maker.tables
        ):
            row.values["roles"] = ({"id": "driver", "title": self.log.say("司机", "driver"), "vehicle": {"seats": 1}},)
            self.log.assume(row, "title", "要用车，按需要一位有车的司机算", "a car is asked for: one driver with a car")
            return
        self._skill_in_words(row)

    def _skill_in_words(self, row: Row) -> None:
        """上门理发 asks for somebody who can, if anybody among the volunteers says so; a row in 分工 overrules."""
        roles = row.values.get("roles", (Role(),))
        is_paired = row.values.get("staffing.policy") == "pair"
        if row.values.get("kind") != "visit" or is_paired or roles != (Role(),):
            return
        need = skill_asked_for(row.values.get("title") or "", self._skills())
        if need is None:
            return
        row.values["roles"] = (Role(title=need.name, skills=(need,)),)
        level = need.level > 1
        self.log.assume(
            row,
            "title",
            f"内容里说到“{need.name}”，按要会{need.name}的人去算{'（只会一点的不派）' if level else ''}。"
            "谁去都行的话，请在“分工”表给这个心愿写一行，技能空着",
            f'its words name the skill "{need.name}"{f" (level {need.level})" if level else ""}, so only who has it goes. '
            "If anybody may, give the wish a row in the sheet roles, without skills",
        )

    def _with_its_skill(self, role: Role) -> Role:
        """理发师傅2 asks for people who can, if anybody can: the seat's own name says so."""
        if role.skills or role.vehicle is not None or role.title in ("", "志愿者"):
            return role
        need = skill_asked_for(role.title, self._skills())
        return role if need is None else Role(**(dict(role) | {"skills": (need,)}))

    def _skills(self) -> set[str]:
        return {skill.name for placed in self.maker.made["volunteers"] for skill in placed.fact.skills}

    def _priority(self, row: Row, homes: dict[str, Any]) -> None:
        resident = homes.get(row.values.get("resident", ""))
        if "priority" in row.values or resident is None or not resident.household:
            return
        table = self.ctx.settings.household_priority
        known = [table[name] for name in resident.household if name in table]
        if known:
            row.values["priority"] = max(known)
            shown = "、".join(resident.household)
            self.log.assume(
                row, "priority", f"家庭情况是{shown}，优先级按 {max(known)} 算", f"priority {max(known)} for {shown}"
            )

    def _budget(self, row: Row) -> None:
        said = row.values.get("budget_yuan")
        if isinstance(said, Budget):
            del row.values["budget_yuan"]
            if said.yuan is not None:
                row.values["budget_yuan"] = said.yuan
            if said.payer is not None:
                row.values.setdefault("payer", said.payer)
