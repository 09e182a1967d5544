"""Random scenarios that use every field of every fact, with the texts that break importers."""

import random
import types
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from pydantic import BaseModel, ValidationError

from matcher.domain.people import Volunteer
from matcher.domain.scenario import Scenario, find_faults
from matcher.exchange.assemble import FACTS

NASTY = (
    "吴伯",
    "李阿姨",
    "Wu Bo",
    "罗 海峰",
    "无",
    "/",
    "合计",
    "示例1",
    "是",
    "同上",
    "27",
    "27.0",
    "1.38E+10",
    "0012",
    "=1+1",
    "-5",
    "+86 1380000",
    "@a",
    "'引号",
    "姓名",
    "有，有",
    "a、b",
    "x;y",
    "a/b",
    "（括号）",
    "名(qū)",
    "?5歲",
    "王\ufffd",
    "一行\n两行",
    "tab\tin",
    "cr\rlf",
    "_x0041_",
    "\x01",
    '{"a": 1}',
    "138 0000 0001",
    "2026-12-05",
    "12.5",
    "周三下午",
    "老地方",
    "true",
    "None",
    "ＡＢＣ",
    "𠮷野",
    "é",
    "a  b",
    "0",
    "#REF!",
    "急救（2级）",
)
ZONES = (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30)))
IDS = {
    "wish": "wishes",
    "volunteer": "volunteers",
    "resident": "residents",
    "team": "teams",
    "home": "places",
    "place": "places",
    "origin": "places",
    "destination": "places",
    "parent": None,
    "is_volunteer": "volunteers",
    "banned": "volunteers",
    "preferred": "volunteers",
    "teams": "teams",
}
PATTERNS = {"rrule": ("FREQ=WEEKLY;BYDAY=SA", "FREQ=MONTHLY;BYMONTHDAY=23"), "month_days": ("1-10", "5", "21-31")}


class Maker:
    """Makes facts; each is tried until its model accepts it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.ids: dict[str, list[str]] = {}

    def scenario(self) -> Scenario:
        sizes = {name: self.random.randint(0, 3) for name in FACTS} | {
            "wishes": 3,
            "volunteers": 3,
            "places": 3,
            "residents": 2,
            "teams": 2,
        }
        for name, size in sizes.items():
            pool = self.random.sample([text for text in NASTY if text.strip()], size)
            self.ids[name] = [
                text.strip() if self.random.random() < 0.4 else f"{name}-{number}" for number, text in enumerate(pool)
            ]
        while True:
            tables = {
                name: tuple(self.fact(name, model, key) for key in self.ids[name]) for name, model in FACTS.items()
            }
            program = self.model(Scenario.model_fields["program"].annotation)
            program = program.model_copy(update={"as_of": datetime(2026, 11, 24, 9, tzinfo=ZONES[1])})
            draft = Scenario.model_construct(program=program, format="matcher/1", **tables)
            if not [fault for fault in find_faults(draft) if not fault.warning]:
                return Scenario(program=program, **tables)
            self.random.random()

    def fact(self, table: str, model: Any, key: str) -> Any:
        made = self.model(model, {"id": key} if "id" in model.model_fields else {})
        if model is Volunteer:
            return made
        return made

    def model(self, model: Any, given: dict[str, Any] | None = None) -> Any:
        for _ in range(3000):
            values = dict(given or {})
            for name, info in model.model_fields.items():
                if name not in values and (info.is_required() or self.random.random() < 0.5):
                    values[info.alias or name] = self.value(info.annotation, name, info.metadata, model.__name__)
            try:
                return model(**values)
            except ValidationError:
                continue
        raise AssertionError(f"no {model} in 3000 tries")

    def value(self, kind: Any, name: str, metadata: Any, owner: str) -> Any:
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Annotated:
            return self.value(arguments[0], name, arguments[1:], owner)
        if origin in (typing.Union, types.UnionType):
            options = [option for option in arguments if option is not type(None)]
            return None if self.random.random() < 0.15 else self.value(options[0], name, metadata, owner)
        if origin is typing.Literal:
            return self.random.choice(arguments)
        if origin is tuple:
            return tuple(self.value(arguments[0], name, (), owner) for _ in range(self.random.randint(0, 3)))
        if origin is dict:
            keys = [self.value(arguments[0], name, (), owner) for _ in range(self.random.randint(0, 2))]
            return {key: self.value(arguments[1], "price", (), owner) for key in keys}
        return self.plain(kind, name, metadata, owner)

    def plain(self, kind: Any, name: str, metadata: Any, owner: str) -> Any:
        choose = self.random
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self.model(kind)
        if kind is bool:
            return choose.random() < 0.5
        if kind is int:
            return choose.choice((0, 1, 2, 3, 5, 20, 60, 365))
        if kind is float:
            return choose.choice((1.0, 1.3, 23.0905, 114.416321987, 28.0, -70.5))
        if kind is datetime:
            # After 1900 and not in the future, so that it may be history.
            moment = datetime(
                2026, choose.randint(1, 10), choose.randint(1, 28), choose.randint(0, 23), choose.choice((0, 30, 4))
            )
            return moment.replace(
                tzinfo=choose.choice(ZONES), second=choose.choice((0, 0, 11)), microsecond=choose.choice((0, 0, 5))
            )
        if kind is date:
            return date(2026, choose.randint(1, 12), choose.randint(1, 28))
        if kind is str:
            return self.text(name, metadata, owner)
        raise AssertionError(f"{name}: {kind}")

    def text(self, name: str, metadata: Any, owner: str) -> str:
        choose = self.random
        if name in IDS and owner not in ("Required", "Settings"):
            table = IDS[name]
            if table and self.ids.get(table):
                return choose.choice(self.ids[table])
        if name in PATTERNS:
            return choose.choice(PATTERNS[name])
        if name == "timezone":
            return choose.choice(("Asia/Shanghai", "Asia/Urumqi", "America/New_York", "UTC"))
        if name == "holidays":
            return choose.choice(("2026", "2027"))
        described = str(metadata)
        if "_days" in described:
            return choose.choice(("any", "workday", "day-off", "SA,SU", "MO", "FR,MO,TU"))
        if "24:00" in described:
            return choose.choice(("00:00", "08:00", "12:30", "18:05", "23:59", "24:00"))
        return choose.choice(NASTY) if choose.random() < 0.6 else choose.choice(("平常的话", "plain words"))
