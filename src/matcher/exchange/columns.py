"""The sheets and their columns: what each is called in Chinese and English, and how its cells are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.exchange.codecs import DAYS, DECIMAL, FLAG, LIST, NAME, NEEDS, REFERENCE, TEXT, WHOLE, Codec, choice
from matcher.exchange.readers import (
    ABSENCE_END,
    ABSENCE_START,
    AGE,
    AVAILABILITY_TEXT,
    BUDGET,
    CLOCK,
    DATE,
    DATES,
    DUE,
    EXACT_MOMENTS,
    FREQUENCY,
    GENDER,
    HOUSEHOLD,
    HUMAN_DATES,
    LANGUAGE,
    LANGUAGES,
    MINUTES,
    MOMENT,
    PAST_DATE,
    PERSON,
    PHONE,
    PLACE,
    PRIORITY,
    REQUIREMENTS,
    RESIDENT,
    ROLES,
    SERVED,
    SKILLS,
    STATE,
    TITLE,
    UNAVAILABILITY_TEXT,
    VEHICLE,
    VEHICLE_SEATS,
    WINDOWS,
)

REST = "*"
"""The field of the column that keeps, as JSON, what no other cell can hold."""
IGNORED = "-"
"""The field of columns that are dropped unread (ID-card numbers)."""
SHOWN = "?"
"""The field of columns that only tell a reader something and are not read."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Fields beginning with ``~`` are only ever read: what they say belongs to several facts."""

    field: str
    zh: str
    en: str
    codec: Codec = TEXT
    aliases: str = ""
    """Other headers, separated by spaces."""
    refers_to: str = ""
    """The table whose ids stand here."""
    width: int = 12
    note: tuple[str, str] = ("", "")
    """What to write (zh, en), for the help sheet."""

    @property
    def is_written(self) -> bool:
        """Whether the column is part of what is exported."""
        return not self.field.startswith(("~", IGNORED, SHOWN))

    def header(self, lang: str) -> str:
        """The header in that language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its table, names and columns."""

    table: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    aliases: str = ""
    note: tuple[str, str] = ("", "")

    def name(self, lang: str) -> str:
        """The sheet's name in that language."""
        return self.zh if lang == "zh" else self.en


KIND = choice(
    ("visit", "上门", "visit", "上门服务 入户 探访 探望 家访 居家"),
    ("escort", "陪同", "escort", "接送 陪护出行 陪诊 陪同出行 出行"),
    ("goods", "物品", "goods", "实物 捐物 物资 微心愿物品"),
    ("event", "活动", "event", "集体活动 场次 值守 义诊 讲座 站点"),
)
TRAVEL_MODE = choice(
    ("car", "汽车", "car", "开车 驾车 小汽车 轿车 自驾 私家车 driving"),
    ("e-bike", "电动车", "e-bike", "电瓶车 电单车 摩托车 ebike e-bicycle"),
    ("bus", "公交", "bus", "公交车 地铁 坐车 public"),
    ("walking", "步行", "walking", "走路 走 walk on-foot"),
)
CRS = choice(
    ("wgs84", "wgs84", "wgs84", "gps wgs-84 大地坐标"),
    ("gcj02", "gcj02", "gcj02", "高德 腾讯 火星坐标 gcj-02 amap"),
    ("bd09", "bd09", "bd09", "百度 bd-09 baidu"),
)
POLICY = choice(
    ("rotate", "轮流", "rotate", "轮换 轮着来 轮班"),
    ("steady", "固定", "steady", "固定人员 固定的人"),
    ("pair", "结对", "pair", "结对帮扶 paired"),
    ("any", "不限", "any", "都可以 随便"),
)
CLAIM_STATE = choice(
    ("open", "待筛选", "open", "待定 未筛选"),
    ("chosen", "已入选", "chosen", "入选 选中"),
    ("waitlisted", "候补", "waitlisted", "备选 waitlist"),
    ("not-chosen", "未入选", "not chosen", "落选 not-chosen"),
    ("lapsed", "已失效", "lapsed", "失效 过期"),
    ("withdrawn", "本人退出", "withdrawn", "退出 放弃"),
)
CHANNEL = choice(
    ("livestream", "直播", "livestream", "直播间"),
    ("online", "线上", "online", "网上 小程序 公众号 微信 微信群"),
    ("qr", "扫码", "qr", "二维码"),
    ("offline", "线下", "offline", "现场 电话"),
    ("team", "服务队", "team", "单位 队伍"),
)
OUTCOME = choice(
    ("done", "完成", "done", "已完成 已服务 完成了 √"),
    ("no-show", "未到", "no-show", "没来 缺席 爽约"),
    ("cancelled", "取消", "cancelled", "已取消 canceled"),
)
AVAILABILITY_KIND = choice(
    ("available", "有空", "available", "可以 空闲"),
    ("preferred", "优先", "preferred", "最好 首选"),
    ("undesired", "不太愿意", "undesired", "尽量不要 勉强"),
    ("unavailable", "没空", "unavailable", "不行 不便 不可以"),
)
WHOSE = choice(("person", "本人", "person", "人"), ("vehicle", "车辆", "vehicle", "车"))
PERIOD = choice(("week", "每周", "week", "周"), ("month", "每月", "month", "月"))

_REST = Column(
    REST,
    "其他(JSON)",
    "other (JSON)",
    TEXT,
    "其他",
    width=10,
    note=("程序自用，请不要改。", "Used by the program; leave it as it is."),
)
_ID_CARD = Column(
    IGNORED,
    "身份证号",
    "ID card number",
    TEXT,
    "身份证 身份证号码 证件号码 证件号 身份证号（可不填） id-card idcard 公民身份号码",
)
_SERIAL = Column(SHOWN, "序号", "No.", TEXT, "no number # 行号")


def _volunteer(field: str = "volunteer") -> Column:
    return Column(
        field,
        "志愿者",
        "volunteer",
        REFERENCE,
        "志愿者编号 志愿者姓名 志愿者名字 志愿者手机 volunteer-id",
        "volunteers",
    )


WISHES = Sheet(
    "wishes",
    "心愿",
    "wishes",
    (
        Column("id", "编号", "id", REFERENCE, "心愿编号 心愿号 wish-id", width=16),
        Column("kind", "类型", "kind", KIND, "心愿类型 类别 服务类型 服务方式 type"),
        Column(
            "resident",
            "服务对象",
            "resident",
            RESIDENT,
            "心愿人 老人 居民 老人姓名 求助人 受助人 许愿人 姓名 名字 对象",
            "residents",
        ),
        Column(
            "title",
            "心愿内容",
            "title",
            TITLE,
            "心愿 内容 服务内容 需求 需求内容 需求描述 心愿描述 心愿需求 具体心愿 事项 微心愿 心愿名称 wish name",
            width=28,
        ),
        Column("place", "地点", "place", PLACE, "服务地点 活动地点 地方 where", "places"),
        Column("origin", "出发地", "origin", PLACE, "上车地点 起点 from 接人地点", "places"),
        Column("destination", "目的地", "destination", PLACE, "去哪里 去向 终点 送达地点 to", "places"),
        Column("stay_minutes", "停留(分钟)", "stay minutes", MINUTES, "停留 停留时间 停留时长 stay"),
        Column("return", "送回", "return", FLAG, "是否送回 接回 返程 是否返回"),
        Column("travel_mode", "陪同方式", "travel mode", TRAVEL_MODE, "出行方式 交通方式"),
        Column("minutes", "时长(分钟)", "minutes", MINUTES, "时长 服务时长 大概多久 预计时长 duration"),
        Column("recurrence.times", "次数", "times", FREQUENCY, "频次 频率 多久一次 服务频次 how-often frequency"),
        Column("recurrence.per", "周期", "per", PERIOD, ""),
        Column(
            "recurrence.windows",
            "时间",
            "windows",
            WINDOWS,
            "可选时段 时段 服务时间 期望时间 希望时间 时间要求 time window when",
            width=24,
        ),
        Column("recurrence.at", "固定时间", "at", EXACT_MOMENTS, "固定场次 开始时刻 场次时间", width=20),
        Column("recurrence.rrule", "重复规则", "rrule", TEXT, ""),
        Column("recurrence.dtstart", "起算日", "dtstart", DATE, ""),
        Column("recurrence.start", "开始时间", "start", CLOCK, "开始钟点"),
        Column("recurrence.min_gap_days", "最少间隔(天)", "min gap days", WHOLE, "最少间隔 至少间隔"),
        Column("recurrence.max_gap_days", "最多间隔(天)", "max gap days", WHOLE, "最多间隔 至多间隔"),
        Column("recurrence.since", "开始日期", "since", DATE, "起始日期"),
        Column("recurrence.until", "结束日期", "until", DATE, "终止日期"),
        Column("recurrence.except_dates", "除外日期", "except dates", DATES, "不要的日期"),
        Column("due", "截止日期", "due", DUE, "截止 截止时间 期限 最晚 最迟 deadline"),
        Column("items", "物品", "items", TEXT, "所需物品 物品名称 物资 goods item", width=20),
        Column("budget_yuan", "预算(元)", "budget yuan", BUDGET, "预算 金额 价格 费用 budget"),
        Column("payer", "付款方", "payer", TEXT, "谁付 谁出钱 出资方"),
        Column("served", "服务人数", "served", SERVED, "受益人数 预计人数 参加人数 people-served"),
        Column("priority", "优先级", "priority", PRIORITY, "优先 紧急程度 急不急 urgency"),
        Column("submitted", "登记日期", "submitted", PAST_DATE, "登记时间 提出日期 收集日期 申请日期 提交日期"),
        Column("staffing.policy", "人员安排", "staffing", POLICY, "安排方式 policy"),
        Column("staffing.max_turns", "每人最多次数", "max turns", WHOLE, "每人最多"),
        Column("staffing.turns_days", "轮换周期(天)", "turns days", WHOLE, "轮换周期"),
        Column("staffing.max_helpers", "最多几人", "max helpers", WHOLE, "最多人数"),
        Column("staffing.standbys", "备班人数", "stand-bys", WHOLE, "备班 候补人数 standbys"),
        Column("claimants_only", "只安排认领者", "claimants only", FLAG, "只安排认领人 认领制"),
        Column("claims_open", "认领开始", "claims open", MOMENT, "认领开始时间 开放认领", width=18),
        Column("claims_close", "认领截止", "claims close", MOMENT, "认领截止时间 认领结束", width=18),
        Column("partial", "缺人也办", "partial", FLAG, "人不齐也办"),
        Column("teams", "指定服务队", "teams", LIST, "指定队伍 限服务队 限单位 服务队", "teams"),
        Column("as_one_team", "同一支队伍", "as one team", FLAG, "整队承接"),
        Column("state", "状态", "state", STATE, "办理状态 进度 status"),
        Column("notes", "备注", "notes", TEXT, "说明 remarks note", width=24),
        Column("~dates", "日期", "date", HUMAN_DATES, "服务日期 活动日期 希望日期 dates"),
        Column(
            "~roles",
            "人手",
            "people needed",
            ROLES,
            "需要人数 所需人数 志愿者人数 需要志愿者 人员需求 人数 helpers people",
        ),
        Column("~requirements", "要求", "requirements", REQUIREMENTS, "对志愿者的要求 特殊要求 wants"),
        Column("~household", "家庭情况", "household", HOUSEHOLD, "困难类别 人员类别 家庭类型 对象类别"),
        Column("~phone", "电话", "phone", PHONE, "联系电话 手机 手机号 手机号码 联系方式 联系电话/手机 tel mobile"),
        Column("~address", "住址", "address", TEXT, "家庭住址 地址 家庭地址 居住地址 详细地址 home-address", width=24),
        Column("~community", "社区", "community", TEXT, "所属社区 所在社区"),
        Column("~grid", "网格", "grid", TEXT, "所属网格 网格号"),
        Column("~age", "年龄", "age", AGE, "岁数"),
        Column(SHOWN, "性别", "gender", GENDER, "sex"),
        _ID_CARD,
        _SERIAL,
        _REST,
    ),
    "微心愿 心愿清单 心愿单 心愿登记 心愿表 需求 服务需求 需求清单 心愿登记表 wish",
    ("一行一个心愿。", "One wish per row."),
)

ROLES_SHEET = Sheet(
    "roles",
    "分工",
    "roles",
    (
        Column("wish", "心愿", "wish", REFERENCE, "心愿编号 wish-id", "wishes", width=16),
        Column("id", "分工编号", "role", REFERENCE, "分工 编号 角色 role-id id"),
        Column("title", "名称", "title", TEXT, "分工名称 岗位 岗位名称 name"),
        Column("count", "人数", "count", WHOLE, "需要人数 名额 people"),
        Column("skills", "技能", "skills", NEEDS, "所需技能 技能要求 特长"),
        Column("vehicle.seats", "需要座位", "seats needed", WHOLE, "乘客数 座位 seats"),
        Column("vehicle.wheelchair", "需载轮椅", "wheelchair needed", FLAG, "轮椅 wheelchair"),
        Column("gender", "性别", "gender", GENDER, "性别要求 sex"),
        Column("language", "语言", "language", LANGUAGE, "语言要求"),
        Column("experienced", "需有经验", "experienced", FLAG, "有经验"),
        _SERIAL,
        _REST,
    ),
    "岗位 名额 分工表 role",
    ("一个心愿要几种人时才写；只要一个人可以不写。", "Only for wishes that need more than one helper."),
)

RESIDENTS = Sheet(
    "residents",
    "服务对象",
    "residents",
    (
        Column("id", "编号", "id", REFERENCE, "服务对象编号 resident-id"),
        Column("name", "姓名", "name", PERSON, "名字 服务对象 老人姓名 居民姓名 称呼"),
        Column("alias", "公示用名", "alias", TEXT, "化名 公示名 别名"),
        Column("home", "住处", "home", PLACE, "家 居住地点 home-place", "places"),
        Column(
            "phone",
            "电话",
            "phone",
            PHONE,
            "联系电话 手机 手机号 手机号码 联系方式 联系手机 电话号码 tel mobile",
            width=14,
        ),
        Column("emergency", "紧急联系人", "emergency contact", TEXT, "紧急联系电话 家属电话 子女电话 emergency"),
        Column("banned", "不要的志愿者", "banned", LIST, "不要谁 回避人员", "volunteers"),
        Column("preferred", "喜欢的志愿者", "preferred", LIST, "希望谁来 指定志愿者", "volunteers"),
        Column("required.gender", "性别要求", "required gender", GENDER, "只要"),
        Column("required.language", "语言要求", "required language", LANGUAGE, ""),
        Column("liked.gender", "最好是(性别)", "liked gender", GENDER, "性别倾向"),
        Column("liked.language", "最好讲(语言)", "liked language", LANGUAGE, "语言倾向 方言"),
        Column("age", "年龄", "age", AGE, "岁数"),
        Column("household", "家庭情况", "household", HOUSEHOLD, "困难类别 人员类别 家庭类型 对象类别"),
        Column("notes", "备注", "notes", TEXT, "说明 身体状况 健康状况 remarks"),
        Column("is_volunteer", "也是志愿者", "is volunteer", REFERENCE, "志愿者编号", "volunteers"),
        Column("~requirements", "要求", "requirements", REQUIREMENTS, "对志愿者的要求 特殊要求"),
        Column("~address", "住址", "address", TEXT, "家庭住址 地址 家庭地址 居住地址 详细地址", width=24),
        Column("~community", "社区", "community", TEXT, "所属社区 所在社区"),
        Column("~grid", "网格", "grid", TEXT, "所属网格 网格号"),
        _ID_CARD,
        _SERIAL,
        _REST,
    ),
    "居民 老人 服务对象表 对象 帮扶对象 resident",
    ("被帮助的人。", "The people who are helped."),
)

VOLUNTEERS = Sheet(
    "volunteers",
    "志愿者",
    "volunteers",
    (
        Column("id", "编号", "id", REFERENCE, "志愿者编号 工号 volunteer-id"),
        Column("name", "姓名", "name", PERSON, "名字 志愿者姓名 志愿者 称呼"),
        Column("alias", "公示用名", "alias", TEXT, "化名 公示名 别名"),
        Column("gender", "性别", "gender", GENDER, "sex"),
        Column(
            "phone",
            "手机",
            "phone",
            PHONE,
            "电话 联系电话 手机号 手机号码 联系方式 联系手机 电话号码 tel mobile",
            width=14,
        ),
        Column("number", "志愿者号", "number", REFERENCE, "志愿者证号 注册号 志愿服务编号 志愿汇号"),
        Column("home", "住处", "home", PLACE, "家 居住地点 home-place", "places"),
        Column(
            "team", "服务队", "team", REFERENCE, "队伍 单位 所属单位 所属服务队 所属队伍 团队 工作单位 志愿队", "teams"
        ),
        Column("joined", "加入日期", "joined", PAST_DATE, "加入时间 注册日期 入队时间 入队日期"),
        Column("languages", "语言", "languages", LANGUAGES, "会讲 方言 会说的话"),
        Column("skills", "特长", "skills", SKILLS, "技能 专长 服务技能 擅长 能做什么", width=24),
        Column(
            "vehicle.seats",
            "能坐几位乘客(不含司机)",
            "seats",
            VEHICLE_SEATS,
            "座位 座位数 乘客座位 车辆座位 passenger-seats",
        ),
        Column("vehicle.wheelchair", "可载轮椅", "wheelchair", FLAG, "轮椅 能载轮椅"),
        Column("licence", "有驾照", "licence", FLAG, "驾照 驾驶证 license"),
        Column("travel_mode", "出行方式", "travel mode", TRAVEL_MODE, "交通方式 交通工具"),
        Column("limits.visits_per_day", "每天最多(次)", "visits per day", WHOLE, "每天最多 每日最多"),
        Column("limits.visits_per_week", "每周最多(次)", "visits per week", WHOLE, "每周最多"),
        Column("limits.visits_per_month", "每月最多(次)", "visits per month", WHOLE, "每月最多 每月次数"),
        Column("limits.minutes_per_day", "每天最多(分钟)", "minutes per day", MINUTES, ""),
        Column("limits.minutes_per_week", "每周最多(分钟)", "minutes per week", MINUTES, ""),
        Column("limits.minutes_per_month", "每月最多(分钟)", "minutes per month", MINUTES, "每月时长"),
        Column("limits.least_visits_per_month", "每月至少(次)", "least visits per month", WHOLE, "每月至少"),
        Column("limits.max_travel_minutes", "路上最多(分钟)", "max travel minutes", MINUTES, "最远路程 路上最多"),
        Column("limits.rest_days", "每周休息(天)", "rest days", WHOLE, "每周休息"),
        Column("limits.min_rest_minutes", "两次间隔(分钟)", "min rest minutes", MINUTES, "两次间隔"),
        Column("likes", "喜欢做", "likes", LIST, "愿意做 喜欢 偏好"),
        Column("dislikes", "不喜欢做", "dislikes", LIST, "不愿做 不喜欢"),
        Column("prior_visits", "以往次数", "prior visits", WHOLE, "服务次数 累计次数"),
        Column("prior_minutes", "以往时长(分钟)", "prior minutes", MINUTES, "累计时长 以往时长"),
        Column("notes", "备注", "notes", TEXT, "说明 remarks note", width=24),
        Column("~vehicle", "有车", "vehicle", VEHICLE, "车辆 车 是否有车 有无车辆 私家车 车型 has-car car"),
        Column("~address", "住址", "address", TEXT, "家庭住址 地址 家庭地址 居住地址 详细地址", width=24),
        Column("~community", "社区", "community", TEXT, "所属社区 所在社区"),
        Column("~grid", "网格", "grid", TEXT, "所属网格 网格号"),
        Column(
            "~availability",
            "空闲时间",
            "availability",
            AVAILABILITY_TEXT,
            "时间 可服务时间 服务时间 可参与时间 可参加时间 服务时段 空余时间 业余时间 空闲 有空时间 什么时候有空 available free-time",
            width=24,
        ),
        Column(
            "~unavailability",
            "不便时间",
            "unavailable",
            UNAVAILABILITY_TEXT,
            "没空时间 不方便时间 不行的时间 不能来的时间",
            width=20,
        ),
        Column(SHOWN, "年龄", "age", TEXT, "岁数 出生年月 政治面貌 学历 职业 民族"),
        _ID_CARD,
        _SERIAL,
        _REST,
    ),
    "志愿者名单 志愿者表 志愿者登记表 志愿者登记 人员 volunteer",
    ("报名服务的人。", "The people who offer to help."),
)

AVAILABILITY = Sheet(
    "availability",
    "空闲",
    "availability",
    (
        _volunteer(),
        Column("whose", "谁的", "whose", WHOSE, "本人或车辆 对象 适用"),
        Column("kind", "有空没空", "kind", AVAILABILITY_KIND, "类别 种类 情况"),
        Column("days", "星期", "days", DAYS, "哪几天 日子 weekdays"),
        Column("start", "开始", "start", CLOCK, "开始时间 从 from"),
        Column("end", "结束", "end", CLOCK, "结束时间 到 to"),
        Column("since", "开始日期", "since", DATE, "起始日期"),
        Column("until", "结束日期", "until", DATE, "终止日期"),
        Column("rrule", "重复规则", "rrule", TEXT, ""),
        Column("dtstart", "起算日", "dtstart", DATE, ""),
        Column("~availability", "空闲时间", "in words", AVAILABILITY_TEXT, "时间 有空时间", width=24),
        Column(SHOWN, "姓名", "name", TEXT, ""),
        _SERIAL,
        _REST,
    ),
    "空闲时间 空闲表 free",
    (
        "每人可写多行；也可以只在“志愿者”表的“空闲时间”里写一句话。",
        "Several rows per person; or one sentence in the sheet of volunteers.",
    ),
)

ABSENCES = Sheet(
    "absences",
    "请假",
    "absences",
    (
        _volunteer(),
        Column("start", "开始", "start", ABSENCE_START, "开始时间 开始日期 从 from", width=18),
        Column("end", "结束", "end", ABSENCE_END, "结束时间 结束日期 到 to", width=18),
        Column("reason", "事由", "reason", TEXT, "原因 说明 备注"),
        Column(SHOWN, "姓名", "name", TEXT, ""),
        _SERIAL,
        _REST,
    ),
    "请假表 absence",
    ("只写日期时，首尾两天都算。", "With dates only, both days count."),
)

TEAMS = Sheet(
    "teams",
    "服务队",
    "teams",
    (
        Column("id", "编号", "id", REFERENCE, "队伍编号 team-id"),
        Column("name", "名称", "name", NAME, "队名 服务队 服务队名称 单位 单位名称 队伍"),
        Column("parent", "上级", "parent", REFERENCE, "上级队伍 上级单位", "teams"),
        Column("communities", "结对社区", "communities", LIST, "社区 对口社区 包联社区"),
        _SERIAL,
        _REST,
    ),
    "队伍 单位 服务队名单 team",
    ("单位、队伍和它结对的社区。", "Units, and the communities they are paired with."),
)

PLACES = Sheet(
    "places",
    "地点",
    "places",
    (
        Column("id", "编号", "id", REFERENCE, "地点编号 place-id"),
        Column("name", "名称", "name", NAME, "地点 地点名称 地名"),
        Column("lat", "纬度", "lat", DECIMAL, "latitude"),
        Column("lon", "经度", "lon", DECIMAL, "lng longitude"),
        Column("crs", "坐标系", "crs", CRS, "坐标系统"),
        Column("community", "社区", "community", TEXT, "所属社区"),
        Column("grid", "网格", "grid", TEXT, "所属网格"),
        Column("estate", "小区", "estate", TEXT, "小区名称 村"),
        Column("building", "楼栋", "building", TEXT, "栋 楼号 幢"),
        Column("address", "详细地址", "address", TEXT, "地址 门牌 单元室"),
        _SERIAL,
        _REST,
    ),
    "地点表 地址 place",
    (
        "家、站点和小区。没有坐标的按楼栋、小区、社区估算。",
        "Homes, stations, estates. Without coordinates the building, estate or community counts.",
    ),
)

CLAIMS = Sheet(
    "claims",
    "认领",
    "claims",
    (
        Column("id", "编号", "id", REFERENCE, "认领编号 claim-id"),
        Column("wish", "心愿", "wish", REFERENCE, "心愿编号 心愿内容 认领心愿 wish-id", "wishes", width=16),
        Column(
            "volunteer",
            "志愿者",
            "volunteer",
            REFERENCE,
            "志愿者编号 认领人 认领者 姓名 名字 志愿者姓名 volunteer-id",
            "volunteers",
        ),
        Column("~phone", "手机", "phone", PHONE, "电话 联系电话 手机号 手机号码 联系方式 联系手机 电话号码 tel mobile"),
        Column("team", "服务队", "team", REFERENCE, "认领单位 单位 队伍 认领队伍 团队", "teams"),
        Column("at", "认领时间", "at", MOMENT, "时间 提交时间 报名时间 time", width=20),
        Column("channel", "渠道", "channel", CHANNEL, "认领渠道 方式"),
        Column("minutes", "可服务(分钟)", "minutes", MINUTES, "可服务时长 时长"),
        Column("places", "名额", "places", WHOLE, "认领人数 认领名额 人数"),
        Column("state", "状态", "state", CLAIM_STATE, "结果 筛选结果 status"),
        _ID_CARD,
        _SERIAL,
        _REST,
    ),
    "认领表 认领名单 认领登记 claim",
    ("谁认领了哪个心愿。", "Who offered to take which wish."),
)

DECLINES = Sheet(
    "declines",
    "谢绝",
    "declines",
    (
        Column("visit", "服务单", "visit", REFERENCE, "服务单号", width=20),
        Column("wish", "心愿", "wish", REFERENCE, "心愿编号", "wishes", width=16),
        _volunteer(),
        Column("team", "服务队", "team", REFERENCE, "单位 队伍", "teams"),
        Column("at", "时间", "at", MOMENT, "谢绝时间 日期", width=20),
        Column(SHOWN, "姓名", "name", TEXT, ""),
        _SERIAL,
        _REST,
    ),
    "拒绝 婉拒 decline",
    ("谁回绝了哪一次。", "Who said no to which visit."),
)

PAIRINGS = Sheet(
    "pairings",
    "结对",
    "pairings",
    (
        _volunteer(),
        Column("resident", "服务对象", "resident", REFERENCE, "老人 居民 服务对象编号 resident-id", "residents"),
        Column("since", "开始日期", "since", PAST_DATE, "结对日期 结对时间"),
        Column(SHOWN, "姓名", "name", TEXT, ""),
        _SERIAL,
        _REST,
    ),
    "结对帮扶 结对表 pairing",
    ("长期一对一帮扶。", "Standing one-to-one bonds."),
)

HISTORY = Sheet(
    "history",
    "服务记录",
    "history",
    (
        Column("wish", "心愿", "wish", REFERENCE, "心愿编号", width=16),
        Column("visit", "服务单", "visit", REFERENCE, "服务单号", width=20),
        Column("resident", "服务对象", "resident", REFERENCE, "老人 居民", width=12),
        _volunteer(),
        Column("role", "分工", "role", REFERENCE, "分工编号"),
        Column("start", "开始", "start", MOMENT, "开始时间 服务时间 时间 日期 服务日期", width=18),
        Column("minutes", "时长(分钟)", "minutes", MINUTES, "时长 服务时长"),
        Column("outcome", "结果", "outcome", OUTCOME, "情况 完成情况 状态"),
        Column("stepped_in", "顶班", "stepped in", FLAG, "是否顶班 stepped-in"),
        Column("confirmed", "已确认", "confirmed", FLAG, "群众确认 服务对象确认"),
        Column(SHOWN, "姓名", "name", TEXT, ""),
        _SERIAL,
        _REST,
    ),
    "记录 服务历史 历史 records",
    ("已经发生的服务，用来算公平和轮换。", "What has happened; fairness and turns rest on it."),
)

PUBLISHED = Sheet(
    "published",
    "已通知",
    "published",
    (
        Column("visit", "服务单", "visit", REFERENCE, "服务单号", width=20),
        Column("start", "开始", "start", MOMENT, "开始时间 时间", width=18),
        Column("end", "结束", "end", MOMENT, "结束时间", width=18),
        Column("role", "分工", "role", REFERENCE, "分工编号"),
        _volunteer(),
        Column("standby", "备班", "stand-by", FLAG, "是否备班 standby"),
        Column("told_at", "通知时间", "told at", MOMENT, "通知日期", width=18),
        Column(SHOWN, "姓名", "name", TEXT, ""),
        _SERIAL,
        _REST,
    ),
    "已公布 已通知名单 publish",
    ("已经告诉本人的安排，尽量不改。", "What people have been told; kept where possible."),
)

PINS = Sheet(
    "pins",
    "锁定",
    "pins",
    (
        Column("visit", "服务单", "visit", REFERENCE, "服务单号", width=20),
        Column("role", "分工", "role", REFERENCE, "分工编号"),
        _volunteer(),
        Column("start", "开始", "start", MOMENT, "开始时间 时间", width=18),
        Column("standby", "备班", "stand-by", FLAG, "是否备班 standby"),
        Column("never", "不许安排", "never", FLAG, "不安排 不要安排"),
        Column(SHOWN, "姓名", "name", TEXT, ""),
        _SERIAL,
        _REST,
    ),
    "指定 锁定表 pin",
    ("您自己定下、排班时不改的。", "Your own decisions, which planning keeps."),
)

TRAVEL_TIMES = Sheet(
    "travel_times",
    "路程",
    "travel times",
    (
        Column("origin", "起点", "origin", PLACE, "出发地 from", "places"),
        Column("destination", "终点", "destination", PLACE, "目的地 to", "places"),
        Column("minutes", "分钟", "minutes", MINUTES, "路上分钟 时间 用时"),
        Column("mode", "方式", "mode", TRAVEL_MODE, "出行方式 交通方式"),
        _SERIAL,
        _REST,
    ),
    "路程表 travel",
    ("量过的路上时间，代替估算。", "Measured travel times, instead of estimates."),
)

SETTINGS = Sheet(
    "settings",
    "设置",
    "settings",
    (
        Column("key", "项目", "setting", TEXT, "设置项 名目 key name 项", width=26),
        Column("value", "值", "value", TEXT, "内容 设置值 填写", width=28),
        Column(SHOWN, "说明", "help", TEXT, "备注 notes", width=50),
    ),
    "参数 配置 setting",
    ("项目名称、起止日期和各种默认值。", "The programme's name, dates and defaults."),
)

SHEETS: tuple[Sheet, ...] = (
    WISHES,
    ROLES_SHEET,
    RESIDENTS,
    VOLUNTEERS,
    AVAILABILITY,
    CLAIMS,
    PAIRINGS,
    HISTORY,
    PUBLISHED,
    PINS,
    ABSENCES,
    PLACES,
    TEAMS,
    DECLINES,
    TRAVEL_TIMES,
    SETTINGS,
)
"""In the order they stand in a workbook."""

BY_TABLE: Mapping[str, Sheet] = {sheet.table: sheet for sheet in SHEETS}
