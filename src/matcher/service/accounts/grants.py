"""Who may be given which account: a role goes with a reach, and nobody gives more than they have."""

from __future__ import annotations

import re

from matcher.errors import BadInput, Fault
from matcher.service.accounts.access import Caller, Role
from matcher.service.accounts.auth_words import say
from matcher.store.accounts import Holding
from matcher.store.scope import Scope

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}")
_DIGITS = re.compile(r"\d{7}")


class BeyondYours(BadInput):
    """The caller would give, or change, more than they have themselves."""


def refuse_unfit(holding: Holding, lang: str) -> None:
    """Raise ``BadInput`` with every fault of a role whose reach does not go with it."""
    faults = unfit_faults(holding, lang)
    if faults:
        raise BadInput(faults)


def unfit_faults(holding: Holding, lang: str) -> list[Fault]:
    """What about a reach does not go with its role."""
    faults: list[Fault] = []
    role = Role(holding.role)
    if holding.community is not None and holding.district is None:
        faults.append(Fault(say("no-district-given", lang), path=("district",), code="unfit"))
    if role not in (Role.ADMIN, Role.SYSTEM) and holding.district is None:
        faults.append(Fault(say("needs-district", lang, role=role), path=("district",), code="unfit"))
    if role in (Role.LEAD, Role.VOLUNTEER) and holding.community is None:
        faults.append(Fault(say("needs-community", lang, role=role), path=("community",), code="unfit"))
    if role is Role.ADMIN and holding.community is not None:
        faults.append(Fault(say("admin-of-community", lang), path=("role",), code="unfit"))
    for name, wanted, given in (
        ("team", role is Role.LEAD, holding.team), ("volunteer", role is Role.VOLUNTEER, holding.volunteer),
    ):
        if wanted and given is None:
            faults.append(Fault(say(f"needs-{name}", lang), path=(name,), code="unfit"))
        if not wanted and given is not None and not (name == "team" and role is Role.VOLUNTEER):
            faults.append(Fault(say("not-with-role", lang, name=name, role=role), path=(name,), code="unfit"))
    return faults


def refuse_beyond(caller: Caller, holding: Holding, lang: str) -> None:
    """Raise ``BeyondYours`` unless the caller may make, change or end an account with this holding.

    Only admins deal with admins; everybody stays within their own tenant.
    """
    within = caller.district is None if holding.scope is None else caller.reaches(holding.scope)
    if not within or (holding.role == Role.ADMIN and caller.role is not Role.ADMIN):
        raise BeyondYours([Fault(say("beyond-yours", lang), code="beyond-yours")])


def scope_of(caller: Caller) -> Scope | None:
    """The accounts a caller sees lie within this; None: all of them."""
    return None if caller.district is None else Scope(caller.district, caller.community)


def login_faults(login: str, lang: str) -> list[Fault]:
    """What is wrong with a login; it stands in the log, so it is no phone number."""
    code = "bad-login" if not _LOGIN.fullmatch(login) else "phone-login" if _DIGITS.search(login) else None
    return [] if code is None else [Fault(say(code, lang, login=login[:40]), path=("login",), code=code)]
