"""The difference as people read it, programs, and a pull request that a stranger has opened."""

import json
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from storyboard.model.difference import Change, Difference, FieldChange, MaxIncrease, ShotChange
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Generate, Reuse, Why
from storyboard.model.source import Source, Span
from storyboard.report.cells import width_of
from storyboard.report.diff_github import render_diff_github
from storyboard.report.diff_json import render_diff_json
from storyboard.report.diff_markdown import LONGEST, render_diff_markdown
from storyboard.report.diff_text import render_diff_text

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas/diff.schema.json").read_text("utf-8"))
CENTS = 10_000


def usd(cents):
    return MicroUsd(cents * CENTS)


POUNCE = ShotChange(
    "pounce",
    "parlour",
    Change.CHANGED,
    remade=True,
    fields=(
        FieldChange("action", "The kitten pounces.", "The kitten leaps, and misses."),
        FieldChange("camera.move", None, "pan-left"),
        FieldChange("template text", None, None),
    ),
    prompt=("@@ -1,2 +1,2 @@", " Actions:", "-- The kitten pounces.", "+- The kitten leaps."),
    price_before=usd(80),
    price_after=usd(80),
    runs_before=Millis(7000),
    runs_after=Millis(6500),
    clips=1,
    cost=usd(80),
    step=Generate(Why.CHANGED, usd(80)),
)
SHOTS = (
    ShotChange("stalk", "parlour", Change.KEPT, price_after=usd(80), step=Reuse()),
    POUNCE,
    ShotChange("hug", "parlour", Change.KEPT, moved_from="kitchen", renamed_from="cuddle"),
    ShotChange("nap", "parlour", Change.KEPT, moved_from="parlour"),
    ShotChange("chase", "garden", Change.ADDED, clips=1, cost=usd(40), runs_after=Millis(4000)),
    ShotChange("bat", "garden", Change.ADDED, clips=1),
    ShotChange("gate", "garden", Change.REMOVED, price_before=usd(40)),
    ShotChange("lost", "", Change.REMOVED),
    ShotChange("locked", "attic", Change.CHANGED, remade=True),
)
DIFFERENCE = Difference(
    film="films/the-yarn.yaml",
    before="HEAD~1",
    after="the work tree",
    shots=SHOTS,
    fields=(FieldChange("title", "The Yarn", "The Thread"),),
    price_before=usd(360),
    price_after=usd(320),
    runtime_before=Millis(33_000),
    runtime_after=Millis(29_000),
    to_buy=usd(120),
    title="The Thread",
)
SAME = replace(
    DIFFERENCE,
    shots=SHOTS[:1],
    fields=(),
    price_after=usd(360),
    runtime_after=Millis(33_000),
    to_buy=usd(0),
)


def text(difference, *, prompts=True, width=100, colour=False):
    return render_diff_text(difference, prompts=prompts, colour=colour, width=width)


def test_a_difference_shows_each_changed_shot_with_its_fields_prompt_and_cost():
    """Under their scenes; what has not changed is counted."""
    assert text(DIFFERENCE) == (
        "films/the-yarn.yaml: HEAD~1 → the work tree\n"
        "\n"
        "the film\n"
        "  title  The Yarn → The Thread\n"
        "\n"
        "parlour\n"
        "  ~ pounce  changed: action, camera.move, template text  $0.80\n"
        "      action       The kitten pounces. → The kitten leaps, and misses.\n"
        "      camera.move  (none) → pan-left\n"
        "      prompt\n"
        "          Actions:\n"
        "        - - The kitten pounces.\n"
        "        + - The kitten leaps.\n"
        "  → hug     renamed from cuddle, moved from kitchen          -\n"
        "  → nap     moved                                            -\n"
        "\n"
        "garden\n"
        "  + chase   added                                        $0.40\n"
        "  + bat     added                                         free\n"
        "  - gate    removed                                          -\n"
        "\n"
        "in no scene of the film\n"
        "  - lost    removed                                          -\n"
        "\n"
        "attic\n"
        "  ~ locked  asks for another clip                            -\n"
        "\n"
        "shots   2 added, 2 removed, 2 changed, 2 moved, 1 renamed, 1 as it was\n"
        "cost    $3.60 → $3.20; the change makes 3 clips anew: $1.20\n"
        "to buy  $1.20 by a build now\n"
        "film    0:33 → 0:29 (4s shorter)\n"
    )


def test_of_a_film_that_nobody_has_bought_it_is_said_that_all_is_to_buy():
    """Else what is to buy beside a small change looks like a mistake."""
    new = Generate(Why.NEW, usd(80))
    shots = tuple(
        replace(shot, step=None if shot.change is Change.REMOVED else new)
        for shot in DIFFERENCE.shots
    )
    assert "by a build now: no clip of it is owned yet\n" in text(replace(DIFFERENCE, shots=shots))
    assert "owned yet" not in text(DIFFERENCE)


def test_without_changes_only_the_totals_are_shown():
    """Nothing to list, nothing to pay."""
    assert text(SAME) == (
        "films/the-yarn.yaml: HEAD~1 → the work tree\n"
        "\n"
        "shots   no shot has changed\n"
        "cost    $3.60, as before; the change makes no clip anew\n"
        "to buy  nothing\n"
        "film    0:33\n"
    )


def test_prompts_can_be_left_out():
    """The fields stay."""
    shown = text(DIFFERENCE, prompts=False)
    assert "Actions:" not in shown
    assert "pan-left" in shown


def test_a_change_that_many_shots_share_is_spelled_out_once():
    """Another look of the film is told at the first shot it changed, and named at each."""
    look = FieldChange("look", "warm", "cold")
    shots = tuple(replace(POUNCE, id=name, fields=(look,), prompt=()) for name in "abc")
    shown = text(replace(DIFFERENCE, shots=shots))
    assert shown.count("changed: look") == 3
    assert shown.count("warm → cold") == 1


def test_long_texts_stand_one_under_the_other_and_begin_near_where_they_differ():
    """What both begin with is left out but for a few words, and no line is too wide."""
    same = "a grey tabby kitten with dark stripes and a white chin " * 3
    long = FieldChange("action", f"{same}sits. {same * 9}", f"{same}leaps. {same * 9}")
    shown = text(replace(DIFFERENCE, shots=(replace(POUNCE, fields=(long,)),)), width=70)
    lines = shown.splitlines()
    at = lines.index("      action")
    assert lines[at + 1].startswith("        - …")
    assert "sits." in lines[at + 1]
    assert len([line for line in lines if line.startswith("          ")]) < 12
    assert all(width_of(line) <= 70 for line in lines)


def test_colour_says_what_became_of_a_shot():
    """Signs are painted, and without the paint the text is the same."""
    painted = text(DIFFERENCE, colour=True)
    assert "\x1b[32m" in painted
    assert "\x1b" not in text(DIFFERENCE)


def test_what_is_not_known_is_not_made_up():
    """Of a lock no running time is known, and a film without a plan has nothing to buy."""
    shown = text(replace(DIFFERENCE, runtime_before=None, to_buy=None))
    assert "film    0:29\n" in shown
    assert "to buy" not in shown
    assert "film    unknown\n" in text(replace(DIFFERENCE, runtime_after=None))


LIMITS = {
    "an amount that is kept": (MaxIncrease(usd(120)), "1.20", False),
    "an amount that is exceeded": (MaxIncrease(usd(119)), "1.19", True),
    "a share that is kept": (MaxIncrease(share=Fraction(1, 3)), "1.20", False),
    "a share that is exceeded": (MaxIncrease(share=Fraction(10, 100)), "0.36", True),
}


@pytest.mark.parametrize(("limit", "most", "exceeded"), LIMITS.values(), ids=LIMITS)
def test_the_json_is_in_its_published_shape(limit, most, exceeded):
    """Every shot of both versions, and how the cost of the change stands to a limit."""
    document = json.loads(render_diff_json(DIFFERENCE, limit))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["limit"] == {"most_usd": most, "exceeded": exceeded}
    assert [shot["id"] for shot in document["shots"]] == [shot.id for shot in SHOTS]
    assert document["totals"] == {
        "added": 2,
        "removed": 2,
        "changed": 2,
        "moved": 2,
        "renamed": 1,
        "same": 1,
        "clips": 3,
        "cost_usd": "1.20",
        "to_buy_usd": "1.20",
    }
    assert document["shots"][1]["prompt"] == list(POUNCE.prompt)


def test_the_json_of_no_change_has_no_limit():
    """Unless one was given."""
    document = json.loads(render_diff_json(SAME))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert (document["same"], document["limit"]) == (True, None)


def test_the_comment_has_a_mark_a_verdict_a_table_and_the_details():
    """A bot finds it again by its first line."""
    shown = render_diff_markdown(DIFFERENCE)
    lines = shown.splitlines()
    assert lines[:2] == ["<!-- storyboard diff: films/the-yarn.yaml -->", "### `The Thread`"]
    assert "| `~` | `pounce` |" in shown
    assert "| `+` | `chase` | `added` | \\$0.40 | 4s |" in lines
    assert "- `title`: `The Yarn` → `The Thread`" in lines
    assert "-- The kitten pounces.\n+- The kitten leaps.\n```\n\n</details>" in shown
    assert "stalk" not in shown
    assert "The kitten leaps." not in render_diff_markdown(DIFFERENCE, prompts=False)


def test_the_comment_says_when_nothing_changed_and_when_too_much_did():
    """The verdict comes first, and a limit is part of it."""
    assert "**No shot has changed.** Film: 0:33." in render_diff_markdown(SAME)
    assert "| shot |" not in render_diff_markdown(SAME)
    assert "over the limit of \\$1.00" in render_diff_markdown(DIFFERENCE, MaxIncrease(usd(100)))
    assert "over the limit" not in render_diff_markdown(DIFFERENCE, MaxIncrease(usd(200)))


def test_a_comment_that_would_be_too_long_is_cut_and_says_so():
    """Rows and details alike; GitHub refuses a comment of more than 65,536 characters."""
    many = tuple(replace(POUNCE, id=f"shot-{index}" * 9) for index in range(2_000))
    fields = tuple(FieldChange(f"metadata.{index}", "ä" * 400, None) for index in range(999))
    shown = render_diff_markdown(replace(DIFFERENCE, shots=many, fields=fields))
    assert len(shown.encode()) < LONGEST
    for what in ("fields", "shots", "shots in detail"):
        assert f" more {what}.\n" in shown
    vast = FieldChange("a", "y" * 99_999, None)
    one = replace(POUNCE, prompt=("+" + "ä" * 99_999,), fields=(vast,))
    shown = render_diff_markdown(replace(DIFFERENCE, shots=(one,)))
    assert "more" not in shown
    assert len(shown.encode()) < LONGEST
    assert "more" not in render_diff_markdown(DIFFERENCE)


HOSTILE = (
    "EVIL @everyone #1 https://evil.test www.evil.test a@evil.test "
    "<img src=x onerror=alert(1)> <script>alert(1)</script> --> <!-- [x](javascript:1) ![x](y) "
    "| a | b \\| c | **bold** `code` ``` ```` ~~~ $x$ :tada: </code></summary></details> &lt; "
    "\\` \n# EVIL\n\n- EVIL\n```\nEVIL\n````\n<b>EVIL</b>\r\nEVIL\x1b[31m\u202e"
)


class Outside(HTMLParser):
    """Collects what of a page stands outside code, and the tags that are in it."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags, self.cells, self._deep = "", [], [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._deep += tag == "code"
        self.cells += [tag] if tag == "td" else []

    def handle_endtag(self, tag):
        self._deep -= tag == "code"

    def handle_data(self, data):
        self.words += "" if self._deep else data


def page_of(markdown):
    return Outside(MarkdownIt("commonmark").enable("table").render(markdown))


def hostile(evil):
    """Put a text wherever a storyboard's own words can come to stand."""
    shot = replace(
        POUNCE,
        id=evil,
        scene=evil,
        renamed_from=evil,
        moved_from=evil + "x",
        fields=(FieldChange(evil, evil, evil),),
        prompt=(f"-{evil}", f"+{evil}", f" {evil}"),
    )
    return replace(
        DIFFERENCE,
        film=evil,
        before=evil,
        title=evil,
        shots=(shot,),
        fields=(FieldChange(evil, evil, None),),
    )


ALLOWED = {"h3", "p", "code", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
ALLOWED |= {"details", "summary", "pre"}


def test_nothing_of_a_storyboard_is_markup_in_the_comment():
    """No tag, no link, no mention and no second cell: all of it stands in code, to the end."""
    page = page_of(render_diff_markdown(hostile(HOSTILE)))
    assert set(page.tags) <= ALLOWED
    assert "EVIL" not in page.words
    assert "@" not in page.words
    assert len(page.cells) == 5


def test_the_look_outside_of_code_bites():
    """Control: the same words, not made harmless, are markup."""
    page = page_of(f"| a | b |\n|---|---|\n| {HOSTILE} | b |\n")
    assert not set(page.tags) <= ALLOWED
    assert "EVIL" in page.words


SIGNS = st.text(alphabet="`|\\<>-!@#*_~[]()&;\n \r\tEa\x00$:", max_size=30)


@given(SIGNS)
def test_no_text_gets_out_of_its_code(signs):
    """Whatever signs are put together, in whatever place."""
    evil = f"{signs}EVIL{signs}"
    shown = render_diff_markdown(hostile(evil))
    page = page_of(shown)
    assert set(page.tags) <= ALLOWED
    assert "EVIL" not in page.words
    assert len(page.cells) == 5
    assert page.tags.count("details") == 1
    assert "-->" not in shown.splitlines()[0][:-3]


def test_an_annotation_stands_beside_each_changed_shot():
    """A warning where it costs, an error over the limit; a removed shot has no line any more."""
    source = Source("film.yaml", "a\nbc\n")
    places = {"pounce": Span("film.yaml", 2, 3)}
    shown = render_diff_github(DIFFERENCE, places, {"film.yaml": source}, MaxIncrease(usd(1)))
    lines = shown.splitlines()
    assert lines[0] == (
        "::warning file=film.yaml,line=2,title=shot pounce"
        "::changed: action, camera.move, template text; costs $0.80"
    )
    assert "::notice file=films/the-yarn.yaml,title=shot gate::removed" in lines
    assert lines[-2].startswith("::notice file=films/the-yarn.yaml,title=the film::changed: title;")
    assert lines[-1].endswith("::the change costs $1.20, over the limit of $0.01")
    assert len(lines) == 10
    assert render_diff_github(SAME, {}, {}) == ""


def test_an_annotation_cannot_be_ended_by_what_is_in_it():
    """A line end or a colon of a stranger begins no command of the stranger's."""
    lines = render_diff_github(hostile("x\n::error::y,z:%0A"), {}, {}).splitlines()
    assert len(lines) == 2
    assert all(line.startswith(("::warning file=", "::notice file=")) for line in lines)


@given(st.text(max_size=20))
def test_a_terminal_is_not_hurt(evil):
    """No control of a storyboard's gets out, and lines are not too wide."""
    shown = text(hostile(evil), width=80)
    assert all(each.isprintable() or ord(each) > 127 for each in shown.replace("\n", ""))
    assert "\x1b" not in text(hostile("\x1b[31m\u202e"))
