"""Signing in, and choosing a community."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {
    "login.title": ("登录", "Sign in"),
    "login.lead": ("社区协调员、队长和志愿者都从这里进入。", "For coordinators, team leads and volunteers."),
    "login.login": ("账号", "Account"),
    "login.password": ("密码", "Password"),
    "login.enter": ("登录", "Sign in"),
    "login.help": (
        "没有账号或忘了密码，请找本街道的管理员：他能给您一个一次性的设密码链接。",
        "No account, or a forgotten password? Your administrator can give you a one-time link to choose one.",
    ),
    "communities.title": ("选择社区", "Choose a community"),
    "communities.none": ("您的账号还没有分到任何社区，请联系管理员。", "Your account reaches no community yet; ask your administrator."),
    "communities.none-in": ("这里还没有社区。", "There is no community here yet."),
}
