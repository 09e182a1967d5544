"""Rendering: templates, what every page knows, and the headers of a page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from matcher.api.problems import language_of
from matcher.board import static_files
from matcher.board.inside import Inside, Refused, at_a_desk
from matcher.board.texts import say
from matcher.service.accounts import auth

if TYPE_CHECKING:
    from jinja2 import Environment

PLANNERS = ("admin", "coordinator")
"""Roles whose pages are a coordinator's week; everybody else has a page of their own."""
STEPS = ("bring", "check", "screen", "plan", "adjust", "publish", "record")
"""A coordinator's week, in order; each is a page of its name in a community."""
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{tiles}; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_WEEKDAYS = ("周一周二周三周四周五周六周日", "MonTueWedThuFriSatSun")


@dataclass(frozen=True, slots=True)
class Here:
    """A page of one community: who looks, at what, and the API to ask."""

    request: Request
    api: Inside
    me: Mapping[str, Any]
    district: str
    community: str
    name: str
    counts: Mapping[str, int]
    lang: str

    @property
    def at(self) -> str:
        """The community's address in the API."""
        return f"/v1/districts/{quote(self.district, safe='')}/communities/{quote(self.community, safe='')}"

    @property
    def base(self) -> str:
        """The community's address on the board."""
        return base_of(self.district, self.community)

    def say(self, key: str, /, **values: object) -> str:
        """A sentence in the caller's language."""
        return say(key, self.lang, **values)

    def render(self, template: str, status: int = 200, /, **context: Any) -> Response:
        """A page of this community; ``step`` in the context is the one shown as current."""
        return render(self.request, template, status, here=self, me=self.me, **context)


def base_of(district: str, community: str) -> str:
    """Where a community's pages are."""
    return f"/board/{quote(district, safe='')}/{quote(community, safe='')}"


async def member_of(request: Request, district: str, community: str) -> Here:
    """The dependency of a page for everybody of a community. Raises ``Refused`` for who is not."""
    api = Inside(request)
    me = await api.get("/v1/me")
    here = Here(request, api, me, district, community, community, {}, language_of(request))
    found = await api.get(here.at)
    return replace(here, name=str(found.get("name") or community), counts=found.get("counts", {}))


async def recorder_of(request: Request, district: str, community: str) -> Here:
    """The dependency of a page for whoever plans, and for team leads. Raises ``Refused``."""
    return _only(await member_of(request, district, community), (*PLANNERS, "team-lead"))


async def planner_of(request: Request, district: str, community: str) -> Here:
    """The dependency of every page of a coordinator's week. Raises ``Refused``."""
    return _only(await member_of(request, district, community), PLANNERS)


def _only(here: Here, roles: tuple[str, ...]) -> Here:
    if here.me["role"] not in roles:
        raise Refused(403, at_a_desk({"code": "forbidden", "faults": [{"code": "not-yours"}]}, here.lang))
    return here


AsMember = Annotated[Here, Depends(member_of)]
AsRecorder = Annotated[Here, Depends(recorder_of)]
InCommunity = Annotated[Here, Depends(planner_of)]


def render(request: Request, template: str, status: int = 200, /, **context: Any) -> Response:
    """A page, or a part of one, as HTML."""
    lang = language_of(request)
    found = environment(lang).get_template(template)
    body = found.render(
        request=request, lang=lang, steps=STEPS, csrf=csrf_of(request), shown_at=page_of(request), is_part=is_part(request), **context,
    )
    return HTMLResponse(body, status, headers={
        "Content-Security-Policy": _CSP.format(tiles=_origin_of(context.get("tiles"))), "Vary": "Cookie, HX-Request",
    })


def _origin_of(tiles: str | None) -> str:
    """Where a page with a map may get its pictures, besides this server; with a blank before it.

    >>> _origin_of("https://tiles.example/{z}/{x}/{y}.png"), _origin_of(None)
    (' https://tiles.example', '')
    """
    return "" if tiles is None else " " + "/".join(tiles.split("/")[:3])


def page_of(request: Request) -> str:
    """The page somebody looks at: what a script's part or a form's answer belongs to, at an address that can be opened."""
    part = is_part(request)
    shown = urlsplit(request.headers.get("HX-Current-URL", "") if part else str(request.url))
    if part or request.method == "GET":
        return shown.path + (f"?{shown.query}" if shown.query else "")
    steps = shown.path.split("/")  # a form is sent to an address below its page's
    return "/".join(steps[: 3 if steps[1] == "p" or steps[2:3] == ["people"] else 5])


def is_part(request: Request) -> bool:
    """Whether a script asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def csrf_of(request: Request) -> str:
    """What a form has to send along, as ``csrf``."""
    secure = f"__Host-{auth.CSRF_COOKIE}"
    return request.cookies.get(secure) or request.cookies.get(auth.CSRF_COOKIE) or ""


def go(request: Request, address: str) -> Response:
    """Send the browser on to another page, from a form or from a script."""
    if is_part(request):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


@lru_cache(maxsize=2)
def environment(lang: str) -> Environment:
    """The templates of a language: ``say``, ``static``, ``once`` and the filters ``day``, ``moment``, ``clock``, ``local``."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("matcher.board"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "say": lambda key, **values: say(key, lang, **values), "static": static_files.url_of,
        "once": lambda: uuid.uuid4().hex,
    }
    made.filters |= {
        "day": lambda when: day(when, lang), "moment": lambda when: moment(when, lang), "clock": clock,
        "local": local,
    }
    return made


def day(when: str | date, lang: str) -> str:
    """A date with its weekday.

    >>> day("2026-11-23", "zh"), day("2026-11-23", "en")
    ('11月23日 周一', 'Mon 23 Nov')
    """
    found = _date_of(when)
    if lang == "en":
        return f"{_WEEKDAYS[1][3 * found.weekday():][:3]} {found.day} {found:%b}"
    return f"{found.month}月{found.day}日 {_WEEKDAYS[0][2 * found.weekday():][:2]}"


def moment(when: str | datetime, lang: str) -> str:
    """A date with its weekday and the time, in the zone it is told in.

    >>> moment("2026-11-23T09:30:00+08:00", "zh")
    '11月23日 周一 09:30'
    """
    return f"{day(when, lang)} {clock(when)}"


def clock(when: str | datetime) -> str:
    """The time of day."""
    found = datetime.fromisoformat(when) if isinstance(when, str) else when
    return f"{found:%H:%M}"


def local(when: str | datetime, zone: str | None = None) -> datetime:
    """A moment in a programme's zone: what the server wrote down is told in UTC.

    >>> moment(local("2026-11-23T16:30:00+00:00", "Asia/Shanghai"), "zh")
    '11月24日 周二 00:30'
    """
    found = datetime.fromisoformat(when) if isinstance(when, str) else when
    return found.astimezone(ZoneInfo(zone or "Asia/Shanghai"))


def _date_of(when: str | date) -> date:
    if isinstance(when, str):
        return datetime.fromisoformat(when).date() if "T" in when else date.fromisoformat(when)
    return when.date() if isinstance(when, datetime) else when
