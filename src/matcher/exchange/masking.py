"""Names fit for the public: 吴** instead of a name, the alias where there is one, no phone number anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

from matcher.domain.people import Resident, Volunteer

_COMPOUND_SURNAMES = frozenset([
    "欧阳", "上官", "司马", "司徒", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文",
    "长孙", "端木", "东方", "独孤", "南宫", "西门", "百里", "呼延", "轩辕", "钟离", "闻人",
])
_NUMBER = re.compile(r"(?<!\d)(?!\d{4}-\d{1,2}-\d{1,2}(?!\d))\d(?:[\s\-]?\d){6,}")
"""A phone, landline or identity number: seven digits or more, however they are grouped; not a date."""


def mask_name(name: str) -> str:
    """The surname and two stars, however long the name is.

    >>> mask_name("吴建国"), mask_name("欧阳红"), mask_name("Li Hong"), mask_name("")
    ('吴**', '欧阳**', 'L**', '**')
    """
    name = name.strip()
    surname = name[:2] if name[:2] in _COMPOUND_SURNAMES and len(name) > 2 else name[:1]
    return f"{surname}**"


def public_name(person: Resident | Volunteer) -> str:
    """The alias a person asked for, else the masked name. A nameless person is only stars: ids may hold anything."""
    return person.alias or mask_name(person.name)


class TextMask:
    """Masks the names of known people, and long numbers, inside free text such as a wish's title.

    >>> TextMask(["吴建国"])("陪吴建国看儿子，电话13800000001")
    '陪吴**看儿子，电话***'
    """

    def __init__(self, names: Iterable[str]) -> None:
        spelled = {name.strip() for name in names}
        spelled |= {"".join(name.split()) for name in spelled}
        self._names = frozenset(name for name in spelled if len(name) > 1)
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def __call__(self, text: str) -> str:
        return _NUMBER.sub("***", self._mask_names(text))

    def _mask_names(self, text: str) -> str:
        # Looked up piece by piece: a regular expression of a district's thousands of names would be far slower.
        out: list[str] = []
        place = 0
        while place < len(text):
            length = next((n for n in self._lengths if text[place : place + n] in self._names), 0)
            out.append(mask_name(text[place : place + length]) if length else text[place])
            place += length or 1
        return "".join(out)
