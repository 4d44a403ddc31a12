"""A request as Python gives back exactly its inputs, and no text of a storyboard becomes code."""

import ast
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storyboard.model.money import MicroUsd
from storyboard.report.cells import harmless
from storyboard.report.code import Lang, Picture, ShotRequest, opening
from storyboard.report.code_curl import render_curl
from storyboard.report.code_js import render_js
from storyboard.report.code_json import render_code_json
from storyboard.report.code_python import render_python

RENDERERS = {Lang.CURL: render_curl, Lang.PYTHON: render_python, Lang.JS: render_js}
COMMENTS = {Lang.CURL: "#", Lang.PYTHON: "#", Lang.JS: "//"}
BREAKING = 'a\nimport os\r\u2028os.system(\'x\')\x85\x0c*/ """ ${x} `x` $(x) ; x & | > <!--'
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
INPUTS = st.dictionaries(TEXTS, VALUES, max_size=4)
STILL = Picture("image", file="/stills/a b.png", sha256="ab" * 32, format="png")


def request(inputs=None, *pictures, **changes):
    """A request for a shot, with changes."""
    parts = {
        "film": "film.yaml",
        "shot": "pounce",
        "model": "openai/sora-2/image-to-video",
        "price": MicroUsd(800_000),
        "base_url": "https://api.wavespeed.ai",
        "rehearsal": False,
        "inputs": {"duration": 8, "prompt": "A cat."} if inputs is None else inputs,
        "pictures": pictures,
    }
    return ShotRequest(**{**parts, **changes})


def constants(code):
    """Read what a program assigns at its top, where that is a literal."""
    found = {}
    for node in ast.parse(code.encode()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found


def shape(code):
    """Return a program's statements without any literal in them."""
    tree = ast.parse(code.encode())
    return [type(node).__name__ for node in tree.body]


def exact(value):
    """Tell 1 from 1.0 and from True, which are equal to Python."""
    return json.dumps(value, sort_keys=True)


@given(INPUTS)
@example({"prompt": 'one\ntwo """ \\ \' " \u2028 \x00 {x} %s\n'})
@example({"__proto__": {"__proto__": []}, "a": True, "b": None, "c": 1.0})
def test_python_reads_back_the_inputs_of_the_request(inputs):
    """Each value as it was, of its own type, whatever is in it."""
    assert exact(constants(render_python(request(inputs)))["INPUTS"]) == exact(inputs)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
@example(BREAKING, BREAKING, BREAKING, BREAKING)
@example("# coding: utf-7", "coding=utf-7 +AAo-import os", "+AAo-x", "x")
def test_no_name_becomes_python(film, shot, model, file):
    """The program has the statements that it has for an innocent shot, and the names as texts."""
    picture = Picture("image", file=file, sha256="0", format="png")
    code = render_python(request({}, picture, film=film, shot=shot, model=model))
    assert shape(code) == shape(render_python(request({}, STILL)))
    assert constants(code)["MODEL"] == model
    uploads = [
        node.args[0].value
        for node in ast.walk(ast.parse(code.encode()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "upload"
    ]
    assert uploads == [file]


def test_a_comment_that_were_not_made_harmless_would_become_code():
    """The control: with the text as it is, there are more statements; with utf-7 up front, too."""
    innocent = shape(render_python(request()))
    as_it_is = opening(request(film=BREAKING), "#", "", lambda text: text)
    assert "\nimport os\r" in as_it_is
    code = render_python(request(film="+AAo-import os"))
    assert shape(code) == innocent
    assert len(shape(f"# coding: utf-7\n{code}")) > len(innocent)


@pytest.mark.parametrize("lang", Lang)
@given(film=TEXTS, shot=TEXTS, model=TEXTS)
@example(film=BREAKING, shot=BREAKING, model=BREAKING)
def test_no_name_ends_a_comment(lang, film, shot, model):
    """The code is as many lines long as for an innocent shot, and opens with as many comments."""
    render, mark = RENDERERS[lang], COMMENTS[lang]
    lines = render(request(film=film, shot=shot, model=model)).splitlines()
    innocent = render(request()).splitlines()
    assert len(lines) == len(innocent)
    assert [line.startswith(mark) for line in lines] == [line.startswith(mark) for line in innocent]


@pytest.mark.parametrize("lang", Lang)
@given(st.text(), st.text())
def test_nothing_that_a_terminal_obeys_is_in_the_code(lang, name, prompt):
    """Whatever stands in a prompt or a name, each line is harmless, and can be written as UTF-8."""
    code = RENDERERS[lang](request({"prompt": prompt}, film=name, shot=name))
    code.encode()
    assert all(line == harmless(line) for line in code.split("\n"))


@given(TEXTS)
@example(BREAKING)
@example("$(id) `id` ; id & id | id > id ! * ~ [a] {a,b} 'a' \"a\"")
def test_a_shell_acts_on_nothing_in_a_comment(text):
    """Not even one that knows no comments: no sign that it acts on is left of a name."""
    code = render_curl(request(film=text, shot=text, model=text))
    _, _, _, *named, _ = code.splitlines()[:7]
    assert len(named) == 3
    assert all(re.fullmatch(r"# (film|shot|model): +[\w ./:@+,?-]*", line) for line in named)


@pytest.mark.parametrize(
    ("shot", "clip"),
    [
        ("pounce", "pounce.mp4"),
        ("parlour/pounce", "parlour-pounce.mp4"),
        ("../../.bashrc", "bashrc.mp4"),
        ("-rf", "rf.mp4"),
        ("$(id)", "id.mp4"),
        ("…", "clip.mp4"),
        ("a" * 500, "a" * 100 + ".mp4"),
    ],
)
def test_the_clips_file_has_a_safe_name(shot, clip):
    """Letters, digits and dashes of the shot's id, in the folder that the code is run in."""
    assert request(shot=shot).clip == clip


@pytest.mark.parametrize("lang", Lang)
def test_a_picture_that_two_inputs_share_is_handed_in_once(lang):
    """Both inputs get the one address; another picture has another."""
    both = (STILL, Picture("last_image", STILL.file, None, STILL.sha256, STILL.format))
    other = Picture("end_image", file="/stills/c.png", sha256="cd" * 32, format="png")
    code = RENDERERS[lang](request(None, *both, other))
    assert code.count(STILL.file) == code.count(other.file) == 1
    assert code.count("picture1") == 3
    assert code.count("picture2") == 2


@pytest.mark.parametrize("lang", Lang)
def test_the_code_says_what_it_costs_and_where_it_goes(lang):
    """The film, the shot, the model and the price at its head; a rehearsal is called one."""
    head = "\n".join(RENDERERS[lang](request()).splitlines()[:9])
    for words in ("film.yaml", "pounce", "sora-2", "costs $0.80 each time", "ledger", "not know"):
        assert words in head
    assert "rehearsal" not in head
    rehearsed = request(rehearsal=True, base_url="http://127.0.0.1:8787")
    assert "rehearsal at http://127.0.0.1:8787" in RENDERERS[lang](rehearsed)


def test_a_picture_on_the_web_is_not_handed_in():
    """Its address is an input like any other; programs are told of it all the same."""
    url = "https://example.com/a.png"
    sent = request({"image": url}, Picture("image", url=url))
    assert "upload" not in render_curl(sent) + render_python(sent) + render_js(sent)
    document = json.loads(render_code_json(sent, Lang.JS, "code"))
    assert document["pictures"] == [{"input": "image", "url": url}]
    assert (document["inputs"], document["code"]) == ({"image": url}, "code")
