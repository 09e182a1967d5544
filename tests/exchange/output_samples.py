"""Plans made by hand for the outputs' tests: Mr Wu's twelve months, and a small community with every kind of wish.

All names, places and phone numbers are invented.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from matcher.domain.scenario import Scenario
from matcher.exchange.plan import Plan
from matcher.problem.roster import FairnessRow, Reason, Report, Roster, RosterVisit, Seat, TierValue, Unfilled

SURNAMES = "赵钱孙李周郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔"
GIVEN = ("建华", "秀英", "志强", "桂兰", "海峰", "晓燕", "文斌", "丽娟", "国平", "春梅", "永康", "小芳")
SATURDAYS = ("2026-12-05", "2027-01-09", "2027-02-20", "2027-03-06", "2027-04-10", "2027-05-15",
             "2027-06-05", "2027-07-03", "2027-08-07", "2027-09-04", "2027-10-09", "2027-11-06")


def _people(count: int, **more: object) -> list[dict[str, object]]:
    return [
        {"id": f"v{n + 1:02}", "name": SURNAMES[n] + GIVEN[n % len(GIVEN)], "phone": f"1380000{n + 1:04}",
         "team": f"t{n % 3 + 1}", "home": None, "vehicle": {"seats": 4, "wheelchair": n % 5 == 0}, "travel_mode": "car",
         "notes": "志愿者内部备注", **more}
        for n in range(count)
    ]


TEAMS = [
    {"id": "t1", "name": "市工信局志愿队"}, {"id": "t2", "name": "东河社区志愿队"}, {"id": "t3", "name": "邻里互助队"},
]


def wu_scenario(language: str = "zh") -> Scenario:
    """A monthly escort, claimed by sixteen drivers."""
    return Scenario.model_validate({
        "program": {"name": "东河社区云心愿", "as_of": "2026-11-24T09:00:00+08:00",
                    "window": {"start": "2026-12-01", "end": "2027-11-30"}, "settings": {"language": language}},
        "places": [
            {"id": "donghe", "name": "东河社区", "community": "donghe"},
            {"id": "wu-home", "name": "", "estate": "东河苑", "building": "3栋", "address": "2单元501",
             "community": "donghe"},
            {"id": "sanatorium", "name": "市康宁疗养院"},
        ],
        "residents": [{"id": "wu", "name": "吴伯", "home": "wu-home", "phone": "13800009001",
                       "emergency": "女儿 13800009002", "banned": ["v16"], "household": ["空巢"], "notes": "耳背"}],
        "volunteers": _people(16),
        "teams": TEAMS,
        "wishes": [{"id": "wu-escort", "kind": "escort", "resident": "wu", "title": "每月去看望儿子",
                    "origin": "wu-home", "destination": "sanatorium", "stay_minutes": 90,
                    "submitted": "2026-11-02", "priority": 4,
                    "recurrence": {"times": 1, "per": "month", "windows": [{"days": "SA,SU"}]},
                    "roles": [{"id": "driver", "vehicle": {"seats": 1}}],
                    "staffing": {"policy": "rotate", "standbys": 1}}],
    })


def wu_plan(language: str = "zh") -> Plan:
    """Twelve Saturdays, twelve drivers, twelve different stand-bys; everything proven."""
    visits = []
    for n, day in enumerate(SATURDAYS):
        start = datetime.fromisoformat(f"{day}T08:00:00+08:00")
        visits.append(RosterVisit(
            id=f"wu-escort/{day[:7]}", wish="wu-escort", start=start, end=start + timedelta(minutes=240),
            assigned=(Seat(role="driver", volunteer=f"v{n + 1:02}"),),
            standbys=(Seat(role="driver", volunteer=f"v{(n + 6) % 12 + 1:02}"),),
        ))
    tiers = tuple(TierValue(name=name, value=value, bound=value, gap=0, status="OPTIMAL")
                  for name, value in (("needs", 0), ("promises", 0), ("quality", 1240)))
    return _plan(wu_scenario(language), visits, (), tiers, notes=("“东河苑3栋”没有坐标，按社区中心估算路程。",
                                                                 "2027 年的调休安排尚未公布，周末按常规计算。"))


def community_scenario(language: str = "zh", **overrides: object) -> Scenario:
    """Visits, an event with several roles, goods, an escort with a companion."""
    facts: dict[str, object] = {
        "program": {"name": "江洲社区十二月服务计划", "as_of": "2026-11-28T09:00:00+08:00",
                    "window": {"start": "2026-12-01", "end": "2027-01-10"}, "settings": {"language": language}},
        "places": [
            {"id": "jz", "name": "江洲社区", "community": "jz"},
            {"id": "station", "name": "江洲新时代文明实践站", "community": "jz"},
            {"id": "hospital", "name": "市第二医院"},
            *({"id": f"home-{n}", "estate": "江洲里", "building": f"{n}栋", "address": f"1单元{n}01", "community": "jz"}
              for n in range(1, 6)),
        ],
        "residents": [
            {"id": "li", "name": "李秀珍", "home": "home-1", "phone": "13800009011", "banned": ["v03"],
             "household": ["低保"]},
            {"id": "hong", "name": "罗海峰", "alias": "老罗", "home": "home-2", "phone": "13800009012"},
            {"id": "ouyang", "name": "欧阳明珠", "home": "home-3", "phone": "13800009013",
             "emergency": "儿子 13800009099"},
            {"id": "he", "name": "何大妈", "home": "home-4"},
            {"id": "sun", "name": "孙桂香", "home": "home-5", "phone": "13800009015"},
        ],
        "volunteers": _people(18),
        "teams": TEAMS,
        "wishes": [
            {"id": "haircut", "kind": "visit", "resident": "li", "title": "上门理发", "minutes": 45, "priority": 3,
             "recurrence": {"times": 1, "per": "week", "windows": [{"days": "any"}]}},
            {"id": "pressure", "kind": "visit", "resident": "ouyang", "title": "量血压、陪欧阳明珠聊天", "minutes": 60,
             "recurrence": {"times": 2, "per": "week", "windows": [{"days": "any"}]}},
            {"id": "dialysis", "kind": "escort", "resident": "hong", "title": "陪同透析", "origin": "home-2",
             "destination": "hospital", "stay_minutes": 240, "priority": 5, "submitted": "2026-11-18",
             "recurrence": {"times": 1, "per": "week", "windows": [{"days": "any"}]},
             "roles": [{"id": "driver", "vehicle": {}}, {"id": "companion"}]},
            {"id": "clinic", "kind": "event", "place": "station", "title": "义诊日", "minutes": 180, "served": 100,
             "recurrence": {"at": ["2026-12-12T08:30:00+08:00"]}, "partial": True,
             "roles": [{"id": "doctor", "count": 2}, {"id": "nurse", "count": 2},
                       {"id": "helper", "title": "引导", "count": 3}]},
            {"id": "kettle", "kind": "goods", "resident": "he", "items": "电水壶 2升，老人好按的", "budget_yuan": 200,
             "payer": "community", "due": "2026-12-20"},
            {"id": "rice", "kind": "goods", "resident": "sun", "items": "大米 10公斤", "due": "2026-12-15"},
        ],
        "history": [{"wish": "haircut", "visit": "haircut/2026-W45", "volunteer": "v01", "resident": "li",
                     "start": "2026-11-04T09:00:00+08:00"}],
    }
    return Scenario.model_validate(facts | overrides)


def community_plan(language: str = "zh", **overrides: object) -> Plan:
    """Six weeks with two haircuts, an escort and three seats of the clinic still missing."""
    visits: list[RosterVisit] = []
    for week in range(5):
        monday = date(2026, 11, 30) + timedelta(days=7 * week)
        name = f"2026-W{monday.isocalendar().week:02}"
        if week not in (2, 4):
            tuesday = monday + timedelta(days=1)
            visits.append(_visit(f"haircut/{name}", tuesday, "09:00", 45, helper=[f"v{week + 1:02}"]))
        for second, offset in (("", 1), ("#2", 4)):
            visits.append(_visit(f"pressure/{name}{second}", monday + timedelta(days=offset), "09:00", 60,
                                 helper=[f"v{(week + offset) % 8 + 4:02}"]))
        if week != 3:
            visits.append(_visit(f"dialysis/{name}", monday + timedelta(days=2), "07:30", 360,
                                 standbys={"driver": [f"v{week + 11:02}"]},
                                 driver=[f"v{week + 6:02}"], companion=["v18"]))
    visits.append(_visit("clinic/2026-12-12T0830", date(2026, 12, 12), "08:30", 180, doctor=["v13"],
                         nurse=["v14", "v15"], helper=["v16"]))
    visits.append(RosterVisit(id="kettle/1", wish="kettle", assigned=(Seat(role="helper", volunteer="v17"),)))
    unfilled = (
        *(Unfilled(visit=f"haircut/{week}", role="helper", count=1, reasons=(
            Reason(code="has_the_skills", count=14, message="会理发的只有 3 位，14 位不会。"),
            Reason(code="is_accepted_by_the_resident", count=1, message="李秀珍不要冯志强来。"),
            Reason(code="keeps_own_limits", count=3, message="会理发的 3 位这一周次数都满了；多 1 位就够。")))
          for week in ("2026-W51", "2026-W53")),
        *(Unfilled(visit="dialysis/2026-W52", role=role, count=1, reasons=(
            Reason(code="is_available", count=18, message="这一周没有人上午能腾出 6 小时。"),))
          for role in ("driver", "companion")),
        Unfilled(visit="clinic/2026-12-12T0830", role="doctor", count=1,
                 reasons=(Reason(code="has_the_skills", count=17, message="有医生资格的只有 1 位。"),)),
        Unfilled(visit="clinic/2026-12-12T0830", role="helper", count=2,
                 reasons=(Reason(code="is_in_one_place_at_a_time", count=4, message="4 位同一时间有别的服务。"),)),
        Unfilled(visit="rice/1", role="helper", count=1,
                 reasons=(Reason(code="has_claimed_it", message="还没有人认领。"),)),
    )
    # Eight places are empty. An escort seat costs 81·(100+10), haircut 9·(100+24) (last done on 4 November), all others
    # 9·100: 2·8910 + 2·1116 + 4·900 = 23652. Two escort seats and one more reach the bound of 18000: at least three.
    tiers = (TierValue(name="needs", value=23652, bound=18000, gap=0.239, status="FEASIBLE"),
             TierValue(name="promises", value=100, bound=100, gap=0, status="OPTIMAL"),
             TierValue(name="quality", value=5230, bound=4890, gap=0.065, status="FEASIBLE"))
    return _plan(community_scenario(language, **overrides), visits, unfilled, tiers,
                 notes=("“随叫随到”按每天 7:00–21:00 理解。",))


def _visit(key: str, day: date, clock: str, minutes: int, standbys: dict[str, list[str]] | None = None,
           **crew: list[str]) -> RosterVisit:
    start = datetime.fromisoformat(f"{day}T{clock}:00+08:00")
    return RosterVisit(
        id=key, wish=key.rpartition("/")[0], start=start, end=start + timedelta(minutes=minutes),
        assigned=tuple(Seat(role=role, volunteer=v) for role, people in crew.items() for v in people),
        standbys=tuple(Seat(role=role, volunteer=v) for role, people in (standbys or {}).items() for v in people),
    )


def _plan(scenario: Scenario, visits: list[RosterVisit], unfilled: tuple[Unfilled, ...],
          tiers: tuple[TierValue, ...], notes: tuple[str, ...]) -> Plan:
    new = Counter(seat.volunteer for visit in visits for seat in visit.assigned)
    roster = Roster(program=scenario.program.name, scenario=scenario.fingerprint, visits=tuple(visits),
                    unfilled=unfilled, tiers=tiers, strategy="exact", seed=0)
    report = Report(
        valid=True, tiers=tiers,
        fairness=tuple(FairnessRow(volunteer=v.id, before=n % 4, new=new[v.id], offered=12, minutes=new[v.id] * 255)
                       for n, v in enumerate(scenario.volunteers)),
        terms={"fairness": 840, "travel": 400, "missing_standby": 0},
    )
    run = {"seconds": {"needs": 0.4}, "finished": "2026-11-24T09:00:03Z"}
    return Plan(scenario, roster, report, notes=notes, run=run)
