"""What volunteers, team leads and those who look on see when they sign in."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {
    "members.team-lead": ("本队的班", "My team's turns"),
    "members.team-lead-lead": ("本队队员显示姓名和电话，其他人只显示姓氏。", "Your own people with names and numbers; others by surname."),
    "members.viewer": ("排班公示", "The public roster"),
    "members.viewer-lead": (
        "公开的内容：姓名隐去，上门服务只写上午、下午。",
        "What everybody may know: names masked, home visits by the half day.",
    ),
    "members.system": ("排班公示", "The public roster"),
    "members.system-lead": ("公开的内容。", "What everybody may know."),
    "members.none": ("还没有公布排班。", "No roster has been published yet."),
    "members.no-day": ("日期未定", "No day yet"),
    "members.morning": ("上午", "morning"),
    "members.afternoon": ("下午", "afternoon"),
    "members.evening": ("晚上", "evening"),
    "members.missing": ("缺 {count} 人", "{count} missing"),
    "members.slip": ("见谁、去哪里", "Whom, and where"),
    "members.emergency": ("紧急联系：{who}", "In an emergency: {who}"),
}
