"""The template: reads as empty, its examples read once they are made real, its drop-downs offer what is accepted."""

from pathlib import Path

import openpyxl
import pytest
from books import faults_of

from matcher.exchange import read_scenario, write_template
from matcher.exchange.columns import SHEETS
from matcher.exchange.template import template_sheets


def filled(path: Path, lang: str) -> Path:
    """The template with its examples made real and a window given."""
    write_template(path, lang=lang)
    made = openpyxl.load_workbook(path)
    for page in made.worksheets[1:]:
        for row in page.iter_rows(min_row=2, max_col=1):
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.removeprefix("示例").removeprefix("example").strip()
    page = made["设置" if lang == "zh" else "settings"]
    for label, value in page.iter_rows(max_col=2):
        if label.value in ("开始日期", "start"):
            value.value = "2026-12-01"
        if label.value in ("结束日期", "end"):
            value.value = "2027-01-31"
    made.save(path)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_untouched_template_only_lacks_its_window(tmp_path: Path, lang: str) -> None:
    write_template(tmp_path / "a.xlsx", lang=lang)
    (fault,) = faults_of(tmp_path / "a.xlsx")
    assert fault.code == "no-window"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_examples_are_what_people_may_write(tmp_path: Path, lang: str) -> None:
    result = read_scenario(filled(tmp_path / "a.xlsx", lang))
    scenario = result.scenario
    assert [wish.kind for wish in scenario.wishes] == ["escort", "goods", "visit", "event"]
    assert len(scenario.volunteers) == 2
    assert scenario.claims[0].wish == scenario.wishes[0].id
    assert scenario.volunteers[0].unavailable
    assert sum(role.count for role in scenario.wish["4"].roles) == 6
    assert {fault.code for fault in result.warnings} <= {
        "place-building",
        "place-community",
        "unpublished-holidays",
        "claims-not-binding",
    }
    assert scenario.program.settings.language == lang


def test_settings_in_the_template_are_the_defaults(tmp_path: Path) -> None:
    settings = read_scenario(filled(tmp_path / "a.xlsx", "zh")).scenario.program.settings
    assert settings == type(settings)()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_sheet_has_headers_and_drop_downs(tmp_path: Path, lang: str) -> None:
    write_template(tmp_path / "a.xlsx", lang=lang)
    made = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert made.sheetnames[1:] == [sheet.name(lang) for sheet in SHEETS]
    for sheet in template_sheets(lang):
        page = made[sheet.sheet.name(lang)]
        assert [cell.value for cell in page[1]] == [column.header(lang) for column in sheet.columns]
        lists = {str(rule.sqref).split(":")[0].rstrip("0123456789") for rule in page.data_validations.dataValidation}
        wanted = {
            openpyxl.utils.get_column_letter(n) for n, column in enumerate(sheet.columns, 1) if column.codec.choices
        }
        assert lists == wanted
        for rule in page.data_validations.dataValidation:
            assert len(rule.formula1) <= 257  # Excel's limit for a list


def test_phones_are_text_so_that_no_digit_is_lost(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["志愿者"]
    at = next(cell.column_letter for cell in page[1] if cell.value == "手机")
    assert page.column_dimensions[at].width
    assert page[f"{at}2"].number_format == "@"


def test_the_same_template_every_time(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_template(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_no_two_columns_of_a_sheet_share_a_header() -> None:
    for sheet in SHEETS:
        for lang in ("zh", "en"):
            headers = [column.header(lang) for column in sheet.columns]
            assert len(set(headers)) == len(headers), sheet.zh
