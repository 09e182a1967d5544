"""Files as they arrive: encodings, broken and locked workbooks, zip bombs, stray cells, JSON; a sentence, never a traceback."""

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from books import book, faults_of
from output_samples import wu_scenario

from matcher.errors import BadInput
from matcher.exchange import grid as grids
from matcher.exchange import read_scenario, write_scenario


def message(path: Path, **options: str) -> str:
    return "\n".join(str(fault) for fault in faults_of(path, **options))


def test_wu_bo_is_the_same_from_every_kind_of_file(tmp_path: Path) -> None:
    scenario = wu_scenario()
    for name, lang in (("zh.xlsx", "zh"), ("en.xlsx", "en"), ("zh", "zh"), ("a.json", "zh")):
        write_scenario(scenario, tmp_path / name, lang=lang)
        result = read_scenario(tmp_path / name)
        assert result.scenario.fingerprint == scenario.fingerprint
        assert result.assumptions == ()


@pytest.mark.parametrize(
    "encodings", [("gb18030",), ("utf-8",), ("utf-8-sig",), ("utf-16",), ("gb18030", "utf-8", "utf-8-sig")]
)
def test_csv_in_any_usual_encoding_even_mixed(tmp_path: Path, encodings: tuple[str, ...]) -> None:
    scenario = wu_scenario()
    write_scenario(scenario, tmp_path / "csv")
    for number, path in enumerate(sorted((tmp_path / "csv").iterdir())):
        text = path.read_bytes().decode("utf-8-sig")
        path.write_bytes(text.encode(encodings[number % len(encodings)]))
    assert read_scenario(tmp_path / "csv").scenario.fingerprint == scenario.fingerprint


def test_a_named_encoding_overrides(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "志愿者.csv").write_bytes("姓名,空閒時間\n羅海峰,週末\n".encode("big5"))
    (tmp_path / "c" / "心愿.csv").write_bytes("服務對象,類型,物品,截止\n陳婆,物品,大米,2026-12-20\n".encode("big5"))
    (tmp_path / "c" / "设置.csv").write_bytes("開始日期,2026-12-01\n".encode("big5"))
    scenario = read_scenario(tmp_path / "c", encoding="big5").scenario
    assert scenario.volunteers[0].name == "羅海峰"
    assert "火星文" in message(tmp_path / "c", encoding="火星文")


def test_bytes_in_no_encoding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "志愿者.csv").write_bytes(b"\xff\xff\x00\x81\x30")
    assert "编码无法识别" in message(tmp_path)


def test_a_text_that_looks_like_a_formula_stays_a_text_in_csv(tmp_path: Path) -> None:
    scenario = wu_scenario()
    wish = scenario.wishes[0].model_copy(update={"notes": "=HYPERLINK(1)"})
    scenario = scenario.with_changes(wishes=(wish,))
    write_scenario(scenario, tmp_path / "csv")
    assert ",=HYPER" not in (tmp_path / "csv" / "心愿.csv").read_text(encoding="utf-8-sig")
    assert read_scenario(tmp_path / "csv").scenario.fingerprint == scenario.fingerprint


def test_an_empty_folder_and_a_missing_file(tmp_path: Path) -> None:
    assert "没有 .csv" in message(tmp_path)
    assert "找不到" in message(tmp_path / "无.xlsx")
    assert "找不到" in message(tmp_path / "无.json")
    assert "找不到" in message(tmp_path / "nowhere")


def test_other_files_are_refused_whatever_they_are_called(tmp_path: Path) -> None:
    for name, content in (
        ("a.pdf", b"%PDF"),
        ("a.xlsx", b"hello"),
        ("b.xlsx", b""),
        ("c.xlsx", b"PK\x03\x04 broken"),
        ("a.xls", b"\xd0\xcf\x11\xe0"),
    ):
        (tmp_path / name).write_bytes(content)
        assert len(faults_of(tmp_path / name)) == 1
    assert "另存为" in message(tmp_path / "a.xlsx")


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "不是 .xlsx" in message(tmp_path / "a.xlsx")


def test_a_locked_workbook(tmp_path: Path) -> None:
    # Encrypted workbooks are OLE files whose directory names a stream EncryptedPackage.
    (tmp_path / "a.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le")
    )
    assert "密码" in message(tmp_path / "a.xlsx")
    assert "password" in message(tmp_path / "a.xlsx", lang="en")


def test_a_truncated_workbook(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx")
    path.write_bytes(path.read_bytes()[:-200])
    assert "损坏" in message(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * (8 * 2**20))
    assert "大得不正常" in message(path)


def test_a_huge_file_is_refused_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.xlsx", "a.json"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(200 * 2**20)
        assert "200 MB" in message(tmp_path / name)
    assert grids.MAX_FILE_BYTES < 200 * 2**20


def test_a_stray_cell_far_away_is_named(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx")
    made = openpyxl.load_workbook(path)
    made["志愿者"]["XFD1048576"] = "x"
    made.save(path)
    (fault,) = faults_of(path)
    assert (fault.sheet, fault.code) == ("志愿者", "too-many-cells")
    assert "XFD1048576" in fault.message


def test_a_hundred_thousand_empty_rows_are_nothing(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx")
    made = openpyxl.load_workbook(path)
    page = made["志愿者"]
    for row in range(4, 100_004):
        page.cell(row, 1).value = "" if row % 2 else None
        page.cell(row, 1).number_format = "@"
    page.cell(100_010, 1).value = "王强"
    made.save(path)
    assert len(read_scenario(path).scenario.volunteers) == 3


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{", ""),
        ("[]", ""),
        ('{"format": "matcher/1"}', "program"),
        ('{"format": "matcher/2"}', "format"),
        ('{"a": NaN}', ""),
        ('{"a": 1, "a": 2}', ""),
        ("[" * 100_000, ""),
        ('{"format": "matcher/1", "wishes": {}}', "wishes"),
        ('{"format": "matcher/1", "wishs": []}', "wishs"),
    ],
)  # fmt: skip
def test_broken_json_is_told(tmp_path: Path, text: str, where: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert where in {fault.where for fault in faults_of(tmp_path / "a.json")}


def test_json_faults_carry_their_path_all_at_once(tmp_path: Path) -> None:
    document = json.loads(wu_scenario().to_json())
    document["volunteers"][0]["limits"] = {"visits_per_week": -1}
    document["volunteers"][1]["colour"] = "red"
    document["volunteers"][2]["team"] = "nobody"
    document["wishes"][0]["priority"] = 9
    document["program"]["as_of"] = "2026-11-24T09:00:00"
    (tmp_path / "a.json").write_text(json.dumps(document), encoding="utf-8")
    found = {fault.where for fault in faults_of(tmp_path / "a.json")}
    assert found >= {
        "volunteers[0].limits.visits_per_week",
        "volunteers[1].colour",
        "wishes[0].priority",
        "program.as_of",
    }
    document["program"]["as_of"] = "2026-11-24T09:00:00+08:00"
    (tmp_path / "a.json").write_text(json.dumps(document), encoding="utf-8")
    assert "volunteers[2].team" in {fault.where for fault in faults_of(tmp_path / "a.json")}


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        write_scenario(wu_scenario(), tmp_path / "nowhere" / "a.xlsx")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x", encoding="utf-8")
    with pytest.raises(BadInput, match="已经有东西"):
        write_scenario(wu_scenario(), tmp_path / "full")
    with pytest.raises(BadInput):
        write_scenario(wu_scenario(), tmp_path / "a.docx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]


def test_the_same_scenario_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_scenario(wu_scenario(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
