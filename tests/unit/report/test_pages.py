"""The findings' pages: one for each code, complete, and true to the language."""

import json
import re
import textwrap
from pathlib import Path

import jsonschema
import pytest
import yaml

from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.app.resources import finding_pages, resource, resource_folder, resource_names
from storyboard.model.diagnostic import Code
from storyboard.report.pages import first_sentence

FENCE = re.compile(r"```(yaml|jinja|toml)\n(.*?)```", re.DOTALL)
SCHEMA = json.loads(resource("schemas", "storyboard.schema.json"))
FILM = set(SCHEMA["properties"])


def test_every_code_has_a_page_and_every_page_a_code():
    """The folder of pages and the list of codes are the same."""
    assert set(resource_names("findings")) == {f"{code}.md" for code in Code}


@pytest.mark.parametrize("code", Code)
def test_a_page_has_all_its_parts(code):
    """Title, a sentence that stands alone, the reason, wrong, right, and what to type."""
    page = resource("findings", f"{code}.md")
    lines = page.splitlines()
    assert lines[0] == f"# {code}"
    assert 10 <= len(lines) <= 25
    assert max(map(len, lines)) <= 100
    sentence = first_sentence(page)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    _, first, why, *rest = page.strip().split("\n\n")
    assert " ".join(first.split()) == sentence
    assert len(why) > len(sentence)
    assert [part for part in rest if part.endswith(":")] == ["Wrong:", "Right:"]
    wrong, right = FENCE.findall(page)
    assert wrong[0] == right[0]
    assert wrong[1] != right[1]
    assert "`storyboard " in rest[-1] or "`ls " in rest[-1] or "`iconv " in rest[-1]


EXAMPLES = {
    code: (found[0][1], found[1][1])
    for code, page in finding_pages().items()
    if (found := FENCE.findall(page))
    and found[0][0] == "yaml"
    and not any(other in found[0][1] for other in ("# cards/", "# film.lock.yaml"))
}
ELSEWHERE = {
    Code.UNREADABLE_FILE, Code.FILE_TOO_LARGE, Code.NOT_TEXT, Code.INCLUDE_CYCLE,
    Code.IMAGE_MISSING, Code.IMAGE_UNREADABLE, Code.IMAGE_RATIO, Code.IMAGE_SIZE,
    Code.SOUND_MISSING, Code.SOUND_UNREADABLE,
    Code.UNKNOWN_VARIANT, Code.RETIRED_MODEL,
    Code.TOO_DEEP, Code.TOO_MANY_ALIASES, Code.PROMPT_TOO_LONG,
}  # fmt: skip
"""Codes whose examples need files, options or cards beside them, or more lines than a page has."""

ONLY_FREE = {Code.NOT_YET}
"""Codes that are found only of what is made on this machine."""


def whole(part: str) -> str:
    """Put an example into the smallest film it can stand in."""
    keys = set(re.findall(r"^([a-z_]+):", part, re.MULTILINE))
    if keys <= FILM and "id" not in keys:
        head = "storyboard: 1\n" if "title" in keys else "storyboard: 1\ntitle: The Yarn\n"
        return head + part + ("" if keys & {"scenes", "shots"} else "shots: [{id: pounce}]\n")
    shot = part if "id" in keys else f"id: pounce\n{part}"
    return f"storyboard: 1\ntitle: The Yarn\nshots:\n  -\n{textwrap.indent(shot, '    ')}"


@pytest.mark.parametrize(("code", "right"), [(code, each[1]) for code, each in EXAMPLES.items()])
def test_a_mended_example_is_valid(code, right):
    """What a page says is right is valid by the schema, once it stands in a film."""
    jsonschema.validate(yaml.safe_load(whole(right)), SCHEMA)


@pytest.mark.parametrize("code", [code for code in EXAMPLES if code not in ELSEWHERE])
def test_the_bad_example_has_the_finding_and_the_mended_one_has_not(code, tmp_path, monkeypatch):
    """What a page says of its examples is what the compiler says of them."""
    monkeypatch.chdir(tmp_path)
    found = []
    for example in EXAMPLES[code]:
        Path("film.yaml").write_text(whole(example), "utf-8")
        compilation = compile_film_at("film.yaml", FilmOptions(cache=False, free=code in ONLY_FREE))
        found.append(code in {each.code for each in compilation.diagnostics})
    assert found == [True, False]


def test_texts_are_found_in_the_checkout_and_cards_in_the_package():
    """Each kind of text has its folder."""
    assert resource_folder("findings").parts[-2:] == ("docs", "findings")
    assert resource_folder("schemas").name == "schemas"
    assert resource_folder("cards").parts[-2:] == ("storyboard", "cards")
    assert resource_names("nothing-of-the-kind") == ()


def test_a_page_without_text_has_no_first_sentence():
    """Titles are not sentences, and a sentence may run over lines."""
    assert first_sentence("# title\n") == ""
    assert first_sentence("# t\n\nOne is\nhere. Two.") == "One is here."
