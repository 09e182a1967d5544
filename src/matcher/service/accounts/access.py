"""Who may do what: one line for every operation of the API. Tests ask every role for every line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matcher.store.scope import Scope


class Role(StrEnum):
    """What an account is for."""

    ADMIN = "admin"
    """Runs the server, or (with a district) a district: everything within it."""
    COORDINATOR = "coordinator"
    """Runs a community, or all of a district."""
    LEAD = "team-lead"
    """Leads one team: its people, its claims; of everybody else what is public."""
    VOLUNTEER = "volunteer"
    """One person: what is public, and their own things."""
    SYSTEM = "system"
    """Another program: a community app, a district platform. Facts, claims and plans, no accounts."""
    VIEWER = "viewer"
    """Looks on; personal data masked."""


class Breadth(StrEnum):
    """How far an operation goes for a role."""

    ALL = "all"
    """Every row within the caller's tenant, whole."""
    TEAM = "team"
    """The rows of the caller's team, whole; others masked where it reads, refused where it writes."""
    OWN = "own"
    """The rows of the caller's own person; others are not there."""
    MASKED = "masked"
    """Every row, without personal data."""


class Level(StrEnum):
    """What an operation is about."""

    OPEN = "open"
    """Needs no account."""
    SELF = "self"
    """The caller alone, or what the request itself brings; no tenant."""
    SERVER = "server"
    """The whole server: only accounts without a district."""
    DISTRICT = "district"
    """A whole district: only accounts without a community."""
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``actor`` signs changes and stands in the log; it holds no name.

    ``district`` None is the whole server, ``community`` None the whole district. A team lead has a ``team``, a
    volunteer's account the ``volunteer`` they are among the facts.
    """

    role: Role
    actor: str
    district: str | None = None
    community: str | None = None
    team: str | None = None
    volunteer: str | None = None

    def reaches(self, scope: Scope) -> bool:
        """Whether the scope lies within the caller's tenant. What does not is not there for them: 404, never 403."""
        if self.district is None:
            return True
        return self.district == scope.district and self.community in (None, scope.community)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do one operation. An admin may do everything at the level of their account."""

    level: Level
    coordinator: Breadth | None = None
    lead: Breadth | None = None
    volunteer: Breadth | None = None
    system: Breadth | None = None
    viewer: Breadth | None = None

    def breadth(self, role: Role) -> Breadth | None:
        """How far it goes for a role; None: not at all."""
        return {
            Role.ADMIN: Breadth.ALL, Role.COORDINATOR: self.coordinator, Role.LEAD: self.lead,
            Role.VOLUNTEER: self.volunteer, Role.SYSTEM: self.system, Role.VIEWER: self.viewer,
        }[role]


def allows(caller: Caller, operation: str, scope: Scope | None = None) -> Breadth | None:
    """How far the caller may go in an operation on a scope; None: forbidden. Raises ``KeyError`` without a line.

    Asks nothing about tenants: a scope the caller does not reach must have been refused before (``Caller.reaches``).
    """
    access = ACCESS[operation]
    if access.level is Level.OPEN:
        return Breadth.ALL
    if access.level is Level.SERVER and caller.district is not None:
        return None
    if access.level is Level.DISTRICT and caller.community is not None:
        return None
    return access.breadth(caller.role)


def _line(level: Level, told: str) -> Access:
    """A line from its five columns; "-" is no."""
    columns = [None if word == "-" else Breadth(word) for word in told.split()]
    return Access(level, *columns)


def _at(told: str) -> Access:
    return _line(Level.COMMUNITY, told)


def _facts(noun: str, reads: str, writes: str) -> dict[str, Access]:
    """The lines of one noun of the facts."""
    return {f"{noun}.{verb}": _at(reads) for verb in ("list", "get")} | {
        f"{noun}.{verb}": _at(writes) for verb in ("create", "put", "patch", "delete", "bulk")
    }


OPEN = Access(Level.OPEN)

ACCESS: dict[str, Access] = {
    # Columns: coordinator, team lead, volunteer, system, viewer. An admin may do everything.
    # -------------------------------------------------------------------------------- server, accounts, tenants
    "health.get": OPEN,
    "ready.get": OPEN,
    "metrics.get": OPEN,
    "schema.get": OPEN,
    "openapi.get": OPEN,
    "sessions.create": OPEN,  # signing in
    "sessions.redeem": OPEN,  # a one-time token: a first password, or a new one
    "sessions.invited": OPEN,
    "sessions.list": _line(Level.SELF, "own own own - own"),
    "sessions.delete": _line(Level.SELF, "own own own - own"),
    "me.get": _line(Level.SELF, "own own own own own"),
    "me.password": _line(Level.SELF, "own own own - own"),
    "users.list": _line(Level.SELF, "all - - - -"),
    "users.get": _line(Level.SELF, "all - - - -"),
    "users.create": _line(Level.SELF, "all - - - -"),
    "users.patch": _line(Level.SELF, "all - - - -"),
    "users.invite": _line(Level.SELF, "all - - - -"),
    "keys.list": _line(Level.SELF, "all - - - -"),
    "keys.create": _line(Level.SELF, "all - - - -"),
    "keys.delete": _line(Level.SELF, "all - - - -"),
    "districts.list": _line(Level.SELF, "all all all all all"),
    "districts.put": _line(Level.SERVER, "- - - - -"),
    "communities.list": _line(Level.SELF, "all all all all all"),
    "communities.get": _at("all all all all all"),
    "communities.week": _at("all - - all -"),
    "communities.put": _line(Level.DISTRICT, "all - - - -"),
    # ------------------------------------------------------------------------------------------------- facts
    **_facts("places", "all masked - all masked", "all - - all -"),
    **_facts("residents", "all masked - all masked", "all - - all -"),
    **_facts("volunteers", "all team own all masked", "all - - all -"),
    **_facts("teams", "all all all all all", "all - - all -"),
    **_facts("wishes", "all masked masked all masked", "all - - all -"),
    **_facts("claims", "all team own all masked", "all - - all -"),
    **_facts("declines", "all team own all masked", "all - - all -"),
    **_facts("pairings", "all team own all masked", "all - - all -"),
    **_facts("history", "all team own all masked", "all - - all -"),
    **_facts("published", "all team own all masked", "all - - - -"),
    **_facts("pins", "all team own all masked", "all - - - -"),
    **_facts("travel_times", "all - - all -", "all - - all -"),
    "program.get": _at("all all all all all"),
    "program.put": _at("all - - all -"),
    "program.patch": _at("all - - all -"),
    "facts.export": _at("all - - all -"),
    "facts.import": _at("all - - all -"),
    "facts.preview": _at("all - - all -"),
    "facts.check": _at("all - - all -"),
    "supply.get": _at("all - - all -"),
    "facts.get": _at("all - - all -"),
    # ------------------------------------------------------------- uploads that touch nothing that is kept
    "scenarios.validate": _line(Level.SELF, "all all - all -"),
    "scenarios.check": _line(Level.SELF, "all all - all -"),
    "scenarios.explain": _line(Level.SELF, "all all - all -"),
    "scenarios.screen": _line(Level.SELF, "all all - all -"),
    "scenarios.replan": _line(Level.SELF, "all all - all -"),
    "scenarios.suggest": _line(Level.SELF, "all all - all -"),
    "scenarios.compare": _line(Level.SELF, "all all - all -"),
    # ------------------------------------------------------------------------------- planning and living with it
    "plans.create": _at("all - - all -"),
    "plans.list": _at("all - - all masked"),
    "plans.get": _at("all - - all masked"),
    "plans.result": _at("all - - all -"),
    "plans.report": _at("all - - all -"),
    "plans.certificates": _at("all - - all -"),
    "plans.events": _at("all - - all masked"),
    "plans.cancel": _at("all - - all -"),
    "plans.validate": _at("all - - all -"),
    "rosters.list": _at("all team own all masked"),
    "rosters.get": _at("all team own all masked"),
    "rosters.output": _at("all team own all masked"),
    "rosters.create": _at("all - - all -"),
    "rosters.report": _at("all - - all -"),
    "rosters.certificates": _at("all - - all -"),
    "rosters.edit": _at("all - - - -"),
    "rosters.publish": _at("all - - - -"),
    "rosters.archive": _at("all - - - -"),
    "rosters.diff": _at("all - - all -"),
    "rosters.check": _at("all - - all -"),
    "rosters.explain": _at("all - - all -"),
    "rosters.suggest": _at("all team - all -"),
    "rosters.replan": _at("all - - all -"),
    "rosters.sheet": _at("all - - all -"),
    "rosters.moves": _at("all - - all -"),
    "rosters.compare": _at("all - - all -"),
    "screening.propose": _at("all - - all -"),
    "screening.apply": _at("all - - - -"),
    "outcomes.put": _at("all team - all -"),
    "outcomes.list": _at("all team own all masked"),
    "ledger.get": _at("all team own all masked"),
    "feeds.create": _at("all team own - -"),
    "feeds.delete": _at("all team own - -"),
    "feeds.list": _at("all team own - -"),
    "feeds.get": OPEN,  # by its secret
    "schedules.list": _at("all - - all masked"),
    "schedules.get": _at("all - - all masked"),
    "schedules.create": _at("all - - - -"),
    "schedules.put": _at("all - - - -"),
    "schedules.delete": _at("all - - - -"),
    # --------------------------------------------------------------------- claims, links, the loop, messages
    "claims.claim": _at("all team own all -"),
    "claims.withdraw": _at("all team own all -"),
    "claims.confirm": _at("all team own all -"),
    "claims.comments": _at("all - - all -"),
    "claims.standing": _at("all team own all -"),
    "claims.standings": _at("all - - all -"),
    "wishes.move": _at("all - - all -"),
    "wishes.order": _at("all - - all -"),
    "orders.list": _at("all - - all -"),
    "orders.get": _at("all - - all -"),
    "orders.move": _at("all - - all -"),
    "visits.confirm": _at("all - - all -"),
    "tickets.create": _at("all - - all -"),
    "open.get": OPEN,  # these by the secret of a link or a ticket
    "open.code": OPEN,
    "open.picture": OPEN,
    "open.submit": OPEN,
    "open.join": OPEN,
    "open.claim": OPEN,
    "open.withdraw": OPEN,
    "open.answer": OPEN,
    "open.turns": OPEN,
    "open.reply": OPEN,
    "open.done": OPEN,
    "open.feed": OPEN,
    "open.confirm": OPEN,
    "open.messages": OPEN,
    "open.write": OPEN,
    "links.list": _at("all - - - -"),
    "links.create": _at("all - - - -"),
    "links.delete": _at("all - - - -"),
    "messages.list": _at("all team own - -"),
    "messages.create": _at("all team own - -"),
    "messages.hide": _at("all - - - -"),
    "turns.list": _at("all team own - -"),
    "turns.done": _at("all team own - -"),
    "replies.list": _at("all - - all -"),
    "replies.create": _at("all team own - -"),
    # ---------------------------------------------------------------------------------- privacy and operation
    "audit.list": _at("all - - - -"),
    "audit.above": _line(Level.SELF, "- - - - -"),
    "persons.export": _at("all - own - -"),
    "persons.erase": _at("all - - - -"),
    "webhooks.list": _at("all - - - -"),
    "webhooks.get": _at("all - - - -"),
    "webhooks.create": _at("all - - - -"),
    "webhooks.put": _at("all - - - -"),
    "webhooks.delete": _at("all - - - -"),
    "webhooks.secret": _at("all - - - -"),
    "webhooks.test": _at("all - - - -"),
    "webhooks.revive": _at("all - - - -"),
    "deliveries.list": _at("all - - - -"),
    "deliveries.get": _at("all - - - -"),
    "deliveries.revive": _at("all - - - -"),
}
"""One line for every operation; the key is the route's ``operation_id``."""
