"""Subtitle files say to other people's readers what the timeline says, whatever the words are."""

import io
from datetime import timedelta
from itertools import pairwise

import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from storyboard.cutting.legible import labelled, legible, speaker_label
from storyboard.cutting.subtitles import srt_text, vtt_text
from storyboard.model.money import Millis
from storyboard.model.timeline import Caption

LONG = (
    "Who would have thought that the yarn, the very yarn I hid last winter behind the clock, "
    "would come rolling back to me with such a thing wound into it?"
)
HAN = "彼女は言った。「猫が毛糸を持って行った、それはとても長い冬の話です。」そして静かに笑った。"
HOSTILE = (
    "a --> b",
    "00:00:01,000 --> 00:00:02,000",
    "first\n\n2\n00:00:01,000 --> 00:00:02,000\nsecond",
    "<b>bold</b> & <script>alert(1)</script>",
    "</v><v Somebody>else",
    "{\\an8}at the top",
    "null \x00 bell \x07 escape \x1b[0m",
    "half a character \ud800",
    "separators \u2028 and \u2029 and \x85 and \x0b",
    "\ufeffmark",
    "WEBVTT\n\nNOTE hidden",
    "-->",
    "1 < 2 > 0 &amp; so",
)


def caption(start, end, text, speaker=None, delivery="on-screen"):
    return Caption(Millis(start), Millis(end), text, "a", speaker, delivery)


def read_srt(text):
    return list(srt.parse(text))


def read_vtt(text):
    return list(webvtt.from_buffer(io.StringIO(text)))


def millis(stamp):
    hours, minutes, seconds = stamp.split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


def test_srt_is_read_again_event_by_event():
    """Times to the millisecond, numbers from one, words as they are written."""
    captions = caption(1000, 3501, "Mrow!"), caption(3_723_004, 3_725_000, "Two\nlines")
    first, second = read_srt(srt_text(captions))
    assert (first.index, first.start, first.end) == (
        1,
        timedelta(seconds=1),
        timedelta(seconds=3, milliseconds=501),
    )
    assert (first.content, second.content) == ("Mrow!", "Two\nlines")
    assert second.start == timedelta(hours=1, minutes=2, seconds=3, milliseconds=4)


def test_vtt_is_read_again_event_by_event():
    """Times to the millisecond, each in its speaker's voice."""
    captions = caption(1000, 3501, "Mrow!", "Mia"), caption(3_723_004, 3_725_000, "Two\nlines")
    first, second = read_vtt(vtt_text(captions, "The Yarn"))
    assert (millis(first.start), millis(first.end)) == (1000, 3501)
    assert (first.voice, first.text) == ("Mia", "Mrow!")
    assert (millis(second.start), second.voice, second.text) == (3_723_004, None, "Two\nlines")


def test_nothing_said_is_an_empty_file():
    """A file without captions is still one of its kind."""
    assert srt_text(()) == ""
    assert read_vtt(vtt_text(())) == []
    assert vtt_text(()) == "WEBVTT\n"


def test_the_title_stands_in_the_head_of_vtt_and_cannot_leave_it():
    """Neither an arrow nor a line of its own starts a cue."""
    text = vtt_text((caption(0, 9, "Mrow!"),), "The\n\n00:00.000 --> 00:01.000\nYarn")
    assert text.splitlines()[0] == "WEBVTT The 00:00.000 → 00:01.000 Yarn"
    assert [each.text for each in read_vtt(text)] == ["Mrow!"]


def test_srt_names_who_speaks_where_it_changes():
    """Not again for the same speaker; somebody unseen always, with the mark."""
    captions = (
        caption(0, 1000, "One.", "Mia"),
        caption(1000, 2000, "Two.", "Mia"),
        caption(2000, 3000, "Three.", "Bo", "v.o."),
        caption(3000, 4000, "Four.", "Bo", "v.o."),
        caption(4000, 5000, "Five.", None, "o.s."),
        caption(5000, 6000, "Six."),
        caption(6000, 7000, "Seven.", "Mia"),
    )
    assert [each.content for each in read_srt(srt_text(captions))] == [
        "MIA: One.",
        "Two.",
        "BO (V.O.): Three.",
        "BO (V.O.): Four.",
        "(O.S.) Five.",
        "Six.",
        "MIA: Seven.",
    ]


def test_vtt_marks_who_is_not_in_the_picture():
    """The name is the voice's; the mark is read."""
    (cue,) = read_vtt(vtt_text((caption(0, 1000, "Mrow!", "Mia", "v.o."),)))
    assert (cue.voice, cue.text) == ("Mia", "(V.O.) Mrow!")


@pytest.mark.parametrize(
    ("speaker", "delivery", "label"),
    [
        ("Mia", "on-screen", "MIA"),
        ("Mia Grey", "o.c.", "MIA GREY (O.C.)"),
        ("Mia\nGrey\x00", "pre-lap", "MIA GREY (PRE-LAP)"),
        (None, "V.O.", "(V.O.)"),
        (None, "on-screen", ""),
    ],
)
def test_a_speaker_is_labelled_as_in_a_script(speaker, delivery, label):
    """The name in capitals, then where the voice comes from."""
    assert speaker_label(speaker, delivery) == label


def test_a_long_line_is_broken_in_two_about_the_middle():
    """At a space, and neither line wider than 42 characters."""
    (told,) = legible((caption(0, 1000, LONG[:70].strip()),))
    first, second = told.text.split("\n")
    assert max(len(first), len(second)) <= 42
    assert abs(len(first) - len(second)) < 12


def test_a_longer_text_is_told_in_several_captions_in_proportion():
    """Each has its share of the time; together they say all of it, one after the other."""
    told = legible((caption(1000, 9000, LONG, "Mia"),))
    assert " ".join(each.text.replace("\n", " ") for each in told) == LONG
    assert (told[0].start, told[-1].end) == (1000, 9000)
    assert all(before.end == after.start for before, after in pairwise(told))
    assert {each.speaker for each in told} == {"Mia"}
    rates = [len(each.text) / (each.end - each.start) for each in told]
    assert max(rates) / min(rates) < 1.01


def test_wide_scripts_have_shorter_lines_and_closing_signs_stay_with_their_words():
    """Sixteen characters a line, broken anywhere but before a comma."""
    told = legible((caption(0, 9000, HAN),))
    lines = [line for each in told for line in each.text.split("\n")]
    assert "".join(lines) == HAN
    assert max(map(len, lines)) <= 16
    assert not any(line[0] in "、。」" for line in lines)


def test_a_word_wider_than_a_line_is_cut_but_no_mark_from_its_letter():
    """Accents written as marks of their own stay where they belong."""
    told = legible((caption(0, 9000, "e\u0301" * 100),))
    lines = [line for each in told for line in each.text.split("\n")]
    assert "".join(lines) == "e\u0301" * 100
    assert all(line.startswith("e") for line in lines)
    assert max(map(len, lines)) <= 2 * 42


def test_own_line_breaks_stand_where_they_fit():
    """Two speakers' dashes in one caption are kept; three lines are set anew."""
    kept, anew = legible((caption(0, 9, "- Mrow?\n- No."), caption(9, 20, "a\nb\nc")))
    assert (kept.text, anew.text) == ("- Mrow?\n- No.", "a b c")


def test_what_is_legible_stays_as_it_is():
    """Broken once, a text is not broken again."""
    once = legible((caption(0, 9000, LONG), caption(9000, 18_000, HAN)))
    assert legible(once) == once


def test_nothing_to_read_is_no_caption():
    """Control characters alone get neither a time nor a speaker's name."""
    assert srt_text((caption(0, 1000, "\x00\n\t ", "Mia"),)) == ""
    assert list(labelled((caption(0, 1000, " ", "Mia"),))) == []


def test_a_caption_too_short_to_share_loses_what_has_no_time():
    """No caption of a file lasts nothing."""
    assert len(legible((caption(0, 1, LONG),))) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_passes_for_another_caption(text):
    """Between two others a hostile text is one caption, and both neighbours stand."""
    captions = caption(0, 1000, "Before."), caption(1000, 2000, text), caption(2000, 3000, "After.")
    subtitles, cues = read_srt(srt_text(captions)), read_vtt(vtt_text(captions))
    assert [each.content for each in subtitles][::2] == ["Before.", "After."]
    assert [each.text for each in cues][::2] == ["Before.", "After."]
    assert subtitles[1].start == timedelta(seconds=1)
    assert millis(cues[1].end) == 2000
    srt_text(captions).encode()
    vtt_text(captions).encode()


@pytest.mark.parametrize("text", ["first\n\n2\n00:00:01,000 --> 00:00:02,000\nsecond"])
def test_the_readers_would_be_taken_in(text):
    """Control: written as it stands, the hostile text is two captions."""
    assert len(read_srt(f"1\n00:00:00,000 --> 00:00:01,000\n{text}\n")) == 2


def test_tags_are_shown_not_obeyed():
    """VTT has escapes for them; in SRT signs that look alike stand for them."""
    captions = (caption(0, 1000, "<b>1</b> < 2 & {\\an8}3"),)
    assert "\u2039b>1\u2039/b> < 2 & (\\an8}3" in srt_text(captions)
    assert "&lt;b&gt;1&lt;/b&gt; &lt; 2 &amp; {\\an8}3" in vtt_text(captions)


def test_a_name_stays_inside_its_voice_tag():
    """Neither a bracket nor a line break in it ends the tag."""
    text = vtt_text((caption(0, 1000, "Mrow!", "Mia>\n\n<b"),))
    assert "<v Mia&gt; &lt;b>Mrow!" in text


@given(st.lists(st.tuples(st.text(max_size=200), st.none() | st.text(max_size=20)), max_size=4))
def test_any_words_are_read_again_in_their_times(said):
    """Whatever is said by whomever, both readers find the captions that were meant."""
    captions = tuple(
        caption(number * 5000, number * 5000 + 4000, text, speaker)
        for number, (text, speaker) in enumerate(said)
    )
    told = legible(labelled(captions))
    found = read_srt(srt_text(captions))
    assert [each.start // timedelta(milliseconds=1) for each in found] == [
        each.start for each in told
    ]
    assert len(read_vtt(vtt_text(captions))) == len(legible(captions))
    assert all(len(each.text.split("\n")) <= 2 for each in told)
