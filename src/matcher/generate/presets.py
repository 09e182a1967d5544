"""The presets: five programmes of real ones' sizes, and how any of them is scaled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from matcher.domain.places import CoordinateSystem
from matcher.generate.town import Words

VOLUNTEERS_PER_COMMUNITY, VISITS_PER_COMMUNITY = 125, 250
"""What ``communities`` scales by."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A programme's size, place and habits.

    ``emphasis`` multiplies how often something is asked; ``restricted`` is the part of suitable wishes kept to the
    teams paired with their community; ``skilled`` multiplies how many have a skill, so that some places stay empty in
    large programmes as well; ``pairings`` have two visits a month each.
    """

    name: str
    words: Words
    centre: tuple[float, float]
    crs: CoordinateSystem
    dialect: str | None
    communities: int
    radius_km: float
    volunteers: int
    teams: int
    visits: int
    pairings: int
    restricted: float
    skilled: float = 1.0
    emphasis: Mapping[str, float] = field(default_factory=dict)
    per_town: int = 8

    def scaled(self, volunteers: int | None, visits: int | None, communities: int | None) -> Preset:
        """The same programme in another size; teams and pairings keep their proportion to the volunteers."""
        people, places, asked = self.volunteers, self.communities, self.visits
        if communities is not None:
            places, people = communities, VOLUNTEERS_PER_COMMUNITY * communities
            asked = VISITS_PER_COMMUNITY * communities
        people, asked = volunteers or people, visits or asked
        if communities is None and (people < self.volunteers / 2 or asked < self.visits / 2):
            share = min(1.0, max(people / self.volunteers, asked / self.visits))
            places = max(1, round(self.communities * share))
        return replace(
            self, communities=places, volunteers=people, visits=asked,
            teams=max(4, round(self.teams * people / self.volunteers)),
            pairings=round(min(self.pairings * people / self.volunteers, self.pairings * asked / self.visits)),
        )


PRESETS: dict[str, Preset] = {
    preset.name: preset for preset in (
        Preset("donghe", ("东河社区云心愿（示例）", "Donghe community wishes (example)"), (23.0905, 114.4163), "gcj02", "hak",
               1, 0.8, 125, 6, 280, 8, 0.05),
        Preset("qiaodong", ("桥东街道志愿服务（示例）", "Qiaodong sub-district volunteers (example)"), (23.0880, 114.4120),
               "gcj02", "hak", 8, 1.8, 500, 24, 1_050, 30, 0.10, 0.85),
        Preset("jiangzhou", ("江州区志愿服务月计划（示例）", "Jiangzhou monthly service plan (example)"), (22.4050, 107.3530),
               "wgs84", "za", 46, 7.5, 2_500, 158, 5_800, 120, 0.20, 0.70, {"duty": 3.0, "clinic": 1.5}, 46),
        Preset("xingtai", ("邢台结对帮扶志愿服务（示例）", "Xingtai paired help (example)"), (37.0682, 114.5048), "wgs84", None,
               40, 7.5, 5_700, 80, 11_600, 600, 0.45, 0.42, {}, 40),
        Preset("quantang", ("泉塘街道二十社区志愿服务（示例）", "Quantang, twenty communities (example)"), (28.2300, 113.1100),
               "gcj02", None, 20, 3.6, 2_000, 60, 4_500, 60, 0.25, 0.55, {"phone": 1.5, "goods": 2.0}, 20),
    )
}
"""The centres are public coordinates of the towns' middle; everything around them is invented."""
