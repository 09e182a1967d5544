"""What is said about uploads, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "busy": ("正在读别人上传的台账。", "Other uploads are being read."),
    "busy-advice": ("请过一会儿再传。", "Send it again shortly."),
    "zip-damaged": ("压缩包“{name}”已损坏，打不开。", 'The archive "{name}" is damaged and cannot be opened.'),
    "zip-damaged-advice": ("请重新压缩再传，不要设密码。", "Pack it anew, without a password."),
    "zip-empty": ("压缩包“{name}”里没有 .csv 文件。", 'The archive "{name}" holds no .csv files.'),
    "zip-empty-advice": (
        "每张表存成一个 .csv，如 心愿.csv、志愿者.csv，直接压缩；工作簿请直接传 .xlsx。",
        "One .csv per sheet, such as wishes.csv and volunteers.csv; send a workbook as .xlsx, unpacked.",
    ),
    "zip-too-large": (
        "压缩包“{name}”解压后大得不正常，为安全起见没有打开。",
        'The archive "{name}" unpacks to an abnormal size and was not opened.',
    ),
    "zip-too-large-advice": ("请只留有用的表，或按社区拆开。", "Keep only the sheets that matter, or split it by community."),
    "too-much": ("“{name}”读起来太费内存，没有读。", '"{name}" needs too much memory and was not read.'),
    "too-much-advice": ("请删去图片、空白行和多余的工作表，或按社区拆开。", "Delete pictures, empty rows and other sheets, or split it."),
    "too-long": ("“{name}”读了太久，没有读完。", '"{name}" took too long to read.'),
    "too-long-advice": ("请删去图片、空白行和多余的工作表，或按社区拆开。", "Delete pictures, empty rows and other sheets, or split it."),
    "no-file": ("没有收到文件。", "No file arrived."),
    "no-file-advice": ("请选一个 .xlsx、.json 或 .zip 文件。", "Choose an .xlsx, .json or .zip file."),
    "many-files": ("一次只收一份台账，收到了 {count} 个文件。", "One set of facts at a time; {count} files arrived."),
    "many-files-advice": ("几张 .csv 请压缩成一个 .zip。", "Pack several .csv files into one .zip."),
    "bad-form": ("上传的表单不完整，看不懂。", "The uploaded form is not whole."),
    "bad-form-advice": ("请重新上传。", "Upload it again."),
    "upload": ("上传的文件", "upload"),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("upload", "en")
    'upload'
    """
    return _TEXT[key][lang == "en"].format(**values)
