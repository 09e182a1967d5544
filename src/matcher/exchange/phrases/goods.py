"""Things to be bought, what they may cost and who pays."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, cell_text, fold, matchable, number


@dataclass(frozen=True, slots=True)
class Goods:
    """One thing to be bought: what, how many, and the free text for the buyer."""

    name: str
    count: int = 1
    spec: str = ""

    @property
    def items(self) -> str:
        """As it stands on the wish: "电水壶，老人好按的，2升左右"."""
        head = self.name if self.count == 1 else f"{self.name} ×{self.count}"
        return f"{head}，{self.spec}" if self.spec else head


_EACH = re.compile(rf"(?:都)?各(?:要|买|来)?({NUMBER})?(?:个|件|份|袋|台|套|只|样|包)?")
_MEASURE = "(?:个|台|件|把|套|只|部|床|双|副|张|份|根|支|盏|条|顶|块|本|辆)"
"""Measure words that say nothing but "one of it"; 袋 and 斤 belong to the thing."""
_WANTED = re.compile(
    "^(?:我|老人|家里)?(?:想要?|需要|要|缺|买|希望有?|求)(?:买|要)?(?:一[个台套把双床件部辆只]?)?(?=[\u4e00-\u9fff]{2})"
)


_COUNTED = re.compile(rf"[\u4e00-\u9fff]{{1,8}}{NUMBER}(?:{_MEASURE}|[瓶盒包袋桶箱斤升])")


def read_goods(value: object, ctx: Context) -> Reading[tuple[Goods, ...]]:
    """Things to buy: the first clause names them, what follows is kept for the buyer; "书包、大米各一" is two."""
    if early := refused_early(value, ctx):
        return early
    text = fold(cell_text(value)).strip("。. ")
    each = _EACH.search(text)
    head, _, spec = (text, "", "") if each else _first_clause(text)
    count = (number(each[1] or "一") or 1) if each else 1
    if each:
        spec = text[each.end() :].strip(",;。、 ")
        head = text[: each.start()]
    pieces = re.split(
        r"[、;\n+/]|(?<=[\u4e00-\u9fff\d])(?:和|及|与|跟|还有|以及)(?=[\u4e00-\u9fff])" + ("|," if each else ""), head
    )
    if len(pieces) == 1 and len(re.findall(rf"[\u4e00-\u9fff]+{NUMBER}[\u4e00-\u9fff]{{1,2}}(?= |$)", head)) > 1:
        pieces = head.split(" ")
    clauses = re.split("[,;]", text)
    if not each and len(clauses) > 1 and all(_COUNTED.fullmatch(clause.strip()) for clause in clauses):
        pieces, spec = clauses, ""
    names = [piece.strip(" ,") for piece in pieces if piece.strip(" ,")]
    if not names:
        return ctx.refuse("no-goods", text=shown(value))
    goods = tuple(_one_of_goods(name, count, spec.replace(",", "，")) for name in names)
    told = (
        (ctx.say("several-goods", text=shown(value), goods="、".join(one.name for one in goods)),)
        if len(goods) > 1
        else ()
    )
    return Reading(goods, told)


def _first_clause(text: str) -> tuple[str, str, str]:
    found = re.search("[,。(]", text)
    if found is None:
        return text, "", ""
    return text[: found.start()], found[0], text[found.end() :].rstrip(")").strip()


def _one_of_goods(name: str, count: int, spec: str) -> Goods:
    bare = _WANTED.sub("", name) or name
    found = re.fullmatch(rf"({NUMBER}){_MEASURE}(.+)", bare) or re.fullmatch(rf"(.+?)[x×* ]*({NUMBER}){_MEASURE}", bare)
    if found:
        digits, rest = (found[1], found[2]) if number(found[1]) is not None else (found[2], found[1])
        amount = number(digits)
        if amount and amount <= 1000:
            return Goods(rest.strip(), amount, spec)
    return Goods(bare, count, spec)


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many yuan, and who pays: community, resident, volunteer, donor, or as typed."""

    yuan: int | None = None
    payer: str | None = None


_YUAN = re.compile(
    r"(?:¥|￥|rmb|人民币)? ?(\d+(?:\.\d+)?|[一二三四五六七八九十百千万两零壹贰叁肆伍陆柒捌玖拾佰仟]+) ?(万|千|k|"
    r"百)?(?:多)?(?:块钱|块|元钱|元|圆|yuan|rmb|cny)?"
)
_PAYERS: tuple[tuple[str, str], ...] = (
    ("社区|居委|村委|街道|报销|公家|community", "community"),
    ("自费|自己(?:出|付|掏)|住户|本人|老人(?:自己)?(?:出|付)|家属|家里(?:出|付)|resident", "resident"),
    ("志愿者|认领人|垫付|volunteer", "volunteer"),
    ("捐|爱心|企业|单位|赞助|基金|商家|donor|sponsor", "donor"),
)


def read_budget(value: object, ctx: Context) -> Reading[Budget]:
    """The most a thing may cost, and who pays: "200块以内，社区报销"."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value and 0 <= value < 1e9:
        return Reading(Budget(int(value)))
    if early := refused_early(value, ctx):
        return early
    text = matchable(value).replace(" ", "")
    payer = next((payer for pattern, payer in _PAYERS if re.search(pattern, text)), None)
    amounts = [
        amount
        for found in _YUAN.finditer(re.sub(r"(?<=\d),(?=\d{3})", "", text))
        if (amount := _yuan(found)) is not None
    ]
    if re.fullmatch("免费|不要钱|不用钱|不花钱|free", text):
        amounts = [0]
    if not amounts and payer is None:
        return ctx.refuse("no-budget", text=shown(value))
    yuan = max(amounts) if amounts else None
    if yuan is not None and yuan >= 10_000_000:
        return ctx.refuse("no-budget", text=shown(value))
    plain = re.fullmatch(r"(?:¥|￥)?\d+(?:\.0+)?(?:元|块|yuan|rmb)?", text)
    told: list[str] = []
    if yuan is not None and not plain:
        told.append(ctx.say("budget", text=shown(value), yuan=yuan))
    if payer is not None:
        told.append(ctx.say("payer", payer=ctx.say(f"payer-{payer}")))
    return Reading(Budget(yuan, payer), tuple(told))


def _yuan(found: re.Match[str]) -> int | None:
    factor = {"万": 10_000, "千": 1000, "k": 1000, "百": 100}.get(found[2] or "", 1)
    if re.fullmatch(r"[0-9.]+", found[1]):
        return int(float(found[1]) * factor) if len(found[1]) < 12 else None
    if found[1].endswith("万"):
        tens = number(found[1][:-1])
        return None if tens is None else tens * 10_000
    count = number(found[1])
    # A single numeral without a unit ("一下") is no amount.
    is_amount = count is not None and (len(found[1]) > 1 or re.search("[块元圆]", found[0]) is not None)
    return count * factor if count is not None and is_amount else None
