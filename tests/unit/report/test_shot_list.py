"""The shot list says in the trade's columns what each shot is, and no cell does any harm."""

import csv
import io
from dataclasses import replace

import pytest

from fakes.films import HEAD, film
from fakes.sheets import sheet_of, sheet_shot
from fakes.timelines import cut, event
from storyboard.model.money import MicroUsd
from storyboard.model.sheet import Standing
from storyboard.report.shot_list import (
    COLUMNS,
    render_shot_list_csv,
    render_shot_list_markdown,
)

FILM = f"""{HEAD}
characters: {{mia: {{name: Mia, description: a kitten}}}}
scenes:
  - id: parlour
    heading: INT. PARLOUR - NIGHT
    time_of_day: night
    location: parlour
    shots:
      - id: pounce
        image: stills/pounce.png
        action: The kitten pounces.
        characters: [mia, nobody]
        camera: {{size: cu, angle: low, move: push-in, lens: 35 mm, composition: single}}
        dialogue:
          - {{character: mia, line: "Mrow!", delivery: v.o.}}
          - {{character: stranger, line: "Hm."}}
          - {{line: "Who?"}}
        sound: {{ambience: a clock, effects: [paws, a thump]}}
        tags: [hero, cat]
        notes: keep it light
      - {{id: gone, action: It is gone., skip: true}}
      - {{id: nap, action: The kitten naps., image: {{from: pounce, frame: last}}}}
      - {{id: web, action: It drifts., image: "https://example.org/a.png", camera: slow drift}}
locations: {{parlour: {{description: a parlour}}}}
"""


def timeline():
    return cut(
        event("title", 24, scene=""),
        event("pounce", 96),
        event("nap", 36, transition="dissolve", overlap=12),
        event("web", 25),
    )


def sheet():
    return sheet_of(
        sheet_shot("pounce", standing=Standing.OWNED, paid=MicroUsd(800_000), take=2),
        sheet_shot("nap"),
        sheet_shot("web", price=MicroUsd(0)),
    )


def rows(text=None):
    written = render_shot_list_csv(film(FILM), timeline(), sheet()) if text is None else text
    return list(csv.DictReader(io.StringIO(written.removeprefix("\ufeff"), newline="")))


def listed(action, **more):
    """Return the row of a film's only shot, as CSV reads it."""
    made = film(FILM)
    one = made.scenes[0].shots[0]
    scene = replace(made.scenes[0], shots=(replace(one, action=action, **more),))
    text = render_shot_list_csv(
        replace(made, scenes=(scene,)), timeline(), sheet_of(sheet_shot("pounce"))
    )
    (row,) = rows(text)
    return row


def test_a_row_says_all_of_a_shot():
    """Scene, setup, words, sounds, place in the film, clip: each in its own column."""
    row = rows()[0]
    assert tuple(row) == COLUMNS
    assert {name: value for name, value in row.items() if value} == {
        "Scene": "parlour",
        "Shot": "pounce",
        "Heading": "INT. PARLOUR - NIGHT",
        "Location": "parlour",
        "Time of day": "night",
        "Size": "CU",
        "Composition": "single",
        "Angle": "low",
        "Move": "push-in",
        "Lens": "35 mm",
        "Cast": "Mia",
        "Action": "The kitten pounces.",
        "Dialogue": "Mia (V.O.): Mrow!\nstranger: Hm.\nWho?",
        "Sound": "a clock; paws; a thump",
        "Image": "stills/pounce.png",
        "Transition": "cut",
        "In": "00:00:01:00",
        "Out": "00:00:05:00",
        "Seconds": "4",
        "Model": "openai/sora-2/image-to-video",
        "Bought seconds": "4",
        "Cost USD": "0.80",
        "Status": "owned",
        "Take": "2",
        "Tags": "hero, cat",
        "Notes": "keep it light",
    }


def test_only_what_is_in_the_film_is_listed():
    """Skipped shots and cards are not shots to make; the others stand in film order."""
    assert [row["Shot"] for row in rows()] == ["pounce", "nap", "web"]


def test_pictures_prices_and_moves_are_said_as_they_are_known():
    """A chain names its shot, a price to come is the cost, a free form is the move."""
    _, nap, web = rows()
    assert (nap["Image"], nap["Cost USD"], nap["Move"]) == (
        "last frame of pounce",
        "0.40",
        "static",
    )
    assert (web["Image"], web["Cost USD"], web["Move"]) == (
        "https://example.org/a.png",
        "",
        "slow drift",
    )
    assert (nap["In"], nap["Seconds"]) == ("00:00:04:12", "1.5")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+SUM(A1)",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        " =1+1",
        "-x",
        "\uff1d1+1",
        "\uff20SUM(A1)",
    ],
)
def test_a_spreadsheet_calculates_no_cell(text):
    """What begins like a formula begins with an apostrophe instead."""
    assert listed(text)["Action"].startswith("'")


@pytest.mark.parametrize("text", ["-3.5", "-12", "a=b", "1+1", "x-y", ""])
def test_what_is_no_formula_is_left_alone(text):
    """The control: numbers, and signs inside of a text, are as they were written."""
    assert listed(text)["Action"] == text


@pytest.mark.parametrize("text", ['a "b", c', "one\ntwo", "猫; é", "a|b"])
def test_csv_reads_back_what_was_written(text):
    """Quotes, commas, line breaks and foreign letters survive."""
    assert listed(text)["Action"] == text


def test_a_control_character_is_shown_and_not_obeyed():
    """It becomes a visible sign in either form."""
    assert listed("a\x1b[31mb")["Action"] == "a␛[31mb"


def test_spreadsheets_are_told_that_it_is_utf8():
    """The mark stands once, before the first column's name."""
    assert render_shot_list_csv(film(FILM), timeline(), sheet()).startswith("\ufeffScene,")


def cells(line):
    """Split a line of a table as Markdown does: at bars that are not escaped."""
    kept = line.replace(r"\|", "\0").strip().strip("|")
    return [cell.strip().replace("\0", "|") for cell in kept.split("|")]


def test_markdown_is_a_table_without_empty_columns():
    """Every line has as many cells; a column that says nothing is left out."""
    page = render_shot_list_markdown(film(FILM), timeline(), sheet())
    title, _, facts, _, *table = page.splitlines()
    assert title == "# T"
    assert facts.startswith("3 shots")
    names = cells(table[0])
    assert {len(cells(line)) for line in table} == {len(names)}
    assert set(names) < set(COLUMNS)
    assert "Support" not in names
    assert cells(table[2])[names.index("Dialogue")] == "Mia (V.O.): Mrow!<br>stranger: Hm.<br>Who?"


@pytest.mark.parametrize("text", ["a|b", "`code`", "*bold*", "<script>", "[x](y)", "a\\|b", "&lt;"])
def test_markdown_shows_a_text_and_does_not_obey_it(text):
    """Every sign that Markdown reads is escaped, bars above all."""
    page = render_shot_list_markdown(
        film(FILM.replace("keep it light", f"'{text}'")), timeline(), sheet()
    )
    names, _, row, *_ = (cells(line) for line in page.splitlines() if line.startswith("|"))
    assert len(row) == len(names)
    plain = "".join(f"\\{sign}" if sign in "\\`*_{}[]<>~#&" else sign for sign in text)
    assert row[names.index("Notes")] == plain
