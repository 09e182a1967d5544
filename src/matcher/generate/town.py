"""The map: communities around a centre with a river through it, their estates and buildings, and where people go."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from matcher.domain.places import CoordinateSystem, Place
from matcher.generate.dice import Dice

Language = Literal["zh", "en"]
Words = tuple[str, str]
"""The same in Chinese and English."""

_NAMES = (
    "东河Donghe 桥东Qiaodong 建设Jianshe 新华Xinhua 胜利Shengli 和平Heping 育才Yucai 文明Wenming 向阳Xiangyang "
    "光明Guangming 红星Hongxing 东风Dongfeng 团结Tuanjie 幸福Xingfu 友谊Youyi 解放Jiefang 人民Renmin 中山Zhongshan "
    "北门Beimen 南园Nanyuan 西湖Xihu 水门Shuimen 麦地Maidi 金山Jinshan 江南Jiangnan 江北Jiangbei 花园Huayuan "
    "兴隆Xinglong 长青Changqing 永安Yong'an 太平Taiping 朝阳Chaoyang 青年Qingnian 丰收Fengshou 翠湖Cuihu 龙泉Longquan "
    "凤山Fengshan 石桥Shiqiao 柳园Liuyuan 梅园Meiyuan 竹林Zhulin 桃源Taoyuan 清泉Qingquan 望江Wangjiang 滨河Binhe "
    "城南Chengnan 城北Chengbei 西关Xiguan 东关Dongguan 钟楼Zhonglou"
)
COMMUNITY_NAMES: tuple[Words, ...] = tuple((word[:2], word[2:]) for word in _NAMES.split())
ESTATES: tuple[Words, ...] = (
    ("福馨苑", "Fuxin Court"), ("锦绣花园", "Jinxiu Garden"), ("康乐小区", "Kangle Estate"), ("阳光家园", "Sunshine Homes"),
    ("教师新村", "Teachers' Village"), ("粮食局宿舍", "Grain Bureau Flats"), ("河畔公寓", "Riverside Flats"),
    ("安居苑", "Anju Court"), ("世纪城", "Century Town"), ("机械厂大院", "Machine Works Yard"), ("金桂园", "Jingui Garden"),
    ("老街", "Old Street"), ("翠竹苑", "Cuizhu Court"), ("百合花园", "Lily Garden"),
)
GOALS: tuple[tuple[str, Words, float, float], ...] = (
    ("hospital", ("人民医院", "People's Hospital"), 0.3, 0.9),
    ("tcm", ("中医院", "Hospital of Chinese Medicine"), 0.4, 1.2),
    ("sanatorium", ("康宁疗养院", "Kangning Sanatorium"), 1.0, 3.5),
    ("hall", ("政务服务中心", "Public Service Hall"), 0.2, 0.7),
    ("park", ("滨河公园", "Riverside Park"), 0.2, 0.5),
    ("culture", ("文化馆", "Culture House"), 0.1, 0.4),
)
"""Where escorts go, and how far from the centre: a share of the town's radius, and kilometres on top."""

_GOLDEN_TURN = 2.39996323
RIVER_HALF_KM = 0.18
"""Half the strip along the river in which nobody lives."""


@dataclass(slots=True)
class Community:
    """A community: its name, its town, where it lies (kilometres), its estates and its station's place."""

    number: int
    name: str
    town: int
    x: float
    y: float
    estates: tuple[tuple[str, float, float], ...]
    station: str


@dataclass(slots=True)
class Town:
    """All communities and places; homes are added as people move in."""

    lat: float
    lon: float
    crs: CoordinateSystem
    language: Language
    communities: tuple[Community, ...] = ()
    goals: tuple[dict[str, str], ...] = ()
    """Per town, the place of each goal."""
    places: dict[str, Place] = field(default_factory=dict)
    lived_in: set[str] = field(default_factory=set)

    def home(self, community: Community, dice: Dice) -> str:
        """The place of a building somebody lives in."""
        key = building_id(community, dice.whole(1, len(community.estates)), dice.whole(1, BUILDINGS))
        self.lived_in.add(key)
        return key

    def build(self, community: Community, dice: Dice) -> None:
        """Every building of a community; a few that nobody has located fall back to their estate."""
        for estate, (name, x, y) in enumerate(community.estates, 1):
            for building in range(1, BUILDINGS + 1):
                spot = self.spot(x + dice.near(0.06), y + dice.near(0.06))
                title = self.say((f"{name}{building}栋", f"{name} {building}"))
                located = not dice.chance(UNLOCATED_SHARE)
                key = building_id(community, estate, building)
                self.add(key, title, spot if located else None, community, estate, building)

    def used_places(self) -> tuple[Place, ...]:
        """All places but the buildings nobody on the lists lives in."""
        return tuple(place for key, place in self.places.items() if place.building is None or key in self.lived_in)

    def number_of(self, place: str) -> int:
        """Which of the towns a place belongs to."""
        community = self.places[place].community
        if community is None:
            return next(number for number, goals in enumerate(self.goals) if place in goals.values())
        return self.communities[int(place[1:].partition("-")[0])].town

    def add(
        self, key: str, name: str, spot: tuple[float, float] | None, community: Community | None = None,
        estate: int | None = None, building: int | None = None,
    ) -> str:
        """Put a place on the map."""
        self.places[key] = Place(
            id=key, name=name,
            lat=spot[0] if spot else None, lon=spot[1] if spot else None, crs=self.crs if spot else None,
            community=community.name if community else None,
            grid=f"{(estate + 1) // 2:02d}" if estate else None,
            estate=community.estates[estate - 1][0] if community and estate else None,
            building=self.say((f"{building}栋", str(building))) if building else None,
        )
        return key

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """Latitude and longitude of a point given in kilometres east and north of the centre, to a metre."""
        lat = self.lat + y / 110.57
        return round(lat, 5), round(self.lon + x / (111.32 * math.cos(math.radians(self.lat))), 5)

    def say(self, words: Words) -> str:
        """The words in the scenario's language."""
        return words[self.language == "en"]


UNLOCATED_SHARE = 0.03
"""Buildings nobody put a pin on the map for (our reading)."""
BUILDINGS = 9
"""Buildings of an estate in which somebody on the lists may live."""


def building_id(community: Community, estate: int, building: int) -> str:
    """The id of a building's place: c003-e2-b7."""
    return f"c{community.number:03d}-e{estate}-b{building}"


def build_town(
    dice: Dice, centre: tuple[float, float], crs: CoordinateSystem, language: Language,
    communities: int, per_town: int, radius_km: float,
) -> Town:
    """Towns of ``per_town`` communities side by side, each with a dense centre and a river through it."""
    town = Town(centre[0], centre[1], crs, language)
    towns = -(-communities // per_town)
    columns = math.ceil(math.sqrt(towns))
    apart = 2 * radius_km + 3.0
    drawn: list[Community] = []
    goals = []
    for number in range(towns):
        east, north = (number % columns) * apart, -(number // columns) * apart
        here = range(number * per_town, min(communities, (number + 1) * per_town))
        drawn += [_community(dice, town, index, number, here, east, north, radius_km) for index in here]
        goals.append(_goals(dice, town, number, towns, east, north, radius_km))
    town.communities, town.goals = tuple(drawn), tuple(goals)
    return town


def _community(
    dice: Dice, town: Town, index: int, number: int, here: Sequence[int], east: float, north: float, radius: float
) -> Community:
    rank = index - here[0]
    away = radius * ((rank + 0.35) / len(here)) ** 0.7 if len(here) > 1 else 0.0  # above 0.5: denser at the centre
    turn = rank * _GOLDEN_TURN + dice.near(0.2)
    x, y = _off_the_river(away * math.cos(turn), away * math.sin(turn), radius)
    name = town.say(_community_name(index))
    community = Community(index, name, number, east + x, north + y, (), f"c{index:03d}-station")
    estates = dice.some(ESTATES, dice.whole(4, 7))
    community.estates = tuple(_estate(dice, town, own, community, east, north, radius) for own in estates)
    town.add(
        community.station, town.say((f"{name}新时代文明实践站", f"{name} station")),
        town.spot(community.x, community.y), community,
    )
    for order, (estate, x, y) in enumerate(community.estates, 1):
        town.add(f"c{index:03d}-e{order}", estate, town.spot(x, y), community, order)
    town.build(community, dice)
    return community


def _estate(
    dice: Dice, town: Town, name: Words, community: Community, east: float, north: float, radius: float
) -> tuple[str, float, float]:
    x, y = community.x - east + dice.near(0.32), community.y - north + dice.near(0.32)
    x, y = _off_the_river(x, y, radius)
    return town.say(name), east + x, north + y


def _off_the_river(x: float, y: float, radius: float) -> tuple[float, float]:
    """The same point, moved to the bank if it lies in the strip along the river."""
    middle = 0.25 * radius + 0.3 * x + 0.12 * radius * math.sin(2.2 * x / radius)
    if abs(y - middle) >= RIVER_HALF_KM:
        return x, y
    return x, middle + (RIVER_HALF_KM if y >= middle else -RIVER_HALF_KM)


def _community_name(index: int) -> Words:
    """The index-th name; after fifty they are numbered, as new estates number theirs."""
    zh, en = COMMUNITY_NAMES[index % len(COMMUNITY_NAMES)]
    again = index // len(COMMUNITY_NAMES)
    if not again:
        return f"{zh}社区", en
    return f"{zh}{'一二三四五六七八九'[again]}社区" if again < 9 else f"{zh}第{again + 1}社区", f"{en} {again + 1}"


def _goals(
    dice: Dice, town: Town, number: int, towns: int, east: float, north: float, radius: float
) -> dict[str, str]:
    found = {}
    for name, words, share, extra in GOALS:
        turn = dice.roll() * 2 * math.pi
        away = share * radius + extra
        zh, en = words
        title = town.say(words if towns == 1 else (f"{number + 1}区{zh}", f"{en}, district {number + 1}"))
        spot = town.spot(east + away * math.cos(turn), north + away * math.sin(turn))
        found[name] = town.add(f"{name}-{number + 1}" if towns > 1 else name, title, spot)
    return found


def weights_of(communities: Iterable[Community]) -> list[tuple[Community, float]]:
    """Communities with how many people live there: those founded first, at the centre, are the larger ones."""
    return [(own, 1.0 + 0.5 / (1 + own.number % 8)) for own in communities]
