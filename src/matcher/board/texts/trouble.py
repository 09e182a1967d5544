"""What went wrong between a page and the server, in words for people at a desk: programs get the API's own."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {
    "trouble.not-yours": ("这一步要由协调员来做，您的账号做不了。", "This is for coordinators; your account cannot do it."),
    "trouble.not-yours-advice": (
        "您自己的页面在首页。确实需要的话，请管理员给您换一个角色。",
        "Your own page is the first one. If you need this, ask your administrator for another role.",
    ),
    "trouble.no-csrf": (
        "这一页打开之后，您在别处重新登录过，所以这一步没有执行。",
        "You have signed in again since this page was opened, so this was not carried out.",
    ),
    "trouble.no-csrf-advice": (
        "请回到那一页，刷新后再做一次。", "Go back to the page, load it again, and do it once more.",
    ),
    "trouble.signed-out": ("您的登录已经过期，刚才这一步没有执行。", "Your session has ended, and this was not carried out."),
    "trouble.sign-in": ("重新登录，再回到这一页", "Sign in, and come back to this page"),
    "trouble.no-answer": (
        "服务器没有正常答复，这一步可能没有执行。请过一会儿刷新页面看看。",
        "The server has not answered as it should, and this was perhaps not carried out. Load the page again in a moment to see.",
    ),
    "trouble.published-already": ("这一版已经发布过了，没有再发一次。", "This edition has been published already; it was not done twice."),
    "trouble.other-facts": (
        "第 {edition} 版排班表对不上现在的台账：排好以后，台账换过了。",
        "Edition {edition} does not go with the facts as they are now: they were replaced after it was made.",
    ),
    "trouble.other-facts-advice": (
        "请按现在的台账重新排一次，再发布新的一版。", "Plan once more by the facts as they are, and publish that.",
    ),
    "trouble.too-large": (
        "“{name}”有 {size} MB，太大了，最多能收 {most} MB。请去掉里面的图片再试。",
        '"{name}" has {size} MB; {most} MB at most can be taken. Take the pictures out of it, and try again.',
    ),
    "trouble.not-a-table": ("“{name}”不是表格文件，读不了。", '"{name}" is not a workbook and cannot be read.'),
    "trouble.not-a-table-advice": (
        "请选 Excel / WPS 工作簿（.xlsx）。只有照片、PDF 或 Word 的话，请先把内容填进空白模板。",
        "Choose a workbook (.xlsx). If there is only a picture, a PDF or a text, fill what it says into the empty template.",
    ),
}
