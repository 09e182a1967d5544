"""A schedule in the making: statements gathered word by word, and how one leans on the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from matcher.domain.base import DAY_CODES
from matcher.domain.when import Calendar
from matcher.exchange.phrases.reading import Context, shown
from matcher.exchange.phrases.schedule import DayRule, Part, Schedule, Span
from matcher.exchange.phrases.timewords import Word

FIVE_DAYS = "MO,TU,WE,TH,FR"


class Draft:
    """What has been understood of a cell so far."""

    def __init__(self, value: object, ctx: Context) -> None:
        self.text = shown(value)
        self.ctx = ctx
        self.result = Schedule()
        self.calendar = Calendar(ctx.timezone, "CN", ctx.settings.holidays)
        self.part = Part()
        self.joined: str | None = None
        """What separates this word from the last that counted: None, "soft", "hard" or "paren"."""
        self.part_of_day = ""
        """The part last named, for the clock that follows."""
        self.cycle: tuple[int, int] | None = None
        """Days on and off, until a date anchors them."""
        self.across_comma = False
        """Days of one list were separated by a comma."""
        self.before: Word | None = None
        self.vague_span: Span | None = None
        """The last hours, if they were only a part of the day."""
        self.used_up = False
        """The next 不要 or 上班 has been taken care of."""
        self.scope: tuple[tuple[date, date], ...] | None = None
        """Dates said first and alone ("12月，"): everything else lies within them."""

    def refuse(self, code: str, **values: Any) -> None:
        """The cell cannot be read; the first reason stands."""
        if self.result.refusal is None:
            self.result.refusal = self.ctx.refuse(code, text=self.text, **values).refusal

    @property
    def begun(self) -> bool:
        """Whether the statement says anything yet."""
        return bool(self.part.days or self.part.spans or self.part.at)

    def close(self) -> None:
        """End the statement."""
        self.end_cycle()
        if self.begun:
            if self.across_comma and self.part.spans and any(rule.week for rule in self.part.days):
                self.result.assumptions.append(self.ctx.say("shared-hours", text=self.text))
            if self._sets_the_scope():
                self.scope = self.part.days[0].dates
            else:
                self.result.parts.append(self._about_the_same_days(self.part))
        self.part = Part()
        self.vague_span = None
        self.part_of_day = ""
        self.joined = None
        self.across_comma = False

    def end_cycle(self) -> None:
        """Ask from which day a cycle counts (上三休一), if it was not said."""
        if self.cycle is not None:
            self.result.questions.append(self.ctx.say("from-which-day", text=self.text))
            self.cycle = None

    def days(self, rules: tuple[DayRule, ...], following: Word | None = None) -> None:
        """Days that narrow those just said when they speak of something else, and join them otherwise."""
        if self.joined in ("hard", "paren") and following is not None and following.kind in ("not", "except-close"):
            negative = self.part.negative
            self.close()
            self.part = Part(negative=negative)
        part = self.part
        hours_stood_first = not part.days and self.joined != "hard"
        if (part.spans or part.at) and not hours_stood_first:
            negative = part.negative and self.joined != "hard"
            self.close()
            part = self.part = Part(negative=negative)
        if self.joined == "hard" and part.days and not part.spans:
            if _contrast(part.days, rules) or part.negative:
                self.close()
                part = self.part
            else:
                self.across_comma = True
        elif self.joined == "soft" and part.days and _contrast(part.days, rules):
            self.across_comma = True
        if part.days and self.joined in (None, "paren") and _narrows(part.days, rules):
            days = tuple(old.narrowed(new) for old in part.days for new in rules)
        else:
            days = _united(part.days, rules)
        self.part = replace(part, days=days)

    def hours(self, span: Span) -> None:
        """Hours; after a comma they make a statement of their own about the same days."""
        if self.joined == "hard" and self.part.spans and not self.across_comma:
            days = self.part.days
            self.close()
            self.part = Part(days=days)
        self.part = replace(self.part, spans=(*self.part.spans, span))

    def negate(self, following: Word | None) -> None:
        """End a statement (周三不行), or begin one (不要周三)."""
        if self.used_up:
            self.used_up = False
            return
        if self.begun and not (self.joined == "hard" and _names_days(following)):
            if self.across_comma:
                self.result.assumptions.append(self.ctx.say("all-of-them-not", text=self.text))
            self.part = replace(self.part, negative=True)
            self.close()
        else:
            self.close()
            self.part = replace(self.part, negative=True)

    def _about_the_same_days(self, part: Part) -> Part:
        """Hours without days speak of the days named just before: 周末都行，晚上也可以."""
        before = self.result.parts[-1] if self.result.parts else None
        if part.days or before is None or before.negative or not before.days:
            return part
        return replace(part, days=before.days)

    def _sets_the_scope(self) -> bool:
        """A stretch of dates said first, without hours."""
        part = self.part
        if self.result.parts or self.scope is not None or part.negative or part.spans or part.at or len(part.days) != 1:
            return False
        rule = part.days[0]
        return rule.dimensions() == {"dates"} and len(rule.dates or ()) == 1 and _is_stretch(rule)

    def apply_scope(self) -> None:
        """Narrow every statement to the dates said first; alone they are a statement of their own."""
        if self.scope is None:
            return
        rule = DayRule(dates=self.scope)
        if not any(not part.negative for part in self.result.parts):
            self.result.parts.insert(0, Part(days=(rule,)))
            return
        for place, part in enumerate(self.result.parts):
            if not part.negative:
                days = tuple(day.narrowed(rule) if day.dates is None else day for day in part.days or (DayRule(),))
                self.result.parts[place] = replace(part, days=days)
        first, last = self.scope[0]
        self.result.assumptions.append(self.ctx.say("scope", text=self.text, first=first, last=last))


Handler = Callable[[Draft, Word, "Word | None"], None]
"""What a word does to the draft, given the word that follows."""


def _names_days(word: Word | None) -> bool:
    return word is not None and word.kind in (
        "dayrange",
        "daylist",
        "weekend",
        "workday",
        "monthday",
        "dates",
        "lunar",
        "season",
    )


def _contrast(said: tuple[DayRule, ...], new: tuple[DayRule, ...]) -> bool:
    """周末，平时…: two kinds of day are two statements; 周二，周四… is one list."""
    plain = all(_is_plain_weekday(rule) for rule in (*said, *new))
    return not plain


def _is_plain_weekday(rule: DayRule) -> bool:
    if rule.dimensions() == {"dates"}:
        return all(first == last for first, last in rule.dates or ())
    return rule.dimensions() == {"week"} and rule.week not in ("any", "workday", "day-off", "SA,SU", FIVE_DAYS)


def _is_stretch(rule: DayRule) -> bool:
    return any(first < last for first, last in rule.dates or ())


def _united(said: tuple[DayRule, ...], new: tuple[DayRule, ...]) -> tuple[DayRule, ...]:
    """Both lists of days; weekdays of one rule when they follow each other."""
    if said and len(new) == 1 and _is_weekdays(said[-1]) and _is_weekdays(new[0]):
        codes = {*(said[-1].week or "").split(","), *(new[0].week or "").split(",")}
        return (*said[:-1], DayRule(week=",".join(code for code in DAY_CODES if code in codes)))
    return said + new


def _is_weekdays(rule: DayRule) -> bool:
    return rule.dimensions() == {"week"} and rule.week not in ("any", "workday", "day-off")


def _narrows(said: tuple[DayRule, ...], new: tuple[DayRule, ...]) -> bool:
    taken = frozenset().union(*(rule.dimensions() for rule in said))
    return not any(rule.dimensions() & taken for rule in new)
