"""The answers to questions, by kind: what ``planning`` says, as plain values for JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, is_dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput, Fault
from matcher.problem.roster import TIERS, Report, Roster, Violation
from matcher.service.asking.asks import Question
from matcher.service.asking.fact_answers import facts, supply
from matcher.service.rosters.news import changes_of, operations, with_additions, with_news

if TYPE_CHECKING:
    from matcher.planning.replan import Replanned
    from matcher.planning.suggest import Suggestions

MOST_STARTS = 48
"""Starts tried when somebody asks when else a visit could be."""
_DAY_MINUTES = 24 * 60
PROMISE_RULE = "keeps_what_is_published"
"""Broken by every change of what people were told; publishing asks for confirmation instead."""


def check(question: Question) -> dict[str, Any]:
    """The judge's report."""
    from matcher.problem.check import check as judge

    return judge(question.known.problem.expanded, question.ahead).model_dump(mode="json")


def explain(question: Question) -> dict[str, Any]:
    """Why this person, why not that one, why nobody, and what would help; as lines of text, too."""
    from matcher.planning.explain import explain as account
    from matcher.solvers.stop import Stop, Timer

    values = question.values
    _refuse_unknown(question.known.scenario, values, question.lang)
    timer = Timer(Stop(seconds=values["seconds"]))
    found = account(
        question.known.problem, question.ahead, wish=values.get("wish"), visit=values.get("visit"),
        volunteer=values.get("volunteer"), fixes=values["fixes"], over=lambda: timer.over,
    )
    return {"account": found.to_dict(_spoken(question)), "lines": found.lines(_spoken(question))}


def suggest(question: Question) -> dict[str, Any]:
    """Ranked people for one visit."""
    values, team = question.values, question.values.get("team")
    found = question.desk.suggest(
        values["visit"], role=values.get("role"), instead_of=values.get("instead_of"),
        count=values["count"] if team is None else len(question.known.scenario.volunteers),
    )
    whole = values.get("blocked", True) or team is not None
    told = (found if whole else _without_blocked(found)).to_dict(_spoken(question))
    for seat, own in zip(told["seats"], found.seats):
        if team is not None:
            _only_team(question.known.scenario, seat, team, values["count"])
        if not values.get("blocked", True):
            del seat["blocked"]
            seat["reasons"] = dict(own.blocked.counts.most_common())
    return told


def _without_blocked(found: Suggestions) -> Suggestions:
    """The same without a line for everybody who cannot come: thousands, whom nobody asked for."""
    import numpy as np

    from matcher.planning.suggest import BlockedPeople

    nobody = BlockedPeople((), np.zeros(0, dtype=np.uint32))
    return replace(found, seats=tuple(replace(seat, blocked=nobody) for seat in found.seats))


def _only_team(scenario: Scenario, seat: dict[str, Any], team: str, count: int) -> None:
    """Of the people for a seat, leave those of one team."""
    for name in ("people", "blocked"):
        seat[name] = [one for one in seat[name] if scenario.volunteer[one["volunteer"]].team == team]
    seat["possible"] = len(seat["people"])
    seat["people"] = seat["people"][:count]


def screen(question: Question) -> dict[str, Any]:
    """Who takes part in a wish, or in every wish with open claims; ``states`` and ``standbys`` are what to write."""
    from matcher.planning.screen import screen as choose
    from matcher.planning.screen import screen_all

    values, scenario = question.values, question.known.scenario
    options: dict[str, Any] = {"waitlist": values.get("waitlist"), "afresh": values["afresh"]}
    wish, take = values.get("wish"), values.get("take")
    done = screen_all(scenario, take, **options) if wish is None else (choose(scenario, wish, take, **options),)
    return {
        "screened": [one.to_dict(_spoken(question)) | {"lines": one.lines(_spoken(question))} for one in done],
        "states": {claim: state for one in done for claim, state in one.states.items()},
        "standbys": {one.wish: one.standbys for one in done},
        "version": question.known.version, "noted": question.known.noted,
    }


def compare(question: Question) -> dict[str, Any]:
    """Two rosters side by side."""
    from matcher.planning.compare import compare as judge_both

    names = tuple(question.values.get("names") or ("A", "B"))
    first, second = (question.known.ahead(roster) for roster in question.rosters[:2])
    found = judge_both(question.known.problem, first, second, names=(names[0], names[1]))
    return {"comparison": found.to_dict(_spoken(question)), "lines": found.lines(_spoken(question))}


# ---------------------------------------------------------------------------------------------- replan


def replan(question: Question) -> dict[str, Any]:
    """The fewest changes after what has happened, who is told what, and the roster to keep as a draft."""
    from matcher.planning.replan import replan as repair
    from matcher.solvers.stop import Stop

    values = question.values
    facts_now = with_additions(question.known.scenario, values["news"], question.lang)
    options: dict[str, Any] = {"max_changes": values.get("max_changes"), "seed": values["seed"], "workers": 1}
    changes, stop = changes_of(values["news"]), Stop(seconds=values["seconds"])
    done = repair(facts_now, question.roster, changes, stop=stop, **options)
    if not done.report.valid:  # it was so before: a roster edited by hand
        done = repair(facts_now, question.roster, changes, stop=stop, thorough=True, **options)
    before = {claim.id: claim.state for claim in facts_now.claims}
    chosen = [claim.id for claim in done.scenario.claims if claim.state == "chosen" != before.get(claim.id)]
    return _told_replan(done, dict(values["news"]) | ({"chosen": chosen} if chosen else {}))


def _told_replan(done: Replanned, news: Mapping[str, Any]) -> dict[str, Any]:
    from matcher.exchange.messages import messages
    from matcher.exchange.outputs import report_json
    from matcher.exchange.paper import Paper
    from matcher.exchange.plan import Plan

    plan = Plan(done.scenario, done.roster, done.report, (), {"status": done.status, "rounds": done.rounds},
                handovers=done.handovers)
    texts = messages(Paper(plan), done.diff, done.new_handovers)
    proof = {
        "status": done.status, "cost": asdict(done.cost), "bound": asdict(done.bound),
        "lost": [asdict(one) for one in done.lost], "others_changed": done.others_changed,
        "facts_differ": done.facts_differ, "past": list(done.past),
        "lifted": [pin.model_dump(mode="json", exclude_defaults=True) for pin in done.lifted],
    }
    told: dict[str, Any] = plain({
        "roster": done.roster, "report": json.loads(report_json(plan)) | {"news": dict(news), "replan": proof},
        "window": done.scenario.program.window, "replan": proof, "news": done.diff.news,
        "messages": [{"to": one.key, "text": one.text} for one in texts], "unfilled": done.roster.unfilled,
    })
    return told


# ---------------------------------------------------------------------------------- publishing and editing


def judge(question: Question) -> dict[str, Any]:
    """Whether a draft may be published on these facts: what it breaks, what it changes, what has to be written first."""
    from matcher.problem.check import check as judged

    known, roster = question.known, question.roster
    news = question.stored[0].report.get("news") or {}
    scenario = known.scenario
    if news:
        before = question.rosters[1] if len(question.rosters) > 1 else roster
        scenario = with_news(scenario, before, news, question.lang)
    report = judged(scenario, question.ahead) if news else judged(known.problem.expanded, question.ahead)
    return {
        "report": report.model_dump(mode="json"), "broken": plain(broken(report)),
        "changes": _changes_told(scenario, roster, news.get("cancelled", ())),
        "operations": operations(known.scenario, scenario) if news else {}, "cancelled": list(news.get("cancelled", ())),
        "version": known.version, "noted": known.noted,
    }


def broken(report: Report) -> list[Violation]:
    """The hard rules a roster breaks, changed promises apart."""
    return [one for one in report.violations if one.price is None and one.rule != PROMISE_RULE]


def diff(question: Question) -> dict[str, Any]:
    """The roster beside what people have been told: visit by visit, and what to tell whom."""
    from matcher.exchange.masking import TextMask
    from matcher.exchange.messages import messages
    from matcher.exchange.paper import Paper
    from matcher.exchange.plan import Plan
    from matcher.service.rosters.told import diff_of

    scenario, roster = question.known.scenario, question.roster
    called_off = (question.stored[0].report.get("news") or {}).get("cancelled", ())
    found = diff_of(scenario, roster, called_off, afresh=question.values.get("afresh", False))
    paper = Paper(Plan(scenario, roster, Report(valid=True)))
    mask = TextMask([*(one.name for one in scenario.residents), *(one.name for one in scenario.volunteers)])
    return {
        "visits": [_visit_diff(one) for one in found.visits],
        "news": [plain(one) | _named(paper, mask, one) for one in found.news],
        "changes": _changes_told(scenario, roster, called_off),
        "messages": [
            {
                "to": one.key, "name": one.name, "resident": one.is_resident, "phone": one.phone,
                "emergency": one.emergency, "text": one.text,
            }
            for one in messages(paper, found)
        ],
    }


def _named(paper: Any, mask: Callable[[str], str], one: Any) -> dict[str, Any]:
    """The names that a piece of news tells by ids: who hears it, their team, the wish, the part; and fit for the public."""
    from matcher.exchange.masking import public_name

    scenario = paper.scenario
    person, wish = scenario.volunteer.get(one.volunteer), scenario.wish[one.wish]
    team = scenario.team.get(person.team) if person is not None and person.team else None
    role = next((paper.role(own) for own in wish.roles if own.id == one.role), one.role)
    return {
        "name": one.volunteer if person is None else paper.name(person), "title": paper.wish_title(wish),
        "resident": paper.name(scenario.resident[wish.resident]) if wish.resident else None,
        "role_title": role, "due": wish.due and wish.due.isoformat(), "team": team and (team.name or team.id),
        "public_name": "" if person is None else public_name(person), "public_title": mask(paper.wish_title(wish)),
    }


def _visit_diff(one: Any) -> dict[str, Any]:
    return {
        "visit": one.visit, "wish": one.wish, "before": plain(one.before), "after": plain(one.after),
        "called_off": one.is_called_off,
    }


def _changes_told(scenario: Scenario, roster: Roster, called_off: Iterable[str] = ()) -> list[dict[str, Any]]:
    """What no longer holds of what people were told."""
    from matcher.service.rosters.told import broken_promises, diff_of

    return [plain(one) for one in broken_promises(diff_of(scenario, roster, called_off))]


def edit(question: Question) -> dict[str, Any]:
    """The roster after a list of changes by hand, judged; breaking a rule is told, or refused where ``strict``.

    Judged with the pins that go with the changes. Why places stay empty is worked out for the visits that change.
    """
    from matcher.exchange.outputs import report_json
    from matcher.exchange.plan import Plan
    from matcher.planning.vacancies import unfilled
    from matcher.problem.check import check as judged
    from matcher.service.rosters.edits import edited
    from matcher.service.rosters.pinning import pinning_of
    from matcher.solvers.result import tier_value

    known, changes = question.known, question.values["changes"]
    pinning = pinning_of(question.values, known.scenario.pins, question.roster)
    problem = known.problem
    if pinning.put or pinning.lifted:
        problem = problem.with_pins(known.scenario.with_pins(pinning.of(known.scenario.pins)))
    ahead = question.ahead
    kept = {entry.id for entry in ahead.visits}
    over = tuple(entry for entry in question.roster.visits if entry.id not in kept)
    bare = edited(problem, ahead, changes, question.lang)
    report = judged(problem.expanded, bare, problem.prices)
    if question.values.get("strict"):
        _refuse_newly_broken(question, report)
    touched = {change["visit"] for change in changes}
    roster = bare.model_copy(update={
        "visits": (*over, *bare.visits),
        "unfilled": unfilled(problem, bare, (one for one in ahead.unfilled if one.visit not in touched)),
        "tiers": tuple(tier_value(tier.name, tier.value, None, False) for tier in report.tiers),
    })
    plan = Plan(known.scenario, roster, report)
    return {
        "roster": plain(roster), "report": json.loads(report_json(plan)), "window": plain(known.scenario.program.window),
        "changes": _changes_told(known.scenario, roster),
        "pins": {
            name: [pin.model_dump(mode="json", exclude_defaults=True) for pin in pins]
            for name, pins in (("put", pinning.put), ("lifted", pinning.lifted))
        },
    }


def _refuse_newly_broken(question: Question, report: Report) -> None:
    """Raise ``Conflict`` with every hard rule that the changed roster breaks and the one before did not."""
    from matcher.problem.check import check as judged
    from matcher.service.plan_words import say
    from matcher.store.facts import Conflict

    def names(violations: Iterable[Violation]) -> set[tuple[str, str | None, str | None]]:
        return {(one.rule, one.visit, one.volunteer) for one in violations}

    told = question.stored[0].report.get("violations", ()) if question.stored else ()
    known = {(one["rule"], one.get("visit"), one.get("volunteer")) for one in told}
    new = [one for one in broken(report) if (one.rule, one.visit, one.volunteer) not in known]
    if new:  # facts may have changed since: what they break now is not the change's doing
        before = names(broken(judged(question.known.problem.expanded, question.ahead, question.known.problem.prices)))
        new = [one for one in new if (one.rule, one.visit, one.volunteer) not in before]
    if new:
        advice = say("newly-broken-advice", question.lang)
        raise Conflict([Fault(one.message, advice, code=one.rule) for one in new])


def moves(question: Question) -> dict[str, Any]:
    """When else a visit could be with the people it has: per start that was asked for, what would break and what it costs."""
    from matcher.planning.words import Phrase

    desk, spoken, name = question.desk, _spoken(question), question.values["visit"]
    bench, expanded = desk.bench, question.known.problem.expanded
    _refuse_unserved(bench, expanded, name, question.lang)
    visit = expanded.visits[expanded.visit_index[name]]
    now = bench.start(visit)
    told = []
    for start in _some_starts(visit.starts(question.known.scenario.program.settings.step_minutes), expanded, now):
        rules, delta = bench.at_start(visit, start)
        told.append({
            "start": expanded.calendar.moment(start).isoformat(), "codes": sorted(rules),
            "delta": dict(zip(TIERS, delta.tiers)) | {"terms": delta.terms},
            "text": delta.say(spoken) if not rules else ("、" if spoken == "zh" else ", ").join(
                Phrase(f"short_{rule}").say(spoken) for rule in sorted(rules)
            ),
        })
    return {"visit": name, "start": None if now is None else expanded.calendar.moment(now).isoformat(), "starts": told}


def _refuse_unserved(bench: Any, expanded: Any, name: str, lang: str) -> None:
    from matcher.service.plan_words import ItemRefused

    if name not in expanded.visit_index or name not in bench.entries:
        raise BadInput([ItemRefused("no-visit", "visit", visit=name).fault("visit", 0, lang)])


def _some_starts(starts: list[int], expanded: Any, now: int | None) -> list[int]:
    """At most ``MOST_STARTS``, spread over the days: of each day as many as there is room for, nearest to the present time of day."""
    if len(starts) <= MOST_STARTS:
        return starts
    days: dict[date, list[int]] = {}
    for start in starts:
        days.setdefault(expanded.calendar.day_of(start), []).append(start)
    each = max(1, MOST_STARTS // len(days))
    clock = 0 if now is None else now % _DAY_MINUTES
    chosen = (sorted(own, key=lambda start: abs(start % _DAY_MINUTES - clock))[:each] for own in days.values())
    return sorted(start for own in chosen for start in own)


# ------------------------------------------------------------------------------------------- on paper


def view(question: Question) -> dict[str, Any]:
    """The roster as the caller may see it."""
    from matcher.service.accounts.access import Breadth, Caller, Role
    from matcher.service.rosters.grades import grade

    told = dict(question.values["caller"])
    caller = Caller(**told | {"role": Role(told["role"])})
    return grade(question.roster, question.known.scenario, caller, Breadth(question.values["breadth"]))


def sheet(question: Question) -> dict[str, Any]:
    """The roster with the names of everybody and everything on it, for whoever plans."""
    from matcher.service.rosters.sheet import sheet_of

    return sheet_of(question.known.problem, question.roster, _spoken(question), places=question.values["places"])


def output(question: Question) -> dict[str, Any]:
    """One file of a roster, in base64, with its media type; ``{}`` if there is no such file, or nothing in it."""
    from matcher.service.rosters.papers import paper_of

    stored = question.stored[0]
    return paper_of(
        question.known.scenario, question.roster, stored.report, question.values["name"], team=question.values.get("team")
    )


def ledger(question: Question) -> dict[str, Any]:
    """What service has come to; of one ``volunteer`` or one ``team``, or all."""
    from matcher.service.rosters.papers import ledger_of

    return ledger_of(question.known.scenario, question.values, question.lang)


# ------------------------------------------------------------------------------------------------ helpers


def _spoken(question: Question) -> Any:
    return "en" if question.lang == "en" else "zh"


def _refuse_unknown(scenario: Scenario, values: Mapping[str, Any], lang: str) -> None:
    from matcher.service.rosters.told import unknown_ids

    faults = list(unknown_ids(scenario, lang, wish=values.get("wish"), volunteer=values.get("volunteer")))
    if faults:
        raise BadInput(faults)


def plain(value: Any) -> Any:
    """Facts, dataclasses and plain values as JSON has them."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, (datetime, date)) else value


ANSWERS: dict[str, Callable[[Question], dict[str, Any]]] = {
    "check": check, "explain": explain, "suggest": suggest, "screen": screen, "compare": compare, "replan": replan,
    "judge": judge, "diff": diff, "edit": edit, "view": view, "output": output, "ledger": ledger, "supply": supply,
    "facts": facts,
    "moves": moves, "sheet": sheet,
}
"""Every kind of question."""
