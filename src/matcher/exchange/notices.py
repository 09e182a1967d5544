"""What a coordinator should know about a scenario although nothing is wrong: places on estimate, holidays not out yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from matcher.domain.scenario import Scenario
from matcher.errors import Fault
from matcher.exchange.grid import say

_STANDS_IN = {
    "building": ("同一栋楼", "their building"),
    "estate": ("小区", "their estate"),
    "grid": ("网格", "their grid"),
    "community": ("社区", "their community"),
}
_SHOWN = 5


def notices(scenario: Scenario, lang: str) -> Iterator[Fault]:
    """Warnings about the scenario as a whole, each kind once."""
    yield from _people_without_hours(scenario, lang)
    yield from _visits_of_no_wish(scenario, lang)
    yield from _pins_that_plan_nothing(scenario, lang)
    yield from _claims_that_bind_nobody(scenario, lang)
    yield from _people_without_address(scenario, lang)
    yield from _unlocated_places(scenario, lang)
    yield from _unpublished_holidays(scenario, lang)


def _listed(names: Sequence[str], lang: str) -> str:
    """The first few names, and how many there are."""
    shown = ("、" if lang == "zh" else ", ").join(names[:_SHOWN])
    if len(names) <= _SHOWN:
        return shown
    return shown + say(lang, f" 等 {len(names)} 个", f" and {len(names) - _SHOWN} more")


def _people_without_hours(scenario: Scenario, lang: str) -> Iterator[Fault]:
    names = [person.name or person.id for person in scenario.volunteers if not person.availability]
    if names:
        yield Fault(
            say(
                lang,
                f"时间待补：{_listed(names, lang)}。没有空闲时间的人只会安排物品心愿。",
                f"no hours yet: {_listed(names, lang)}; they are scheduled for goods only.",
            ),
            say(lang, "请写星期几、几点，如：周三下午、周五全天。", "Write days and hours, such as Wed 14:00-18:00."),
            sheet=say(lang, "志愿者", "volunteers"),
            code="no-hours",
            warning=True,
        )


def _visits_of_no_wish(scenario: Scenario, lang: str) -> Iterator[Fault]:
    """Pins, declines and announced seats whose visit belongs to no wish on the list do nothing."""
    sheets = (("published", "已通知", "published"), ("pins", "锁定", "pins"), ("declines", "谢绝", "declines"))
    for table, zh, en in sheets:
        visits = [fact.visit for fact in getattr(scenario, table) if fact.visit is not None]
        strange = list(dict.fromkeys(visit for visit in visits if visit.rpartition("/")[0] not in scenario.wish))
        if strange:
            yield Fault(
                say(
                    lang,
                    f"服务单 {_listed(strange, lang)} 不属于“心愿”表里的任何心愿，不起作用。",
                    f"visits {_listed(strange, lang)} belong to no wish on the list and have no effect.",
                ),
                say(
                    lang,
                    "服务单号写成 心愿编号/月份，如 wu-escort/2026-12；请核对。",
                    "A visit is written wish/month, such as wu-escort/2026-12.",
                ),
                sheet=say(lang, zh, en),
                code="visit-of-no-wish",
                warning=True,
            )


def _pins_that_plan_nothing(scenario: Scenario, lang: str) -> Iterator[Fault]:
    """Pins on visits that this plan does not decide, outside its window perhaps, and that are not on record either."""
    if not scenario.pins:
        return
    from matcher.problem.expand import visits_asked_for

    wishes = {pin.visit.rpartition("/")[0] for pin in scenario.pins} & scenario.wish.keys()
    known = visits_asked_for(scenario, wishes) | {service.visit for service in scenario.history}
    idle = [pin.visit for pin in scenario.pins if pin.visit.rpartition("/")[0] in wishes and pin.visit not in known]
    idle = list(dict.fromkeys(idle))
    if idle:
        window = scenario.program.window
        yield Fault(
            say(
                lang,
                f"锁定的服务单 {_listed(idle, lang)} 不在这一期（{window.start} 至 {window.end}）要排的里面，这次不起作用。",
                f"pinned visits {_listed(idle, lang)} are none of this plan's ({window.start} to {window.end}) and have no effect.",
            ),
            say(
                lang,
                "到了那一期自然生效；如果是这一期的，请核对服务单号。",
                "They will once their time is planned; if it is now, check how the visit is written.",
            ),
            sheet=say(lang, "锁定", "pins"),
            code="idle-pin",
            warning=True,
        )


def _claims_that_bind_nobody(scenario: Scenario, lang: str) -> Iterator[Fault]:
    """Claimed wishes which anybody may serve: who offered may not be the one who goes."""
    claimed = {claim.wish for claim in scenario.claims if claim.state in ("open", "chosen", "waitlisted")}
    free = [wish for wish in scenario.wishes if wish.id in claimed and not wish.claimants_only and wish.state == "open"]
    if free:
        titles = _listed([wish.title or wish.items or wish.id for wish in free], lang)
        yield Fault(
            say(
                lang,
                f"有人认领的心愿：{titles}。没有写“只安排认领者”，照常从所有人里安排。",
                f"claimed, but open to everybody: {titles}.",
            ),
            say(
                lang,
                "只想派认领的人，请在“心愿”表的“只安排认领者”一列写“是”。",
                'To send claimants only, write yes in the column "claimants only".',
            ),
            sheet=say(lang, "认领", "claims"),
            code="claims-not-binding",
            warning=True,
        )


def _people_without_address(scenario: Scenario, lang: str) -> Iterator[Fault]:
    """Residents somebody is to visit, and volunteers, of whom it is not known where they live."""
    visited = {
        wish.resident
        for wish in scenario.wishes
        if wish.kind in ("visit", "goods") and wish.place is None and wish.destination is None and wish.state == "open"
    }
    residents = [person for person in scenario.residents if person.home is None and person.id in visited]
    volunteers = [person for person in scenario.volunteers if person.home is None]
    sheets = ((residents, "服务对象", "residents"), (volunteers, "志愿者", "volunteers"))
    minutes = scenario.program.settings.travel.unknown_minutes
    for people, zh, en in sheets:
        if people:
            names = _listed([person.name or person.id for person in people], lang)
            yield Fault(
                say(
                    lang,
                    f"{names}没有地址，路上一律按 {minutes} 分钟算。",
                    f"{names}: no address; {minutes} minutes' travel is assumed.",
                ),
                say(lang, "请补上“住址”，写到小区、楼栋就行。", "Add the address; estate and building will do."),
                sheet=say(lang, zh, en),
                code="no-address",
                warning=True,
            )


def _unlocated_places(scenario: Scenario, lang: str) -> Iterator[Fault]:
    """Places that are estimated, by what stands in for them."""
    if all(place.lat is not None for place in scenario.places):
        return
    from matcher.domain.where import Atlas

    travel = scenario.program.settings.travel
    by_level: dict[str, list[str]] = defaultdict(list)
    for key, stand_in in Atlas(scenario.places, travel).fallbacks.items():
        by_level[stand_in].append(scenario.place[key].name or key)
    sheet = say(lang, "地点", "places")
    for level, names in sorted(by_level.items()):
        shown = _listed(names, lang)
        if level == "unknown":
            minutes = travel.unknown_minutes
            message = say(
                lang,
                f"{shown}没有坐标，路上一律按 {minutes} 分钟算。",
                f"{shown}: no coordinates; {minutes} minutes' travel is assumed.",
            )
        else:
            zh, en = _STANDS_IN[level]
            message = say(lang, f"{shown}没有坐标，按{zh}的位置估算。", f"{shown}: estimated from {en}.")
        yield Fault(
            message,
            say(lang, "想算得准，请在“地点”表补上经纬度。", "Add lat and lon in the sheet of places."),
            sheet=sheet,
            code=f"place-{level}",
            warning=True,
        )


def _unpublished_holidays(scenario: Scenario, lang: str) -> Iterator[Fault]:
    from matcher.domain.when import Calendar

    window = scenario.program.window
    years = Calendar.of(scenario.program).unpublished_years(window.start, window.end)
    if years:
        shown = ("、" if lang == "zh" else ", ").join(map(str, years))
        yield Fault(
            say(
                lang,
                f"{shown} 年的放假调休安排还没公布，先按法定节日和周末算。",
                f"The holidays and make-up workdays of {shown} are not published yet; statutory days and weekends count.",
            ),
            say(
                lang,
                f"公布后请在“设置”表加“{years[0]}放假”“{years[0]}调休上班”。",
                f'Add "{years[0]} days off" to the settings once they are.',
            ),
            sheet=say(lang, "设置", "settings"),
            code="unpublished-holidays",
            warning=True,
        )
