"""`storyboard cut` makes a film of whatever is owned, says what is not, and harms nothing."""

import json
import os
import wave

import av
import numpy as np
import pytest
from PIL import Image

from fakes.command import answer, interrupted
from fakes.owned import colours, own
from fakes.rehearsal import KEY, MODEL, SPARE, write_film
from storyboard.adapters.ledger.lock import Holder, build_lock
from storyboard.adapters.media.probe import probe
from storyboard.model.errors import ExitCode

FPS = 12
SHOTS = ("s0", "s1")
BUILDER = Holder(1, "here", "storyboard build film.yaml", "2026-11-22T12:00:00Z")

pytestmark = pytest.mark.slow


@pytest.fixture
def film(tmp_path, monkeypatch):
    """A film of two shots of a second, in a project of its own; the test stands in it."""
    source = write_film(tmp_path / "project", shots=len(SHOTS))
    monkeypatch.chdir(source.parent)
    return source


def cut(*words, code=ExitCode.OK):
    ran = answer("cut", "film.yaml", *words)
    assert ran.code == code, ran.err
    return ran


def results(film):
    folder = film.parent / "build"
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def change(film, old, new):
    text = film.read_text()
    assert old in text
    film.write_text(text.replace(old, new))


def test_a_film_of_which_nothing_is_owned_is_its_animatic(film):
    """Every shot is its own still, in its own place, and each is named."""
    ran = cut()
    assert ran.out == "build/film.rough.mp4\n"
    assert colours(film.parent / "build/film.rough.mp4") == ["crimson"] * FPS + ["teal"] * FPS
    assert "not owned, shown as animatic: s0 (new), s1 (new)" in ran.err
    assert "24 frames; 0 of 2 shots owned, 2 stood in for; cut" in ran.err
    assert results(film) == ["film.rough.mp4"]


def test_what_is_owned_is_shown(film):
    """The clip in its place, and a stand-in beside it."""
    own(film, "s1")
    assert "not owned, shown as animatic: s0 (new)\n" in cut().err
    assert colours(film.parent / "build/film.rough.mp4") == ["crimson"] * FPS + ["white"] * FPS


def test_a_lock_that_cannot_be_read_is_no_lock_without_takes(film):
    """Nobody can say which takes were chosen, so nothing is cut in their place."""
    own(film, *SHOTS)
    (film.parent / "film.lock.yaml").write_text("lock: 1\nshots: [\n")
    assert "error[bad-lock]" in cut(code=ExitCode.INVALID_STORYBOARD).err
    assert results(film) == []


def test_a_complete_film_has_the_name_that_a_build_gives_it(film):
    """There are no stand-ins to speak of, and a build finds nothing left to do."""
    own(film, *SHOTS)
    ran = cut()
    assert ran.out == "build/film.mp4\n"
    assert "stood in" not in ran.err
    assert colours(film.parent / "build/film.mp4") == ["white"] * FPS * 2


def test_a_build_of_what_was_cut_has_nothing_to_do(film, monkeypatch):
    """It is the same film, so it is not cut again."""
    own(film, *SHOTS)
    cut()
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    ran = answer("build", "film.yaml")
    assert ran.code == ExitCode.OK, ran.err
    assert "nothing had changed" in ran.err


def test_a_second_cut_writes_nothing(film):
    """Until something changes: a clip that comes, or a word."""
    cut()
    made = (film.parent / "build/film.rough.mp4").stat()
    assert "nothing had changed" in cut().err
    assert (film.parent / "build/film.rough.mp4").stat() == made
    own(film, "s0")
    assert cut().err.endswith("; cut\n")
    change(film, "title: A rehearsal", "title: Another")
    assert cut().err.endswith("; cut\n")


def test_another_finish_is_another_cut(film):
    """The same file, asked for with another finish, is not taken for what is asked for."""
    cut("-o", "here.mp4", "--preset", "draft")
    assert probe("here.mp4").height == 360
    assert cut("-o", "here.mp4").err.endswith("; cut\n")
    assert probe("here.mp4").height == 480


def test_a_rough_cut_never_takes_the_place_of_a_complete_film(film):
    """A shot that has changed since is a stand-in, and the last good film stays as it is."""
    own(film, *SHOTS)
    cut()
    before = (film.parent / "build/film.mp4").read_bytes()
    change(film, "box number 1.", "box number one.")
    assert cut().out == "build/film.rough.mp4\n"
    assert (film.parent / "build/film.mp4").read_bytes() == before
    assert results(film) == ["film.mp4", "film.rough.mp4"]


def test_a_stand_in_is_as_long_as_the_clip_it_stands_for(film):
    """What is bought is longer than what is shown, and so is its animatic: nothing moves later."""
    card = film.parent / "cards" / "tiny-image-to-video.yaml"
    card.write_text(card.read_text().replace("lengths: [1]", "lengths: [2]"))
    rough = json.loads(cut("--json").out)
    lengths = {probe(str(path)).frames for path in film.parent.glob(".storyboard/animatic/??/*")}
    assert lengths == {2 * FPS}
    own(film, *SHOTS)
    assert json.loads(cut("--json").out)["frames"] == rough["frames"] == 2 * FPS


def test_slates_can_stand_in(film):
    """No still is shown then."""
    assert "shown as slate: s0 (new), s1 (new)" in cut("--missing", "slate").err
    slates = (film.parent / "build/film.rough.mp4").read_bytes()
    cut()
    assert (film.parent / "build/film.rough.mp4").read_bytes() != slates


def test_stand_ins_can_be_refused(film):
    """Exit code 4, the shots by name, and nothing is made."""
    own(film, "s0")
    ran = cut("--missing", "refuse", code=ExitCode.SHOTS_FAILED)
    assert "1 of 2 shots are not owned: s1 (new)" in ran.err
    assert results(film) == []
    assert not (film.parent / ".storyboard/animatic").exists()
    own(film, "s1")
    assert cut("--missing", "refuse").out == "build/film.mp4\n"


def test_a_damaged_clip_is_not_shown(film):
    """It counts as missing, and is said to be damaged."""
    own(film, *SHOTS)
    for clip in film.parent.glob(".storyboard/clips/??/*.mp4"):
        damaged = bytearray(clip.read_bytes())
        damaged[-1] ^= 1
        clip.write_bytes(damaged)
    assert "s0 (damaged), s1 (damaged)" in cut().err


def test_shots_that_are_free_are_no_stand_ins(film):
    """A film that asks for the animatic itself is complete without a key."""
    change(film, f"model: {MODEL}\nfallback: [{''}]", "model: animatic")
    ran = cut()
    assert (ran.out, "2 of 2 shots owned; cut" in ran.err) == ("build/film.mp4\n", True)


def test_a_program_is_told_what_stands_in(film):
    """Every shot says what it is shown as, and why."""
    own(film, "s0")
    told = json.loads(cut("--json").out)
    assert (told["path"], told["frames"], told["complete"]) == ("build/film.rough.mp4", 24, False)
    assert told["shots"] == [
        {"id": "s0", "shown_as": "clip", "take": None, "why": None},
        {"id": "s1", "shown_as": "animatic", "take": None, "why": "new"},
    ]


@pytest.mark.parametrize(
    ("words", "name", "size"),
    [
        (("--aspect", "9:16"), "film.9x16.rough.mp4", (480, 854)),
        (("--aspect", "1:1", "--fit", "contain"), "film.1x1.rough.mp4", (480, 480)),
        (("--preset", "draft"), "film.draft.rough.mp4", (640, 360)),
        (("--preset", "prores"), "film.prores.rough.mov", (854, 480)),
        (("--renderer", "moviepy"), "film.moviepy.rough.mp4", (854, 480)),
        (("--variant", "short"), "film.short.rough.mp4", (854, 480)),
    ],
)
def test_another_film_has_another_name(film, words, name, size):
    """What is said of it is what it is."""
    change(film, "defaults:", "variants: {short: {shots: {s1: {skip: true}}}}\ndefaults:")
    ran = cut(*words)
    facts = probe(str(film.parent / "build" / name))
    assert (ran.out, (facts.width, facts.height)) == (f"build/{name}\n", size)
    assert f"{size[0]}x{size[1]}" in ran.err


def test_a_named_output_is_written_there(film):
    """Whether or not it is complete, for that was asked for."""
    assert cut("-o", "here/it is.mp4").out == "here/it is.mp4\n"
    assert results(film) == []
    assert probe("here/it is.mp4").frames == 2 * FPS


@pytest.mark.usefixtures("film")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "film.mov"), "does not end in .mp4"),
        (("-o", "film.mp4", "--preset", "prores"), "does not end in .mov"),
        (("--aspect", "wide"), "no shape such as"),
        (("--aspect", "9:0"), "no shape such as"),
        (("--aspect", "100:1"), "no shape such as"),
        (("--burn", "timecode,logo"), "'logo' cannot be burnt in"),
        (("--renderer", "moviepy", "--preset", "draft"), "makes the web film alone"),
        (("--renderer", "moviepy", "--burn", "shot"), "makes the web film alone"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(words, said):
    """Exit code 2, and what would make sense."""
    assert said in cut(*words, code=ExitCode.USAGE).err


def test_a_storyboard_with_errors_is_not_cut(film):
    """Exit code 1, and its findings: on stderr, or as JSON."""
    change(film, "image: 1.png", "imaeg: 1.png")
    assert "unknown-key" in cut(code=ExitCode.INVALID_STORYBOARD).err
    (finding,) = json.loads(cut("--json", code=ExitCode.INVALID_STORYBOARD).out)["findings"]
    assert finding["code"] == "unknown-key"


def test_a_model_that_is_no_longer_sold_does_not_take_its_clips_along(film):
    """They are owned, so they are shown; what cannot be bought any more is stood in for."""
    own(film, "s0")
    for name in (MODEL, SPARE):
        card = film.parent / "cards" / f"{name.replace('/', '-')}.yaml"
        card.write_text(card.read_text().replace("status: active", "status: retired"))
    assert answer("check", "film.yaml").code == ExitCode.INVALID_STORYBOARD
    assert "1 of 2 shots owned" in cut().err


def test_a_model_that_nobody_knows_is_an_error(film):
    """Nobody can say which clips it made."""
    change(film, f"model: {MODEL}", "model: no/such-model")
    assert "unknown-model" in cut(code=ExitCode.INVALID_STORYBOARD).err


def test_a_cut_waits_for_no_build(film):
    """It only reads what is owned, so it may go on beside one; `clean` may not."""
    with build_lock(film.parent / ".storyboard/build.lock", BUILDER):
        cut()
        assert answer("clean", "film.yaml").code == ExitCode.LOCKED


@pytest.mark.parametrize("folder", ["conformed", "cuts/rendered"])
def test_a_cut_sweeps_up_what_a_killed_one_left_and_nothing_of_a_build(film, folder):
    """What is being made beside it stays."""
    at_work, left = (
        film.parent / ".storyboard" / folder / f"ab/.{number}-1.unfinished.abcd.mp4"
        for number in (1, 2)
    )
    at_work.parent.mkdir(parents=True)
    at_work.touch()
    left.touch()
    os.utime(left, (0, 0))
    cut()
    assert at_work.exists()
    assert not left.exists()


def test_cleaning_takes_rough_cuts_and_keeps_complete_films(film):
    """They can be made again for nothing, down to what was rendered for them."""
    cut("--preset", "draft")
    own(film, *SHOTS)
    cut()
    assert answer("clean", "film.yaml").code == ExitCode.OK
    assert results(film) == ["film.mp4"]
    assert not (film.parent / ".storyboard/cuts").exists()


def test_the_film_has_its_cards(film):
    """Before the first shot and after the last, and they are no shots that could be missing."""
    change(film, "defaults:", "title_card: {duration: 1s}\ncredits: [Ann Lee]\ndefaults:")
    told = json.loads(cut("--json").out)
    assert [shot["id"] for shot in told["shots"]] == list(SHOTS)
    shown = colours(film.parent / "build/film.rough.mp4")
    assert len(shown) == told["frames"] == (1 + 2 + 3) * FPS
    assert shown[FPS : 3 * FPS] == ["crimson"] * FPS + ["teal"] * FPS
    assert "nothing had changed" in cut().err
    change(film, "credits: [Ann Lee]", "credits: [Bo Kim]")
    assert cut().err.endswith("; cut\n")


def test_music_that_changes_is_another_film(film):
    """It has the same name as before, and other bytes."""
    change(film, "defaults:", "mix: {music: bed.wav}\ndefaults:")
    for level in (0, 1000):
        with wave.open("bed.wav", "wb") as bed:
            bed.setnchannels(1)
            bed.setsampwidth(2)
            bed.setframerate(48_000)
            bed.writeframes(level.to_bytes(2, "little") * 48_000)
        assert cut().err.endswith("; cut\n")
        assert "nothing had changed" in cut().err


def test_one_clip_is_shown_in_two_framings(film):
    """Two shots are of the same clip, and each keeps its own side of it in sight."""
    half = Image.new("RGB", (640, 360), "crimson")
    half.paste("teal", (320, 0, 640, 360))
    half.save("0.png")
    lines = film.read_text().splitlines()
    lines[-1] = lines[-2].replace("s0", "s1").replace("id:", "focus: right, id:")
    lines[-2] = lines[-2].replace("id:", "focus: left, id:")
    film.write_text("\n".join(lines))
    cut("--aspect", "9:16")
    shown = colours(film.parent / "build/film.9x16.rough.mp4")
    assert shown == ["crimson"] * FPS + ["teal"] * FPS
    cut("--aspect", "9:16", "--fit", "contain")
    whole = colours(film.parent / "build/film.9x16.rough.mp4")
    assert whole[:FPS] == whole[FPS:]


def test_what_is_burnt_in_is_in_the_picture_and_in_the_name(film):
    """A review copy has timecode and shot in it unasked, at its own size."""
    cut()
    cut("--burn", "timecode", "--burn", "shot")
    plain = corner(film.parent / "build/film.rough.mp4")
    marked = corner(film.parent / "build/film.timecode.shot.rough.mp4")
    assert np.abs(plain - marked).max() > 50
    cut("--preset", "review")
    assert np.ptp(corner(film.parent / "build/film.review.rough.mp4")) > 50 > np.ptp(plain)


def corner(path):
    """Return the brightness of the first picture's upper right corner."""
    with av.open(str(path)) as opened:
        picture = next(opened.decode(video=0)).to_ndarray(format="gray").astype(float)
    return picture[: picture.shape[0] // 6, picture.shape[1] // 2 :]


def test_a_cut_that_is_interrupted_leaves_no_half_film(film, own_home):
    """Exit code 130; the film that was there stays, and nothing lies beside it."""
    cut("--renderer", "moviepy")
    before = (film.parent / "build/film.moviepy.rough.mp4").read_bytes()
    change(film, "title: A rehearsal", "title: Another")
    words = ("cut", "film.yaml", "--renderer", "moviepy")
    ran = interrupted(*words, cwd=film.parent, home=own_home, once="cutting the film: 6 of")
    assert ran.code == ExitCode.INTERRUPTED, ran.err
    assert "interrupted" in ran.err
    assert (film.parent / "build/film.moviepy.rough.mp4").read_bytes() == before
    assert results(film) == ["film.moviepy.rough.mp4"]
