"""Tables to facts: volunteers, residents, places, teams, wishes and everything that refers to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from matcher.domain.scenario import Program
from matcher.exchange.assemble import FACTS, make
from matcher.exchange.faults import Placed
from matcher.exchange.link import LENIENT, Linker, give_ids, id_of, liked, name_key
from matcher.exchange.phrases import Context
from matcher.exchange.rows import Log, Row, Table, nested
from matcher.exchange.wish_rows import WishRows


class FactMaker:
    """Makes the facts of all tables; faults go to the log."""

    def __init__(self, tables: dict[str, Table], program: Program, ctx: Context, log: Log) -> None:
        self.tables, self.program, self.ctx, self.log = tables, program, ctx, log
        self.link = Linker(log)
        self.heard: dict[str, dict[str, Any]] = defaultdict(dict)
        """What rows of wishes say about their residents."""
        self.made: dict[str, list[Placed]] = {name: [] for name in FACTS}

    def rows(self, table: str) -> list[Row]:
        """The rows of a table, none if its sheet was left away."""
        return self.tables[table].rows if table in self.tables else []

    def make_all(self) -> dict[str, list[Placed]]:
        """Every list of the scenario."""
        self._places()
        self._teams()
        self._identify_people("volunteers")
        self._identify_people("residents")
        wishes = WishRows(self)
        wishes.identify()
        self._volunteers()
        self._residents()
        wishes.add_residents()
        wishes.make()
        self._claims(wishes)
        self._pairings()
        self._by_reference("history", volunteer="volunteers", wish="wishes", resident="residents")
        self._by_reference("declines", volunteer="volunteers", wish="wishes", team="teams")
        self._by_reference("published", volunteer="volunteers")
        self._by_reference("pins", volunteer="volunteers")
        self._by_reference("travel_times", origin="places", destination="places")
        return self.made

    def add(self, table: str, row: Row, values: dict[str, Any] | None = None) -> Placed | None:
        """Make one fact of a row's values (those for other facts left aside) and keep it."""
        given = row.values if values is None else values
        plain = {name: value for name, value in given.items() if not name.startswith("~")}
        if row.faulty:
            # Its cells are already in the list of faults; what is left of it may lack something.
            quiet: list[Any] = []
            placed = make(FACTS[table], nested(plain), row.where, self.log.lang, quiet)
        else:
            placed = make(FACTS[table], nested(plain), row.where, self.log.lang, self.log.faults)
        if placed is not None:
            self.made[table].append(placed)
        return placed

    def unmade(self) -> set[str]:
        """Ids whose rows hold faults: what refers to them is not at fault."""
        found: set[str] = set()
        for table, index in self.link.index.items():
            found |= index.ids - {placed.fact.id for placed in self.made[table]}
        return found

    def served(self, resident: str) -> list[str]:
        """The names of those who have served a resident, by the sheet of service records."""
        index = self.link.index
        names = {row.values.get("id"): row.values.get("name") for row in self.rows("volunteers")}
        found = []
        for row in self.rows("history"):
            if index["residents"].find(str(row.values.get("resident", ""))) == [resident]:
                who = index["volunteers"].find(str(row.values.get("volunteer", "")))
                found += [str(names.get(key) or key) for key in who]
        return found

    # -------------------------------------------------------------------------------------------- places and teams

    def _places(self) -> None:
        rows = self.rows("places")
        give_ids(rows, {index: row.values.get("name", "") for index, row in enumerate(rows)})
        for row in rows:
            self._note_place(row)
        for row in rows:
            self.add("places", row)

    def _note_place(self, row: Row) -> None:
        if "id" in row.values:
            self.link.index["places"].add(row.values["id"], row.values.get("name"))
        else:
            self._nameless("places", row)

    def _nameless(self, table: str, row: Row) -> None:
        if not row.faulty:
            row.faulty = True
            self.log.faults.append(
                row.where.fault(
                    self.log.say("这一行没有姓名或名称。", "this row has no name."),
                    self.log.say("请补上，或删去这一行。", "Add one, or delete the row."),
                    at="name",
                    code="nameless",
                )
            )

    def home_of(self, key: str, name: str, row: Row) -> str | None:
        """The place somebody lives at: named, or made of the address in their row."""
        if "home" in row.values:
            return self.link.resolve("places", row.values["home"], row, "home")
        address, community, grid = row.take("~address"), row.take("~community"), row.take("~grid")
        if address is None and community is None and grid is None:
            return None
        if address is not None:
            known = self.link.index["places"].find(address)
            if len(known) == 1:
                return known[0]
        home = self.log.say(f"{key}-家", f"{key}-home")
        if home in self.link.index["places"].ids:
            return home
        parts = self._address(address, community, row) if address is not None else {}
        if community is not None:
            parts.pop("community", None)
        values = {"id": home, "name": self.log.say(f"{name}家", f"{name}'s home"), "community": community, "grid": grid}
        made = make(
            FACTS["places"], {k: v for k, v in (values | parts).items() if v}, row.where, self.log.lang, self.log.faults
        )
        if made is None:
            return None
        self.made["places"].append(made)
        self.link.index["places"].add(home)
        return home

    def _address(self, address: str, community: str | None, row: Row) -> dict[str, Any]:
        from matcher.exchange.said import address_parts

        return address_parts(address, self.ctx.with_row(community=community), row, self.log)

    def _teams(self) -> None:
        rows = self.rows("teams")
        give_ids(rows, {index: row.values.get("name", "") for index, row in enumerate(rows)})
        for row in rows:
            if "id" in row.values:
                self.link.index["teams"].add(row.values["id"], row.values.get("name"))
            else:
                self._nameless("teams", row)
        for row in rows:
            if "parent" in row.values:
                row.values["parent"] = self.link.resolve("teams", row.values["parent"], row, "parent")
            self.add("teams", row)

    def team_named(self, text: str, row: Row, at: str = "team") -> str | None:
        """The team of that id or name; without a sheet of teams, a new one of that name."""
        if not self.link.index["teams"].find(text) and "teams" not in self.tables:
            key = id_of(text)
            self.link.index["teams"].add(key, text)
            placed = make(FACTS["teams"], {"id": key, "name": text}, row.where, self.log.lang, self.log.faults)
            if placed is not None:
                self.made["teams"].append(placed)
        return self.link.resolve("teams", text, row, at)

    # -------------------------------------------------------------------------------------------- people

    def _identify_people(self, table: str) -> None:
        rows = self.rows(table)
        names = {index: row.values.get("name") or row.values.get("phone") or "" for index, row in enumerate(rows)}
        ties = {index: str(row.values.get("phone") or "")[-4:] for index, row in enumerate(rows)}
        give_ids(rows, names, ties)
        for row in rows:
            if "id" not in row.values:
                self._nameless(table, row)
                continue
            self.link.index[table].add(row.values["id"], row.values.get("name"), phone=row.values.get("phone"))
        self._shared_phones(table, rows)

    def _shared_phones(self, table: str, rows: Iterable[Row]) -> None:
        by_phone: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row.values.get("phone"):
                by_phone[row.values["phone"]].append(row)
        for group in by_phone.values():
            names = [str(row.values.get("name") or row.values.get("id")) for row in group]
            for row, name in list(zip(group, names))[1:]:
                same = name_key(name) == name_key(names[0])
                self.log.warnings.append(
                    row.where.fault(
                        self.log.say(
                            f"手机号与第 {group[0].where.row} 行“{names[0]}”相同。",
                            f'the phone number is also that of "{names[0]}" in row {group[0].where.row}.',
                        ),
                        self.log.say("是同一个人就删去一行。", "If they are the same person, delete one row.")
                        if same
                        else self.log.say("家人合用不要紧；写错了请改正。", "Fine if they share it; else correct it."),
                        at="phone",
                        code="same-phone",
                        warning=True,
                    )
                )

    def _volunteers(self) -> None:
        from matcher.exchange.said import add_notes, volunteer_said

        hours, vehicle_hours = self._hours()
        absences = self._absences()
        for row in self.rows("volunteers"):
            key = row.values.get("id")
            if key is None:
                continue
            if "team" in row.values:
                row.values["team"] = self.team_named(row.values["team"], row)
            home = self.home_of(key, row.values.get("name") or key, row)
            if home is not None:
                row.values["home"] = home
            volunteer_said(row)
            _extend(row, "availability", hours[key])
            _extend(row, "unavailable", absences[key])
            if vehicle_hours[key] and ("vehicle" in row.values or "vehicle.seats" in row.values):
                _extend(row, "vehicle.availability", vehicle_hours[key])
            for field in ("likes", "dislikes"):
                if field in row.values and field not in row.exact:
                    row.values[field] = tuple(liked(self.link.index, text, self.ctx) for text in row.values[field])
            add_notes(row)
            self.add("volunteers", row)

    def _hours(self) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
        from matcher.domain.people import Availability

        hours: dict[str, list[Any]] = defaultdict(list)
        vehicles: dict[str, list[Any]] = defaultdict(list)
        for row in self.rows("availability"):
            key = self._owner(row)
            whose, said = row.take("whose"), row.take("~availability")
            if key is None:
                continue
            target = vehicles if whose == "vehicle" else hours
            target[key] += list(said or ())
            self._whole_days(row)
            if row.values or not said:
                made = make(Availability, nested(row.values), row.where, self.log.lang, self.log.faults)
                if made is not None:
                    target[key].append(made.fact)
        return hours, vehicles

    def _whole_days(self, row: Row) -> None:
        """Days without hours are the settings' day, not the night too."""
        if (
            "days" in row.values
            and not row.values.keys() & {"start", "end"}
            and row.values.get("kind") != "unavailable"
        ):
            day = self.ctx.settings.day
            row.values |= {"start": day.start, "end": day.end}
            told = self.log.say(f"没写几点的按日间 {day.start}–{day.end}", f"no hours given: {day.start}–{day.end}")
            self.log.defaults[told] = None

    def _absences(self) -> dict[str, list[Any]]:
        from matcher.domain.people import Absence

        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.rows("absences"):
            key = self._owner(row)
            if key is None:
                continue
            if "start" in row.values and "end" not in row.values and not row.faulty:
                row.faulty = True
                self.log.faults.append(
                    row.where.fault(
                        self.log.say("请假没有写结束。", "the absence has no end."),
                        self.log.say(
                            "请写结束日期；只请一天，结束就写同一天。", "Write the last day; for one day, the same."
                        ),
                        at="end",
                        code="missing",
                    )
                )
            if row.faulty:
                continue
            made = make(Absence, nested(row.values), row.where, self.log.lang, self.log.faults)
            if made is not None:
                found[key].append(made.fact)
        return found

    def _owner(self, row: Row) -> str | None:
        text = row.take("volunteer")
        if text is None:
            self.log.faults.append(
                row.where.fault(
                    self.log.say("没有写是哪位志愿者。", "no volunteer is named."),
                    self.log.say("请写编号或姓名。", "Write the id or the name."),
                    at="volunteer",
                    code="missing",
                )
            )
            return None
        return self.link.resolve("volunteers", text, row, "volunteer")

    def _residents(self) -> None:
        from matcher.exchange.said import add_notes, resident_said

        for row in self.rows("residents"):
            key = row.values.get("id")
            if key is None:
                continue
            home = self.home_of(key, row.values.get("name") or key, row)
            if home is not None:
                row.values["home"] = home
            for field in ("banned", "preferred"):
                if field in row.values:
                    row.values[field] = self.link.resolve_all("volunteers", row.values[field], row, field)
            if "is_volunteer" in row.values:
                row.values["is_volunteer"] = self.link.resolve(
                    "volunteers", row.values["is_volunteer"], row, "is_volunteer"
                )
            resident_said(row, self)
            add_notes(row)
            self.add("residents", row)

    # -------------------------------------------------------------------------------------------- what refers to them

    def _claims(self, wishes: WishRows) -> None:
        rows = self.rows("claims")
        kept = [row for row in rows if self._claimant(row)]
        for row in kept:
            if "wish" in row.values:
                by_resident = wishes.of_resident(row.values["wish"])
                if not self.link.index["wishes"].find(row.values["wish"]) and len(by_resident) == 1:
                    row.values["wish"] = by_resident[0]
                row.values["wish"] = self.link.resolve("wishes", row.values["wish"], row, "wish")
            if "at" not in row.values and not row.faulty:
                row.values["at"] = self.ctx.as_of
                self.log.assumptions.append(
                    row.where.fault(
                        self.log.say(
                            f"没有写认领时间，按截至时间 {self.ctx.as_of:%Y-%m-%d %H:%M} 算。",
                            f"no time of the claim; {self.ctx.as_of:%Y-%m-%d %H:%M} counts.",
                        ),
                        at="at",
                        code="assumed",
                        warning=True,
                    )
                )
        give_ids(
            kept,
            {
                index: f"{row.values.get('wish')}-{row.values.get('volunteer') or row.values.get('team')}"
                for index, row in enumerate(kept)
            },
        )
        for row in kept:
            if row.values.get("wish") is not None:
                self.add("claims", row)

    def _claimant(self, row: Row) -> bool:
        """Who claims; a name that is on no list is reported, and its claim left aside."""
        name, phone, team = row.values.get("volunteer"), row.take("~phone"), row.values.get("team")
        if team is not None:
            row.values["team"] = self.team_named(team, row)
        if name is None and phone is not None:
            name = phone
        if name is None:
            return True
        found = self.link.index["volunteers"].find(name)
        if len(found) != 1 and phone is not None:
            by_phone = self.link.index["volunteers"].find(phone)
            found = [key for key in found if key in by_phone] or (found or by_phone)
        if len(found) == 1:
            row.values["volunteer"] = found[0]
            return True
        if len(found) > 1:
            row.values["volunteer"] = self.link.resolve("volunteers", name, row, "volunteer")
            return False
        as_team = self.link.index["teams"].find(name)
        if len(as_team) == 1 and row.values.get("team") in (None, as_team[0]):
            row.values.pop("volunteer", None)
            row.values["team"] = as_team[0]
            return True
        self.log.warnings.append(
            self.link.unknown(
                "volunteers",
                name,
                row,
                "volunteer",
                warning=True,
                tail=self.log.say("，这条认领先放一边。", "; this claim was left aside."),
            )
        )
        if row.values.get("team") is not None:
            row.values.pop("volunteer", None)
            return True
        return False

    def _pairings(self) -> None:
        for row in self.rows("pairings"):
            for field, table in (("volunteer", "volunteers"), ("resident", "residents")):
                if field in row.values:
                    row.values[field] = self.link.resolve(table, row.values[field], row, field)
            if None not in row.values.values():
                self.add("pairings", row)

    def _by_reference(self, table: str, **targets: str) -> None:
        """Facts whose references are resolved; the past may name people and wishes no longer on any list."""
        for row in self.rows(table):
            for field, target in targets.items():
                if field in row.values:
                    row.values[field] = self.link.resolve(
                        target, row.values[field], row, field, lenient=(table, field) in LENIENT
                    )
                    row.faulty = row.faulty or row.values[field] is None
            self.add(table, row)


def _extend(row: Row, field: str, more: list[Any]) -> None:
    if more:
        row.values[field] = (*row.values.get(field, ()), *more)
