"""What is said about accounts, keys and signing in, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "no-account": ("请先登录，或带上密钥。", "Sign in first, or bring a key."),
    "no-account-advice": (
        "程序请在请求头里写 Authorization: Bearer mk_…；人请登录。",
        "Programs send the header Authorization: Bearer mk_…; people sign in.",
    ),
    "bad-key": ("没有这把密钥。", "There is no such key."),
    "bad-key-advice": ("请核对是否抄全，或请管理员另发一把。", "Check that it is whole, or ask an admin for another."),
    "key-over": ("这把密钥已过期或已作废。", "This key has expired or was revoked."),
    "key-over-advice": ("请管理员另发一把。", "Ask an admin for another."),
    "session-over": ("登录已过期。", "The session is over."),
    "session-over-advice": ("请重新登录。", "Sign in again."),
    "no-csrf": (
        "这个请求没有带本次登录的校验码，没有执行。",
        "The request came without the token of its session; nothing was done.",
    ),
    "no-csrf-advice": (
        "请把 cookie matcher_csrf 的内容放进请求头 X-CSRF-Token。",
        "Send what the cookie matcher_csrf holds in the header X-CSRF-Token.",
    ),
    "wrong-password": ("登录名或密码不对。", "Login or password is wrong."),
    "wrong-password-advice": ("忘了密码请找管理员要一个新的链接。", "If it is forgotten, ask an admin for a new link."),
    "bad-token": ("这个一次性链接已经用过、过期，或抄错了。", "This one-time link was used, has expired, or is not whole."),
    "bad-token-advice": ("请管理员另发一个。", "Ask an admin for another."),
    "too-many-attempts": ("试错的次数太多了，请等 {seconds} 秒再试。", "Too many wrong attempts; wait {seconds} seconds."),
    "password-length": ("密码要 {least} 到 {most} 个字符。", "A password has {least} to {most} characters."),
    "password-common": ("这个密码太容易猜到。", "This password is too easy to guess."),
    "password-advice": ("几个不相干的词连起来，好记也难猜。", "A few words that do not belong together are good."),
    "wrong-old-password": ("现在的密码不对。", "The present password is wrong."),
    "no-district-given": ("写了社区，还要写街道（区）。", "With a community, name its district."),
    "needs-district": ("角色 {role} 要写明街道（区）。", "The role {role} needs a district."),
    "needs-community": ("角色 {role} 要写明社区。", "The role {role} needs a community."),
    "admin-of-community": (
        "管理员管全部或一个街道（区）；管一个社区请用 coordinator。",
        "An admin is for the server or a district; for a community use coordinator.",
    ),
    "needs-team": ("队长要写明服务队。", "A team lead needs a team."),
    "needs-volunteer": ("志愿者账号要写明是哪一位志愿者。", "A volunteer's account needs the volunteer it is."),
    "not-with-role": ("角色 {role} 不用写 {name}。", "The role {role} goes without a {name}."),
    "bad-login": (
        "登录名“{login}”不能用：要 2 到 40 个小写字母、数字或 . - _，字母开头。",
        'The login "{login}" cannot be used: 2 to 40 lower-case letters, digits, "." "-" "_", a letter first.',
    ),
    "phone-login": (
        "登录名里不要写手机号：它会出现在操作记录里。",
        "No phone number in a login: it stands in the log.",
    ),
    "beyond-yours": ("不能给出比自己更大的权限。", "Nobody can give more than they have themselves."),
    "user-added": ("已加用户“{login}”（{role}，{reach}）。", 'User "{login}" added ({role}, {reach}).'),
    "user-disabled": ("用户“{login}”已停用，已从各处退出。", 'User "{login}" is disabled and signed out everywhere.'),
    "user-enabled": ("用户“{login}”已恢复。", 'User "{login}" is enabled again.'),
    "password-set": ("用户“{login}”的密码已设好。", 'The password of "{login}" is set.'),
    "invited": ("请把这个一次性口令交给“{login}”（{until} 前有效）：", 'Give "{login}" this one-time token (until {until}):'),
    "key-made": (
        "新密钥（只显示这一次，请收好；{until} 前有效）：",
        "The new key (shown this once, keep it safe; until {until}):",
    ),
    "key-made-for-ever": ("新密钥（只显示这一次，请收好）：", "The new key (shown this once, keep it safe):"),
    "key-revoked": ("密钥 {prefix}… 已作废。", "The key {prefix}… is revoked."),
    "ask-password": ("密码：", "Password: "),
    "ask-again": ("再输一次：", "Once more: "),
    "passwords-differ": ("两次输入的不一样。", "The two are not the same."),
    "no-users": ("还没有用户。", "There are no users yet."),
    "everywhere": ("全部", "everywhere"),
    "admin": ("管理员", "admin"),
    "coordinator": ("协调员", "coordinator"),
    "team-lead": ("队长", "team lead"),
    "volunteer": ("志愿者", "volunteer"),
    "system": ("系统对接", "system"),
    "viewer": ("只看", "viewer"),
    "disabled": ("已停用", "disabled"),
    "no-password-yet": ("未设密码", "no password yet"),
    "never": ("没用过", "never used"),
    "user-row": ("  {login}　{role}　{reach}　上次登录 {seen}{more}", "  {login}  {role}  {reach}  last seen {seen}{more}"),
    "no-keys": ("还没有密钥。", "There are no keys yet."),
    "for-ever": ("不过期", "for ever"),
    "key-row": (
        "  {prefix}…　{role}　{reach}　{name}　有效至 {until}　上次使用 {seen}",
        "  {prefix}…  {role}  {reach}  {name}  until {until}  last used {seen}",
    ),
    "no-one-key": (
        "“{key}”对上了 {count} 把密钥，要正好一把。",
        '"{key}" is the beginning of {count} keys; it must be one.',
    ),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("session-over", "en")
    'The session is over.'
    """
    return _TEXT[key][lang == "en"].format(**values)
