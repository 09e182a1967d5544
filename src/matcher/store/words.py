"""What the store says, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "no-extra": ("数据库功能还没有装（缺 {names}）。", "The database part is not installed ({names} missing)."),
    "no-extra-advice": ("请运行：pip install 'matcher[server]'", "Run: pip install 'matcher[server]'"),
    "bad-address": ("数据库地址“{address}”看不懂。", 'The database address "{address}" is not understood.'),
    "bad-address-advice": (
        "请写文件名如 matcher.db，或 postgresql://用户@主机/库名。",
        "Write a file such as matcher.db, or postgresql://user@host/name.",
    ),
    "database-gone": ("连不上数据库 {address}。", "The database {address} cannot be reached."),
    "database-gone-file": (
        "请核对文件名和所在文件夹；新建请运行：matcher db upgrade",
        "Check the file's name and folder; for a new one run: matcher db upgrade",
    ),
    "database-gone-server": (
        "请确认数据库服务开着，地址、用户和密码都对。",
        "Make sure the server runs, and that address, user and password are right.",
    ),
    "database-locked": (
        "数据库 {address} 正被别人占用，等了一会儿还没轮到。",
        "The database {address} is locked by somebody else; waiting did not help.",
    ),
    "database-locked-advice": (
        "请稍后再试；若一直如此，看看有没有别的程序开着它。",
        "Try again shortly; if it stays so, see which other program has it open.",
    ),
    "database-full": ("放数据库 {address} 的磁盘满了，什么也没有写。", "The disk of {address} is full; nothing was written."),
    "database-full-advice": ("请腾出空间再试。", "Make room, then try again."),
    "database-broken": ("“{address}”不是 matcher 的数据库，或已损坏。", "{address} is not a database of matcher, or damaged."),
    "database-broken-advice": (
        "请核对文件名；若确是它，用 matcher db restore 恢复备份。",
        "Check the name; if it is the one, restore a backup with matcher db restore.",
    ),
    "database-read-only": ("数据库 {address} 只能读，不能写。", "The database {address} can be read but not written."),
    "database-read-only-advice": ("请检查文件和文件夹的权限。", "Check the permissions of the file and its folder."),
    "key-missing": (
        "数据库 {address} 里有内容是用密钥 {key} 加密的，这里没有这把密钥。",
        "The database {address} holds what is encrypted with the key {key}, which is not here.",
    ),
    "key-missing-advice": (
        "请把它放进环境变量 MATCHER_KEY（几把密钥用逗号隔开，最新的放最前）。",
        "Put it into the environment variable MATCHER_KEY (several separated by commas, the newest first).",
    ),
    "document-damaged": (
        "数据库 {address} 里有一条加密的内容打不开：已损坏，或被人动过。",
        "Something encrypted in the database {address} cannot be opened: it is damaged, or was tampered with.",
    ),
    "document-damaged-advice": ("请用 matcher db restore 恢复备份。", "Restore a backup with matcher db restore."),
    "bad-key": ("MATCHER_KEY 的第 {number} 把密钥不对。", "Key {number} of MATCHER_KEY is not a key."),
    "bad-key-advice": (
        "一把密钥是 32 个字节的 base64；新做一把请运行：matcher db new-key",
        "A key is 32 bytes as base64; make one with: matcher db new-key",
    ),
    "encryption-on": ("  个人资料已加密保存。", "  Personal data is encrypted."),
    "encryption-off": (
        "  个人资料没有加密（没设 MATCHER_KEY）。",
        "  Personal data is not encrypted (MATCHER_KEY is not set).",
    ),
    "encryption-partly": (
        "  设密钥以前的资料还没有加密，请运行：matcher db rotate-key",
        "  What is older than the key is not encrypted yet; run: matcher db rotate-key",
    ),
    "resealed": (
        "{address}：{rows} 行改用密钥 {key} 加密，别的密钥不再需要了。",
        "{address}: {rows} rows encrypted anew with the key {key}; no other is needed any more.",
    ),
    "no-key-here": ("没有设 MATCHER_KEY，没有密钥可换。", "MATCHER_KEY is not set: there is no key to change to."),
    "database-empty": ("数据库 {address} 还是空的。", "The database {address} is still empty."),
    "database-older": (
        "数据库 {address} 是旧版本（{found}），这个程序要 {head}。",
        "The database {address} is of version {found}; this program needs {head}.",
    ),
    "database-older-advice": (
        "先备份（matcher db backup），再运行：matcher db upgrade",
        "Back it up (matcher db backup), then run: matcher db upgrade",
    ),
    "database-newer": (
        "数据库 {address} 的版本（{found}）比这个程序新（{head}）。",
        "The database {address} is of version {found}, newer than this program ({head}).",
    ),
    "database-newer-advice": ("请升级 matcher，不要用旧程序写它。", "Upgrade matcher; do not write to it with an old one."),
    "no-revision": ("没有版本“{name}”。", 'There is no version "{name}".'),
    "no-revision-advice": ("可用的有：{known}。", "There are {known}."),
    "no-district": ("没有街道（区）“{name}”。", 'There is no district "{name}".'),
    "no-community": ("没有社区“{name}”。", 'There is no community "{name}".'),
    "no-community-advice": ("先用 matcher db import 导入它的台账。", "Import its facts first: matcher db import."),
    "no-program": ("社区“{name}”还没有台账。", 'The community "{name}" has no facts yet.'),
    "bad-name": (
        "编号“{name}”不能用：要 1 到 120 个字，不含“/”和控制字符。",
        'The id "{name}" cannot be used: 1 to 120 characters, without "/" or control characters.',
    ),
    "has-facts": ("社区“{name}”已经有台账了。", 'The community "{name}" has facts already.'),
    "has-facts-advice": ("要换成这一份，请加 --replace。", "To replace them by these, add --replace."),
    "unstorable": ("里有数据库存不了的字符（\\u0000）。", "holds a character no database stores (\\u0000)."),
    "stale": (
        "“{key}”已被 {who} 改过（现在是第 {version} 版），您手上的是旧的。",
        '"{key}" has been changed by {who} (now version {version}); yours is older.',
    ),
    "replaced": (
        "这份排班表刚刚由 {who} 改成了第 {edition} 版，您手上的是旧的。",
        "{who} has made edition {edition} from this roster; yours is older.",
    ),
    "stale-advice": ("请取最新的再改。", "Fetch the latest and change that."),
    "taken": ("“{key}”已经有了。", '"{key}" is there already.'),
    "no-row": ("“{noun}”里没有“{key}”。", 'There is no "{key}" among the {noun}.'),
    "no-noun": ("没有“{noun}”这一类。", 'There is no kind of fact "{noun}".'),
    "key-differs": ("地址里是“{key}”，内容里是“{given}”。", 'The address says "{key}", the content "{given}".'),
    "no-roster": ("没有排班“{key}”。", 'There is no roster "{key}".'),
    "not-a-draft": ("这份排班是“{state}”，只有草稿能公布。", "This roster is {state}; only a draft can be published."),
    "bad-state": ("这份排班已是“{state}”。", "This roster is already {state}."),
    "draft": ("草稿", "a draft"),
    "published": ("已公布", "published"),
    "archived": ("已归档", "archived"),
    "no-run": ("没有排班任务“{key}”。", 'There is no run "{key}".'),
    "no-schedule": ("没有定时任务“{key}”。", 'There is no schedule "{key}".'),
    "bad-cron": ("定时“{cron}”看不懂。", 'The schedule "{cron}" is not understood.'),
    "bad-cron-advice": (
        "五项：分 时 日 月 周，如 0 20 * * SUN 是每周日 20:00。",
        "Five fields: minute hour day month weekday; 0 20 * * SUN is every Sunday at 20:00.",
    ),
    "erased-facts": (
        "这个任务的台账里有人后来被抹去了，不能再排。",
        "Somebody in this run's facts has since been erased; it cannot be planned any more.",
    ),
    "erased-facts-advice": ("请重新提交。", "Submit it anew."),
    "lost": (
        "排了 {count} 次都中断了（工作进程没有消息）。",
        "The run was begun {count} times, and every time its worker fell silent.",
    ),
    "crashed": ("排班进程意外退出（{code}），试了 {count} 次。", "The solving process ended by itself ({code}), {count} times."),
    "too-long": ("排班超过了 {seconds} 秒的上限，已中止。", "The run took longer than its {seconds} seconds and was ended."),
    "too-large": ("排班用的内存超过了 {megabytes} MB，已中止。", "The run needed more than {megabytes} MB and was ended."),
    "too-large-advice": (
        "请调高 memory_mb，或按社区拆开排。",
        "Raise memory_mb, or plan the communities one by one.",
    ),
    "no-answer": ("时间到了还没有找到一份可用的排班。", "The time was over before any roster was found."),
    "bug": ("抱歉，matcher 自己出错了（{place}）。", "Sorry: this is a fault in matcher ({place})."),
    "bad-config": ("排班任务的“{name}”是 {value}，{must}。", 'The run\'s "{name}" is {value}; it must be {must}.'),
    "key-reused": (
        "幂等键“{key}”已用于另一个请求。",
        'The idempotency key "{key}" belongs to another request.',
    ),
    "key-reused-advice": ("每个请求用自己的键；重试才用同一个。", "Use a key of its own for each request; the same only to retry."),
    "not-empty": ("数据库 {address} 不是空的，没有恢复。", "The database {address} is not empty; nothing was restored."),
    "not-empty-advice": ("请恢复到一个新的数据库，再改用它。", "Restore into a new database and use that."),
    "bad-backup": ("“{path}”不是完整的 matcher 备份。", '"{path}" is not a whole backup of matcher.'),
    "bad-backup-advice": ("请换另一份备份。", "Use another backup."),
    "no-person": ("社区“{community}”里没有“{key}”这个人。", 'There is nobody "{key}" in the community "{community}".'),
    "erased-summary": (
        "已抹去“{key}”：删除 {deleted} 条、改为匿名 {anonymous} 条；次数保留在“{token}”名下。",
        '"{key}" is erased: {deleted} rows deleted, {anonymous} made anonymous; the counts remain as "{token}".',
    ),
    "upgraded": ("数据库 {address} 现在是版本 {revision}。", "The database {address} is now of version {revision}."),
    "empty": ("（空）", "(empty)"),
    "status": ("{address}：版本 {revision}，最新 {head}", "{address}: version {revision}, newest {head}"),
    "status-row": (
        "  {district}/{community}：{facts} 条台账，{rosters} 份排班，{runs} 个任务",
        "  {district}/{community}: {facts} facts, {rosters} rosters, {runs} runs",
    ),
    "imported": (
        "社区“{community}”：{created} 条新增，{changed} 条修改，{removed} 条删除，{same} 条不变。",
        'Community "{community}": {created} rows new, {changed} changed, {removed} removed, {same} as before.',
    ),
    "backed-up": ("已备份到 {path}：{rows} 行，{size} 字节。", "Backed up to {path}: {rows} rows, {size} bytes."),
    "restored": ("已恢复到 {address}：{rows} 行。", "Restored into {address}: {rows} rows."),
    "downgrade-drops": ("退回版本 {to} 会丢掉这些表的内容：{tables}。", "Going back to {to} drops what is in: {tables}."),
    "downgrade-drops-advice": (
        "先备份，确定要丢再加 --yes。",
        "Back up first; add --yes if it may be lost.",
    ),
    "worker-starts": ("等着排班任务，最多同时 {slots} 个；Ctrl-C 结束。", "Waiting for runs, at most {slots} at once; Ctrl-C ends."),
    "worker-ends": ("收工：没做完的任务已退回队列。", "Ending: unfinished runs went back to the queue."),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("empty", "en")
    '(empty)'
    """
    return _TEXT[key][lang == "en"].format(**values)
