"""Signing in, and choosing a community."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {
    "login.title": ("登录", "Sign in"),
    "login.lead": ("社区协调员、队长和志愿者都从这里进入。", "For coordinators, team leads and volunteers."),
    "login.login": ("登录名", "Login"),
    "login.password": ("密码", "Password"),
    "login.enter": ("登录", "Sign in"),
    "login.help": (
        "没有账号或忘了密码，请找本街道的管理员，要一个一次性的设密码链接。",
        "No account, or a forgotten password? Your administrator can give you a one-time link to choose one.",
    ),
    "communities.title": ("选择社区", "Choose a community"),
    "communities.none": ("您的账号还没有分到任何社区，请联系管理员。", "Your account reaches no community yet; ask your administrator."),
    "communities.none-in": ("这里还没有社区。", "There is no community here yet."),
    "communities.first": (
        "先加一个街道（区），再在里面加社区，然后就可以导入台账了。",
        "Add a district, then a community in it; then its sheet can be brought in.",
    ),
    "communities.new-district": ("加一个街道（区）", "Add a district"),
    "communities.new-community": ("在“{name}”里加一个社区", "Add a community to {name}"),
    "communities.name": ("名称", "Name"),
    "communities.district-example": ("例如：江北街道", "as: Jiangbei"),
    "communities.community-example": ("例如：东河社区", "as: Donghe community"),
    "communities.id": ("网址里用的简称", "Short name for addresses"),
    "communities.id-hint": ("拼音或英文小写，例如 donghe；以后不能改", "lower-case letters, as donghe; it cannot be changed"),
    "communities.bad-id": (
        "简称只能用小写字母、数字和短横线，字母开头。",
        "A short name has lower-case letters, digits and hyphens, a letter first.",
    ),
    "communities.add": ("添加", "Add"),
    "demo.over": (
        "同一个浏览器里已经登录的，直接回首页；换浏览器，请重新运行 matcher demo --board。",
        "In the browser that used it, go to the first page; for another, run matcher demo --board again.",
    ),
}
