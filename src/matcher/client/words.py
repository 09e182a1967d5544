"""What the client itself says, in Chinese and English; everything else is the server's own words."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "no-httpx": ("连服务器要先装 httpx。", "Talking to a server needs httpx."),
    "no-httpx-advice": ("请运行：pip install 'matcher[client]'。", "Run pip install 'matcher[client]'."),
    "bad-url": ("“{url}”不是服务器地址。", '"{url}" is no address of a server.'),
    "bad-url-advice": ("写法如 http://127.0.0.1:8321。", "Write it like http://127.0.0.1:8321."),
    "unreachable": ("连不上 {url}：{reason}。", "{url} cannot be reached: {reason}."),
    "unreachable-advice": (
        "请看看地址对不对、网络通不通、matcher serve 有没有在运行。",
        "Check the address, the network, and whether matcher serve is running.",
    ),
    "not-matcher": ("{url} 的回答看不懂（{status}），那里可能不是 matcher。", "{url} answered {status} in words that are not matcher's."),
    "not-matcher-advice": ("请核对地址和中间的代理。", "Check the address, and any proxy on the way."),
    "no-key": ("没有密钥。", "There is no key."),
    "no-key-advice": (
        "请设置环境变量 MATCHER_API_KEY；密钥用 matcher user key 生成。",
        "Set MATCHER_API_KEY in the environment; matcher user key makes one.",
    ),
    "no-community": ("没说明是哪个社区。", "Which community it is for was not said."),
    "no-community-advice": (
        "请加 --at 区县/社区，或用社区自己的密钥。",
        "Add --at DISTRICT/COMMUNITY, or use a key of the community's own.",
    ),
    "bad-at": ("“{at}”不是“区县/社区”。", '"{at}" is not DISTRICT/COMMUNITY.'),
    "bad-at-advice": ("写法如 huizhou/donghe。", "Write it like huizhou/donghe."),
    "too-large": ("方案太大，服务器给的内存不够。", "The plan was too large for the memory it may use."),
    "cancelled": ("排班被取消了，没有留下结果。", "The plan was cancelled before there was any roster."),
    "failed": ("服务器没有排成（{kind}）。", "The server could not make the plan ({kind})."),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("no-key", "en")
    'There is no key.'
    """
    return _TEXT[key][lang == "en"].format(**values)
