"""Findings as people see them."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storyboard.model.diagnostic import Code, Diagnostic, Related
from storyboard.model.source import Source, Span
from storyboard.report.cells import cut_end, cut_start, harmless, pad, width_of
from storyboard.report.excerpt import excerpt
from storyboard.report.findings import render_text, summary

FILM = Source(
    "film.yaml",
    "\n" * 30 + "        image: {from: pounec, frame: last}\n",
)


def spot(source: Source, words: str) -> Span:
    start = source.text.index(words)
    return Span(source.path, start, start + len(words))


def render(*findings: Diagnostic, source: Source = FILM, width: int = 100) -> str:
    return render_text(findings, {source.path: source}, colour=False, width=width)


def test_a_finding_looks_as_designed():
    """The sentence, the place, the line, the carets and the help stand as in the design."""
    finding = Diagnostic(
        Code.UNKNOWN_SHOT,
        'no shot is called "pounec"',
        spot(FILM, "pounec"),
        'did you mean "pounce"?',
    )
    assert render(finding) == (
        'error[unknown-shot]: no shot is called "pounec"\n'
        "  --> film.yaml:31:23\n"
        "   |\n"
        "31 |         image: {from: pounec, frame: last}\n"
        "   |                       ^^^^^^\n"
        '   = help: did you mean "pounce"?\n'
        "\n"
        "1 error in film.yaml\n"
    )


def test_a_related_place_is_a_note_in_the_same_margin():
    """A second place follows as a note, its line number right-aligned with the first."""
    source = Source("film.yaml", "- id: a\n" + "\n" * 9 + "- id: a\n")
    first, second = Span("film.yaml", 6, 7), Span("film.yaml", 23, 24)
    finding = Diagnostic(
        Code.DUPLICATE_ID, "twice", second, None, (Related("first used here", first),)
    )
    assert render(finding, source=source) == (
        "error[duplicate-id]: twice\n"
        "  --> film.yaml:11:7\n"
        "   |\n"
        "11 | - id: a\n"
        "   |       ^\n"
        "note: first used here\n"
        "  --> film.yaml:1:7\n"
        "   |\n"
        " 1 | - id: a\n"
        "   |       ^\n"
        "\n"
        "1 error in film.yaml\n"
    )


def test_a_finding_without_a_place_has_only_words():
    """A finding that has no place shows its sentence and its help, also over several lines."""
    finding = Diagnostic(Code.EMPTY_FILM, "the film shows nothing", None, "add a shot\nor two")
    assert render(finding) == (
        "error[empty-film]: the film shows nothing\n"
        "  = help: add a shot\n"
        "          or two\n"
        "\n"
        "1 error\n"
    )


def test_a_place_in_an_unknown_text_names_the_file():
    """Where the text was not read, the file alone is shown."""
    finding = Diagnostic(Code.NOT_TEXT, "not text", Span("other.yaml", 3, 4))
    assert "\n --> other.yaml\n" in render(finding)


def test_nothing_found_says_nothing():
    """Without findings the text is empty; the caller says that all is well."""
    assert render() == ""


@pytest.mark.parametrize(
    ("codes", "paths", "said"),
    [
        ((Code.YAML_SYNTAX,) * 3 + (Code.NOT_YET,), ("a",), "3 errors, 1 warning in a"),
        ((Code.NOT_YET,), ("a",), "1 warning in a"),
        ((Code.NOT_YET, Code.NOT_YET), ("a", "b"), "2 warnings in 2 files"),
        ((Code.YAML_SYNTAX,), (), "1 error"),
    ],
)
def test_the_last_line_counts(codes, paths, said):
    """Errors and warnings are counted apart, and the file is named when there is just one."""
    spans = [Span(path, 0, 0) for path in paths] or [None]
    findings = [
        Diagnostic(code, "x", spans[index % len(spans)]) for index, code in enumerate(codes)
    ]
    assert summary(findings) == said


def test_colour_changes_no_word():
    """With colour the same text is there, between escape sequences."""
    finding = Diagnostic(Code.UNKNOWN_SHOT, "m", spot(FILM, "pounec"), "h")
    coloured = render_text([finding], {"film.yaml": FILM}, colour=True)
    assert "\x1b[1;31merror[unknown-shot]\x1b[0m" in coloured
    pieces = [piece.partition("m")[2] for piece in coloured.split("\x1b[")[1:]]
    assert "".join(pieces) == render(finding)


HOSTILE = "\x1b[2Jgone\x07\x9b31m\u202eback\u2028\x7f"


@pytest.mark.parametrize("colour", [True, False])
def test_no_control_character_reaches_the_terminal(colour):
    """Whatever a file is called or holds, only our own colours and newlines control anything."""
    source = Source(f"{HOSTILE}.yaml", f"a: {HOSTILE}\n")
    span = Span(source.path, 3, 3 + len(HOSTILE))
    finding = Diagnostic(
        Code.WRONG_VALUE, HOSTILE, span, HOSTILE, (Related(HOSTILE, Span(HOSTILE, 0, 1)),)
    )
    shown = render_text([finding], {source.path: source}, colour=colour)
    for style in ("1;31", "1;32", "1;34", "1;36", "1", "0"):
        shown = shown.replace(f"\x1b[{style}m", "") if colour else shown
    assert {c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Cs"}} == {"\n"}


def test_the_guard_against_control_characters_bites():
    """Control: the hostile text holds what the test above looks for, and loses it here alone."""
    assert {unicodedata.category(c) for c in HOSTILE} >= {"Cc", "Cf", "Zl"}
    assert {unicodedata.category(c) for c in harmless(HOSTILE)}.isdisjoint({"Cc", "Cf", "Zl"})
    assert len(harmless(HOSTILE)) == len(HOSTILE)


def test_a_span_over_several_lines_marks_the_first():
    """Of a block over several lines the first is shown, marked to its end."""
    source = Source("f", "a: |\n  one  \n  two\n")
    shown = excerpt(source, Span("f", 7, 19), 80)
    assert (shown.line, shown.text, shown.indent, shown.length) == (2, "  one", 2, 3)


def test_a_long_line_is_shown_around_the_span():
    """A line wider than the page keeps the span and what is near it, with ellipses."""
    source = Source("f", "x" * 500 + "guilty" + "y" * 500)
    shown = excerpt(source, Span("f", 500, 506), 60)
    assert width_of(shown.text) <= 60
    assert shown.text.startswith("…x")
    assert shown.text.endswith("y…")
    assert shown.text[shown.indent : shown.indent + shown.length] == "guilty"


def test_a_line_of_fifty_megabytes_is_shown_at_once():
    """A huge scalar costs no more to show than its neighbourhood."""
    source = Source("f", "猫" * 10_000_000)
    shown = excerpt(source, Span("f", 5_000_000, 10_000_000), 80)
    assert width_of(shown.text) <= 80


def test_widths():
    """Wide characters take two cells, combining ones none, and cuts are made between cells."""
    assert width_of("猫a\u0301é") == 4
    assert pad("猫", 4) == "猫  "
    assert pad("8", 3, right=True) == "  8"
    assert cut_end("猫猫猫", 4) == "猫…"
    assert cut_start("猫猫猫", 4) == "…猫"
    assert cut_end("abc", 3) == cut_start("abc", 3) == "abc"


# --- properties

ONE_CELL = "abc:{ \x1b\x9b\u202e\ufeff\ud800é"
CELLS = dict.fromkeys(ONE_CELL, 1) | {"猫": 2, "あ": 2, "\u0301": 0}
measured = st.text(st.sampled_from([*CELLS, "\t", "\n"]), max_size=200)


def cells(shown: str) -> list[str]:
    """Lay a shown line out in cells, by widths of our own; what takes no cell joins its left."""
    laid: list[str] = []
    for character in shown:
        if character == "\u0301":
            laid[-1:] = [laid[-1] + character] if laid else []
        elif unicodedata.east_asian_width(character) == "W":
            laid += [character, ""]
        else:
            laid.append(character)
    return laid


@given(text=measured, bounds=st.tuples(st.integers(0, 200), st.integers(0, 60)))
@example(text="a\t猫\u0301b: guilty", bounds=(4, 2))
def test_the_caret_is_under_the_span(text, bounds):
    """Read out cell by cell, what stands over the carets is the span's text on its first line."""
    start = min(bounds[0], len(text))
    end = min(start + bounds[1], len(text))
    source = Source("f", text)
    shown = excerpt(source, Span("f", start, end), 1000)
    line, column = source.position(start)
    first_line = source.line(line)
    wanted = first_line[column - 1 : column - 1 + end - start].rstrip().lstrip("\u0301")
    laid = cells(shown.text)
    over = "".join(laid[shown.indent : shown.indent + shown.length])
    assert shown.line == line
    assert shown.indent == len(cells(harmless(first_line[: column - 1].expandtabs(4))))
    if wanted and "\t" not in wanted:
        assert over.replace("\u0301", "") == harmless(wanted).replace("\u0301", "")


spans = st.builds(Span, st.sampled_from(["f", "g"]), st.integers(-5, 400), st.integers(-5, 400))


@given(
    text=st.text(max_size=300),
    span=st.none() | spans,
    related=spans,
    words=st.text(max_size=20),
    colour=st.booleans(),
    width=st.integers(0, 120),
)
def test_rendering_never_raises(text, span, related, words, colour, width):
    """Any text, any span and any words make a rendering that ends in a newline and fits UTF-8."""
    finding = Diagnostic(Code.WRONG_VALUE, words, span, words, (Related(words, related),))
    shown = render_text([finding], {"f": Source("f", text)}, colour=colour, width=width)
    assert shown.encode("utf-8").endswith(b"\n")


@given(
    text=st.text(min_size=1, max_size=400), start=st.integers(0, 400), length=st.integers(0, 400)
)
def test_a_shown_line_fits_the_page(text, start, length):
    """However wide the line, what is shown of it fits, and so do the carets."""
    shown = excerpt(Source("f", text), Span("f", start, start + length), 40)
    assert width_of(shown.text) <= 40
    assert shown.indent + shown.length <= 41
