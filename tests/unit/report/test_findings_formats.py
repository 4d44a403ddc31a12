"""Findings as programs read them: JSON, GitHub workflow commands and SARIF."""

import json
from pathlib import Path

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from storyboard.model.diagnostic import Code, Diagnostic, Related
from storyboard.model.source import Source, Span
from storyboard.report.findings import render_github, render_json, render_sarif

SARIF = json.loads((Path(__file__).parent / "sarif-2.1.0-used.schema.json").read_text("utf-8"))
SOURCE = Source("scenes/my film.yaml", "a: 1\nb: 猫guilty\nc: |\n  long\n")
GUILTY = Span(SOURCE.path, 9, 15)
BLOCK = Span(SOURCE.path, 19, 27)
SOURCES = {SOURCE.path: SOURCE}
FINDINGS = (
    Diagnostic(Code.WRONG_VALUE, "50% wrong", GUILTY, "write: x", (Related("see", BLOCK),)),
    Diagnostic(Code.NOT_YET, "later", BLOCK),
    Diagnostic(Code.EMPTY_FILM, "nothing"),
    Diagnostic(Code.NOT_TEXT, "bytes", Span("other.yaml", 5, 6)),
)


def test_json_has_every_place_and_the_counts():
    """Lines and columns count from 1 in characters, ends are exclusive, and unknowns are null."""
    document = json.loads(render_json(FINDINGS, SOURCES))
    assert document["schema"] == "storyboard/findings-1"
    assert (document["errors"], document["warnings"]) == (3, 1)
    assert document["findings"][0] == {
        "code": "wrong-value",
        "severity": "error",
        "message": "50% wrong",
        "help": "write: x",
        "file": "scenes/my film.yaml",
        "line": 2,
        "column": 5,
        "end_line": 2,
        "end_column": 11,
        "related": [
            {
                "message": "see",
                "file": "scenes/my film.yaml",
                "line": 3,
                "column": 4,
                "end_line": 4,
                "end_column": 7,
            }
        ],
    }
    assert document["findings"][2]["file"] is None
    assert document["findings"][3]["file"] == "other.yaml"
    assert document["findings"][3]["line"] is None


def test_github_commands_are_escaped_as_documented():
    """Percent signs and newlines are escaped everywhere, commas and colons in properties too."""
    source = Source("a,b:c%.yaml", "x\n")
    finding = Diagnostic(Code.WRONG_VALUE, "50%: no,\r\nreally", Span(source.path, 0, 1), "try x")
    assert render_github([finding], {source.path: source}) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,col=1,endLine=1,endColumn=2,title=wrong-value"
        "::50%25: no,␍␊really%0Ahelp: try x\n"
    )


def test_github_takes_columns_only_within_a_line():
    """A range over several lines has no columns, a finding without a place no file."""
    commands = render_github(FINDINGS, SOURCES).splitlines()
    assert commands[0].startswith("::error file=scenes/my film.yaml,line=2,col=5,")
    assert commands[0].endswith("%0Anote: see (scenes/my film.yaml:3)")
    assert commands[1].startswith("::warning file=scenes/my film.yaml,line=3,endLine=4,title=")
    assert commands[2] == "::error title=empty-film::nothing"


@given(st.text(), st.text())
def test_a_message_cannot_make_a_second_command(message, path):
    """One finding is one line, whatever its message and its path hold."""
    finding = Diagnostic(Code.WRONG_VALUE, message, Span(path, 0, 1), message)
    command = render_github([finding], {path: Source(path, "x")})
    assert len(command.splitlines()) == 1


def test_sarif_is_valid_and_complete():
    """The log has its rules with their pages, its regions in code points and its related places."""
    page = "# not-yet\n\nThis is for later. And more.\n"
    log = json.loads(render_sarif(FINDINGS, SOURCES, {"not-yet": page}, version="1.2.3"))
    jsonschema.validate(log, SARIF)
    run = log["runs"][0]
    assert run["tool"]["driver"]["version"] == "1.2.3"
    assert run["columnKind"] == "unicodeCodePoints"
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["not-yet"]["shortDescription"]["text"] == "This is for later."
    assert rules["not-yet"]["help"]["markdown"] == page
    assert rules["not-yet"]["defaultConfiguration"]["level"] == "warning"
    first, block, nowhere, unread = run["results"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "scenes/my%20film.yaml"
    assert place["region"] == {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 11}
    assert first["relatedLocations"][0]["message"]["text"] == "see"
    assert block["level"] == "warning"
    assert "locations" not in nowhere
    assert "region" not in unread["locations"][0]["physicalLocation"]


def test_sarif_names_an_absolute_path_as_a_file_uri():
    """A path from the root becomes a file URI."""
    finding = Diagnostic(Code.NOT_TEXT, "x", Span("/films/ä.yaml", 0, 0))
    log = json.loads(render_sarif([finding], {}))
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "file:///films/%C3%A4.yaml"


@given(
    text=st.text(max_size=100),
    span=st.tuples(st.integers(-3, 120), st.integers(-3, 120)),
    words=st.text(max_size=30),
)
def test_every_format_takes_any_text(text, span, words):
    """JSON and SARIF stay valid and harmless for any text, span and words."""
    finding = Diagnostic(Code.WRONG_VALUE, words, Span("f", *span), words)
    sources = {"f": Source("f", text)}
    found = json.loads(render_json([finding], sources))["findings"][0]
    assert found["message"] == words
    assert found["end_line"] >= found["line"] >= 1
    written = render_sarif([finding], sources)
    jsonschema.validate(json.loads(written), SARIF)
    assert {c for c in written if not c.isprintable()} <= {"\n", *words}
    written.encode("utf-8")
