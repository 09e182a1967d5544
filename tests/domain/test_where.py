"""Coordinates, fallbacks and travel minutes."""

from __future__ import annotations

import math
import pickle
import random
from fractions import Fraction

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.places import Place, TravelTime
from matcher.domain.settings import Speed, Travel
from matcher.domain.where import Atlas, from_wgs84, metres, to_wgs84

MODES = ("car", "e-bike", "bus", "walking")
TRAVEL = Travel()


def place(key: str, lat: float | None = None, lon: float | None = None, /, **where) -> Place:
    return Place(id=key, lat=lat, lon=lon, crs=None if lat is None else where.pop("crs", "wgs84"), **where)


# --- Coordinate systems -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
@given(lat=st.floats(18, 53), lon=st.floats(74, 134))
def test_chinese_coordinates_come_back(crs, lat, lon):
    back = to_wgs84(*from_wgs84(lat, lon, crs), crs)
    assert back == pytest.approx((lat, lon), abs=1e-9)


def test_gcj02_lies_half_a_kilometre_off_at_tiananmen():
    # Measured elsewhere as 556 m between the two systems.
    lat, lon = from_wgs84(39.90734, 116.39125, "gcj02")
    assert metres(39.90734, 116.39125, lat, lon) == pytest.approx(556, abs=5)
    # North-east, as everywhere in Beijing.
    assert lat > 39.90734
    assert lon > 116.39125


def test_bd09_lies_about_a_kilometre_beyond_gcj02():
    # Baidu adds 0.0065° east and 0.006° north, give or take 0.00002°·√2 and the small turn.
    lat, lon = from_wgs84(31.2, 121.4, "gcj02")
    bd_lat, bd_lon = from_wgs84(31.2, 121.4, "bd09")
    assert bd_lat - lat == pytest.approx(0.006, abs=5e-4)
    assert bd_lon - lon == pytest.approx(0.0065, abs=5e-4)


def test_gcj02_outside_china_is_wgs84():
    assert to_wgs84(52.52, 13.405, "gcj02") == (52.52, 13.405)
    assert from_wgs84(-33.87, 151.21, "gcj02") == (-33.87, 151.21)
    assert to_wgs84(23.0, 114.0, "wgs84") == (23.0, 114.0)


def test_arrays_convert_like_numbers():
    lat, lon = np.array([23.09, 52.52, 39.9]), np.array([114.41, 13.4, 116.4])
    for crs in ("wgs84", "gcj02", "bd09"):
        new_lat, new_lon = to_wgs84(lat, lon, crs)
        for number in range(3):
            one = to_wgs84(float(lat[number]), float(lon[number]), crs)
            assert (new_lat[number], new_lon[number]) == pytest.approx(one, abs=1e-12)


# --- Distance -----------------------------------------------------------------------------------------------------


def test_metres_agree_with_the_geodesic():
    rng = random.Random(7)
    for _ in range(300):
        lat, lon = rng.uniform(18, 53), rng.uniform(74, 134)
        reach = 10 ** rng.uniform(-4, 0)  # ten metres to a hundred kilometres
        there = lat + rng.uniform(-reach, reach), lon + rng.uniform(-reach, reach)
        assert metres(lat, lon, *there) == pytest.approx(geodesic((lat, lon), there).m, rel=1e-6, abs=0.001)


def test_metres_reach_round_the_globe():
    # Straight through the Earth, the chord of a flattened globe tells less about the way round it.
    rng = random.Random(8)
    for _ in range(300):
        here = math.degrees(math.asin(rng.uniform(-1, 1))), rng.uniform(-180, 180)
        there = math.degrees(math.asin(rng.uniform(-1, 1))), rng.uniform(-180, 180)
        assert metres(*here, *there) == pytest.approx(geodesic(here, there).m, rel=0.015)
    assert metres(0.0, 0.0, 0.0, 180.0) == pytest.approx(geodesic((0, 0), (0, 180)).m, rel=0.05)
    assert metres(90.0, 0.0, -90.0, 0.0) == pytest.approx(geodesic((90, 0), (-90, 0)).m, rel=0.05)
    assert metres(23.0, 114.0, 23.0, 114.0) == 0
    assert math.isnan(metres(float("nan"), 114.0, 23.0, 114.0))


# --- Minutes ------------------------------------------------------------------------------------------------------

# Two places on one meridian, 0.09° apart. At 23° the ellipsoid's meridian bends with a radius of 6 345.2 km:
# 0.09 · π/180 · 6 345.2 km = 9 967 m.
NORTH, SOUTH = place("north", 23.09, 114.0), place("south", 23.0, 114.0)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("car", 35),  # 5 + 9.967 · 1.4 · 60 / 28 = 34.90
        ("e-bike", 54),  # 2 + 9.967 · 1.3 · 60 / 15 = 53.83
        ("bus", 63),  # 10 + 9.967 · 1.4 · 60 / 16 = 62.33
        ("walking", 173),  # 9.967 · 1.3 · 60 / 4.5 = 172.76
    ],
)
def test_minutes_are_fixed_time_and_detour_over_speed_rounded_up(mode, expected):
    atlas = Atlas([NORTH, SOUTH], TRAVEL)
    assert atlas.metres("north", "south") == atlas.metres("south", "north") == 9_967
    assert atlas.minutes("north", "south", mode) == atlas.minutes("south", "north", mode) == expected


def test_a_whole_number_of_minutes_is_not_rounded_up():
    # 9 967 m at 1.2 detour and 9.967 km/h is 72 minutes exactly.
    travel = Travel(walking=Speed(km_per_hour=9.967, detour=1.2))
    assert Atlas([NORTH, SOUTH], travel).minutes("north", "south", "walking") == 72


def test_the_same_place_is_no_way_even_when_nobody_knows_where():
    atlas = Atlas([NORTH, place("lost")], TRAVEL)
    assert atlas.minutes("north", "north", "car") == 0
    assert atlas.minutes("lost", "lost", "car") == 0


def test_an_unknown_place_is_the_settings_minutes_away():
    atlas = Atlas([NORTH, place("lost")], Travel(unknown_minutes=25))
    assert atlas.fallbacks == {"lost": "unknown"}
    assert math.isnan(atlas.lat[atlas.index["lost"]])
    assert atlas.metres("north", "lost") is None
    for origin, destination in [("north", "lost"), ("lost", "north"), (None, "north"), ("north", None), (None, None)]:
        assert atlas.minutes(origin, destination, "bus") == 25


def test_a_measured_time_wins_both_ways():
    atlas = Atlas([NORTH, SOUTH], TRAVEL, [TravelTime(origin="north", destination="south", minutes=17)])
    assert atlas.minutes("north", "south", "car") == 17
    assert atlas.minutes("south", "north", "walking") == 17


def test_the_way_back_may_be_measured_too():
    atlas = Atlas([NORTH, SOUTH], TRAVEL, [
        TravelTime(origin="north", destination="south", minutes=17),
        TravelTime(origin="south", destination="north", minutes=21),
    ])
    assert (atlas.minutes("north", "south", "car"), atlas.minutes("south", "north", "car")) == (17, 21)


def test_a_time_measured_for_a_mode_wins_over_one_for_every_mode():
    atlas = Atlas([NORTH, SOUTH], TRAVEL, [
        TravelTime(origin="north", destination="south", minutes=40),
        TravelTime(origin="north", destination="south", minutes=17, mode="car"),
    ])
    assert [atlas.minutes("south", "north", mode) for mode in MODES] == [17, 40, 40, 40]


def test_a_measured_time_serves_places_nobody_located():
    atlas = Atlas([NORTH, place("lost")], TRAVEL, [TravelTime(origin="north", destination="lost", minutes=9)])
    assert atlas.minutes("lost", "north", "bus") == 9
    assert atlas.minutes_to(["lost", "north"], "lost", ["bus", "car"]).tolist() == [0, 9]


def expected_minutes(away: int, speed: Speed) -> int:
    hours = Fraction(str(speed.detour)) * away / 1000 / Fraction(str(speed.km_per_hour))
    return math.ceil(speed.fixed_minutes + hours * 60)


@st.composite
def atlases(draw):
    count = draw(st.integers(1, 8))
    degrees = st.floats(22.9, 23.4) | st.sampled_from([23.0, 23.01])
    places = [
        place(f"p{number}") if draw(st.integers(0, 4)) == 0
        else place(f"p{number}", draw(degrees), draw(degrees) + 91, crs=draw(st.sampled_from(["wgs84", "gcj02"])))
        for number in range(count)
    ]
    ids = st.sampled_from([p.id for p in places])
    times = st.builds(TravelTime, origin=ids, destination=ids, minutes=st.integers(0, 90),
                      mode=st.sampled_from([None, *MODES]))
    return Atlas(places, TRAVEL, draw(st.lists(times, max_size=4)))


@given(atlas=atlases(), data=st.data())
def test_many_asked_together_get_the_numbers_each_would_get_alone(atlas, data):
    ids = st.sampled_from([None, "nowhere", *atlas.index])
    origins = data.draw(st.lists(ids, max_size=20))
    modes = [data.draw(st.sampled_from(MODES)) for _ in origins]
    destination = data.draw(ids)
    together = atlas.minutes_to(origins, destination, modes)
    assert together.dtype == np.int64
    assert together.tolist() == [atlas.minutes(o, destination, m) for o, m in zip(origins, modes)]
    ends = atlas.ends(origins, modes)
    assert atlas.minutes_back(destination, ends).tolist() == [
        atlas.minutes(destination, o, m) for o, m in zip(origins, modes)
    ]
    half = np.arange(0, len(origins), 2)
    assert atlas.minutes_there(ends.some(half), destination).tolist() == together[half].tolist()


def test_thousands_together_equal_the_formula_in_exact_fractions():
    rng = np.random.default_rng(3)
    places = [place(f"p{n}", 23 + rng.random() / 4, 114 + rng.random() / 4) for n in range(1500)]
    atlas = Atlas(places, TRAVEL)
    origins = [p.id for p in places]
    modes = [MODES[n % 4] for n in range(len(places))]
    together = atlas.minutes_to(origins, "p0", modes)
    speeds = {"car": TRAVEL.car, "e-bike": TRAVEL.e_bike, "bus": TRAVEL.bus, "walking": TRAVEL.walking}
    for number in range(1, len(places)):
        away = atlas.metres(origins[number], "p0")
        assert together[number] == expected_minutes(away, speeds[modes[number]])


def test_an_atlas_travels_to_another_process_and_cannot_be_written():
    atlas = Atlas([NORTH, SOUTH], TRAVEL)
    atlas.minutes_to(["north"], "south", ["car"])
    assert pickle.loads(pickle.dumps(atlas)).minutes("north", "south", "car") == 35
    with pytest.raises(ValueError, match="read-only"):
        atlas.lat[0] = 0


# --- Fallbacks ----------------------------------------------------------------------------------------------------


def stand_in(lost: Place, *others: Place) -> tuple[str, float]:
    atlas = Atlas([lost, *others], TRAVEL)
    return atlas.fallbacks[lost.id], round(float(atlas.lat[0]), 6)


BUILDING = place("b3", 23.01, 114.0, community="donghe", estate="东河小区", building="3栋")
ESTATE = place("estate", 23.02, 114.0, name="东河小区", community="donghe")
GRID = place("g03", 23.03, 114.0, name="03", community="donghe")
COMMUNITY = place("donghe", 23.04, 114.0, name="东河社区")
LOST = place("lost", community="donghe", grid="03", estate="东河小区", building="3栋")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ((BUILDING, ESTATE, GRID, COMMUNITY), ("building", 23.01)),
        ((ESTATE, GRID, COMMUNITY), ("estate", 23.02)),
        ((GRID, COMMUNITY), ("grid", 23.03)),
        ((COMMUNITY,), ("community", 23.04)),
    ],
)
def test_the_nearest_surroundings_stand_in(others, expected):
    assert stand_in(LOST, *others) == expected


def test_without_a_named_place_the_mean_stands_in():
    # (23.00 + 23.02) / 2 of the estate's other buildings.
    one = place("b1", 23.00, 114.0, community="donghe", estate="东河小区", building="1栋")
    two = place("b2", 23.02, 114.0, community="donghe", estate="东河小区", building="2栋")
    assert stand_in(LOST, one, two) == ("estate", 23.01)
    assert stand_in(LOST, place("a", 23.0, 114.0, community="donghe"),
                    place("b", 23.04, 114.0, community="donghe")) == ("community", 23.02)
    assert stand_in(LOST, place("a", 23.0, 114.0, community="donghe", grid="03"),
                    place("b", 23.04, 114.0, community="donghe", grid="04")) == ("grid", 23.0)


def test_a_namesake_in_another_community_does_not_stand_in():
    elsewhere = {"community": "xihe"}
    assert stand_in(LOST, place("b3", 24.0, 114.0, estate="东河小区", building="3栋", **elsewhere))[0] == "unknown"
    assert stand_in(LOST, place("g03", 24.0, 114.0, name="03", **elsewhere))[0] == "unknown"


def test_a_building_is_known_by_its_community_alone_when_there_is_no_estate():
    wu = place("wu-home", community="donghe", building="3栋")
    assert stand_in(wu, place("hall", 23.05, 114.0, community="donghe", building="3栋")) == ("building", 23.05)
    nowhere = place("home", building="3栋")
    assert stand_in(nowhere, place("hall", 23.05, 114.0, building="3栋"))[0] == "unknown"


def test_a_place_with_its_own_coordinates_needs_no_stand_in():
    atlas = Atlas([BUILDING, ESTATE], TRAVEL)
    assert atlas.fallbacks == {}


def test_the_order_of_places_is_nothing():
    others = [place(f"p{n}", 23 + n / 7, 114 + n / 3, community="donghe") for n in range(9)]
    one = Atlas([LOST, *others], TRAVEL)
    two = Atlas([*reversed(others), LOST], TRAVEL)
    assert one.lat[one.index["lost"]] == two.lat[two.index["lost"]]


def test_one_home_known_in_gcj02_and_one_in_wgs84_are_the_same_place():
    lat, lon = from_wgs84(23.09, 114.41, "gcj02")
    atlas = Atlas([place("a", 23.09, 114.41), place("b", lat, lon, crs="gcj02")], TRAVEL)
    assert atlas.metres("a", "b") == 0
