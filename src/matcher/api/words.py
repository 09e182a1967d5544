"""What the API itself says, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    # ------------------------------------------------------------------- titles of problems, by their code
    "bad-input": ("内容有误", "The input holds faults"),
    "bad-json": ("不是有效的 JSON", "Not valid JSON"),
    "bad-request": ("请求看不懂", "The request is not understood"),
    "not-found": ("没有找到", "Not found"),
    "method-not-allowed": ("这个地址不支持这种操作", "This address does not do that"),
    "stale": ("您手上的不是最新的", "Yours is not the latest"),
    "conflict": ("与现有内容冲突", "In conflict with what is there"),
    "contradiction": ("要求互相矛盾", "The demands contradict each other"),
    "precondition-required": ("要先说明改的是哪一版", "Say which version you are changing"),
    "key-reused": ("幂等键已用于另一个请求", "The idempotency key belongs to another request"),
    "body-too-large": ("内容太大", "The body is too large"),
    "body-too-slow": ("内容迟迟没有传完", "The body took too long to arrive"),
    "unsupported-media-type": ("不支持这种内容格式", "This kind of content is not supported"),
    "not-acceptable": ("给不出这种格式", "There is no such format"),
    "unauthenticated": ("请先登录", "Sign in first"),
    "forbidden": ("您没有这个权限", "You may not do this"),
    "too-many-requests": ("请求太频繁", "Too many requests"),
    "unavailable": ("暂时用不了", "Not available for now"),
    "full": ("存不下了", "No room left"),
    "bug": ("matcher 自己出错了", "A fault in matcher"),
    # ---------------------------------------------------------------------------------------------- details
    "faults": ("共有 {count} 处，见 faults。", "There are {count}; see faults."),
    "no-route": ("没有“{path}”这个地址。", 'There is no "{path}" here.'),
    "no-route-advice": ("有哪些地址，见 /openapi.json。", "What there is stands in /openapi.json."),
    "no-method": ("“{path}”不支持 {method}。", '"{path}" does not know {method}.'),
    "no-method-advice": ("可用：{allowed}。", "It knows {allowed}."),
    "no-body": ("没有内容。", "There is no content."),
    "no-body-advice": ("请在请求里带上内容。", "Send it with the request."),
    "too-large": ("内容超过了 {most} MB。", "The body is larger than {most} MB."),
    "too-large-advice": ("请拆成几次传。", "Send it in parts."),
    "too-slow": ("等了 {seconds} 秒，内容还没有传完。", "The body had not arrived after {seconds} seconds."),
    "too-deep": ("{name}里的括号套了 {most} 层以上。", "{name} is nested more than {most} levels deep."),
    "too-deep-advice": ("请检查括号是否成对。", "Check the brackets."),
    "not-finite": ("{name}里有一个大得没法用的数。", "{name} holds a number too large to use."),
    "not-finite-advice": ("请改成合理的数。", "Correct the number."),
    "not-utf-8": ("{name}不是 UTF-8 编码。", "{name} is not in UTF-8."),
    "not-utf-8-advice": ("JSON 一律用 UTF-8。", "JSON is always in UTF-8."),
    "zero": ("{name}里有不能用的字符（\\u0000）。", "{name} holds a character that cannot be used (\\u0000)."),
    "zero-advice": ("请删去它。", "Take it out."),
    "the-body": ("请求内容", "The body"),
    "the-address": ("地址", "The address"),
    "media": ("内容格式“{given}”这里不认。", 'The content type "{given}" is not known here.'),
    "media-advice": ("请用：{known}。", "Use {known}."),
    "encoded": ("内容压缩成了“{given}”，这里不认。", 'The body is packed as "{given}", which is not known here.'),
    "encoded-advice": ("请不要压缩。", "Send it unpacked."),
    "not-yours": ("“{operation}”不在您的权限里。", '"{operation}" is not among what you may do.'),
    "not-yours-advice": ("请找管理员开通，或请社区的负责人来做。", "Ask an administrator, or let the coordinator do it."),
    "bad-etag": ("版本“{given}”看不懂。", 'The version "{given}" is not understood.'),
    "bad-etag-advice": ("请原样抄回收到的 ETag，如 \"3\"。", 'Send back the ETag as you got it, such as "3".'),
    "no-version": ("“{key}”已经有了，要改它请说明改的是哪一版。", '"{key}" is there; say which version of it you are changing.'),
    "no-version-advice": (
        "请带 If-Match：最新的 ETag；不管哪一版都改，写 If-Match: *。",
        "Send If-Match with its ETag, or If-Match: * for whichever version.",
    ),
    "there-already": ("“{key}”已经有了。", '"{key}" is there already.'),
    "there-already-advice": ("要改它请带 If-Match。", "To change it, send If-Match."),
    "missing-row": ("“{key}”还没有，没法按版本改。", '"{key}" is not there, so no version of it can be changed.'),
    "missing-row-advice": ("要新建请不带 If-Match。", "To make it, send no If-Match."),
    "other-file": ("“{name}”和刚才核对的内容不一样了。", '"{name}" is not what was looked at before.'),
    "other-file-advice": ("请重新上传核对一遍。", "Upload it and look at it once more."),
    "stale-facts": ("“{key}”的台账后来又改过，您手上的是旧的。", 'The facts of "{key}" have changed since; yours are older.'),
    "stale-facts-advice": ("请取最新的再改。", "Fetch the latest and change that."),
    "unknown-parameter": ("没有“{name}”这个参数。", 'There is no parameter "{name}" here.'),
    "unknown-parameter-advice": ("可用的有：{known}。", "There are {known}."),
    "no-parameters": ("没有可用的参数。", "none"),
    "bad-cursor": ("页码“{given}”看不懂。", 'The cursor "{given}" is not understood.'),
    "bad-cursor-advice": ("请用上一页给的 next。", "Use the next of the page before."),
    "bad-idempotency-key": ("幂等键要 1 到 200 个可见的英文字符。", "An idempotency key has 1 to 200 visible ASCII characters."),
    "bad-idempotency-key-advice": ("用一个 UUID 就好。", "A UUID will do."),
    "too-often": ("请求太频繁，请 {seconds} 秒后再试。", "Too many requests; try again in {seconds} seconds."),
    "too-often-advice": ("请把请求放慢一些，或者合并着发。", "Send fewer, or several in one."),
    "no-metrics": ("统计数字只给本机看。", "The counts are for this machine alone."),
    "no-metrics-advice": (
        "要从别处看，请设置 MATCHER_METRICS_TOKEN，并带上 Authorization: Bearer 它。",
        "To read them from elsewhere set MATCHER_METRICS_TOKEN, and send Authorization: Bearer with it.",
    ),
    "bug-detail": (
        "抱歉，这是程序的错，不是您的错；没有写入任何东西。",
        "Sorry: this is a fault of ours, not of yours. Nothing was written.",
    ),
    "bug-advice": ("请把编号 {request} 告诉管理员。", "Tell the administrator the number {request}."),
    "other": ("请求没有成功（{status}）。", "The request did not succeed ({status})."),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("not-found", "en")
    'Not found'
    """
    return _TEXT[key][lang == "en"].format(**values)


def knows(key: str) -> bool:
    """Whether there is a sentence for ``key``."""
    return key in _TEXT
