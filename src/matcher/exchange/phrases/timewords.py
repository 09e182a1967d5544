"""Time phrases cut into words: one list of patterns for Chinese, after English has been put into its terms."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.exchange.phrases.clock import CLOCK, CLOCK_RANGE
from matcher.exchange.phrases.dates import DATE_LIST, canonical_dates
from matcher.exchange.phrases.text import NUMBER


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a time phrase: what kind, the text, and whether it touches the word before."""

    kind: str
    text: str
    touching: bool = False


_DAY = "[一二三四五六日]"
_DAY_OR_DIGIT = "[一二三四五六日1-7]"
_NOT_A_COUNT = "(?![点时次个回月号小分天年人位名])"
_NTH = "(?:第?[一二三四五1-5]个?|首个?|头一?个|最后一?个?)"

# The first pattern that matches at a place wins, so the longer and rarer stand first.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "note",
        (
            "(?:上|值)?(?:夜班|白班|早班|晚班|中班)|"
            r"(?:请|需要|需|要|最好|必须)?(?:提前|事先)[^,;。\n]{0,14}|(?:先|请)?(?:电话|微信|"
            r"打电话)(?:联系|通知|约)?|电联"
        ),
    ),
    ("cycle", rf"(?:上|做|干|值|在岗)({NUMBER})(?:天)?(?:休|歇|倒)({NUMBER})(?:天)?"),
    ("oncall", "随叫随到|24小时(?:都|待命|随时)?|全天候|什么时候都|啥时候都|任何时间|任何时候|随时"),
    (
        "offhours",
        (
            "(?:8|八)个?小时(?:以|之)?外|(?:上班|工作)(?:时间|时)?(?:以|之)外|业余(?:时间)?|"
            "工余(?:时间)?|非工作时间|非上班时间"
        ),
    ),
    ("afterwork", "下了?班(?:以后|之后|后|时间)?|放工后?"),
    ("workhours", "上班(?:的?时间|的?时候|期间|时)|工作时间|工作期间|办公时间|正常上班"),
    (
        "lunar",
        (
            "(?:农历|阴历|旧历)?(?:的|每月|逢|每逢)?(?:初(?:一|二|三|四|五|六|七|八|九|十)|(?<=农历)十五|"
            "(?<=阴历)十五)"
            "(?:[、,和与及]?(?:初(?:一|二|三|四|五|六|七|八|九|十)|十五|二十三?|三十))*|逢?[农阴]历(?:的)?十五"
        ),
    ),
    (
        "vague",
        (
            "看情况|视情况|看[^,;。、\n]{0,4}安排|再说|不一定|说不准|不确定|越[快早]越好|尽快|尽早|不定时?|不固定|待定|没准|"
            "轮休|轮班|倒班|三班倒|排班|调休"
            "|(?:没|无)课(?:的)?(?:时候|时间|时)?|有空(?:的)?(?:时候|时间)?(?:再|就|才)[^,;。、\n]{0,4}|"
            "有空(?:的)?(?:时候|时)|空闲(?:的)?(?:时候|时间|时)"
            "|不忙(?:的)?(?:时候|时)?|有时间(?:就|再)[^,;。、\n]{0,4}|方便(?:的)?(?:时候|时)|灵活|弹性|"
            "另行通知|偶尔|尽量|depends|flexible|varies|not sure|when i can"
        ),
    ),
    ("except-close", "(?:之外|以外|外)(?:的)?(?:其他|其它|其余)?(?:时间|时候|日子)?"),
    ("except-open", "除了|除去|除开|避开|避免|除(?!外)|except|excluding"),
    (
        "frequency",
        (
            rf"(?:每(?:个)?|一个?|隔)?(?:天|日|周|月|季度?|年)(?:跑|去|来|做|上门)?(?:至少|最多|大概|"
            rf"约)?{NUMBER}(?:[-~到]{NUMBER})?[次回趟](?:左右)?"
        ),
    ),
    ("alternate", f"(?:隔(?:一|1)?个?周|每隔一?个?周|每(?:两|二|2)个?周|单双周)(?:的)?周?(?:({_DAY}|末)(?![次个回]))?"),
    ("parity", "(?:单|双)(?:数)?周(?:的)?(?:周)?(?:[一二三四五六日末])?|(?:单|双)(?:号|日)|逢(?:单|双)(?:号|日)?"),
    ("nth", f"每个?月(?:的)?{_NTH}(?:(?:[、,和及]){_NTH})*周(?:[一二三四五六日]|末)|{_NTH}周(?:[一二三四五六日]|末)"),
    ("monthday", r"(?:每个?月|逢)(?:的)?\d{1,2}[号日]?(?:[-~至到、,和及]\d{1,2}[号日]?)*(?<=[号日])"),
    ("monthpart", "(?:每个?月(?:的)?)?(?:上旬|中旬|下旬|上半月|下半月|月初|月中|月底|月末)|每个?月(?:初|底|末|中)"),
    ("wholemonth", r"(?:\d{4}年)?\d{1,2}月(?:份)?(?:[-~至到](?:\d{4}年)?\d{1,2}月(?:份)?)?(?!\d)"),
    ("since", "从(?=\\d)|自(?=\\d)|起始"),
    (
        "season",
        (
            "寒暑假|暑假寒假|暑假|暑期|寒假|放假期间|学期(?:中|内|间|里)?|上学(?:期间|的?时候|时|日)|"
            "开学(?:后|期间|以后)?|在校期间"
        ),
    ),
    (
        "festival",
        (
            "(?:春节|过年|国庆节?|五一|劳动节|端午节?|中秋节?|清明节?|元旦节?)(?:期间|假期|长假|放假|"
            "当天|那几天|前后)?|十一(?:期间|假期|长假)"
        ),
    ),
    ("holiday", "法定节?假日|国家法定节假日|法定假|长假|小长假"),
    ("dayoff", "节假日|公休日?|休息日|假期|假日|放假|休息的?时候|休息天|不上班(?:的)?(?:时候|日子|时间|时|天)?"),
    ("weekend", "周末|双休日?|周六日|周六周日"),
    ("workday", "工作日|上班日"),
    ("weekdays", "平时|平日|平常|周中"),
    ("dayrange", rf"周({_DAY_OR_DIGIT})(?:-|~|至|到)周?({_DAY_OR_DIGIT})(?![\d点时])"),
    (
        "daylist",
        (
            rf"周{_DAY_OR_DIGIT}(?:[、/.和及与跟 ]?周?{_DAY}{_NOT_A_COUNT}|"
            rf"[、/.和及与跟 ]?周?[1-7](?![\d点时次个回月号:小分天年~-]))*"
        ),
    ),
    (
        "everyday",
        (
            "每天|随便|随意|不限(?:时间)?|无所谓|天天|每日|任何一天|哪天都|一周7天|一周七天|周一至周日|"
            "一年四季|全年|平时和周末|日常|都有空|都有时间|都可以|都行|均可|都方便|都能|都可|全都"
        ),
    ),
    ("from", rf"(?:{CLOCK})(?:钟)?(?:以后|之后|过后|往后|后|起|开始)"),
    ("till", rf"(?:{CLOCK})(?:钟)?(?:以前|之前|前)|(?:到|至)(?:{CLOCK})(?:为止)?"),
    ("range", CLOCK_RANGE + "(?!\\d)"),
    ("depart", rf"(?:{CLOCK})(?:钟)?(?:准时)?(?:出发|动身|出门|走|来接|接)"),
    ("clock", rf"(?:{CLOCK})(?:钟)?(?:左右|见|到|开始|准时)?"),
    ("afterschool", "放了?学(?:以后|之后|后)?|课后|课余(?:时间)?"),
    ("allday", "全天|整天|一整天|全日|一天|白天|日间|白日|daytime|all day|whole day"),
    ("morning", "一?大?上午|一?早上|早晨|清晨|早间|一早|早(?![点])|mornings?"),
    ("noon", "中午|午间|午休时?间?|noon|lunchtime|midday"),
    ("afternoon", "一?大?下午|午后|afternoons?"),
    ("dusk", "傍晚|黄昏"),
    ("evening", "一?晚上|晚间|夜里|夜间|夜晚|晚饭后|晚餐后|晚(?![点])|evenings?|nights?"),
    ("halfday", "半天|半日"),
    (
        "not",
        (
            "除外|不行|不可以|不可|不便|不方便|不能(?:来|去|安排)?|不在|没空|没有空|没有?时间|不得空|不要|"
            "不去|不来|不排|不用|别排|有事|上课|上班|值班|加班|开会"
            "|没有?办法|出差|外出|不|not|no|unavailable|busy|cannot|can't"
        ),
    ),
    ("rest", "休息?(?!日|天)|歇"),
    ("starts", "起|开始|以后|之后|往后|后"),
    ("ends", "之前|以前|前|为止|截止|止"),
    ("ok", "可以|也?行|有空|有时间|可|能来|能去|能|方便|没问题|ok|好|空"),
    ("every", "每周(?:的)?|每个?(?=周)|每逢|每|逢"),
    ("hard", r"[,;。\n]|\.(?= |$)|但是?|不过|而|其[他它余](?:时间)?"),
    ("paren", r"[()\[\]]"),
    ("soft", r"[、/&+]|和|及|与|跟|或者?|以及|还有|加"),
    (
        "filler",
        (
            r"已?退休|在家|的|都|也|又|我|一般|基本上?|大部分|大多|通常|大概|左右|时间段?|时候|时段|期间|段|比较|只有|"
            r"只能|只|仅限|仅|限于?|在|那天|当天|就|会|是|"
            r"间|以内|之内|内|具体|详细|均|全部|全|最好|可安排|安排|来|去|服务|志愿服务|参加|活动|陪|上门|"
            r"(?:这)?[两二三]天|[:'\"!~]|only|on|the|at|of|am|i'm|i|is|are|free|available|usually|ok|in|from|me"
        ),
    ),
)
_WORDS = re.compile(
    f"(?P<dates>(?:从|自|直到|到|截至|截止到?)?{DATE_LIST.pattern})|"
    + "|".join(f"(?P<{kind.replace('-', '_')}>{pattern})" for kind, pattern in _PATTERNS)
)

_ENGLISH_DAYS = (
    "mon(?:day)?",
    "tue(?:s(?:day)?)?",
    "wed(?:nesday|s)?",
    "thu(?:rs?(?:day)?)?",
    "fri(?:day)?",
    "sat(?:urday)?",
    "sun(?:day)?",
)
_ORDINALS = (
    ("first|1st", "第一个"),
    ("second|2nd", "第二个"),
    ("third|3rd", "第三个"),
    ("fourth|4th", "第四个"),
    ("last", "最后一个"),
)
_ENGLISH: tuple[tuple[str, str], ...] = (
    *((rf"\b{name}s?\b\.?", f"周{day}") for name, day in zip(_ENGLISH_DAYS, "一二三四五六日", strict=True)),
    (
        r"\b(?:every other|every second|alternate|alternating|every two weeks|bi-?weekly|fortnightly)(?: on)? ?(?:周)?",
        "隔周",
    ),
    (r"\bexcept(?: for| on)?\b|\bexcluding\b|\bbut not\b|\bapart from\b", "除"),
    (r"\b(?:outside|after|not during)(?: of)? (?:working|office|work|business)(?: hours)?\b", "八小时之外"),
    (r"\bafter work\b", "下班后"),
    (r"(?<!\d)(?<!\d )\bpm\b", "下午"),
    (r"\bany (?=week ?days?\b)", "每 "),
    (r"\b(?:working|office|business) hours\b", "上班时间"),
    (r"\b(?:working|business) days?\b|\bworkdays?\b", "工作日"),
    (r"\bweek ?days?\b", "周一至周五"),
    (r"\bweek ?ends?\b", "周末"),
    (r"\b(?:public|bank|statutory) holidays?\b", "法定节假日"),
    (r"\bsummer (?:break|holidays?|vacation)\b", "暑假"),
    (r"\bwinter (?:break|holidays?|vacation)\b", "寒假"),
    (r"\b(?:school )?term(?: ?time)?\b", "学期中"),
    (r"\bdays? off\b|\bholidays?\b", "节假日"),
    (r"\b(?:every ?day|daily|any ?day|each day|all week)\b", "每天"),
    (r"\b(?:any ?time|always|24/7|on call)\b", "随时"),
    (r"\bnot available\b|\bnot free\b|\bunavailable\b|\bnot possible\b", "不行"),
    (r"\bevery\b|\beach\b", "每"),
    *((rf"\b(?:{name}) (周.)(?: of(?: the| 每| a)? ?(?:month))?", rf"每月{nth}\1") for name, nth in _ORDINALS),
    (r"\b(?:每 )?(?:the )?(\d{1,2})(?:st|nd|rd|th)(?: of)?(?: the| 每)? ?(?:month)?\b", r"每月\1号"),
    (r"\b(?:from|since|starting)(?: on)? (?=\d{1,4}[月年])", "从"),
    (rf"\b(?:after|from|since) ({CLOCK})(?! ?(?:-|to|until))", r"\1以后"),
    (r"\b(?:after|from|since) (\d{1,2})(?![\d:]| ?(?:-|to|until|[ap]m))", r"\1点以后"),
    (rf"\b(?:before|until|till|by) ({CLOCK})", r"\1以前"),
    (r"\b(?:before|until|till|by) (\d{1,2})(?![\d:]| ?[ap]m)", r"\1点以前"),
    (r"\b(?:to|through|thru|until|till)\b", "-"),
    (r"\b(?:and|or|plus|also)\b", "、"),
    (r"\bbut\b", ","),
)
_ENGLISH_PATTERNS = tuple((re.compile(pattern), chinese) for pattern, chinese in _ENGLISH)
_ORDINAL = "(" + "|".join(name for name, _ in _ORDINALS) + ")"
_TWO_ORDINALS = re.compile(rf"\b{_ORDINAL} ?(?:and|&|,) ?{_ORDINAL} (周.)(?: of(?: the| 每| a)? ?month)?")
_BARE_DAYS = re.compile(
    r"(?<=[,;。\n])([一二三四五六日](?:[、和]?[一二三四五六日]){0,5})(?=:|上午|下午|晚|全天|早|中午|白天)"
)
_LATIN = re.compile("[a-z]{2}")


def normal(value: object) -> str:
    """The text of a cell in the one form the patterns expect."""
    text = canonical_dates(value)
    if _LATIN.search(text):
        for pattern, chinese in _ENGLISH_PATTERNS[: len(_ENGLISH_DAYS)]:
            text = pattern.sub(chinese, text)
        text = _TWO_ORDINALS.sub(_two_ordinals, text)
        for pattern, chinese in _ENGLISH_PATTERNS[len(_ENGLISH_DAYS) :]:
            text = pattern.sub(chinese, text)
    text = re.sub(r"周末(?:\(周[六6][、和]?周?[日7]\))", "周末", text)
    text = re.sub(rf"(?<=[每]月)({NUMBER})(?=[号日])", lambda found: found[1], text)
    text = re.sub(r"(?<=周[一二三四五六日]) ?- ?(?=周)", "-", text)
    if "周" in text:
        text = _BARE_DAYS.sub(r"周\1", text)
    return re.sub(r"每(?:个)?(?:周|星期)(?=[一二三四五六日1-7末])", "每 周", text)


def _two_ordinals(found: re.Match[str]) -> str:
    """First and third Saturday of the month: 每月第一个、第三个周六."""
    names = [next(nth for name, nth in _ORDINALS if re.fullmatch(name, found[place])) for place in (1, 2)]
    return f"每月{names[0]}、{names[1]}{found[3]}"


def words(text: str) -> tuple[list[Word], list[str]]:
    """The words of a normal text, and the pieces nobody understands."""
    found: list[Word] = []
    unknown: list[str] = []
    place, gap, stray = 0, False, ""
    while place < len(text):
        match = _WORDS.match(text, place)
        if match is None or match.end() == place:
            if text[place].isspace():
                gap = True
            else:
                stray += text[place]
            place += 1
            continue
        if stray:
            unknown.append(stray)
            stray = ""
        kind = (match.lastgroup or "").replace("_", "-")
        found.append(Word(kind, match[0], touching=not gap))
        gap = False
        place = match.end()
    if stray:
        unknown.append(stray)
    return found, unknown
