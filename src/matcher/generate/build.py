"""generate: a whole synthetic scenario from a preset, a seed and sizes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from matcher.domain.scenario import PlanningWindow, Program, Scenario
from matcher.domain.settings import Settings
from matcher.domain.when import Calendar
from matcher.domain.where import Atlas
from matcher.errors import BadInput, Fault
from matcher.generate.catalogue import CATALOGUE
from matcher.generate.dice import Dice
from matcher.generate.fits import STEP_MINUTES, Fits
from matcher.generate.past import Past, claim, promise, remember
from matcher.generate.people import Neighbours, enlist, found_teams
from matcher.generate.presets import PRESETS, Preset
from matcher.generate.town import build_town
from matcher.generate.wishes import Asked, Wishes

AS_OF = datetime.fromisoformat("2026-11-24T09:00:00+08:00")
"""The facts' moment, if no other is asked for; the month that follows is planned."""


def generate(
    preset: str, seed: int = 0, *, volunteers: int | None = None, visits: int | None = None,
    communities: int | None = None, lang: Literal["zh", "en"] = "zh", as_of: datetime = AS_OF,
) -> Scenario:
    """A synthetic scenario at a real programme's size; the same arguments give the same scenario, byte for byte.

    ``volunteers`` and ``visits`` set those two numbers; ``communities`` puts as many communities side by side, with
    about 125 volunteers and 250 visits each. The month after ``as_of`` is to be planned. Raises ``BadInput`` for an
    unknown preset and for sizes below 1.

    >>> len(generate("donghe", volunteers=20, visits=30).volunteers)
    20
    """
    _refuse(preset, {"volunteers": volunteers, "visits": visits, "communities": communities}, seed, lang)
    size = PRESETS[preset].scaled(volunteers, visits, communities)
    return _Making(size, seed, lang, as_of).scenario()


def _refuse(preset: str, sizes: dict[str, int | None], seed: int, lang: str) -> None:
    zh = lang == "zh"
    faults = []
    if preset not in PRESETS:
        names = "、".join(PRESETS) if zh else ", ".join(PRESETS)
        faults.append(Fault(
            f"没有“{preset}”这个预设。" if zh else f'there is no preset "{preset}"',
            f"可选：{names}。" if zh else f"Choose one of {names}.", code="unknown-preset",
        ))
    for name, size in sizes.items():
        if size is not None and size < 1:
            faults.append(Fault(
                f"--{name} 是 {size}，至少要 1。" if zh else f"--{name} is {size}; it must be at least 1",
                code="bad-size",
            ))
    if seed < 0:
        faults.append(Fault(f"--seed 是 {seed}，不能小于 0。" if zh else f"--seed is {seed}; it must not be below 0",
                            code="bad-size"))
    if faults:
        raise BadInput(faults)


class _Making:
    """One scenario in the making: the town, its people, their wishes, their past."""

    def __init__(self, preset: Preset, seed: int, lang: Literal["zh", "en"], as_of: datetime) -> None:
        self.preset, self.seed, self.lang, self.as_of = preset, seed, lang, as_of
        self.window = _month_after(as_of)
        self.program = Program(
            name=preset.words[lang == "en"], as_of=as_of, window=PlanningWindow(start=self.window[0], end=self.window[1]),
            settings=Settings(language=lang, step_minutes=STEP_MINUTES),
        )
        self.calendar = Calendar.of(self.program)

    def dice(self, subject: str) -> Dice:
        return Dice(self.seed, self.preset.name, subject)

    def scenario(self) -> Scenario:
        """The scenario, validated like any other."""
        preset = self.preset
        town = build_town(
            self.dice("town"), preset.centre, preset.crs, self.lang, preset.communities, preset.per_town,
            preset.radius_km,
        )
        atlas = Atlas(tuple(town.places.values()), self.program.settings.travel)
        teams = found_teams(self.dice("teams"), preset, town)
        crowd = enlist(self.dice("volunteers"), preset, town, teams, self.as_of, self.window)
        neighbours = Neighbours(self.dice("residents"), preset, town, crowd)
        draw = Wishes(
            self.dice("wishes"), preset, town, teams, neighbours, atlas, self.calendar, self.as_of, self.window
        )
        paired, pairings = draw.of_pairings()
        asked = [*paired, *draw.of_catalogue(preset.visits - sum(len(own.visits) for own in paired))]
        homes = {resident.id: resident.home for resident in neighbours.residents}
        fits = Fits(crowd.volunteers, teams.all, atlas, self.calendar, self.window, homes, town.number_of)
        past = self._past(asked, fits)
        return Scenario(
            program=self.program, places=town.used_places(), residents=tuple(neighbours.residents),
            volunteers=crowd.volunteers, teams=teams.all, wishes=tuple(own.wish for own in asked),
            claims=tuple(past.claims), declines=tuple(past.declines), pairings=tuple(pairings),
            history=tuple(past.history), published=tuple(past.published), pins=tuple(past.pins),
        )

    def _past(self, asked: list[Asked], fits: Fits) -> Past:
        past, dice = Past(), self.dice("claims")
        shares = {ask.key: ask.claimants_only for ask in CATALOGUE}
        for place, own in enumerate(asked):
            if dice.chance(shares.get(own.wish.id.rpartition("-")[0], 0.0)):
                asked[place] = claim(dice, own, fits, self.as_of, past)
        remember(self.dice("history"), asked, fits, self.as_of, past)
        promise(self.dice("promises"), asked, fits, self.as_of, self.window, past)
        return past


def _month_after(moment: datetime) -> tuple[date, date]:
    """The first and the last day of the next month.

    >>> _month_after(AS_OF)
    (datetime.date(2026, 12, 1), datetime.date(2026, 12, 31))
    """
    first = (moment.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
