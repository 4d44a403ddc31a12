"""Model cards: the built-in ones hold, and a wrong one is shown where it is wrong."""
# ruff: noqa: E501  the table of faults reads best with one fault a line

import json
from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.compiler.cards import parse_card
from storyboard.compiler.request import SOURCES
from storyboard.compiler.syntax.parser import parse
from storyboard.model.card import AnyLength, ListedLengths, PriceRow, length_to_buy, price
from storyboard.model.diagnostic import Code
from storyboard.model.source import Source

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "schemas" / "card.schema.json").read_text("utf-8"))
BUILT_IN = sorted((ROOT / "src" / "storyboard" / "cards").glob("*.yaml"))
ORDERED = {"prompt", "image", "end_image", "duration"}

CARD = """\
id: example/clip
title: Clip
provider: wavespeed
status: active
lengths: [8, 4]
inputs: [{name: prompt, type: string, source: prompt, required: true}]
prices: [{per_second: "0.10"}]
source: https://example.com
checked: "2026-11-22"
"""


def card_of(text, origin="a test"):
    """Parse a card's text."""
    tree = parse(Source("card.yaml", text))
    assert tree.value is not None
    assert tree.diagnostics == ()
    return parse_card(tree.value, SCHEMA, origin)


def built_in():
    """Return the built-in cards by id."""
    cards = [card_of(path.read_text("utf-8"), "built in").value for path in BUILT_IN]
    return {card.id: card for card in cards}


class TestBuiltIn:
    """The cards that ship with the program."""

    @pytest.mark.parametrize("path", BUILT_IN, ids=lambda path: path.stem)
    def test_stands_on_a_source(self, path):
        """Every built-in card is valid and says where it is from and when it was checked."""
        outcome = card_of(path.read_text("utf-8"), "built in")
        assert outcome.diagnostics == ()
        assert outcome.value.source
        assert outcome.value.checked >= "2026-11-22"
        assert outcome.value.origin == "built in"

    @pytest.mark.parametrize("path", BUILT_IN, ids=lambda path: path.stem)
    def test_is_explained_in_an_editor(self, path):
        """Every built-in card carries the editor's schema line, and the line leads to the schema."""
        line = path.read_text("utf-8").splitlines()[0]
        relative = line.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / relative).resolve() == ROOT / "schemas" / "card.schema.json"

    def test_which_there_are(self):
        """The five models of the first version have cards, and alternatives lead to cards."""
        cards = built_in()
        assert set(cards) == {
            "animatic",
            "bytedance/seedance-2.0-fast/image-to-video",
            "bytedance/seedance-2.0/image-to-video",
            "openai/sora-2/image-to-video",
            "openai/sora-2/image-to-video-pro",
        }
        for card in cards.values():
            assert set(card.alternatives) <= set(cards)

    def test_every_input_can_be_filled(self):
        """Every `source` of a card is a field that an order reads, and the schema lists them all."""
        listed = set(SCHEMA["$defs"]["input"]["properties"]["source"]["enum"])
        assert listed == ORDERED | set(SOURCES)

    @pytest.mark.parametrize(
        ("model", "seconds", "inputs", "dollars"),
        [
            ("openai/sora-2/image-to-video", 8, {}, "0.80"),
            ("openai/sora-2/image-to-video-pro", 4, {"resolution": "720p"}, "1.20"),
            ("openai/sora-2/image-to-video-pro", 20, {"resolution": "1080p"}, "10.00"),
            ("bytedance/seedance-2.0/image-to-video", 5, {"resolution": "720p"}, "1.20"),
            ("bytedance/seedance-2.0-fast/image-to-video", 5, {"resolution": "720p"}, "0.80"),
            ("animatic", 60, {}, "0"),
        ],
    )
    def test_price(self, model, seconds, inputs, dollars):
        """A clip costs what the documentation says."""
        cost = price(built_in()[model], seconds * 1000, inputs)
        assert Fraction(cost, 1_000_000) == Fraction(dollars)

    def test_an_unknown_price_is_none(self):
        """Where no source gives a price there is none, rather than a guess."""
        fast = built_in()["bytedance/seedance-2.0-fast/image-to-video"]
        assert price(fast, 5000, {"resolution": "1080p"}) is None
        assert "unconfirmed" in fast.notice

    @pytest.mark.parametrize(
        ("model", "wanted", "bought"),
        [
            ("openai/sora-2/image-to-video", 8000, 8000),
            ("openai/sora-2/image-to-video", 8001, 12000),
            ("openai/sora-2/image-to-video", 20001, None),
            ("bytedance/seedance-2.0/image-to-video", 1000, 4000),
            ("bytedance/seedance-2.0/image-to-video", 14500, 15000),
            ("animatic", 42, 42),
            ("animatic", 1_200_001, None),
        ],
    )
    def test_length(self, model, wanted, bought):
        """What is bought is the shortest length that covers the wanted one."""
        assert length_to_buy(built_in()[model], wanted) == bought

    def test_sora_warns(self):
        """Both Sora cards are unstable, say why, and offer Seedance first."""
        for name, card in built_in().items():
            if name.startswith("openai/"):
                assert card.status == "unstable"
                assert "2026-09-24" in card.notice
                assert card.alternatives[0] == "bytedance/seedance-2.0/image-to-video"

    def test_the_animatic_is_free_and_takes_what_it_draws(self):
        """The animatic costs nothing, and its inputs are exactly what it draws and sounds."""
        card = built_in()["animatic"]
        assert card.free
        assert card.lengths == AnyLength(40, 1_200_000)
        assert [each.name for each in card.inputs] == [
            "image", "action", "move", "speed", "support", "dialogue", "ambience", "effects",
            "music", "width", "height", "fps", "label", "burn_in",
        ]  # fmt: skip


class TestParsing:
    """What the fields of a card become."""

    def test_a_small_card(self):
        """What a card leaves out has a plain default; lengths are put in order."""
        card = card_of(CARD).value
        assert card.lengths == ListedLengths((4000, 8000))
        assert card.prices == (PriceRow(100_000),)
        assert (card.sound, card.prompt_limit, card.typical_latency) == (True, None, None)
        assert card.origin == "a test"

    def test_a_full_card(self):
        """Every field arrives in its own type."""
        card = card_of(
            CARD
            + "image: {formats: [png], smallest_side: 300, largest_bytes: 9, narrowest: 0.4, widest: 2.5}\n"
            + "prompt_limit: 2000\nsizes: [1280x720]\nfps: [24, 30000/1001]\nsound: false\n"
            + "typical_latency: {seconds: 1.5, source: measured}\nnotice: slow\n"
        ).value
        assert (card.image.formats, card.image.smallest_side) == (("png",), 300)
        assert (card.image.narrowest, card.image.widest) == (0.4, 2.5)
        assert (card.prompt_limit, card.sizes) == (2000, ((1280, 720),))
        assert card.fps == ("24", "30000/1001")
        assert (card.sound, card.typical_latency, card.notice) == (False, 1500, "slow")

    @pytest.mark.parametrize(
        ("lengths", "expected"),
        [
            ("{from: 4, to: 6, step: 1}", ListedLengths((4000, 5000, 6000))),
            ("{from: 0.5, to: 2, step: 0.5}", ListedLengths((500, 1000, 1500, 2000))),
            ("{from: 0.5, to: 30}", AnyLength(500, 30_000)),
        ],
    )
    def test_lengths(self, lengths, expected):
        """A range with a step is a list, one without is any length."""
        assert card_of(CARD.replace("[8, 4]", lengths)).value.lengths == expected

    @pytest.mark.parametrize("amount", ["0.1", "0.10", '"0.1"', '"0.100000"'])
    def test_a_price_is_exact(self, amount):
        """However a price is spelled, it is the same number of micro-dollars."""
        assert card_of(CARD.replace('"0.10"', amount)).value.prices == (PriceRow(100_000),)


class TestFaults:
    """What is wrong with a card is a finding on the guilty place."""

    @pytest.mark.parametrize(
        ("right", "wrong", "place", "message"),
        [
            ("title:", "titel:", "titel", "a model card has no field `titel`"),
            ("[8, 4]", "[8, four]", "four", "an item of `lengths` must be a number of seconds, not the text `four`"),
            ("[8, 4]", "{from: 9, to: 4}", "4", "the longest length is shorter than the shortest"),
            ("[8, 4]", "{from: 1, to: 80000, step: 0.001}", "0.001", "the step makes more lengths than anybody sells"),
            ('"0.10"}', '"0.10", when: {size: 720p}}', "size", "a price depends on `size`, which is no input of the model"),
            ('"0.10"', '"10 cents"', '"10 cents"', '`per_second` must be US dollars a second, such as "0.10", not `10 cents`'),
            ("active", "activ", "activ", "`status` must be a status, not `activ`"),
            ('"2026-11-22"', '"last week"', '"last week"', '`checked` must be a date in quotes, such as "2026-11-22", not `last week`'),
        ],
    )  # fmt: skip
    def test_place(self, right, wrong, place, message):
        """A fault of the schema's kind or of ours is a bad-card finding with its place."""
        text = CARD.replace(right, wrong)
        outcome = card_of(text)
        assert outcome.value is None
        (finding,) = outcome.diagnostics
        assert (finding.code, finding.message) == (Code.BAD_CARD, message)
        assert text[finding.span.start : finding.span.end] == place

    def test_all_at_once(self):
        """Every fault of a card is shown in one go, in order."""
        outcome = card_of("status: gone\nlengths: []\n")
        places = [each.span.start for each in outcome.diagnostics]
        assert len(places) > 5
        assert places == sorted(places)
        assert {each.code for each in outcome.diagnostics} == {Code.BAD_CARD}
