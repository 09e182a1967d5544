"""``matcher replan``: somebody cannot come, something is called off or new; the fewest changes, and who is told what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from matcher.cli.commands import OutDirectory
from matcher.cli.options import Encoding, Language, Machine, RosterPath, ScenarioPath, Seconds, Seed, Workers
from matcher.cli.text import Language as Spoken
from matcher.cli.text import terminal_language, told

if TYPE_CHECKING:
    from matcher.domain.scenario import Scenario
    from matcher.errors import Fault
    from matcher.exchange import Import
    from matcher.exchange.messages import Message
    from matcher.planning.changes import Away, Changes
    from matcher.planning.replan import Replanned
    from matcher.problem.roster import Roster

_SAYS: dict[str, tuple[str, str]] = {
    "day": ("“{text}”不是日期", '"{text}" is no date'),
    "day-advice": (
        "写成 v05:2027-05-16（一天）、v05:2027-05-10..2027-05-20，或 v05:2027-05-10..（从那天起）。",
        "Write v05:2027-05-16 (one day), v05:2027-05-10..2027-05-20, or v05:2027-05-10.. (from then on).",
    ),
    "backwards": ("请假“{text}”的结束在开始之前", 'the absence "{text}" ends before it begins'),
    "pair": ("“{text}”要写成 服务单:志愿者", '"{text}" must be VISIT:VOLUNTEER'),
    "pair-advice": ("例如 wu-escort/2027-05:v05。", "For example wu-escort/2027-05:v05."),
    "negative": ("--max-changes 是 {count}，不能是负数", "--max-changes is {count}; it cannot be negative"),
    "negative-advice": ("写 0 或更大的整数；不限就不写。", "Write 0 or more, or leave it away for no limit."),
    "unchanged": ("没有要改的：已通知的安排都还作数。", "Nothing changes: everything people were told still holds."),
    "proven": (
        "已证明：怎么排都至少要改 {least} 处（其中 {lost} 处是本人来不了或已取消），这份调班正好改 {changes} 处。",
        "Proven: no roster changes less than {least} ({lost} because people cannot come or it is off); this one {changes}.",
    ),
    "proven-points": (
        "已证明最好：改 {changes} 处（其中 {lost} 处是本人来不了或已取消），怎么排空位都不会更少，也不能少动别人。",
        (
            "Proven best: {changes} changes ({lost} because people cannot come or it is off); no roster leaves fewer seats "
            "empty, nor as few with slighter changes."
        ),
    ),
    "unproven": (
        "改 {changes} 处；时间到了，还没有证明不能更少。",
        "{changes} changes; the time was over before it was proven that there cannot be fewer.",
    ),
    "empty": ("有 {count} 个已通知的位置没有人能来：", "{count} seats people were told of stay empty:"),
    "lifted": ("锁定的 {pin} 做不到了，已解除。", "The pin {pin} can no longer be kept and is lifted."),
    "past": ("已经开始或已过的 {count} 次服务不再排。", "{count} visits that have begun are left out."),
    "differ": (
        "台账和做这份排班时的不一样，按现在的台账调整。",
        "The facts differ from those the roster was made from; they are taken as they are now.",
    ),
    "written": (
        "已写到 {out}（{count} 个文件）：照 calls.html 打电话，messages.txt 可以直接发；下次从 scenario.json 和 roster.json 接着排。",
        "Written to {out} ({count} files): calls.html to call from, messages.txt to send; go on from its scenario.json.",
    ),
    "who": ("谁", "who"),
    "what": ("怎么变", "change"),
    "visit": ("服务单", "visit"),
    "when": ("时间", "when"),
    "steps_in": ("备班顶上", "steps in"),
    "joins": ("新来", "joins"),
    "other_role": ("换分工", "another role"),
    "excused": ("来不了", "cannot come"),
    "released": ("不用来了", "no longer needed"),
    "stands_by": ("新备班", "stands by now"),
    "standby_released": ("不用备班了", "need not stand by"),
    "standby_excused": ("备不了班", "cannot stand by"),
    "moved": ("改时间", "other time"),
    "standby_moved": ("备班改时间", "stands by at another time"),
    "called_off": ("取消", "called off"),
    "standby_called_off": ("备班取消", "called off"),
}

_DAY = r"\d{4}-\d{1,2}-\d{1,2}"
_MOMENT = rf"{_DAY}(?:T\d{{1,2}}:\d{{2}})?"
_SPAN = re.compile(rf"({_MOMENT})(?:(\.\.)({_MOMENT})?)?")


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(
        help=told("Somebody cannot come: the fewest changes.", "有人来不了：改得最少，通知谁、怎么说。")
    )(replan)


def replan(
    scenario: ScenarioPath,
    roster: RosterPath,
    out: OutDirectory,
    absent: Annotated[
        list[str] | None,
        typer.Option(
            "--absent",
            metavar="VOLUNTEER[:FROM[..TO]]",
            help=told(
                "Who is away: one day, FROM..TO, FROM.. for from then on; without days: from now on. May be repeated.",
                "谁来不了：写一天，或 起..止，或 起..（从那天起）；不写日期就是从现在起。可以写多次。",
            ),
        ),
    ] = None,
    decline: Annotated[
        list[str] | None,
        typer.Option(
            "--decline",
            metavar="VISIT:VOLUNTEER",
            help=told("Who cannot do one visit. May be repeated.", "谁推掉了哪一次。可以写多次。"),
        ),
    ] = None,
    cancel: Annotated[
        list[str] | None,
        typer.Option(
            "--cancel", metavar="VISIT", help=told("A visit called off. May be repeated.", "取消哪一次。可以写多次。")
        ),
    ] = None,
    add: Annotated[
        list[Path] | None,
        typer.Option(
            "--add",
            metavar="FILE",
            help=told(
                "New wishes, people or claims, or what changes about known ones: .xlsx, a folder of .csv, or .json. May be repeated.",
                "新的心愿、人、认领，或某人改了的时间：.xlsx、放 .csv 的文件夹或 .json。可以写多次。",
            ),
        ),
    ] = None,
    max_changes: Annotated[
        int | None,
        typer.Option(
            "--max-changes",
            metavar="K",
            help=told(
                "Change at most so many of the things people were told; exit 3 with the proof if that is too few.",
                "已通知的最多改几处；不够时说明至少要几处，退出码 3。",
            ),
        ),
    ] = None,
    seconds: Seconds = 60,
    seed: Seed = 0,
    workers: Workers = 1,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Repair a roster people were told of: stand-bys first, the fewest changes, proven; and what to tell whom."""
    from matcher.cli.facts import pick_language, refuse_existing, speaking
    from matcher.cli.live import interruptible
    from matcher.cli.show import show_import
    from matcher.planning.replan import replan as repair
    from matcher.solvers.stop import Stop

    refuse_existing(out, lang or terminal_language())
    told_of = _Told(absent or [], decline or [], cancel or [], add or [], max_changes)
    facts, given, changes = _read(scenario, roster, told_of, encoding, lang)
    spoken = pick_language(lang, facts.scenario)
    if not json:
        show_import(facts, spoken)
    stop = Stop(seconds=seconds)
    with interruptible(stop, spoken):
        facts_now = speaking(facts.scenario, spoken)
        done = repair(facts_now, given, changes, max_changes=max_changes, stop=stop, seed=seed, workers=workers)
        if not done.report.valid:  # it was so before: a roster edited by hand
            done = repair(
                facts_now, given, changes, max_changes=max_changes, stop=stop, seed=seed, workers=workers, thorough=True
            )
    files, texts = _write(facts, done, out)
    _show(done, texts, files, out, spoken, as_json=json)


# --------------------------------------------------------------------------------------------- reading


class _Told:
    """The options as typed."""

    def __init__(
        self, absent: list[str], decline: list[str], cancel: list[str], add: list[Path], max_changes: int | None
    ) -> None:
        self.absent, self.decline, self.cancel, self.add = absent, decline, cancel, add
        self.max_changes = max_changes


def _read(
    scenario: Path, roster: Path, told_of: _Told, encoding: str | None, lang: Spoken | None
) -> tuple[Import, Roster, Changes]:
    """Facts, roster and changes; ``BadInput`` with every fault of all of them."""
    from matcher.cli.facts import pick_language, read_facts, read_plan, speaking
    from matcher.errors import BadInput
    from matcher.planning.changes import change_faults

    faults: list[Fault] = []
    try:
        facts = read_facts(scenario, encoding, lang)
    except BadInput as error:
        faults += [*error.faults, *_typed_faults(told_of, lang or terminal_language())]
        raise BadInput(faults) from error
    spoken = pick_language(lang, facts.scenario)
    given = None
    try:
        given = read_plan(roster, facts.scenario, speaking(facts.scenario, spoken))
    except BadInput as error:
        faults += error.faults
    facts, more = _with_additions(facts, told_of.add, encoding, spoken)
    faults += more
    changes, wrong = _changes(told_of, facts.scenario, spoken)
    faults += [*wrong, *change_faults(speaking(facts.scenario, spoken), given, changes)]
    if faults or given is None:
        raise BadInput(list(dict.fromkeys(faults)))
    return facts, given, changes


def _with_additions(
    facts: Import, paths: Iterable[Path], encoding: str | None, lang: Spoken
) -> tuple[Import, list[Fault]]:
    """The facts with what every file adds, and all faults of all files."""
    from matcher.errors import BadInput
    from matcher.exchange import Import
    from matcher.exchange.additions import add_facts

    faults: list[Fault] = []
    for path in paths:
        try:
            more = add_facts(facts.scenario, path, encoding=encoding, lang=lang)
        except BadInput as error:
            faults += error.faults
            continue
        warnings = tuple(dict.fromkeys((*facts.warnings, *more.warnings)))
        facts = Import(more.scenario, (*facts.assumptions, *more.assumptions), warnings)
    return facts, faults


def _typed_faults(told_of: _Told, lang: Spoken) -> list[Fault]:
    """What is wrong with the options whatever the facts say."""
    return _changes(told_of, None, lang)[1]


def _changes(told_of: _Told, scenario: Scenario | None, lang: Spoken) -> tuple[Changes, list[Fault]]:
    from matcher.planning.changes import Changes

    faults: list[Fault] = []
    zone = ZoneInfo(scenario.program.timezone if scenario else "Asia/Shanghai")
    absences = [
        away for text in told_of.absent if (away := _away(text, scenario, zone, lang, faults)) is not None
    ]
    declines = []
    for text in told_of.decline:
        visit, _, name = text.replace("：", ":").rpartition(":")
        if not visit or not name:
            faults.append(_fault("pair", lang, text=text))
        else:
            declines.append((visit.strip(), _person(name.strip(), scenario, lang, faults)))
    if told_of.max_changes is not None and told_of.max_changes < 0:
        faults.append(_fault("negative", lang, count=told_of.max_changes))
    return Changes(tuple(absences), tuple(declines), tuple(told_of.cancel)), faults


def _away(text: str, scenario: Scenario | None, zone: ZoneInfo, lang: Spoken, faults: list[Fault]) -> Away | None:
    from matcher.planning.changes import Away

    name, colon, span = text.replace("：", ":").partition(":")
    person = _person(name.strip(), scenario, lang, faults)
    if not colon:
        return Away(person)
    found = _SPAN.fullmatch(span.strip().replace("/", "-"))
    moments = None if found is None else _moments(found, zone)
    if moments is None:
        faults.append(_fault("day", lang, text=span))
        return None
    start, end = moments
    if end is not None and end <= start:
        faults.append(_fault("backwards", lang, "day-advice", text=span))
        return None
    return Away(person, start, end)


def _moments(found: re.Match[str], zone: ZoneInfo) -> tuple[datetime, datetime | None] | None:
    """From when to when; the last day is included."""
    try:
        start, _ = _stretch(found[1], zone)
        if found[2] is None:
            return _stretch(found[1], zone)
        return start, None if found[3] is None else _stretch(found[3], zone)[1]
    except (ValueError, OverflowError):
        return None


def _stretch(text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The day that is named, or from that minute to the end of its day; as an end, up to that minute."""
    day, _, clock = text.partition("T")
    midnight = datetime(*(int(part) for part in day.split("-")), tzinfo=zone)  # type: ignore[arg-type,misc]
    if not clock:
        return midnight, midnight + timedelta(days=1)
    hour, minute = (int(part) for part in clock.split(":"))
    moment = datetime.combine(midnight.date(), time(hour, minute), zone)
    return moment, moment


def _person(name: str, scenario: Scenario | None, lang: Spoken, faults: list[Fault]) -> str:
    """The id of a volunteer named by id or by a name only one has; what is unknown is left as typed."""
    from matcher.cli.facts import several, volunteers_called

    called = [] if scenario is None else volunteers_called(scenario, name)
    if len(called) > 1:
        faults.append(several(name, called, lang))
    return called[0] if called else name


def _fault(key: str, lang: Spoken, advice: str | None = None, **values: object) -> Fault:
    from matcher.errors import Fault

    return Fault(_say(key, lang, **values), _say(advice or f"{key}-advice", lang, **values), code=key)


def _say(key: str, lang: Spoken, **values: object) -> str:
    return _SAYS[key][lang == "en"].format(**values)


# --------------------------------------------------------------------------------------------- writing


def _write(facts: Import, done: Replanned, out: Path) -> tuple[tuple[Path, ...], tuple[Message, ...]]:
    """The repaired roster as ``plan`` writes it, with the changed facts, the calls and the messages."""
    from matcher.cli.facts import pick_language, speaking
    from matcher.exchange.messages import calls_page, changes_json, messages, messages_text
    from matcher.exchange.outputs import write_outputs
    from matcher.exchange.paper import Paper
    from matcher.exchange.plan import Plan

    # Files speak of the facts in the language they were in.
    scenario = speaking(done.scenario, pick_language(None, facts.scenario))
    roster = done.roster.model_copy(update={"scenario": scenario.fingerprint})
    notes = tuple(str(fault) for fault in (*facts.assumptions, *facts.warnings))
    run = {"status": done.status, "rounds": done.rounds}
    plan = Plan(done.scenario, roster, done.report, notes, run, handovers=done.handovers)
    paper = Paper(plan)
    texts = messages(paper, done.diff, done.new_handovers)
    language = paper.language
    more = [
        ("scenario.json", f"{scenario.to_json()}\n".encode()),
        ("changes.json", f"{changes_json(done.diff, texts, _proof(done))}\n".encode()),
        ("calls.html", calls_page(paper, texts).encode()),
        ("messages.txt", messages_text(texts, language).encode()),
    ]
    return tuple(write_outputs(plan, out, more)), texts


def _proof(done: Replanned) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "status": done.status, "cost": asdict(done.cost), "bound": asdict(done.bound),
        "lost": [asdict(one) for one in done.lost], "others_changed": done.others_changed,
        "handovers": [asdict(one) for one in done.new_handovers],
    }


def _show(
    done: Replanned, texts: tuple[Message, ...], files: tuple[Path, ...], out: Path, lang: Spoken, *, as_json: bool
) -> None:
    from matcher.cli.show import print_json
    from matcher.exchange.messages import messages_text

    if as_json:
        print_json({
            "out": str(out), "files": [str(path.relative_to(out)) for path in files], **_proof(done),
            "news": done.diff.news, "messages": [{"to": one.key, "text": one.text} for one in texts],
            "unfilled": done.roster.unfilled, "facts_differ": done.facts_differ, "past": done.past,
            "lifted": done.lifted,
        })
        return
    for line in _notes(done, lang):
        typer.echo(line)
    if done.diff.visits:
        _show_news(done, lang)
        for proposed in done.new_handovers:
            typer.echo(proposed.say(lang))
        typer.echo(messages_text(texts, lang))
    typer.echo(_say("written", lang, out=out, count=len(files)))


def _notes(done: Replanned, lang: Spoken) -> Iterable[str]:
    if done.facts_differ:
        yield _say("differ", lang)
    if done.past:
        yield _say("past", lang, count=len(done.past))
    for pin in done.lifted:
        yield _say("lifted", lang, pin=f"{pin.visit} {pin.volunteer or ''}".strip())
    changes, lost = done.cost.changes, len(done.lost)
    if not done.diff.visits:
        yield _say("unchanged", lang)
    elif not done.is_proven:
        yield _say("unproven", lang, changes=changes)
    else:
        key = "proven" if changes == done.bound.changes else "proven-points"
        yield _say(key, lang, least=done.bound.changes, lost=lost, changes=changes)
    empty = [one for one in done.diff.visits if one.empty and not one.is_called_off]
    if empty:
        yield _say("empty", lang, count=sum(one.empty for one in empty))
        yield from (f"  {one.visit}" for one in empty)


def _show_news(done: Replanned, lang: Spoken) -> None:
    from matcher.cli.show import print_table

    zone = ZoneInfo(done.scenario.program.timezone)
    people = done.scenario.volunteer
    rows = [
        (
            people[news.volunteer].name or news.volunteer,
            _say(news.kind, lang),
            news.visit,
            f"{news.start.astimezone(zone):%Y-%m-%d %H:%M}" if news.start else "",
        )
        for news in done.diff.news
    ]
    print_table([_say(key, lang) for key in ("who", "what", "visit", "when")], rows)
