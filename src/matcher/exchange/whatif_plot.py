"""A what-if table as a picture: fairness against travel, coverage beside each point; plain SVG, nothing fetched."""

from __future__ import annotations

from html import escape

from matcher.planning.whatif import Outcome, WhatIf
from matcher.planning.words import Phrase
from matcher.problem.rules import Language

_WIDTH, _HEIGHT, _MARGIN = 640, 420, 64


def render_plot(table: WhatIf, language: Language) -> str:
    """The table as an SVG document: minutes a turn to the right, unevenness upwards; settings that agree share a point."""
    across, upwards = _Axis([own.minutes for own in table.outcomes]), _Axis([own.unevenness for own in table.outcomes])
    points: dict[tuple[float, float], list[Outcome]] = {}
    for own in table.outcomes:
        at = _MARGIN + across.share(own.minutes) * (_WIDTH - 2 * _MARGIN)
        up = _HEIGHT - _MARGIN - upwards.share(own.unevenness) * (_HEIGHT - 2 * _MARGIN)
        points.setdefault((round(at, 1), round(up, 1)), []).append(own)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_WIDTH / 2, 24, Phrase("whatif_title").say(language), "middle"),
        _text(_WIDTH / 2, _HEIGHT - 16, Phrase("whatif_axis_minutes").say(language), "middle"),
        _text(8, 44, Phrase("whatif_axis_unevenness").say(language)),
        f'<path d="M{_MARGIN} {_MARGIN}V{_HEIGHT - _MARGIN}H{_WIDTH - _MARGIN}" fill="none" stroke="#888"/>',
        *(_text(_MARGIN + share * (_WIDTH - 2 * _MARGIN), _HEIGHT - _MARGIN + 18, f"{value:.1f}", "middle")
          for share, value in across.ends()),
        *(_text(_MARGIN - 8, _HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN) + 4, f"{value:.0f}", "end")
          for share, value in upwards.ends()),
        *(line for (at, up), own in points.items() for line in _point(at, up, own)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


class _Axis:
    """Where a value lies between the least and the most, with a little room at both ends."""

    def __init__(self, values: list[float]) -> None:
        self._low, self._high = min(values, default=0), max(values, default=0)

    def share(self, value: float) -> float:
        if self._high == self._low:
            return 0.5
        return 0.05 + 0.9 * (value - self._low) / (self._high - self._low)

    def ends(self) -> list[tuple[float, float]]:
        """(share, value) of what is written along the axis."""
        return [(self.share(value), value) for value in sorted({self._low, self._high})]


def _point(at: float, up: float, outcomes: list[Outcome]) -> list[str]:
    best = any(own.is_best for own in outcomes)
    names = "; ".join(
        f"{own.setting.fairness:g}/{own.setting.travel:g}/{own.setting.reach:g}" for own in outcomes
    )
    filled = "/".join(str(number) for number in sorted({own.filled for own in outcomes}, reverse=True))
    fill, title = "#1a6" if best else "white", f"<title>{escape(names)}</title>"
    return [
        f'<circle cx="{at}" cy="{up}" r="5" fill="{fill}" stroke="#1a6">{title}</circle>',
        _text(at + 9, up + 4, filled),
    ]


def _text(at: float, up: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{at:.1f}" y="{up:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
