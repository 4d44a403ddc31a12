"""Whole answers to whole films: each folder here is a test, and every finding has a bad example.

`pytest --update-golden` writes the expected files anew; read the difference before committing it.
A case may hold `options.json` (the command's options) and `prepare.json` (files that do not live
well in git: sparse ones, bytes, links, plain pictures).
"""

import json
from pathlib import Path

import pytest

from fakes.case import lay_out
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.app.plan import plan_film
from storyboard.model.diagnostic import Code, Severity
from storyboard.report.findings import render_json, render_text
from storyboard.report.plan_text import render_plan_text

HERE = Path(__file__).parent
BAD = sorted(path for path in (HERE / "bad").iterdir() if path.is_dir())
GOOD = sorted(path for path in (HERE / "good").iterdir() if path.is_dir())


def compiled(case, tmp_path, monkeypatch):
    folder = tmp_path / "project"
    lay_out(case, folder)
    monkeypatch.chdir(folder)
    options = case / "options.json"
    given = json.loads(options.read_text()) if options.exists() else {}
    return compile_film_at("film.yaml", FilmOptions(**given, cache=False))


def compare(path, text, update):
    if update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"see {path}; pytest --update-golden accepts"


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_bad_film_gets_exactly_these_findings(case, tmp_path, monkeypatch, pytestconfig):
    """Every finding is shown, at its place, and the case is named after one of them."""
    compilation = compiled(case, tmp_path, monkeypatch)
    update = pytestconfig.getoption("--update-golden")
    text = render_text(compilation.diagnostics, compilation.sources, colour=False)
    text = text.replace(str(tmp_path), "<tmp>")
    compare(case / "expected.txt", text, update)
    as_json = render_json(compilation.diagnostics, compilation.sources)
    compare(case / "expected.json", as_json.replace(str(tmp_path), "<tmp>"), update)
    codes = {each.code for each in compilation.diagnostics}
    assert any(case.name.startswith(code) for code in codes)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_good_film_is_planned_exactly_so(case, tmp_path, monkeypatch, pytestconfig):
    """A film without errors has this plan, to the letter."""
    compilation = compiled(case, tmp_path, monkeypatch)
    assert compilation.ok, compilation.diagnostics
    plan, _ = plan_film(compilation)
    update = pytestconfig.getoption("--update-golden")
    compare(case / "plan.txt", render_plan_text(plan, colour=False, width=100), update)


def test_every_finding_has_a_bad_example():
    """No code is without a case that brings it out."""
    shown = {
        finding["code"]
        for case in BAD
        for finding in json.loads((case / "expected.json").read_text())["findings"]
    }
    assert set(Code) - shown == set()


def test_every_error_has_a_place():
    """An error that a file causes says where, unless it is about the command line."""
    for case in BAD:
        for finding in json.loads((case / "expected.json").read_text())["findings"]:
            placed = finding["file"] is not None and finding["line"] is not None
            assert placed or (case / "options.json").exists(), (case.name, finding)
            assert finding["severity"] in set(Severity)
