"""Vehicles as people name them: a car, its seats and hours, an e-bike, a licence without a car."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.domain.people import Availability, Vehicle
from matcher.domain.places import TravelMode
from matcher.exchange.phrases.hours import read_availability
from matcher.exchange.phrases.numbers import read_yes_no
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, cell_text, matchable, number


@dataclass(frozen=True, slots=True)
class VehicleReading:
    """What a volunteer drives, how they travel themselves, and whether they may drive at all."""

    vehicle: Vehicle | None = None
    travel_mode: TravelMode | None = None
    licence: bool | None = None


_MAYBE = re.compile("也许|可能|有时|不一定|看情况|偶尔|说不准|不确定|借|再说|待定|maybe|sometimes|perhaps|depends")
_LICENCE_ONLY = re.compile(
    "有?(?:驾驶?证|驾照|本|c1|c2|b1|a1|证|照)(?:但)?[,、 ]?(?:没有?|无|无私家)车|"
    "(?<!不)会开车?(?:但)?[,、 ]?(?:没有?|无)车|没车有(?:证|驾照|本)|licen[cs]e(?:d)?,? (?:but )?no car"
)
_NO_LICENCE = re.compile(
    "有车.{0,3}(?:没有?|无)(?:驾驶?证|驾照|证|本)|(?:没有?|无)(?:驾驶?证|驾照|证)[,、但 ]*有车|"
    "不会开.{0,4}有车|有车.{0,4}不会开|car but no licen[cs]e"
)
_LICENCE = re.compile("有?(?:驾驶?证|驾照|c1|c2|b1|b2|a1|a2)(?:驾驶?证|驾?照|本)?|会开车|能开车|licen[cs]e|can drive")
_SEATS = re.compile(rf"({NUMBER}) ?(?:人?座|seats?|-seater|seater)")
_PASSENGERS = re.compile(rf"(?:能坐|可坐|坐|载|能载|可载)?({NUMBER})(?:位|名|个)?(?:乘客|乘员)|(\d+) passengers?")
_HOLDS = re.compile(rf"(?:能坐|可坐|坐|能载|可载|载)({NUMBER})(?:个人|人|位|个|名)")
_EBIKE = re.compile("电动车|电瓶车|电单车|小电驴|电驴|电摩|电动自行车|两轮|e-?bike|electric bike|scooter")
_ELECTRIC_CAR = re.compile("新能源|电动(?:小)?汽车|电动轿车|电车|纯电|混动|特斯拉|比亚迪|四轮|electric car|ev")
_OTHER_MODES: tuple[tuple[str, TravelMode, str | None], ...] = (
    ("摩托车?|motor ?(?:cycle|bike)", "e-bike", "mode-like-ebike"),
    ("三轮车?|代步车|老头乐|老年车", "e-bike", "mode-like-ebike"),
    ("自行车|单车|脚踏车|骑车|bicycle|bike|cycling", "e-bike", "mode-like-ebike"),
    ("公交车?|地铁|坐车|公共交通|大巴|bus|metro|public transport", "bus", None),
    ("步行|走路|徒步|on foot|walk(?:ing)?", "walking", None),
)
_CAR = re.compile(
    "^有(?!驾|证|本)|有车|小轿车|轿车|小汽车|汽车|小车|私家车|自家车|家用车|自驾|开车|suv|商务车|"
    "面包车|mpv|皮卡|越野|的车|car|van|车"
)
_WHEELCHAIR = re.compile("轮椅|无障碍|福祉|残疾人专用|wheelchair")
_RELATIVES = (
    "老公|老婆|爱人|丈夫|妻子|儿子|女儿|爸爸?|妈妈?|父亲|母亲|家里|家人|单位|公司|朋友|亲戚|"
    "邻居|哥哥?|姐姐?|弟弟?|妹妹?"
)
_SOMEONES = re.compile(f"((?:{_RELATIVES})的?)车")


def read_vehicle(value: object, ctx: Context) -> Reading[VehicleReading]:
    """A vehicle as people name it: 有, 否, 七座, 电动车, 老公的车，周末能开, 有证没车, or the seats."""
    text = matchable(value).strip("。.! ")
    plain = read_yes_no(value, ctx)
    if (isinstance(value, (int, float)) and not isinstance(value, bool)) or re.fullmatch(r"\d{1,2}", text):
        return _seats_told(number(cell_text(value)), value, ctx)
    if plain.value is not None:
        return _plain_vehicle(plain.value, ctx)
    if early := refused_early(value, ctx):
        return early
    if re.fullmatch("(?:没有?|无|不会|没)(?:车|私家车|开车|小车|汽车)?|没车没证|no car|without a car", text):
        return Reading(VehicleReading())
    if _MAYBE.search(text):
        return ctx.refuse("not-yes-or-no", text=shown(value))
    if _NO_LICENCE.search(text):
        return Reading(VehicleReading(licence=False), (ctx.say("car-without-licence", text=shown(value)),))
    if _LICENCE_ONLY.search(text):
        return Reading(VehicleReading(licence=True), (ctx.say("licence-only", text=shown(value)),))
    return _named_vehicle(text, value, ctx)


def _plain_vehicle(has_one: bool, ctx: Context) -> Reading[VehicleReading]:
    if not has_one:
        return Reading(VehicleReading())
    return Reading(VehicleReading(Vehicle(seats=4), "car", True), defaults=(ctx.say("car-default"),))


def _seats_told(seats: int | None, value: object, ctx: Context) -> Reading[VehicleReading]:
    """A bare number counts passengers, as the template asks; 0 is no vehicle."""
    if seats is None or seats > 60:
        return ctx.refuse("no-vehicle", text=shown(value))
    if seats == 0:
        return Reading(VehicleReading())
    # 1 may be a yes; the smaller car promises less.
    told = (ctx.say("seats-assumed", text=shown(value), seats=1),) if seats == 1 else ()
    return Reading(VehicleReading(Vehicle(seats=seats), "car", True), told)


def _named_vehicle(text: str, value: object, ctx: Context) -> Reading[VehicleReading]:
    electric_car = _ELECTRIC_CAR.search(text) is not None
    a_car_too = re.search("(?<!电动)(?:小?汽车|轿车|小车|私家车)", text) is not None
    if _EBIKE.search(text) and not electric_car and not a_car_too:
        return Reading(VehicleReading(travel_mode="e-bike"), (ctx.say("e-bike", text=shown(value)),))
    wheelchair = _WHEELCHAIR.search(text) is not None
    is_car = electric_car or wheelchair or _SEATS.search(text) or _PASSENGERS.search(text) or _HOLDS.search(text)
    if not is_car and (other := _other_mode(text, value, ctx)):
        return other
    if not is_car and _LICENCE.fullmatch(text):
        return Reading(VehicleReading(licence=True), (ctx.say("licence-only", text=shown(value)),))
    if not is_car and not _CAR.search(text):
        return ctx.refuse("no-vehicle", text=shown(value))
    return _car(text, wheelchair, value, ctx)


def _other_mode(text: str, value: object, ctx: Context) -> Reading[VehicleReading] | None:
    for pattern, mode, assumption in _OTHER_MODES:
        if re.search(pattern, text) and not re.search("有车|私家车|轿车|汽车|小车", text):
            told = (ctx.say(assumption, text=shown(value)),) if assumption else ()
            return Reading(VehicleReading(travel_mode=mode), told)
    return None


def _car(text: str, wheelchair: bool, value: object, ctx: Context) -> Reading[VehicleReading]:
    seats, told = _car_seats(text, value, ctx)
    if seats is None:
        return ctx.refuse("no-vehicle", text=shown(value))
    notes: tuple[str, ...] = ()
    if someone := _SOMEONES.search(text):
        notes = (someone[1],)
    hours = _vehicle_hours(text, ctx)
    if hours.refusal is not None:
        return Reading(refusal=hours.refusal)
    if hours.value:
        told.append(ctx.say("vehicle-hours", text=shown(value)))
    told += hours.assumptions
    for remark in _remarks(text):
        notes = (*notes, remark)
        told.append(ctx.say("requirement-note", text=remark))
    if wheelchair:
        told.append(ctx.say("wheelchair", text=shown(value)))
    vehicle = Vehicle(seats=seats, wheelchair=wheelchair, availability=hours.value or ())
    return Reading(VehicleReading(vehicle, "car", True), tuple(told), notes=notes, defaults=hours.defaults)


def _car_seats(text: str, value: object, ctx: Context) -> tuple[int | None, list[str]]:
    """Passenger seats, and what was assumed about them."""
    if found := _PASSENGERS.search(text):
        seats = number(found[1] or found[2])
        return (seats if seats and seats <= 60 else None), []
    if found := _SEATS.search(text) or _HOLDS.search(text):
        total = number(found[1])
        if total is None or not 2 <= total <= 60:
            return None, []
        return total - 1, [ctx.say("seats-with-driver", text=shown(value), total=total, seats=total - 1)]
    total = 7 if re.search("商务车|面包车|mpv|van", text) else 2 if re.search("皮卡|货车", text) else 5
    return total - 1, [ctx.say("seats-assumed", text=shown(value), seats=total - 1)]


_TIME = re.compile(r"周|每|上午|下午|晚上|白天|上班|工作日|平时|平日|节假日|\d点|\d:|\d号")
_ABOUT_CARS = re.compile(
    rf"^(?:[我也还]|是|有|否|{_SEATS.pattern}|{_PASSENGERS.pattern}|{_HOLDS.pattern}|{_CAR.pattern}|{_ELECTRIC_CAR.pattern}"
    rf"|{_WHEELCHAIR.pattern}|{_EBIKE.pattern}|{_LICENCE.pattern}|{_SOMEONES.pattern}|[一二两\d]?[辆台部]|的|和|能|可以|上|放|坐|可| )++$"
)


def _remarks(text: str) -> tuple[str, ...]:
    """Pieces that say neither what car it is nor when it runs."""
    pieces = (piece.strip() for piece in re.split(r"[,;。、()\n]", text))
    return tuple(piece for piece in pieces if piece and not _TIME.search(piece) and not _ABOUT_CARS.match(piece))


def _vehicle_hours(text: str, ctx: Context) -> Reading[tuple[Availability, ...]]:
    """The vehicle's own hours, if the cell tells any: 周末能开, 周三限号."""
    rest = re.sub(f"(?:{_RELATIVES})?(?:限号|限行|要用车|要用|在用|用车|用(?=$|[,;。)]))", "不行", text)
    pieces = [piece for piece in re.split(r"[,;。、()\n]", rest) if _TIME.search(piece)]
    if not pieces:
        return Reading(())
    hours = re.sub(
        f"{_SOMEONES.pattern}|(?:可以|能|可)(?:开|用)(?:车)?|有车|用车|开车|我|有空|才|但是?|车|座|七座",
        "",
        ",".join(pieces),
    )
    return read_availability(hours, ctx)
