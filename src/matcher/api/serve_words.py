"""What a server says when it begins and when it cannot, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "ready": ("matcher 已在 {url} 等候。数据库：{address}。Ctrl-C 结束。", "matcher is at {url}. Database: {address}. Ctrl-C ends."),
    "made": ("新建了数据库 {address}。", "Made the database {address}."),
    "first-admin": (
        "还没有账号。第一位管理员请在浏览器打开这个网址设密码（只能用一次，3 天内有效）：{url}",
        "There is no account yet. The first administrator opens this address to choose a password (once, within 3 days): {url}",
    ),
    "first-key": (
        "给程序用的管理员密钥（只显示这一次，请收好）：{key}",
        "The administrator's key for programs, shown this once; keep it safe: {key}",
    ),
    "not-encrypted": (
        "提醒：没有设置 MATCHER_KEY，数据库里的个人资料没有加密。",
        "Note: MATCHER_KEY is not set; personal data in the database is not encrypted.",
    ),
    "demo-making": ("正在准备示例社区……", "Making sample communities…"),
    "demo-ready": (
        "示例网页已打开，已替您登录为协调员。浏览器没有自动打开的话，请打开（只能用一次）：\n{address}\nCtrl-C 结束，示例数据随即删除。",
        "The board is open, you are its coordinator. If no browser came up, open (good once):\n{address}\nCtrl-C ends it, and its data.",
    ),
    "demo-ended": ("已停止，示例数据已删除。", "Stopped; the sample data are gone."),
    "demo-district": ("示例街道", "示例街道 · Sample district"),
    "demo-donghe": ("东河社区（示例）", "Donghe (sample)"),
    "demo-wu": ("吴伯的心愿（示例）", "吴伯的心愿 · Mr Wu's wish (sample)"),
    "ended": ("已停止。", "Stopped."),
    "port-taken": ("端口 {port} 已被别的程序占用。", "The port {port} is taken by another program."),
    "port-taken-advice": ("请用 --port 换一个端口，或先停掉那个程序。", "Choose another with --port, or end that program first."),
    "port-forbidden": ("没有权限使用端口 {port}。", "The port {port} may not be used by this account."),
    "port-forbidden-advice": ("请用 1024 以上的端口，前面放反向代理。", "Use a port above 1023, with a proxy in front."),
    "no-host": ("本机没有“{host}”这个地址。", 'This machine has no address "{host}".'),
    "no-host-advice": ("只给本机用写 127.0.0.1，给全网用写 0.0.0.0。", "127.0.0.1 is this machine alone, 0.0.0.0 everybody."),
    "open-host": (
        "“{host}”别的机器也能连上，但通信没有加密，密钥和个人资料会被人看见。",
        'Other machines reach "{host}", and nothing is encrypted on the way: keys and personal data could be read.',
    ),
    "open-host-advice": (
        "前面有 https 反向代理，就设置 MATCHER_BASE_URL=https://…；没有就给 --tls-cert 和 --tls-key；只是内网试用，加 --insecure。",
        "Behind an https proxy set MATCHER_BASE_URL=https://…; else give --tls-cert and --tls-key; to try it out, add --insecure.",
    ),
    "bad-limit": ("MATCHER_LIMITS 里的“{told}”看不懂。", 'MATCHER_LIMITS: "{told}" is not understood.'),
    "bad-limit-advice": (
        "写法如 heavy=1/10（每秒 1 次，一下子最多 10 次），逗号分隔；可写：{known}。",
        "Write heavy=1/10 for one a second and ten at once, with commas between; there are {known}.",
    ),
    "bad-tls": ("证书或私钥用不了：{reason}。", "The certificate or its key cannot be used: {reason}."),
    "bad-tls-advice": ("--tls-cert 和 --tls-key 要成对，都是 PEM 文件。", "--tls-cert and --tls-key go together, both PEM files."),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("ended", "en")
    'Stopped.'
    """
    return _TEXT[key][lang == "en"].format(**values)
