"""flk plan.

Text, JSON, CSV and picture of the example unit; one message and nothing else where anything is
wrong; any of the formats a roster may have, and standard input.
"""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import flk_rules
from conftest import ROOT
from flk_rules.cli.main import app
from flk_rules.planning.picture import picture
from flk_rules.planning.unit import plan_unit
from flk_rules.planning.unit_rows import make_unit

UNIT = ROOT / "examples" / "unit"
ON = ("--on", "2024-10-01")
ALL = (
    str(UNIT / "unit.toml"), "--physicians", str(UNIT / "physicians.csv"),
    "--patients", str(UNIT / "patients.csv"), "--visits", str(UNIT / "visits.csv"),
)  # fmt: skip
SVG = "{http://www.w3.org/2000/svg}"


def flk(*arguments: str, given: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(app, ["plan", *ON, *arguments], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*arguments: str, given: str | None = None) -> str:
    """The message, where there is nothing else and the exit code is 2."""
    result = flk(*arguments, given=given)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.csv").write_text("id;specialiteter\nAstrid;Allmänmedicin\n", encoding="utf-8")
    return tmp_path


# ---- what is printed -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["sv", "en"])
def test_text_names_every_physician_and_assumption(language: str) -> None:
    result = flk(*ALL, "--lang", language)
    assert result.exit_code == 0
    for name in ("Astrid Ek", "Lo Vide", "elderly_from", "[L1]", "[P4]", "[P7]", "UPC"):
        assert name in result.stdout
    assert ("ANTAGANDE" if language == "en" else "assumption") not in result.stdout


def physicians(*lists: str) -> str:
    """A unit of specialists, with lists as long as said, and of one whom no guideline is about."""
    rows = [f"A{number};Allmänmedicin;none;{each}" for number, each in enumerate(lists[1:])]
    return "\n".join(["id;specialties;training.stage;listed", f"Utan;none;none;{lists[0]}", *rows])


@pytest.mark.parametrize(
    ("lists", "sv", "en"),
    [
        (("300", "1240", "880"),
         "listade 2 420; hos dem som har ett riktvärde 2 120, deras riktvärden 2 200, "
         "differens -80",
         "listed 2,420; with those who have a guideline 2,120, their guidelines 2,200, "
         "difference -80"),
        # Its own list is not known, and the others' are compared all the same.
        (("", "1240", "880"),
         "listade okänt; hos dem som har ett riktvärde 2 120, deras riktvärden 2 200, "
         "differens -80",
         "listed not known; with those who have a guideline 2,120, their guidelines 2,200, "
         "difference -80"),
        (("0", "1240", "880"),
         "listade 2 120, riktvärden 2 200, differens -80 för dem som har ett",
         "listed 2,120, guidelines 2,200, difference -80 for whoever has one"),
        (("300", "1240", ""),
         "listade okänt, riktvärden 2 200, differens okänt för dem som har ett",
         "listed not known, guidelines 2,200, difference not known for whoever has one"),
    ],
)  # fmt: skip
def test_the_sums_add_up_to_the_eye(lists: tuple[str, ...], sv: str, en: str) -> None:
    """Whoever has no guideline is in the one number and not in the others."""
    for language, said in (("sv", sv), ("en", en)):
        given = physicians(*lists)
        result = flk("-", "--input", "csv", "--lang", language, given=given)
        assert f"  {said}\n" in result.stdout, result.output


def test_csv_has_a_row_a_physician() -> None:
    rows = list(csv.DictReader(io.StringIO(flk(*ALL, "--format", "csv").stdout)))
    assert len(rows) == 12
    assert rows[0]["physician"] == "Astrid Ek"
    assert (rows[0]["guideline"], rows[0]["listed"], rows[0]["status"]) == ("1100", "1240", "over")
    assert rows[11]["guideline"] == ""


def test_json_has_the_decisions() -> None:
    record = json.loads(flk(*ALL, "--format", "json").stdout)
    assert record["format"] == "flk_rules/unit_plan/1"
    assert [each["capacity"]["question"] for each in record["physicians"]] == ["capacity"] * 12
    assert [each["patient"] for each in record["waiting"]] == ["P18", "P19", "P20"]
    assert [each["patient"] for each in record["open"]] == ["P22", "P23"]
    assert record["window"]["assumed"] is False
    assert record["named_share"]["target"]["source"]["statement"] == "P4"


def test_physicians_alone_are_planned(folder: Path) -> None:
    for arguments in ([str(folder / "p.csv")], ["--physicians", str(folder / "p.csv")]):
        result = flk(*arguments, "--format", "json")
        record = json.loads(result.stdout)
        assert [each["id"] for each in record["physicians"]] == ["Astrid"]
        assert (record["patients"], record["continuity"], record["named_share"]) == (
            None, None, None,
        )  # fmt: skip
    assert flk(str(folder / "p.csv")).exit_code == 0


DOCUMENT = {
    "unit": {"id": "Enheten"},
    "physicians": [{"id": "Astrid", "specialties": ["Allmänmedicin"]}],
    "patients": [{"id": "Nils", "age": 80, "listed_with": "none"}],
    "visits": [{"patient": "Nils", "physician": "Bo", "date": "2024-05-01"}],
    "window": {"name": "2024", "first": "2024-01-01", "last": "2024-09-30"},
}


def test_one_document_from_standard_input() -> None:
    given = json.dumps(DOCUMENT)
    record = json.loads(flk("-", "--input", "json", "--format", "json", given=given).stdout)
    assert record["unit"] == "Enheten"
    assert [each["patient"] for each in record["waiting"]] == ["Nils"]
    assert record["window"]["name"] == "2024"


def test_a_document_as_toml(folder: Path) -> None:
    text = (
        '[unit]\nid = "Enheten"\n[[physicians]]\nid = "Astrid"\nspecialties = ["allmanmedicin"]\n'
        '[[patients]]\nid = "Nils"\nlisted_with = "Astrid"\nbirth_date = 1950-02-28\n'
    )
    (folder / "u.toml").write_text(text, encoding="utf-8")
    record = json.loads(flk(str(folder / "u.toml"), "--format", "json").stdout)
    assert record["physicians"][0]["listed"] == 1


def test_days_that_count_by_options() -> None:
    given = json.dumps({key: each for key, each in DOCUMENT.items() if key != "window"})
    days = ("--visits-from", "2024-05-01", "--visits-to", "2024-05-01")
    record = json.loads(flk("-", "--input", "json", "--format", "json", *days, given=given).stdout)
    assert record["window"]["first"] == record["window"]["last"] == "2024-05-01"
    assert record["window"]["assumed"] is False
    text = flk("-", "--input", "json", "--lang", "en", given=given).stdout
    assert "ASSUMPTION: twelve months up to the day; no source states the window" in text


def test_a_share_just_below_its_target_does_not_look_as_if_it_met_it() -> None:
    document = {
        "unit": {"listed": 100_000},
        "physicians": [{"id": "A", "specialties": ["allmanmedicin"], "listed": 54_999}],
    }
    text = flk("-", "--input", "json", "--lang", "en", given=json.dumps(document)).stdout
    assert "Share with a named physician: 54.9% (54,999 of 100,000)" in text
    assert "target 55.0%, not met" in text


def test_an_order_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "my.order"
    folder.mkdir()
    (folder / "ruleset.toml").write_text(
        '[ruleset]\nid = "my.order"\nversion = "1"\ntitle = { sv = "x", en = "x" }\n'
        'extends = "se.national"\nvalid_from = 2024-01-01\n[[document]]\nid = "r"\n'
        'title = "r"\npublisher = "r"\npublished = "2024"\n[[set]]\n'
        'parameter = "priority_order"\nvalue = ["older"]\nbasis = "assumption"\n'
        'source = { document = "r", section = "r", statement = "P7" }\n'
        'because = { sv = "egen", en = "own" }\nvalid_from = 2024-01-01\n',
        encoding="utf-8",
    )
    document = {
        "physicians": [{"id": "A"}],
        "patients": [
            {"id": "child", "age": 5, "listed_with": "none"},
            {"id": "old", "age": 80, "listed_with": "none"},
        ],
    }
    text = flk(
        "-", "--input", "json", "--lang", "en", "--ruleset", "my.order", "--path", str(tmp_path),
        given=json.dumps(document),
    ).stdout  # fmt: skip
    assert "an ASSUMPTION: first older people\n  old: first (older people); older people\n" in text
    assert "  child: after; children and young people\n" in text


def test_a_long_list_of_waiting_is_cut_and_counted() -> None:
    document = {
        "physicians": [{"id": "A"}],
        "patients": [{"id": f"P{n}", "age": 80, "listed_with": "none"} for n in range(25)],
    }
    text = flk("-", "--input", "json", "--lang", "en", given=json.dumps(document)).stdout
    assert "P19" in text
    assert "P20" not in text
    assert "... and 5 more (--format json has all)" in text


def test_a_name_cannot_steer_the_terminal() -> None:
    document = {
        "unit": {"id": "E\x1b[31m"},
        "physicians": [{"id": "A"}],
        "patients": [{"id": "P\n\x1b]0;x\x07", "age": 80, "listed_with": "none"}],
    }
    text = flk("-", "--input", "json", given=json.dumps(document)).stdout
    assert "\x1b" not in text
    assert "\x07" not in text


# ---- what is refused -----------------------------------------------------------------------------


def test_rows_are_told_by_their_number_and_nothing_is_printed(folder: Path) -> None:
    (folder / "q.csv").write_text(
        "id;listad hos;ålder\nP1;Astrd;84\nP2;;fyrtio\nP1;ingen;1\n", encoding="utf-8"
    )
    picture_ = folder / "x.svg"
    message = refused(
        str(folder / "p.csv"), "--patients", str(folder / "q.csv"), "--picture", str(picture_)
    )
    assert message.replace(f"{folder}/", "").splitlines() == [
        "flk: the input has mistakes",
        "  q.csv row 1 (line 2) listad hos: no physician called 'Astrd'; did you mean 'Astrid'?",
        "  q.csv row 2 (line 3) ålder: expected a whole number, found 'fyrtio'",
        "  q.csv row 3 (line 4) id: 'P1' is there already, as q.csv row 1 (line 2)",
    ]
    assert not picture_.exists()


def test_options_are_told(folder: Path) -> None:
    physicians = str(folder / "p.csv")
    assert refused() == "flk: PLAN: expected a plan, or --physicians with a file, found neither\n"
    assert refused("-", "--patients", "-", "--input", "csv") == (
        "flk: standard input: expected one file that is -, found several\n"
    )
    assert refused("-") == (
        "flk: --input: expected csv or json or jsonl or toml for standard input, found nothing\n"
    )
    assert refused(physicians, "--visits-from", "2024-01-01") == (
        "flk: --visits-to: expected the other end of the days that count, found nothing\n"
    )
    assert refused(physicians, "--visits-from", "x", "--visits-to", "2024-01-01") == (
        "flk: --visits-from: expected a date like 2024-10-01, found 'x'\n"
    )
    assert refused(physicians, "--picture", "a.png") == (
        "flk: --picture: expected a file whose name ends in .svg, found 'a.png'\n"
    )
    assert "--format: expected text or json or csv" in refused(physicians, "--format", "xml")
    assert "nothing.csv: no such file or directory" in refused("nothing.csv")


def test_what_two_files_give_is_told(folder: Path) -> None:
    physicians = str(folder / "p.csv")
    message = refused(physicians, "--physicians", physicians)
    assert message == f"flk: {physicians}: gives the physicians that {physicians} gives too\n"


def test_a_picture_never_goes_over_what_is_read(folder: Path) -> None:
    target = folder / "p.svg"
    target.write_text((folder / "p.csv").read_text("utf-8"), encoding="utf-8")
    before = target.read_bytes()
    assert "expected a file that is not read" in refused(
        str(target), "--input", "csv", "--picture", str(target)
    )
    assert target.read_bytes() == before
    nowhere = str(folder / "nowhere" / "x.svg")
    assert refused(str(folder / "p.csv"), "--picture", nowhere) == (
        f"flk: {nowhere}: no such file or directory\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.json", "[]", "the roster has no rows"),
        ("a.json", '{"physician": {"id": "A"}, "doctors": []}', "unknown key 'doctors'"),
        ("a.json", '[{"physician": {"id": "A"}}, {"patient": {}}]', "expected a physician"),
        ("a.json", '{"physicians": [1]}', "expected a table of facts, found 1"),
        ("a.json", '{"physicians": [{"id": "A", "lisence": "valid"}]}', "unknown fact"),
        ("a.json", "\ud800", "not"),
        ("a.toml", "physicians = 3", "expected a table of facts, found 3"),
        ("a.csv", "id;läkarr\nA;1\n", "unknown column 'läkarr'"),
        ("a.csv", "id\n", "the roster has no rows"),
        ("a.xlsx", "PK", "a workbook"),
    ],
)
def test_hostile_files_are_told(folder: Path, name: str, text: str, expected: str) -> None:
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert expected in refused(str(path))


# ---- the picture ---------------------------------------------------------------------------------


def drawn(*physicians: dict[str, object], language: str = "en") -> ET.Element:
    ruleset = flk_rules.load("se.national", on=date(2024, 10, 1))
    unit = make_unit(ruleset, physicians=physicians, unit={"id": "A & <B>"})
    return ET.fromstring(picture(plan_unit(ruleset, unit), language))


def test_the_picture_is_the_one_shown(tmp_path: Path) -> None:
    target = tmp_path / "lists.svg"
    assert flk(*ALL, "--picture", str(target)).exit_code == 0
    assert target.read_text("utf-8") == (UNIT / "lists.svg").read_text("utf-8")


def test_the_picture_is_said_in_words() -> None:
    gp = {"specialties": ["allmanmedicin"]}
    root = drawn({"id": "Astrid", "listed": 1200, **gp}, {"id": "Bo", **gp}, {"id": "Cilla"})
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "A & <B>: Listed per physician against the guideline, 2024-10-01"
    assert desc is not None
    assert desc.text == (
        "Astrid: 1,200 listed, guideline 1,100, over (+100). "
        "Bo: number listed not known, guideline 1,100. "
        "Cilla: number listed not known, guideline cannot be told. "
        "The guideline is guidance, neither ceiling nor floor [L2]."
    )
    assert [each.get("id") for each in (title, desc)] == str(root.get("aria-labelledby")).split()


def test_the_bar_meets_the_guideline_where_the_list_does() -> None:
    root = drawn({"id": "Astrid", "listed": 1100, "specialties": ["allmanmedicin"]})
    (group,) = root.findall(f"{SVG}g")
    bar, mark = group.find(f"{SVG}rect"), group.find(f"{SVG}line")
    assert bar is not None
    assert mark is not None
    end = float(str(bar.get("x"))) + float(str(bar.get("width")))
    assert end == pytest.approx(float(str(mark.get("x1"))))
    assert "guideline 1,100" in [each.text for each in root.findall(f"{SVG}text")]


def test_swedish_numbers_and_words() -> None:
    root = drawn({"id": "Astrid", "listed": 1000, "specialties": ["allmanmedicin"]}, language="sv")
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert "riktvärde 1\u00a0100" in texts
    assert "1\u00a0000, under (−100)" in texts


def test_a_long_name_is_cut_and_stands_whole_in_the_title() -> None:
    name = "A" * 90
    root = drawn({"id": name, "listed": 1, "specialties": ["allmanmedicin"]})
    texts = [each.text or "" for each in root.iter(f"{SVG}text")]
    assert max(map(len, texts)) < 90
    (group,) = root.findall(f"{SVG}g")
    title = group.find(f"{SVG}title")
    assert title is not None
    assert str(title.text).startswith(name)


# ---- a deployer's own factor, and competence that is shown ---------------------------------------

FACTOR = """
[ruleset]
id = "my.factor"
version = "1"
title = { sv = "x", en = "x" }
extends = "se.national"
valid_from = 2024-01-01

[[document]]
id = "r"
title = "r"
publisher = "r"
published = "2024"

[[parameter]]
id = "half"
type = "double"
value = 0.5
unit = "share"
basis = "assumption"
because = { sv = "egen faktor", en = "a factor of our own" }
valid_from = 2024-01-01

[[replace]]
rule = "se.national.capacity.part_time"
authority = { document = "r", section = "r", statement = "L3" }
reason = { sv = "egen", en = "our own" }
effect = "ground"
when = "physician.employment_rate < 1.0"
value = "params.half"
force = "guidance"
source = { document = "r", section = "r", statement = "L3" }
because = { sv = "Deltid", en = "Part time" }
valid_from = 2024-01-01
"""


def test_a_factor_of_ones_own_is_an_assumption(tmp_path: Path) -> None:
    (tmp_path / "my.factor").mkdir()
    (tmp_path / "my.factor" / "ruleset.toml").write_text(FACTOR, encoding="utf-8")
    physician = {"id": "A", "specialties": ["allmanmedicin"], "employment_rate": 0.5, "listed": 600}
    given = json.dumps({"physicians": [physician]})
    own = ("-", "--input", "json", "--ruleset", "my.factor", "--path", str(tmp_path))
    text = flk(*own, "--lang", "en", given=given).stdout
    assert "  the guideline with factors of one's own, an ASSUMPTION: 550\n" in text
    assert "  ! half: 0.5  a factor of our own\n" in text
    record = json.loads(flk(*own, "--format", "json", given=given).stdout)
    (found,) = record["physicians"]
    assert (found["guideline"], found["adjusted"], found["difference"]) == (1100, 550, -500)


def test_competence_that_is_shown_is_said() -> None:
    codes = flk_rules.load("se.national", on=date(2024, 10, 1)).schema.codes_of("competence_goal")
    goals = [each for each in codes if each.startswith("children.")]
    calm = {
        "chronic_conditions": 0, "mental_ill_health": "none", "substance_use": False,
        "disability": "none", "complex_needs": False, "housing": "ordinary",
        "deprived_area": False, "vulnerable": False, "municipality": "large_city",
    }  # fmt: skip
    document = {
        "physicians": [{"id": "A", "specialties": ["allmanmedicin"], "goals_met": goals}],
        "patients": [{"id": "P", "age": 5, "listed_with": "A", **calm}],
    }
    text = flk("-", "--input", "json", "--lang", "en", given=json.dumps(document)).stdout
    assert "competence: all goals met; areas that the list makes relevant: 1" in text
    assert "Share with a named physician in SÄBO: nobody to count" in text
