"""Guesses at what was meant: helpful when close, silent when not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.compiler.suggest import did_you_mean, first_few

KNOWN = ("scenes", "shots", "camera", "duration", "dialogue", "title", "cu", "ms", "push-in")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("scene", "scenes"),
        ("dailogue", "dialogue"),
        ("duraton", "duration"),
        ("durattion", "duration"),
        ("camrea", "camera"),
        ("Title", "title"),
        ("CU", "cu"),
        ("cuu", "cu"),
        ("push_in", "push-in"),
        ("push in", "push-in"),
        ("pushin", "push-in"),
    ],
)
def test_a_slip_is_forgiven(word, meant):
    """A letter wrong, missing, doubled or swapped, capitals and separators are seen through."""
    assert did_you_mean(word, KNOWN) == meant


@pytest.mark.parametrize(
    "word", ["", "x", "cc", "ws", "foo", "kitten", "shot-at-dawn", "a" * 1_000_000]
)
def test_nonsense_is_never_suggested(word):
    """What is not close to anything is met with silence."""
    assert did_you_mean(word, KNOWN) is None


def test_the_nearest_wins_and_the_first_among_equals():
    """The best guess is the closest word; ties go to the order given."""
    assert did_you_mean("pounced", ("pounded", "pounce", "bounced")) == "pounded"
    assert did_you_mean("pouncee", ("pounded", "pounce", "bounced")) == "pounce"


def test_a_word_is_not_its_own_correction():
    """A known word that is wrong here is not offered again."""
    assert did_you_mean("title", ("title",)) is None


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=8))
def test_a_guess_is_one_of_the_known_words(word, known):
    """Whatever is asked, the answer is None or a known word other than the one asked about."""
    assert did_you_mean(word, known) in {None, *known} - {word}


@given(st.text("abcdefgh", min_size=6, max_size=12), st.data())
def test_one_slip_in_a_long_word_is_always_forgiven(word, data):
    """Leaving out, doubling or swapping a letter of a long word finds the way back."""
    i = data.draw(st.integers(0, len(word) - 2))
    slips = [
        word[:i] + word[i + 1 :],
        word[:i] + word[i] + word[i:],
        word[:i] + word[i + 1] + word[i] + word[i + 2 :],
    ]
    assert {did_you_mean(slip, (word,)) for slip in slips if slip != word} == {word}


@pytest.mark.parametrize(
    ("names", "said"),
    [("", ""), ("a", "a"), ("abcde", "a, b, c, d, e"), ("abcdefg", "a, b, c, d, e and 2 more")],
)
def test_of_many_names_the_first_are_listed(names, said):
    """A message stays a line, however large the film; as many as are listed need no "more"."""
    assert first_few(names) == said
