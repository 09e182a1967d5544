"""A simulation in files: simulation.json, a picture, and every week in words. Counts only; nobody is named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from matcher.exchange.files import write_whole_folder
from matcher.planning.simulate import Simulation
from matcher.planning.words import Phrase
from matcher.problem.rules import Language

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _GAP = 780, 300, 56, 20, 84, 72
_COLOURS = {"matcher": "#0a7d5a", "fcfs": "#c4572b", "rota": "#4a62b8", "standbys": "#111"}
_DASHES = {"matcher": "", "fcfs": "7 4", "rota": "2 3", "standbys": "9 3 2 3"}


def write_simulation(simulation: Simulation, folder: Path, language: Language) -> tuple[Path, ...]:
    """Write the files into a new folder, whole or not at all; the files. Raises ``BadInput`` where it cannot be."""
    texts = {
        "simulation.json": json.dumps(simulation.to_dict(language), ensure_ascii=False, indent=1) + "\n",
        "simulation.svg": render_plot(simulation, language),
        "weeks.txt": "\n".join(simulation.log(language)) + "\n",
    }

    def write(target: Path) -> None:
        for name, text in texts.items():
            (target / name).write_text(text, "utf-8")

    write_whole_folder(folder, write, language)
    return tuple(folder / name for name in texts)


def render_plot(simulation: Simulation, language: Language) -> str:
    """Coverage and fairness over time as an SVG document: a line per policy, shaded from the lowest seed to the highest."""
    values = {"weeks": simulation.weeks_lived, "lives": len(simulation.seeds)}
    width = (_WIDTH - _LEFT - _GAP - _RIGHT) / 2
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_LEFT, 20, Phrase("simulate_title", values).say(language)),
        *_legend(simulation.policies, language),
        *_panel(simulation, "coverage", _LEFT, width, language),
        *_panel(simulation, "gini", _LEFT + width + _GAP, width, language),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _legend(policies: Sequence[str], language: Language) -> list[str]:
    lines = []
    for number, name in enumerate(policies):
        left = _LEFT + 180 * number
        lines.append(f'<path d="M{left} 42H{left + 28}" fill="none" {_stroke(name)}/>')
        lines.append(_text(left + 34, 46, Phrase(f"simulate_policy_{name}").say(language)))
    return lines


def _panel(simulation: Simulation, figure: str, left: float, width: float, language: Language) -> list[str]:
    """One figure over the weeks."""
    curves = {
        name: [[getattr(point, figure) for point in own.result.points] for own in simulation.of(name)]
        for name in simulation.policies
    }
    weeks = [point.weeks for point in simulation.lived[0].result.points]
    bottom, top = _HEIGHT - 44, _TOP
    lines = [
        _text(left, top - 12, Phrase(f"simulate_{figure}").say(language)),
        f'<path d="M{left:.1f} {top}V{bottom}H{left + width:.1f}" fill="none" stroke="#888"/>',
        _text(left + width / 2, _HEIGHT - 10, Phrase("simulate_weeks").say(language), "middle"),
    ]
    everything = [value for runs in curves.values() for run in runs for value in run]
    if not everything:
        return lines
    low, high = min(everything), max(everything)
    room = (high - low) * 0.08 or 0.05
    low, high = low - room, high + room

    def at(week: int) -> float:
        return left + width * week / weeks[-1]

    def up(value: float) -> float:
        share: float = (value - low) / (high - low)
        return bottom - (bottom - top) * share

    digits = 0 if high - low > 4 else 2
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        value = low + share * (high - low)
        lines.append(f'<path d="M{left:.1f} {up(value):.1f}H{left + width:.1f}" stroke="#eee"/>')
        lines.append(_text(left - 6, up(value) + 4, f"{value:.{digits}f}", "end"))
    step = max(1, len(weeks) // 6)
    lines += [_text(at(week), bottom + 18, str(week), "middle") for week in weeks[step - 1 :: step]]
    for name, runs in curves.items():
        across = list(zip(*runs))
        upper = [f"{at(week):.1f} {up(max(own)):.1f}" for week, own in zip(weeks, across)]
        lower = [f"{at(week):.1f} {up(min(own)):.1f}" for week, own in zip(weeks, across)]
        middle = [f"{at(week):.1f} {up(sum(own) / len(own)):.1f}" for week, own in zip(weeks, across)]
        if len(runs) > 1:
            lines.append(f'<path d="M{"L".join([*upper, *reversed(lower)])}Z" fill="{_COLOURS[name]}" opacity="0.12"/>')
        title = f"<title>{escape(Phrase(f'simulate_policy_{name}').say(language))}</title>"
        lines.append(f'<path d="M{"L".join(middle)}" fill="none" {_stroke(name)}>{title}</path>')
    return lines


def _stroke(policy: str) -> str:
    dashes = f' stroke-dasharray="{_DASHES[policy]}"' if _DASHES[policy] else ""
    return f'stroke="{_COLOURS[policy]}" stroke-width="2"{dashes}'


def _text(at: float, up: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{at:.1f}" y="{up:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
