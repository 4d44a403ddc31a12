"""`storyboard export` writes the cut for other programs, from whatever is owned, for nothing."""

import csv
import json
import wave
from pathlib import Path
from urllib.parse import unquote, urlsplit

import opentimelineio as otio
import pytest
import srt
import webvtt
from PIL import Image

from fakes.command import answer
from fakes.owned import own
from storyboard.adapters.interchange.otio_reading import read_otio
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.clock import SystemClock
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.app.plan import clip_store, plan_film
from storyboard.model import job
from storyboard.model.attempt import Caps, Order
from storyboard.model.errors import ExitCode
from storyboard.model.money import MicroUsd

FILM = """\
storyboard: 1
title: A "cat" & more
format: {aspect: "16:9", resolution: 480p, fps: 24}
model: bytedance/seedance-2.0/image-to-video
language: en
title_card: {title: A cat, duration: 1s}
characters: {mia: {name: Mia, description: a cat}}
mix: {music: bed.wav}
shots:
  - id: a
    image: a.png
    action: Mia sits.
    duration: 4s
    dialogue: [{character: mia, line: Mrow}]
    mix: {tracks: [{file: hit.wav, at: 1s}]}
  - {id: b, image: a.png, action: Mia sleeps., duration: 4s, trim: {in: 0.5s, out: 3.5s}}
"""


@pytest.fixture
def film(tmp_path, monkeypatch):
    """A film of two shots with music and a title, in a project; the test stands in it."""
    folder = tmp_path / "my project"
    folder.mkdir()
    Image.new("RGB", (854, 480), "teal").save(folder / "a.png")
    for name, seconds in (("bed.wav", 1), ("hit.wav", 0.5)):
        with wave.open(str(folder / name), "wb") as sound:
            sound.setparams((1, 2, 48_000, 0, "NONE", ""))
            sound.writeframes(b"\1\2" * round(48_000 * seconds))
    (folder / "film.yaml").write_text(FILM)
    (folder / "storyboard.toml").touch()
    monkeypatch.chdir(folder)
    return folder / "film.yaml"


def export(*words, code=ExitCode.OK):
    ran = answer("export", "film.yaml", *words)
    assert ran.code == code, ran.err
    return ran


def order(film, shot):
    """Write into the ledger that a shot's clip was bought."""
    plan, _ = plan_film(compile_film_at(str(film), FilmOptions()))
    (planned,) = [each for each in plan.shots if each.id == shot]
    made = Order(planned.key, shot, "film.yaml", planned.model, MicroUsd(960_000), "{}")
    with SqliteLedger(film.parent / ".storyboard/ledger.db", SystemClock().now, "a test") as books:
        attempt = books.reserve(made, Caps())
        for event in (job.Sent("p-77"), job.Finished(), job.Saved("aa")):
            books.record(attempt.id, event)


@pytest.mark.usefixtures("film")
def test_every_format_is_written_beside_the_film():
    """All at once, each path on a line of its own; what is missing is told on stderr."""
    forms = ("otio", "fcpxml", "edl", "srt", "vtt", "csv", "md")
    ran = export(*(word for form in forms for word in ("--format", form)))
    assert ran.out.splitlines() == [f"build/film.{form}" for form in forms]
    assert "2 shots have no clip yet and only a place: a, b" in ran.err
    for line in ran.out.splitlines():
        assert Path(line).stat().st_size > 0
    assert not Path(".storyboard").exists()


def test_a_shot_may_be_called_as_a_card_is(film):
    """Then the card has a name of its own, and neither is taken for the other."""
    film.write_text(FILM.replace("- id: a\n", "- id: title\n"))
    export("--format", "otio", "--format", "edl", "--format", "fcpxml")
    timeline, _ = read_otio(Path("build/film.otio").read_text("utf-8"))
    assert [(each.shot, each.scene != "") for each in timeline.events] == [
        ("title card", False),
        ("title", True),
        ("b", True),
    ]
    first, *_ = [line for line in Path("build/film.edl").read_text().splitlines() if "C   " in line]
    assert first.split()[1] == "BL"


@pytest.mark.usefixtures("film")
def test_the_words_can_be_read_by_others():
    """Both subtitle files hold the line that is said, where it is said."""
    export("-o", "words.srt", "-o", "words.vtt")
    (caption,) = srt.parse(Path("words.srt").read_text("utf-8"))
    (cue,) = webvtt.read("words.vtt")
    assert ("Mrow" in caption.content, "Mrow" in cue.text) == (True, True)
    assert srt.timedelta_to_srt_timestamp(caption.start).replace(",", ".") == cue.start


@pytest.mark.slow
def test_editors_find_the_clips_that_are_owned(film):
    """The file's URL leads to the clip; who bought what, and how, stands beside it."""
    own(film, "a")
    order(film, "a")
    ran = export("-o", "cut/film.otio", "-o", "film.edl", "-o", "film.fcpxml")
    assert "1 shot has no clip yet and only a place: b" in ran.err
    timeline, media = read_otio(Path("cut/film.otio").read_text("utf-8"))
    assert [each.shot for each in timeline.events] == ["title", "a", "b"]
    clip = Path(unquote(urlsplit(media["a"].url).path))
    assert clip.is_file()
    facts = dict(media["a"].facts)
    assert facts["sha256"] == clip.stem
    assert (facts["prediction"], facts["take"], facts["status"]) == ("p-77", "1", "owned")
    assert (facts["paid_usd"], media["a"].size, media["a"].fps) == ("0.96", (854, 480), 24)
    assert "Mia sits." in facts["prompt"]
    assert (media["b"].url, dict(media["b"].facts)["status"]) == (None, "to buy")
    assert f"* SOURCE FILE: {clip}" in Path("film.edl").read_text("utf-8")
    assert media["a"].url in Path("film.fcpxml").read_text("utf-8")


@pytest.mark.usefixtures("film")
def test_laid_sounds_are_measured_where_they_play_to_their_end():
    """The effect has its own length; music lasts as long as the film says."""
    export("--format", "otio")
    _, media = read_otio(Path("build/film.otio").read_text("utf-8"))
    assert dict(media["hit.wav"].facts) == {"milliseconds": "500"}
    assert media["bed.wav"].facts == ()
    written = otio.adapters.read_from_file("build/film.otio")
    assert [track.name for track in written.tracks] == ["Picture", "Sound", "Effects", "Music"]


def test_a_clip_or_a_sound_that_cannot_be_read_is_pointed_at_all_the_same(film):
    """An editor may know more than we do: the file is there, its measures are not."""
    compilation = compile_film_at(str(film), FilmOptions())
    plan, _ = plan_film(compilation)
    store = clip_store(compilation, plan, free=False)
    for name, path in (("clip", store.scratch(plan.shots[0].key)), ("sound", "hit.wav")):
        Path(path).write_bytes(f"no {name}".encode())
    store.keep(plan.shots[0].key, store.scratch(plan.shots[0].key))
    export("--format", "otio")
    _, media = read_otio(Path("build/film.otio").read_text("utf-8"))
    assert media["hit.wav"].facts == ()
    assert (media["a"].size, Path(unquote(urlsplit(media["a"].url).path)).read_text()) == (
        None,
        "no clip",
    )


@pytest.mark.usefixtures("film")
def test_one_format_and_one_path_belong_together():
    """A name that says nothing is no obstacle then; one that says the same is not written twice."""
    assert export("--format", "edl", "-o", "cut.EDL").out == "cut.EDL\n"
    assert export("--format", "edl", "-o", "cut.txt").out == "cut.txt\n"
    assert Path("cut.txt").read_text("utf-8").startswith("TITLE: ")
    assert export("--format", "edl", "-o", "cut").out == "cut\n"


@pytest.mark.usefixtures("film")
@pytest.mark.parametrize("source", ["film.yaml", "film.png"])
def test_a_slip_does_not_take_the_place_of_the_film(source):
    """A name that ends as a storyboard or a still does is no place for subtitles."""
    before = Path("film.yaml").read_bytes()
    ran = export("--format", "srt", "-o", source, code=ExitCode.USAGE)
    assert f"'{source}' does not end in one of" in ran.err
    assert Path("film.yaml").read_bytes() == before


@pytest.mark.usefixtures("film")
def test_programs_get_a_list():
    """JSON names each file with its format, and the shots without a clip."""
    found = json.loads(export("--format", "csv", "-o", "x.srt", "--json").out)
    assert found == {
        "schema": "storyboard/export-1",
        "film": "film.yaml",
        "files": [
            {"format": "csv", "path": "build/film.csv"},
            {"format": "srt", "path": "x.srt"},
        ],
        "missing": ["a", "b"],
    }
    with Path("build/film.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["Shot"] for row in csv.DictReader(file)] == ["a", "b"]


@pytest.mark.usefixtures("film")
def test_what_cannot_be_exported_is_refused_in_a_sentence():
    """Nothing asked, a name that says nothing, a rate without drop-frame timecode."""
    assert "say what to export" in export(code=ExitCode.USAGE).err
    assert "does not end in one of" in export("-o", "film.aaf", code=ExitCode.USAGE).err
    ran = export("--format", "edl", "--drop-frame", code=ExitCode.USAGE)
    assert "24 frames a second has no drop-frame timecode" in ran.err
    assert not Path("build").exists()


def test_drop_frame_is_there_at_its_rate(film):
    """29.97 film counts like the clock where that is asked."""
    film.write_text(FILM.replace("fps: 24", "fps: 29.97"))
    export("--format", "edl", "--drop-frame")
    assert "FCM: DROP FRAME" in Path("build/film.edl").read_text("utf-8")


def test_many_missing_shots_are_counted(film):
    """The first five are named."""
    shots = "".join(f"  - {{id: s{n}, image: a.png, action: x}}\n" for n in range(5))
    film.write_text(FILM + shots)
    ran = export("--format", "srt")
    assert "7 shots have no clip yet and only a place: a, b, s0, s1, s2 and 2 more" in ran.err


def test_a_film_with_errors_is_not_exported(film):
    """Its findings are shown, and nothing is written."""
    film.write_text(FILM.replace("image: a.png", "pictur: a.png"))
    ran = export("--format", "otio", code=ExitCode.INVALID_STORYBOARD)
    assert "pictur" in ran.err
    assert not Path("build").exists()
