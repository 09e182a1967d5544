"""What the readers say to the coordinator, in Chinese and English, keyed by code."""

from __future__ import annotations

from typing import Any, Literal

Language = Literal["zh", "en"]


def sentence(lang: Language, code: str, **values: Any) -> str:
    """The sentence of that code with its values filled in."""
    return _SENTENCES[code][lang == "en"].format(**values)


def refusal_text(lang: Language, code: str, **values: Any) -> tuple[str, str]:
    """Message and advice of that code with their values filled in."""
    message, advice = _REFUSALS[code][lang == "en"]
    return message.format(**values), advice.format(**values)


_SENTENCES: dict[str, tuple[str, str]] = {
    # numbers
    "at-least": ("“{text}”先按{count}人算", '"{text}" counts as {count} people for now'),
    "upper-end": ("“{text}”按多的算：{count}", '"{text}": the larger number counts, {count}'),
    "about": ("“{text}”按{count}算", '"{text}" counts as {count}'),
    # phones
    "two-phones": ("“{text}”有两个号码，用第一个 {phone}", '"{text}" holds two numbers; the first counts, {phone}'),
    "round-phone": (
        "{phone} 后面一串0，请核对是不是 Excel 改过的号码",
        "{phone} ends in a row of zeros; please check that a spreadsheet did not change it",
    ),
    # dates
    "dotted-date": ("“{text}”按{day}读", '"{text}" counts as {day}'),
    "year-assumed": ("“{text}”没写年份，按{day}读", '"{text}" gives no year; it counts as {day}'),
    "about-date": ("“{text}”按{day}算", '"{text}" counts as {day}'),
    "day-before": (
        "“{text}”：{day}当天不算，截止到{due}",
        '"{text}": due {due}, the day itself ({day}) not included',
    ),
    "festival": ("“{text}”是{day}", '"{text}" is {day}'),
    "relative": (
        "“{text}”从登记日期{registered}算，是{day}",
        '"{text}", counted from its registration on {registered}, is {day}',
    ),
    "within": ("“{text}”从{base}算起，截止到{due}", '"{text}", counted from {base}, is due {due}'),
    "due-assumed": ("“{text}”按截止{due}算", '"{text}" counts as due {due}'),
    # times
    "default": ("{name}＝{value}", "{name} = {value}"),
    "clock-assumed": ("“{text}”按{clock}读", '"{text}" counts as {clock}'),
    "clock-range-assumed": ("“{text}”按{start}–{end}读", '"{text}" counts as {start}–{end}'),
    "minutes-assumed": ("“{text}”按{minutes}分钟算", '"{text}" counts as {minutes} minutes'),
    # days and hours
    "every-day": ("“{text}”没写星期几，按每天读", '"{text}" names no day of the week; it counts for every day'),
    "shared-hours": ("“{text}”：这几天都按同样的钟点读", '"{text}": the hours hold for all these days'),
    "all-of-them-not": ("“{text}”：提到的几天都按没空读", '"{text}": all the days named count as not free'),
    "free-or-busy": (
        "“{text}”先按{days}有空读；是{days}有空，还是{days}要过党日、没空？",
        '"{text}" counts as free on the {days}; or is that when the volunteer is busy?',
    ),
    "kept-as-reason": ("“{text}”里没看懂的字当作原因记下", 'what is not understood in "{text}" is kept as the reason'),
    "any-time": ("“{text}”按每天{start}–{end}读", '"{text}" counts as {start}–{end} every day'),
    "scope": ("“{text}”：只在{first}–{last}之间", '"{text}": only from {first} to {last}'),
    "until-day": ("“{text}”到{until}为止", '"{text}" lasts until {until}'),
    "rest-means-free": ("“{text}”的“休”按休息、有空读", '"{text}": a day of rest counts as free'),
    "working-hours": (
        "上班时间按工作日（含调休上班的周末）{start}–{end}，午休也不算空闲",
        "working hours count as {start}–{end} on workdays, make-up workdays included; the lunch break is not free",
    ),
    "on-call": (
        "“{text}”按每天{start}–{end}读，夜里不派；每月最多{limit}次（默认上限）",
        '"{text}" counts as {start}–{end} every day, never at night; at most {limit} visits a month (the default)',
    ),
    "from-which-week": (
        "“{text}”：从哪一周算起？先不排，请写如：隔周六上午，从12月5日起",
        '"{text}": from which week on? Not planned until then; write: every other Saturday, from 2026-12-05',
    ),
    "which-weeks": (
        "“{text}”：{name}从哪一周算起？先不排，请写如：隔周六上午，从12月5日起",
        '"{text}": which weeks are meant? Not planned until then; write: every other Saturday, from 2026-12-05',
    ),
    "from-which-day": (
        "“{text}”：从哪天算起？先不排，请写一个休息日，如：上三休一，12月3号休",
        '"{text}": from which day on? Not planned until then; name one day of rest',
    ),
    "lunar": ("{name}按农历：{dates}", "{name}, by the lunar calendar: {dates}"),
    "month-part": ("{name}按{first}–{last}日读", "{name} counts as days {first}–{last}"),
    "season": ("{name}按{dates}读", "{name} counts as {dates}"),
    "holidays": ("{name}按法定节日读：{dates}", "{name} counts as the statutory holidays: {dates}"),
    "break-unknown": (
        "设置里没有{name}的起止日期，暂时没有避开；请在“设置”里补上",
        "the settings do not tell when the {name} break is, so it is not left out yet; please add it",
    ),
    "term-unknown": (
        "设置里没有学期的起止日期，暂时没有按学期排；请在“设置”里补上",
        "the settings do not tell the school terms, so they are not respected yet; please add them",
    ),
    "left-out": ("“{part}”没法排，只排写明的时间", '"{part}" cannot be planned; only the times named are'),
    "how-often-instead": (
        "“{part}”没有按次数限制，请填在“每周最多”“每月最多”",
        '"{part}" is not taken as a limit; please use the columns of limits',
    ),
    "whole-stretch": (
        "“{text}”按{start}–{end}、共{minutes}分钟读",
        '"{text}" counts as {start}–{end}, {minutes} minutes',
    ),
    "unit-week": ("周", "weeks"),
    "unit-month": ("个月", "months"),
    # how often
    "gap-assumed": ("“{text}”按至少隔{days}天排", '"{text}" counts as at least {days} days apart'),
    "until-assumed": ("“{text}”从{since}算起，到{until}为止", '"{text}", counted from {since}, ends {until}'),
    "fewer-assumed": ("“{text}”先按{times}次排", '"{text}" counts as {times} for now'),
    "fortnight": ("“{text}”按每月2次、隔{low}–{high}天排", '"{text}" counts as twice a month, {low}–{high} days apart'),
    "fortnight-from": ("“{text}”从{since}起每两周一次", '"{text}" counts as every two weeks from {since}'),
    "weekdays-daily": ("“{text}”按每周{times}次排", '"{text}" counts as {times} times a week'),
    # people
    "a-little-language": ("“{text}”按会讲算", '"{text}" counts as speaking it'),
    "language-kept": ("语言“{text}”照原样记下", 'the language "{text}" is kept as written'),
    "general-helper": (
        "“{text}”按普通帮手算，没有专门特长",
        '"{text}" counts as a general helper, without any special skill',
    ),
    "level-1": ("“{text}”：{name}按会一点（1级）算", '"{text}": {name} at level 1, a little'),
    "level-2": ("“{text}”：{name}按会（2级）算", '"{text}": {name} at level 2, able'),
    "level-3": ("“{text}”：{name}按专业（3级）算", '"{text}": {name} at level 3, professional'),
    "valid-until": ("{name}有效期到{day}", "{name} is valid until {day}"),
    "no-validity": (
        "{name}没写有效期，按一直有效算；有证请写到期日",
        "{name} has no date of validity; it counts as valid",
    ),
    "car-default": ("有车＝能坐4位乘客（不含司机）", "a car = 4 passengers, the driver not counted"),
    "e-bike": (
        "“{text}”按两轮电动车算，不能载老人；若是汽车请写“电动汽车”",
        '"{text}" counts as an e-bike, which cannot carry anybody; if it is a car, write "electric car"',
    ),
    "mode-like-ebike": (
        "“{text}”按骑电动车估算路程，不能载人",
        '"{text}" counts as an e-bike for travel, and carries nobody',
    ),
    "seats-with-driver": (
        "“{text}”：核载{total}人含司机，按能坐{seats}位乘客算",
        '"{text}": {total} with the driver, so {seats} passengers',
    ),
    "seats-assumed": (
        "“{text}”按能坐{seats}位乘客（不含司机）算",
        '"{text}" counts as {seats} passengers, the driver not counted',
    ),
    "vehicle-hours": ("“{text}”：车只在写明的时间能用", '"{text}": the car can be used only at these times'),
    "wheelchair": ("“{text}”按轮椅能上车算", '"{text}" counts as taking a wheelchair'),
    "licence-only": (
        "“{text}”：有驾照没有车，可以开单位或住户的车",
        '"{text}": may drive, but has no car; can drive one that is provided',
    ),
    "car-without-licence": (
        "“{text}”：没有驾照，不当司机；车也先不算",
        '"{text}": no licence, so no driver; the car does not count either',
    ),
    "skill-expired": ("“{text}”已过期，不算", '"{text}" has expired and does not count'),
    "skill-lacking": ("“{text}”不算特长", '"{text}" is no skill'),
    "requirement-note": (
        "“{text}”记在备注里，排班时请自己留意",
        '"{text}" is kept as a note; planning does not know it',
    ),
    "resident-note": ("“{text}”记在备注里", '"{text}" is kept as a note'),
    "language-liked": (
        "“{text}”按最好会算；必须会请写“必须”",
        '"{text}" counts as a preference; write "must" if it is a condition',
    ),
    "language-required": ("“{text}”按必须会算", '"{text}" counts as a condition'),
    "gender-required": (
        "“{text}”按必须算；可商量请写“最好”",
        '"{text}" counts as a condition; write "preferably" if it is a preference',
    ),
    "person-to-be-found": (
        "“{text}”：{name}是哪位？按服务记录查",
        '"{text}": who is {name}? To be looked up in the history',
    ),
    "person-found": ("“{text}”指{person}", '"{text}" means {person}'),
    "masked-anyway": ("“{text}”：公示里姓名本来就会遮住", '"{text}": names are masked in public anyway'),
    # wishes and things
    "kind-assumed": ("“{text}”按{kind}算", '"{text}" counts as {kind}'),
    "kind-visit": ("上门", "a visit at home"),
    "kind-escort": ("陪同出行", "an escort"),
    "kind-goods": ("物品", "goods"),
    "kind-event": ("活动", "an event"),
    "often-once": ("“{text}”按一次算", '"{text}" counts as once'),
    "often-week": ("“{text}”按每周{times}次算", '"{text}" counts as {times} a week'),
    "often-month": ("“{text}”按每月{times}次算", '"{text}" counts as {times} a month'),
    "vehicle-needed": ("“{text}”要有车", '"{text}" needs a vehicle'),
    "escort-lacks": ("去哪里、在那边待多久？请补", "where to, and how long is the stay? Please add"),
    "several-wishes": ("“{text}”拆成{count}个心愿：{wishes}", '"{text}" becomes {count} wishes: {wishes}'),
    "with-others": ("“{text}”：已由别处在办，这里不排", '"{text}": somebody else sees to it; not planned here'),
    "campaign-target": (
        "“{text}”是目标（{percent}%），不是人手",
        '"{text}" is a target ({percent}%), not a number of helpers',
    ),
    "served": (
        "“{text}”按服务{count}人算，不是要{count}个志愿者",
        '"{text}" counts as {count} people served, not helpers needed',
    ),
    "several-goods": (
        "“{text}”拆成几样：{goods}，截止日期相同",
        '"{text}" becomes several goods, due the same day: {goods}',
    ),
    "budget": ("“{text}”：最多{yuan}元", '"{text}": at most {yuan} yuan'),
    "payer": ("由{payer}出钱", "{payer} pays"),
    "payer-community": ("社区", "the community"),
    "payer-resident": ("住户自己", "the resident"),
    "payer-volunteer": ("志愿者", "the volunteer"),
    "payer-donor": ("捐助方", "a donor"),
    "household": (
        "“{text}”按设置里的表，优先级{priority}；不上公示",
        '"{text}": priority {priority} by the settings; never on a public notice',
    ),
    "address": (
        "“{text}”按“{placed}”定位；单元门牌不公开",
        '"{text}" is placed at "{placed}"; unit and door stay private',
    ),
    "no-community": ("“{text}”没写社区，是哪个社区？", '"{text}" names no community; which one is it?'),
}

_REFUSALS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    # any column
    "damaged": (
        ("写的是“{text}”，其中“{part}”是坏字", "转换时丢了字，请按原件补上"),
        ('is "{text}", damaged at "{part}"', "A character was lost in conversion; fill it in from the original."),
    ),
    "lost-digit": (
        ("写的是“{text}”，其中“{part}”缺一位", "缺的数字请按原件补上"),
        ('is "{text}"; a digit is missing at "{part}"', "Fill in the missing digit from the original."),
    ),
    "same-as-above": (
        ("写的是“{text}”", "请把内容写全：表格一排序，“{text}”就对不上了"),
        ('is "{text}"', "Write it out in full: sorting the rows would break it."),
    ),
    # numbers
    "not-yes-or-no": (
        ("写的是“{text}”，只能写 是 或 否", "拿不准就写 否"),
        ('is "{text}"; it must be yes or no', "Maybe write no if it cannot be counted on."),
    ),
    "no-number": (
        ("写的是“{text}”，没有人数", "请写人数，或写“至少4人”"),
        ('is "{text}", which is no number', 'Write a number, or "at least 4".'),
    ),
    "not-whole": (
        ("写的是“{text}”，不是整数", "请写整数，如：2"),
        ('is "{text}", which is no whole number', "Write a whole number, for example 2."),
    ),
    # phones
    "phone-scientific": (
        ("写的是“{text}”：Excel 把号码变成了科学计数，后几位已丢失", "请把该列设为文本后重填11位手机号"),
        (
            'is "{text}": the spreadsheet turned the number into scientific notation and lost its last digits',
            "Format the column as text and enter the number again.",
        ),
    ),
    "phone-short": (
        ("写的是“{text}”，只有{digits}位数字，少{missing}位", "请补成11位手机号"),
        ('is "{text}", {digits} digits, {missing} too few', "Enter all 11 digits."),
    ),
    "phone-long": (
        ("写的是“{text}”，有{digits}位数字，多{extra}位", "手机号是11位，请核对"),
        ('is "{text}", {digits} digits, {extra} too many', "A mobile number has 11 digits; please check."),
    ),
    "phone-extension": (
        ("写的是“{text}”：短号只在集团内能拨", "请补11位手机号，短号可写在备注里"),
        ('is "{text}": a short number works only inside its group', "Enter the 11-digit mobile number."),
    ),
    "phone-masked": (
        ("写的是“{text}”，中间几位被遮住了", "请写完整的11位手机号；公开的表里系统会自动遮住"),
        ('is "{text}", with digits masked', "Enter the full number; public output is masked anyway."),
    ),
    "no-phone": (
        ("写的是“{text}”，不是电话号码", "请写11位手机号，如：13800000001"),
        ('is "{text}", which is no phone number', "Write the mobile number, for example 13800000001."),
    ),
    # dates
    "no-date": (
        ("写的是“{text}”，不是日期", "请写年月日，如：2026-12-05 或 12月5日"),
        ('is "{text}", which is no date', "Write for example 2026-12-05."),
    ),
    "no-such-day": (
        ("写的是“{text}”，没有这一天", "请核对年月日"),
        ('is "{text}", a day that does not exist', "Please check the date."),
    ),
    "ambiguous-number": (
        ("是数字 {text}，分不清是{month}月{day}日还是{month}月{day}0日", "请写成“{month}月{day}日”，或把该列设为文本"),
        (
            "is the number {text}: day {day} or {day}0 of month {month} cannot be told apart",
            "Write the date in full, or format the column as text.",
        ),
    ),
    "relative-date": (
        ("写的是“{text}”，没有登记日期，算不出是哪天", "请写具体日期，如：12月9日"),
        (
            'is "{text}", and without a date of registration nobody knows which day that is',
            "Write the date, for example 2026-12-09.",
        ),
    ),
    "as-soon-as-possible": (
        ("写的是“{text}”，不是日期", "要不要标“急”，截止写“7天内”？"),
        ('is "{text}", which is no date', 'Maybe mark it urgent and write "within 7 days".'),
    ),
    "no-due-date": (
        ("写的是“{text}”，没有截止日期", "请写最晚哪天，如：12月20日"),
        ('is "{text}", which is no due date', "Write the last day, for example 2026-12-20."),
    ),
    "only-a-month": (
        ("写的是“{text}”，没写到哪一天", "请写具体日期，如：12月5日"),
        ('is "{text}", which names no day', "Write the day, for example 2026-12-05."),
    ),
    "several-dates": (
        ("写的是“{text}”，不止一天", "这里只能写一天"),
        ('is "{text}", more than one day', "Only one day can stand here."),
    ),
    "weekday-differs": (
        ("写的是“{text}”，可是{day}是{weekday}", "日期和星期对不上，请核对"),
        ('is "{text}", but {day} is a {weekday}', "The date and the weekday differ; please check."),
    ),
    "range-too-long": (
        ("写的是“{text}”，时间太长", "请分段写，每段不超过一年"),
        ('is "{text}", which is too long', "Split it into stretches of at most a year."),
    ),
    # times
    "no-clock": (
        ("写的是“{text}”，不是钟点", "请写几点几分，如：9:00 或 下午4点半"),
        ('is "{text}", which is no time of day', "Write for example 09:00 or 4:30 pm."),
    ),
    "no-clock-range": (
        ("写的是“{text}”，不是起止时间", "请写从几点到几点，如：9:00-11:30"),
        ('is "{text}", which is no stretch of the day', "Write for example 09:00-11:30."),
    ),
    "no-duration": (
        ("写的是“{text}”，看不出要多久", "请写小时或分钟，如：2小时、90分钟"),
        ('is "{text}", which is no duration', "Write for example 2 hours or 90 minutes."),
    ),
    # days and hours
    "too-long": (
        ("写的是“{text}”，共{length}个字，太长了", "请只写时间，如：周三下午；其余写在备注里"),
        ('is "{text}", {length} characters, which is too long', "Write only the times; the rest belongs to the notes."),
    ),
    "not-understood": (
        ("写的是“{text}”，“{part}”看不懂", "请写星期几、几点，如：周三下午、周末全天、周一至周五 19:00-21:00"),
        (
            'is "{text}"; "{part}" is not understood',
            "Write days and hours, for example: Wed afternoon, weekends, Mon-Fri 19:00-21:00.",
        ),
    ),
    "hours-vague": (
        ("写的是“{text}”，排不了班", "请写星期几、几点，如：周三下午、周五全天"),
        (
            'is "{text}", which cannot be planned with',
            "Write days and hours, for example: Wed afternoon, all day Friday.",
        ),
    ),
    "break-unknown": (
        ("写的是“{text}”，设置里没有{name}的起止日期", "请写起止日期，如 7月5日–8月28日"),
        (
            'is "{text}", but the settings do not tell when that break is',
            "Write from when to when, for example 2027-07-05 to 2027-08-28.",
        ),
    ),
    "term-unknown": (
        ("写的是“{text}”，设置里没有学期的起止日期", "请写起止日期，如 3月1日–7月4日"),
        (
            'is "{text}", but the settings do not tell the school terms',
            "Write from when to when, for example 2027-03-01 to 2027-07-04.",
        ),
    ),
    "after-school": (
        ("写的是“{text}”，放学是几点？", "请写几点，如：放学后四点半"),
        ('is "{text}"; when is school out?', "Write the hour, for example 16:30."),
    ),
    "which-half": (
        ("写的是“{text}”，是上午还是下午？", "请写 上午 或 下午"),
        ('is "{text}"; morning or afternoon?', "Write morning or afternoon."),
    ),
    "no-end": (
        ("写的是“{text}”，没写到几点", "请写起止时间，如：16:00-18:00"),
        ('is "{text}", without an end', "Write from when to when, for example 16:00-18:00."),
    ),
    "says-free": (
        ("写的是“{text}”，这一栏填没空的时间", "有空的时间请填“空闲时间”"),
        (
            'is "{text}", but this column is for times that do not suit',
            "Put free times into the column of availability.",
        ),
    ),
    "nothing-left": (
        ("写的是“{text}”，这样就没有可排的时间了", "请核对时间"),
        ('is "{text}", which leaves no time at all', "Please check the times."),
    ),
    "needs-anchor": (
        ("写的是“{text}”，从哪天算起？", "请写如：隔周六上午，从12月5日起"),
        ('is "{text}"; from which day on?', "Write for example: every other Saturday morning, from 2026-12-05."),
    ),
    "no-frequency": (
        ("写的是“{text}”，看不出多久一次", "请写如：每周两次、每月一次、隔周一次、一次"),
        ('is "{text}", which does not tell how often', "Write for example: twice a week, once a month, once."),
    ),
    "no-period": (
        ("写的是“{text}”，没写每周还是每月", "请写“每周几次”或“每月几次”；只办一次的请写“一次”，几次不同的请分行写"),
        ('is "{text}", without a period', "Write how often a week or a month, or give each visit its own row."),
    ),
    "too-sparse": (
        ("是每{interval}{unit}{times}次，目前只能按每周或每月几次排", "请写出具体日期，如：2026-12-05、2027-03-06"),
        (
            "means {times} every {interval} {unit}; only times per week or month can be planned",
            "Write the dates instead, for example 2026-12-05, 2027-03-06.",
        ),
    ),
    # people
    "no-age": (
        ("写的是“{text}”，不是年龄", "请写岁数，如：84 或 80多岁"),
        ('is "{text}", which is no age', "Write for example 84."),
    ),
    "no-gender": (
        ("写的是“{text}”，只能写 男 或 女", "不限就空着"),
        ('is "{text}"; it must be male or female', "Leave it empty if it does not matter."),
    ),
    "no-language": (
        ("写的是“{text}”，不是语言", "请写如：普通话、客家话、粤语"),
        ('is "{text}", which is no language', "Write for example Mandarin, Cantonese."),
    ),
    "no-skill": (
        ("写的是“{text}”，看不出会什么", "请写如：理发、量血压、急救；没有特长就空着"),
        ('is "{text}", which names no skill', "Write for example first-aid; leave it empty if there is none."),
    ),
    "no-vehicle": (
        ("写的是“{text}”，看不出有没有车", "请写 有、无、能坐几位乘客（不含司机），或 电动车"),
        ('is "{text}", which does not tell whether there is a car', "Write yes, no, the passenger seats, or e-bike."),
    ),
    "no-resident": (
        ("写的是“{text}”，看不出是谁", "请先写称呼，如：吴伯 84岁 耳背"),
        ('is "{text}", which names nobody', "Start with the name, for example: Mr Wu, 84."),
    ),
    "nobody-called": (
        ("写的是“{text}”，服务记录里没有叫{name}的", "请写全名"),
        ('is "{text}", but nobody called {name} is in the history', "Write the whole name."),
    ),
    "several-called": (
        ("写的是“{text}”，服务记录里有{people}，是哪一位？", "请写全名"),
        ('is "{text}", which fits {people}', "Write the whole name."),
    ),
    # wishes and things
    "no-state": (
        ("写的是“{text}”，看不出办到哪一步", "请写 待安排、已转、已办结"),
        ('is "{text}", which is no state', "Write open, with others, or closed."),
    ),
    "no-target": (
        ("写的是“{text}”，看不出目标", "请写百分比，如：90%"),
        ('is "{text}", which names no target', "Write a share, for example 90%."),
    ),
    "no-roles": (
        ("写的是“{text}”，看不出要几个人", "请写如：2人(1个会开车)、医生2 护士3 志愿者4"),
        ('is "{text}", which does not tell how many are needed', "Write for example: doctor 2, nurse 3, helper 4."),
    ),
    "some-people": (
        ("写的是“{text}”，读到{read}，“{name}”没有人数", "请写人数，或写“至少4人”"),
        ('is "{text}"; {read} is understood, but "{name}" has no number', 'Write a number, or "at least 4".'),
    ),
    "too-many-among": (
        ("写的是“{text}”，一共{total}人，里面却要{special}人", "请核对人数"),
        ('is "{text}": {special} among {total}', "Please check the numbers."),
    ),
    "no-goods": (
        ("写的是“{text}”，看不出要什么", "请写物品，如：电水壶，2升左右"),
        ('is "{text}", which names no goods', "Write what is needed, for example: kettle, about 2 litres."),
    ),
    "no-budget": (
        ("写的是“{text}”，不是金额", "请写元，如：200"),
        ('is "{text}", which is no amount', "Write yuan, for example 200."),
    ),
    "no-priority": (
        ("写的是“{text}”，不是优先级", "请写 1–5（5最急），或 低保、空巢 等设置里有的类别"),
        ('is "{text}", which is no priority', "Write 1 to 5 (5 is highest), or a household category of the settings."),
    ),
    "vague-place": (
        ("写的是“{text}”，不是地点名称", "请从“地点”表选一个名称"),
        ('is "{text}", which names no place', "Choose a name from the sheet of places."),
    ),
}
