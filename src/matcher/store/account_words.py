"""What the store says about accounts, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "login-taken": ("登录名“{login}”已经有人用了。", 'The login "{login}" is taken.'),
    "no-user": ("没有用户“{login}”。", 'There is no user "{login}".'),
    "no-key": ("没有编号为“{key}”的密钥。", 'There is no key with the id "{key}".'),
    "no-session": ("没有这个登录。", "There is no such session."),
    "last-admin": ("“{login}”是最后一个管理员。", '"{login}" is the last admin.'),
    "last-admin-advice": (
        "请先另设一个管理员，再停用或改动这一个。",
        "Make another admin first, then disable or change this one.",
    ),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("no-session", "en")
    'There is no such session.'
    """
    return _TEXT[key][lang == "en"].format(**values)
