"""Compiled travel minutes are the Atlas's, to the minute."""

from random import Random

import numpy as np
import pytest

from matcher.domain.places import Place, TravelTime
from matcher.domain.settings import Travel
from matcher.domain.where import Atlas
from matcher.solvers.travel import metres_between, minutes_between

MODES = ("car", "e-bike", "bus", "walking")


def _places(rng, count):
    located = [
        Place(id=f"p{number}", lat=23 + rng.random() * 0.3, lon=114 + rng.random() * 0.3, crs="wgs84")
        for number in range(count)
    ]
    return [*located, Place(id="lost")]


@pytest.mark.parametrize("seed", range(5))
def test_every_pair_of_places_takes_as_long_as_the_atlas_says(seed):
    rng = Random(seed)
    places = _places(rng, 25)
    times = [
        TravelTime.model_validate({
            "origin": rng.choice(places).id, "destination": rng.choice(places).id, "minutes": rng.randint(1, 99),
            "mode": rng.choice([None, *MODES]),
        })
        for _ in range(40)
    ]
    travel = Travel(unknown_minutes=47)
    atlas = Atlas(places, travel, [time for time in times if time.origin != time.destination])
    axes, pace, measured = atlas.numbers()
    flat = [np.ascontiguousarray(table).reshape(-1) for table in (axes, pace, measured)]
    sizes = len(axes), len(pace), len(measured)
    for here in [None, *(place.id for place in places)]:
        for there in [None, *(place.id for place in places)]:
            for mode, name in enumerate(MODES):
                assert minutes_between(
                    *flat, *sizes, 47, atlas.index.get(here, -1), atlas.index.get(there, -1), mode
                ) == atlas.minutes(here, there, name)


def test_metres_are_whole_and_unknown_places_have_none():
    axes = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 1e-3], [np.nan, 0.0, 0.0]])
    # A chord of a thousandth of the mean radius: 6,371.0088 m along it, its arc 0.0003 m longer.
    assert metres_between(axes.reshape(-1), 0, 1) == 6371
    assert metres_between(axes.reshape(-1), 0, 2) == -1
