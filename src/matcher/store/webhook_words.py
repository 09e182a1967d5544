"""What webhooks have to say, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "no-webhook": ("没有消息推送“{key}”。", 'There is no webhook "{key}".'),
    "no-delivery": ("没有推送记录“{key}”。", 'There is no delivery "{key}".'),
    "not-dead": ("这条推送是“{state}”，只有失败的才能重发。", "This delivery is {state}; only a dead one can be revived."),
    "waiting": ("等待发送", "waiting"),
    "delivered": ("已送达", "delivered"),
    "dead": ("已放弃", "dead"),
    "no-topic": ("没有“{topic}”这种消息。", 'There is no topic "{topic}".'),
    "no-topic-advice": ("可以写：{known}，或 * 表示全部。", "There are {known}; * means all."),
    "no-topics": ("一种消息也没有选。", "No topic is asked for."),
    "bad-url": ("推送地址“{url}”不能用。", 'The address "{url}" cannot be used.'),
    "bad-url-form": ("请写完整的 https:// 地址，不带用户名、密码和 #。", "Write a whole https:// address, without user, password or #."),
    "bad-url-http": (
        "只能用 https://；内网地址要由管理员设置 MATCHER_WEBHOOKS_TO_PRIVATE_ADDRESSES=1。",
        "Use https://; for addresses within, an admin sets MATCHER_WEBHOOKS_TO_PRIVATE_ADDRESSES=1.",
    ),
    "bad-url-private": (
        "这是内网地址；确要推送，请管理员设置 MATCHER_WEBHOOKS_TO_PRIVATE_ADDRESSES=1。",
        "This is a private address; to send there, an admin sets MATCHER_WEBHOOKS_TO_PRIVATE_ADDRESSES=1.",
    ),
    # Why a delivery failed.
    "status": ("对方回答 {status}", "answered {status}"),
    "redirect": ("对方要求转到别处（{status}），不跟随", "redirects elsewhere ({status}); not followed"),
    "timeout": ("超过 {seconds} 秒没有答完", "no whole answer within {seconds} seconds"),
    "closed": ("对方断开了连接", "the connection was closed"),
    "unreachable": ("连不上", "cannot be reached"),
    "unresolvable": ("域名查不到", "the name is not known"),
    "private": ("域名指向内网地址，没有发送", "the name leads to a private address; nothing was sent"),
    "tls": ("证书不可信", "the certificate is not trusted"),
    "late": ("三天没有送达", "not delivered for three days"),
    "fault": ("没有发成", "could not be sent"),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("status", "en", status=500)
    'answered 500'
    """
    return _TEXT[key][lang == "en"].format(**values)
