"""Writes scenario.json beside it: a repair day of six people and sixty homes. The same seed gives the same file.

Run it as ``python scenarios/repair-day/make.py``. Names, phones and homes are invented.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

SEED = 20
DAY = "2026-12-05"
HOMES = 60
MIDDLE = (30.052, 111.104)
"""Latitude and longitude; a hundredth of a degree is about a kilometre."""
COMMUNITIES = (
    ("临江社区", 0.0, 0.0), ("柳荫社区", 0.014, 0.012), ("东门社区", -0.004, 0.024), ("石桥社区", -0.017, 0.004),
    ("北苑社区", 0.021, -0.010), ("茶山社区", -0.008, -0.021),
)
JOBS = (
    # what, skill, minutes, people, how often among all
    ("换灯泡", "电工", 15, 1, 6), ("换开关插座", "电工", 25, 1, 6), ("线路跳闸", "电工", 40, 1, 3),
    ("修水龙头", "水暖", 25, 1, 7), ("通下水道", "水暖", 40, 1, 6), ("修马桶水箱", "水暖", 30, 1, 4),
    ("磨剪刀、磨菜刀", "磨刀", 15, 1, 6), ("换门锁芯", "锁具", 30, 1, 4), ("修纱窗", "木工", 20, 1, 4),
    ("修柜门", "木工", 35, 1, 3), ("修电饭煲", "家电", 25, 1, 3), ("修电风扇", "家电", 30, 1, 2),
    ("装卫生间扶手", "木工", 45, 2, 3), ("洗衣机移位接管", "水暖", 35, 2, 2), ("换吸顶灯", "电工", 30, 2, 1),
)
ASKED = (
    # from, until, how often among all
    ("08:30", "16:50", 34), ("08:30", "11:45", 8), ("13:30", "16:50", 7), ("09:00", "10:30", 4), ("10:15", "11:45", 2),
    ("15:00", "16:50", 3), ("13:30", "15:00", 2),
)
PEOPLE = (
    ("何建国", "male", ("电工", "家电", "磨刀")), ("向志强", "male", ("水暖", "木工")),
    ("田春梅", "female", ("电工", "锁具", "磨刀")),
    ("覃德明", "male", ("水暖", "锁具", "磨刀")), ("冉小军", "male", ("木工", "电工", "家电")),
    ("谭秀英", "female", ("水暖", "木工", "磨刀")),
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
CALLED = ("奶奶", "爷爷", "阿姨", "大爷")


def scenario(seed: int = SEED) -> dict[str, Any]:
    """The facts, as the file format has them."""
    dice = random.Random(seed)  # noqa: S311 - nobody's secret
    homes = [_place(dice, f"h{number:02d}") for number in range(1, HOMES + 1)]
    own = [_place(dice, f"v{number}-home") for number in range(1, len(PEOPLE) + 1)]
    jobs = [job for job in JOBS for _ in range(job[4])]
    asked = [window for window in ASKED for _ in range(window[2])]
    dice.shuffle(jobs)
    dice.shuffle(asked)
    return {
        "format": "matcher/1",
        "program": {
            "name": "临江街道便民维修日", "as_of": "2026-11-30T09:00:00+08:00", "window": {"start": DAY, "end": DAY},
            "settings": {
                "step_minutes": 5, "weights": {"fairness": 0, "locality": 0},
                "default_limits": {"visits_per_day": 16, "visits_per_week": 16, "visits_per_month": 16, "max_travel_minutes": 60},
            },
        },
        "places": [*homes, *own],
        "residents": [_resident(number, home, name) for number, home, name in zip(range(1, HOMES + 1), homes, _names(dice))],
        "volunteers": [_volunteer(number, person) for number, person in enumerate(PEOPLE, start=1)],
        "wishes": [
            _wish(dice, number, job, window) for number, (job, window) in enumerate(zip(jobs, asked, strict=True), start=1)
        ],
    }


def _place(dice: random.Random, key: str) -> dict[str, Any]:
    name, north, east = dice.choice(COMMUNITIES)
    return {
        "id": key, "name": f"{name[:2]}路{dice.randint(1, 180)}号", "lat": round(MIDDLE[0] + north + dice.gauss(0, 0.0045), 5),
        "lon": round(MIDDLE[1] + east + dice.gauss(0, 0.005), 5), "crs": "gcj02", "community": name,
        "address": f"{dice.randint(1, 6)}单元{dice.randint(1, 7)}0{dice.randint(1, 4)}室",
    }


def _names(dice: random.Random) -> list[str]:
    names = [surname + called for surname in SURNAMES for called in CALLED]
    return dice.sample(names, HOMES)


def _resident(number: int, home: dict[str, Any], name: str) -> dict[str, Any]:
    return {"id": f"r{number:02d}", "name": name, "home": home["id"], "phone": f"1380000{1000 + number}"}


def _volunteer(number: int, person: tuple[str, str, tuple[str, ...]]) -> dict[str, Any]:
    name, gender, skills = person
    return {
        "id": f"v{number}", "name": name, "gender": gender, "phone": f"1380000{2000 + number}", "home": f"v{number}-home",
        "travel_mode": "e-bike", "prior_visits": 20, "skills": [{"name": skill} for skill in skills],
        "availability": [{"start": "08:30", "end": "11:45"}, {"start": "13:00", "end": "16:50"}],
    }


def _wish(dice: random.Random, number: int, job: tuple[str, str, int, int, int], window: tuple[str, str, int]) -> dict[str, Any]:
    what, skill, minutes, people, _ = job
    roles = [{"id": "master", "title": "师傅", "skills": [{"name": skill}]}]
    if people > 1:
        roles.append({"id": "helper", "title": "帮手"})
    return {
        "id": f"w{number:02d}", "kind": "visit", "resident": f"r{number:02d}", "title": what, "minutes": minutes,
        "submitted": f"2026-11-{dice.randint(1, 28):02d}", "priority": dice.choice((2, 3, 3, 3, 3, 4)),
        "recurrence": {"windows": [{"dates": [DAY], "start": window[0], "end": window[1]}]}, "roles": roles,
    }


def written(facts: dict[str, Any]) -> str:
    """JSON with a line for each place, person and wish."""
    lines = []
    for key, value in facts.items():
        if isinstance(value, list):
            rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in value)
            lines.append(f' "{key}": [\n{rows}\n ]')
        else:
            lines.append(f' "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    (Path(__file__).parent / "scenario.json").write_text(written(scenario()), encoding="utf-8")
