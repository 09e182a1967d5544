"""The arguments and options several commands share, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from matcher.cli.text import Language as Spoken
from matcher.cli.text import told

Strategy = Literal["auto", "flow", "exact", "columns", "lns"]
"""How a roster is sought."""

ScenarioPath = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO",
        help=told(
            "The facts: a workbook (.xlsx), a folder of .csv, or .json.",
            "台账：.xlsx 表格、一个放 .csv 的文件夹，或 .json。",
        ),
        show_default=False,
    ),
]
RosterPath = Annotated[
    Path,
    typer.Argument(
        metavar="ROSTER",
        help=told(
            "A roster.json, or the roster.xlsx a coordinator has edited.", "排班：roster.json，或改过的 roster.xlsx。"
        ),
        show_default=False,
    ),
]
CertificatePath = Annotated[
    Path | None,
    typer.Option(
        "--certificate",
        metavar="FILE",
        help=told(
            "Also verify the bounds in this certificate.json.", "再核对这份 certificate.json 里的下界证明。"
        ),
    ),
]
Machine = Annotated[
    bool,
    typer.Option("--json", help=told("Print JSON for machines instead of tables.", "输出 JSON 给程序用，不输出表格。")),
]
Language = Annotated[
    Spoken | None,
    typer.Option(
        "--lang",
        help=told(
            "Language of messages and results; default: the programme's, then the terminal's.",
            "提示和结果用的语言；默认按台账设置，其次按终端。",
        ),
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        help=told(
            "Encoding of the .csv files, if neither UTF-8 nor GB18030.",
            ".csv 的编码；UTF-8、GB18030 会自动认出，不用写。",
        ),
    ),
]
Seconds = Annotated[
    float,
    typer.Option(
        "--seconds",
        min=0,
        help=told("Stop after so many seconds with the best roster so far.", "最多算多少秒，到时给出目前最好的排班。"),
    ),
]
Work = Annotated[
    float | None,
    typer.Option(
        "--work",
        min=0.001,
        help=told(
            "Stop after this much counted work instead: the same result on every machine.",
            "改按计算量停止，不看钟表：在哪台机器上结果都一样。",
        ),
    ),
]
Gap = Annotated[
    float | None,
    typer.Option(
        "--gap",
        min=0,
        max=1,
        help=told(
            "Stop once the roster is proven this near the best: 0.01 is one per cent.",
            "证明离最好不超过这么多就停：0.01 是百分之一。",
        ),
    ),
]
Unimproved = Annotated[
    float | None,
    typer.Option(
        "--unimproved",
        min=0,
        help=told(
            "Stop after so many seconds without a better roster or bound.", "多少秒没有更好的排班或下界就停。"
        ),
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help=told("Seed of everything random.", "随机种子。"))]
Workers = Annotated[
    int,
    typer.Option(
        "--workers",
        min=0,
        help=told(
            "Threads; 0: all cores. With 1, the same seed gives the same roster.",
            "线程数；0 为全部。用 1 时，同一种子排出同一份表。",
        ),
    ),
]
Server = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        help=told(
            "Plan on this server (key: MATCHER_API_KEY); may also stand before the command.",
            "交给这台服务器去排（密钥在 MATCHER_API_KEY）；也可以写在命令前面。",
        ),
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="DISTRICT/COMMUNITY",
        help=told("With --server: whose plan it is; default: the key's own.", "与 --server 同用：哪个社区的排班；默认是密钥所属社区。"),
    ),
]
HowToSolve = Annotated[
    Strategy,
    typer.Option(
        "--strategy", help=told("auto chooses by size and says what it chose.", "auto 按规模自动选择，并说明选了哪种。")
    ),
]
