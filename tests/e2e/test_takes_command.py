"""Takes as a film-maker has them: bought at stated prices, listed, circled, and cut."""

import itertools
import json
import re
import shutil
import threading
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import jsonschema
import numpy as np
import pytest

from fakes.command import answer
from fakes.footage import film as write_clip
from fakes.owned import own
from fakes.rehearsal import attempts, environment, shop, state_folder, write_film
from fakes.simulator import simulated
from storyboard.app.circle import circle_take
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.model.errors import ExitCode
from storyboard.simulator.faults import Faults, read_faults

SCHEMAS = Path(__file__).parents[2] / "schemas"
FPS = 12
SHADES = (40, 90, 140, 190, 240)
NEVER_FETCHED = read_faults(["download=404"], endless=True)

pytestmark = pytest.mark.slow


class Studio:
    """A film at a simulator that draws each order in another grey, the first one darkest."""

    def __init__(self, film, opened):
        self.film = film
        self.drawn = itertools.cycle(SHADES)
        self.meanwhile = lambda: None
        self._turn = threading.Lock()
        self.simulator = opened.enter_context(simulated(shop(), self._draw))

    def _draw(self, _inputs, width, height, seconds, path):
        with self._turn:
            shade = next(self.drawn)
        self.meanwhile()
        picture = np.full((height, width, 3), shade, np.uint8)
        write_clip(path, [picture] * round(seconds * FPS), fps=Fraction(FPS))

    @property
    def orders(self):
        """How many orders the provider has taken."""
        return len(self.simulator.report()["predictions"])

    def change(self, old, new):
        text = self.film.read_text()
        assert old in text
        self.film.write_text(text.replace(old, new))

    def forget(self):
        """Lose ledger and clips, as a clone of the project never had them."""
        base = state_folder(self.film, self.simulator.base_url)
        shutil.rmtree(base / "clips")
        for path in base.glob("ledger.db*"):
            path.unlink()

    def age(self):
        """Let every take be a year older than it is."""
        (path,) = state_folder(self.film, self.simulator.base_url).glob("locks/*")
        year = re.compile(r"(?<=bought_at: ')(\d{4})")
        path.write_text(year.sub(lambda found: str(int(found[1]) - 1), path.read_text()))

    def add(self, *shots):
        lines = (f"  - {shot}\n" for shot in shots)
        self.film.write_text(self.film.read_text() + "".join(lines))

    def lock(self):
        base = state_folder(self.film, self.simulator.base_url)
        return (base / "locks" / "film.lock.yaml").read_text()


@pytest.fixture
def studio(tmp_path, monkeypatch):
    """A film of one shot of a second, ten cents a take; the test stands in its folder."""
    film = write_film(tmp_path / "project", shots=1)
    monkeypatch.chdir(film.parent)
    with ExitStack() as opened:
        made = Studio(film, opened)
        for name, value in environment(made.simulator.base_url).items():
            monkeypatch.setenv(name, value)
        yield made


def run(*words, code=ExitCode.OK):
    ran = answer(words[0], "film.yaml", *words[1:])
    assert ran.code == code, ran.out + ran.err
    return ran


def build(*words, code=ExitCode.OK):
    return run("build", "--yes", *words, code=code)


def cost(*words):
    """Return what the plan says that a build costs."""
    return told("plan", *words)["totals"]["cost_usd"]


def told(*words):
    """Return the document that a command writes, which is in its published shape."""
    document = json.loads(run(*words, "--json").out)
    schema = (SCHEMAS / f"{words[0]}.schema.json").read_text("utf-8")
    jsonschema.validate(document, json.loads(schema))
    return document


def listed(shot="s0"):
    shots = told("takes")["shots"]
    return next(each for each in shots if each["id"] == shot)


def shade(path):
    """Return the brightness of a film's first picture and of its last."""
    with av.open(str(path)) as opened:
        pictures = [
            round(float(each.to_ndarray(format="gray").mean())) for each in opened.decode(video=0)
        ]
    return pictures[0], pictures[-1]


def cut_shows(*words):
    """Cut the film; return what is said of its one shot, and which of its takes is seen."""
    done = told("cut", *words)
    seen = np.array(shade(done["path"]))
    near = [
        each["take"] for each in listed()["takes"] if np.abs(seen - shade(each["path"])).max() < 8
    ]
    return done["shots"][0], near


# --- buying


def test_as_many_takes_are_bought_as_are_asked_for(studio):
    """Three at the stated price, each of them once, every one another clip."""
    studio.change("{id: s0,", "{id: s0, takes: 3,")
    assert cost() == "0.30"
    build()
    assert (studio.orders, studio.simulator.sums()) == (3, (300_000, 0))
    takes = listed()["takes"]
    assert [take["take"] for take in takes] == [1, 2, 3]
    assert len({take["sha256"] for take in takes}) == 3
    assert cost() == "0.00"
    build()
    assert studio.orders == 3


def test_no_two_takes_are_sent_alike(studio):
    """Each has its still under an address of its own; that alone tells their orders apart."""
    studio.change("{id: s0,", "{id: s0, takes: 3,")
    build()
    build("--retake", "s0")
    sent = [
        json.loads(each.order.payload) for each in attempts(studio.film, studio.simulator.base_url)
    ]
    assert len({each["image"] for each in sent}) == len(sent) == 4
    rest = {json.dumps({**each, "image": ""}, sort_keys=True) for each in sent}
    assert len(rest) == 1  # control: without it they would be one and the same


def test_a_retake_buys_exactly_one_more(studio):
    """The plan has its price before; the film shows it, and a build after it buys nothing."""
    build()
    assert (cost(), cost("--retake", "s0")) == ("0.00", "0.10")
    build("--retake", "s0")
    assert (studio.orders, listed()["shown"]) == (2, 2)
    build()
    assert studio.orders == 2
    assert cut_shows()[1] == [2]


def test_a_retake_that_was_not_fetched_is_fetched_and_not_bought_again(studio):
    """It was ordered and paid for, and its run ended: the same command goes on with it."""
    build()
    studio.simulator.order(NEVER_FETCHED)
    build("--retake", "s0", code=ExitCode.SHOTS_FAILED)
    assert (studio.orders, len(listed()["takes"])) == (2, 1)
    studio.simulator.order(Faults())
    assert cost("--retake", "s0") == "0.00"
    build("--retake", "s0")
    assert (studio.orders, len(listed()["takes"])) == (2, 2)


def test_fewer_takes_give_none_back(studio):
    """What was bought stays listed and may be circled."""
    studio.change("{id: s0,", "{id: s0, takes: 2,")
    build()
    studio.change("takes: 2,", "")
    assert cost() == "0.00"
    assert [take["stale"] for take in listed()["takes"]] == [False, False]


# --- circling


def test_the_film_shows_the_circled_take(studio):
    """Picture by picture; without a circle it is the newest."""
    studio.change("{id: s0,", "{id: s0, takes: 3,")
    build()
    assert cut_shows() == ({"id": "s0", "shown_as": "clip", "take": 3, "why": None}, [3])
    for number in (1, 2):
        ran = run("circle", "s0", str(number))
        assert ran.err == f"take {number} of s0 is circled: the film shows take {number}\n"
        assert cut_shows()[1] == [number]
        assert (listed()["circled"], listed()["shown"]) == (number, number)
    assert (
        run("circle", "s0", "--clear").err == "s0 has no circle any more: the film shows take 3\n"
    )
    assert cut_shows()[1] == [3]
    assert studio.orders == 3


def test_a_circle_that_is_there_is_not_drawn_again(studio):
    """Nothing is written, it says so, and ends well."""
    build()
    run("circle", "s0", "1")
    before = studio.lock()
    assert "is circled already" in run("circle", "s0", "1").err
    assert told("circle", "s0", "1")["written"] is False
    assert studio.lock() == before
    run("circle", "s0", "--clear")
    assert "has no circle to take away" in run("circle", "s0", "--clear").err


def test_a_circle_that_is_drawn_while_a_build_runs_survives_it(studio):
    """The build writes what it has bought into the lock as it is then."""
    studio.change("{id: s0,", "{id: s0, takes: 2,")
    build()
    studio.change("takes: 2,", "takes: 3,")
    drawn = []

    def circle():
        drawn.append(circle_take(compile_film_at("film.yaml", FilmOptions()), "s0", 1))

    studio.meanwhile = circle
    build()
    assert [each.written for each in drawn] == [True]
    assert [take["take"] for take in listed()["takes"]] == [1, 2, 3]
    assert (listed()["circled"], cut_shows()[1]) == (1, [1])


def test_an_edited_shot_keeps_its_clip_until_the_new_one_is_bought(studio):
    """In a rough cut, named with what has changed; the circle has lapsed."""
    build()
    run("circle", "s0", "1")
    studio.change("box number 0.", "box number zero.")
    assert cut_shows() == (
        {"id": "s0", "shown_as": "take", "take": 1, "why": "changed: prompt"},
        [1],
    )
    ran = run("cut")
    assert ran.out == "build/film.rough.mp4\n"
    assert "s0: take 1, older than the shot (changed: prompt)\n" in ran.err
    shot = listed()
    assert (shot["circled"], shot["lapsed"], shot["cost_usd"]) == (None, 1, "0.10")
    assert (shot["takes"][0]["stale"], shot["takes"][0]["changed"]) == (True, ["prompt"])
    assert "stale: take 1 stands in for s0" in run("status").out
    (scene,) = told("sheet")["scenes"]
    (panel,) = scene["shots"]
    assert (panel["take"], panel["stands_in"], panel["stale"]) == (1, True, True)
    assert (panel["standing"], panel["clip"] is None) == ("to buy", False)
    build()
    assert (listed()["shown"], run("cut").out) == (2, "build/film.mp4\n")


def test_a_stale_take_that_is_circled_is_kept_for_nothing(studio):
    """The shot was edited, and the old take is liked all the same; another edit lets it lapse."""
    build()
    studio.change("box number 0.", "box number zero.")
    assert cost() == "0.10"
    lines = run("circle", "s0", "1").err.splitlines()
    assert lines == [
        "take 1 of s0 is circled: the film shows take 1",
        "it was made from something that the shot no longer asks for: prompt",
        "a build costs nothing now; before, it cost $0.10",
    ]
    assert cost() == "0.00"
    assert run("cut").out == "build/film.mp4\n"
    build()
    assert studio.orders == 1
    studio.change("box number zero.", "box number nought.")
    assert cost() == "0.10"
    assert cut_shows()[0]["shown_as"] == "take"


def test_a_circle_says_which_shots_start_from_another_frame_now(studio):
    """They ask for new clips, at their prices; and no longer do when it is drawn back."""
    studio.add("{id: s1, image: {from: s0}, action: On.}")
    build()
    assert cost("--retake", "s0") == "0.20"
    build("--retake", "s0")
    assert studio.orders == 4
    done = told("circle", "s0", "1")
    assert (done["asks"], done["cost_after_usd"]) == ([], "0.00")
    studio.change("action: On.", "action: Over.")
    build()
    ran = run("circle", "s0", "2")
    assert ran.err.splitlines()[1:] == [
        "s1 asks for a new clip now: $0.10",
        "a build costs $0.10 now; before, it cost nothing",
    ]
    assert cost() == "0.10"
    assert "a build costs nothing now; before, it cost $0.10" in run("circle", "s0", "1").err
    assert studio.orders == 5


def test_a_renamed_shot_takes_its_takes_along(studio):
    """The circle is written under its new name, and the old one is gone from the lock."""
    studio.change("{id: s0,", "{id: s0, takes: 2,")
    build()
    studio.change("{id: s0,", "{id: leap,")
    run("circle", "leap", "1")
    assert ("leap:" in studio.lock(), "s0:" in studio.lock()) == (True, False)
    assert (listed("leap")["circled"], len(listed("leap")["takes"]), cost()) == (1, 2, "0.00")


@pytest.mark.parametrize(
    ("words", "word", "said"),
    [
        (("s00", "1"), "unknown-shot", 'did you mean "s0"?'),
        (("s0", "7"), "not-applicable", "its takes are 1;"),
        (("s1", "1"), "not-applicable", "nothing was bought"),
        (("s2", "1"), "not-applicable", "is skipped"),
        (("s0",), "usage", "the number of a take, or --clear"),
        (("s0", "1", "--clear"), "usage", "takes no number"),
        (("s0", "0"), "usage", "0"),
        (("s0", "1", "--only", "s1"), "not-applicable", "not among the shots"),
    ],
)
def test_what_cannot_be_circled_is_refused(studio, words, word, said):
    """Exit code 2, what there is instead, and the lock as it was."""
    build()
    before = studio.lock()
    studio.add("{id: s1, image: 1.png, action: On.}", "{id: s2, skip: true, image: 1.png}")
    ran = run("circle", *words, code=ExitCode.USAGE)
    assert f"error[{word}]" in ran.err
    assert said in ran.err
    assert studio.lock() == before


def test_without_a_lock_there_is_nothing_to_circle(studio):
    """A clip may be owned all the same; a build writes it down for nothing."""
    assert "nothing was bought" in run("circle", "s0", "1", code=ExitCode.USAGE).err
    own(studio.film, "s0")
    assert "in no lock yet" in run("circle", "s0", "1", code=ExitCode.USAGE).err
    assert "in no lock yet" in run("takes").out


# --- listing


def test_the_takes_are_listed_with_where_they_are(studio):
    """Marked, priced, dated, each with its file; in the end what they cost."""
    assert "nothing bought yet" in run("takes").out
    studio.change("{id: s0,", "{id: s0, takes: 2,")
    build()
    run("circle", "s0", "1")
    lines = run("takes").out.splitlines()
    first, path, second = lines[4], lines[5].strip(), lines[6]
    assert first.split()[:6] == ["●", "▸", "1", "tiny/image-to-video", "1s", "$0.10"]
    assert second.split()[:4] == ["2", "tiny/image-to-video", "1s", "$0.10"]
    assert path == listed()["takes"][0]["path"]
    assert shade(path)[0] < SHADES[-1]
    assert lines[-2] == "2 takes of 1 shot, $0.20 paid, $0.10 of it for takes that are not shown"


def test_some_shots_can_be_listed(studio):
    """By name or with --only; what is no shot is refused."""
    studio.add("{id: s1, image: 1.png, action: On.}")
    for words in (("s1",), ("--only", "s1"), ("s0", "s1", "--only", "s1")):
        shots = told("takes", *words)["shots"]
        assert [shot["id"] for shot in shots] == ["s1"]
    ran = run("takes", "s9", code=ExitCode.USAGE)
    assert "error[unknown-shot]" in ran.err
    run("takes", "s0", "--only", "s1", code=ExitCode.USAGE)


def test_a_take_whose_clip_is_gone_says_what_can_be_done(studio):
    """It is fetched again for nothing while the provider has it."""
    build()
    (take,) = listed()["takes"]
    studio.film.parent.joinpath(take["path"]).unlink()
    (shot,) = told("takes")["shots"]
    assert (shot["takes"][0]["missing"], shot["takes"][0]["path"], shot["shown"]) == (
        "fetch",
        None,
        None,
    )
    assert "the provider still has it: `storyboard build film.yaml` fetches it" in run("takes").out
    build()
    assert (listed()["takes"][0]["path"], studio.orders) == (take["path"], 1)


def test_takes_of_shots_that_are_not_shown_are_named(studio):
    """They were paid for, and the lock keeps them."""
    build()
    studio.change("id: s0,", "id: s1, seed: 7,")
    studio.change("box number 0.", "box number one.")
    assert "of shots that the film does not show: s0 (1 take)" in run("takes").out
    (left,) = told("takes")["others"]
    assert (left["shot"], left["takes"][0]["price_usd"]) == ("s0", "0.10")


# --- stand-ins


@pytest.mark.parametrize("missing", ["animatic", "slate"])
def test_an_older_take_stands_in_only_if_it_may(studio, missing):
    """With --missing animatic or slate it is drawn."""
    build()
    studio.change("box number 0.", "box number zero.")
    assert told("cut", "--missing", missing)["shots"] == [
        {"id": "s0", "shown_as": missing, "take": None, "why": "changed: prompt"}
    ]
    assert "1 of 1 shots are not owned" in run("cut", "--missing", "refuse", code=4).err


def test_an_older_take_that_is_too_short_or_damaged_does_not_stand_in(studio):
    """The animatic does."""
    build()
    card = studio.film.parent / "cards" / "tiny-image-to-video.yaml"
    card.write_text(card.read_text().replace("[1]", "[1, 2]"))
    studio.change("box number 0.", "box number zero.")
    for duration, shown_as in (("2s", "animatic"), ("1s", "take")):
        text = studio.film.read_text()
        studio.film.write_text(text.replace("{duration: 1s}", f"{{duration: {duration}}}"))
        assert told("cut")["shots"][0]["shown_as"] == shown_as
        studio.film.write_text(text)
    path = studio.film.parent / listed()["takes"][0]["path"]
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    assert told("cut")["shots"][0]["shown_as"] == "animatic"


@pytest.mark.parametrize("missing", ["take", "animatic"])
def test_a_cut_makes_nothing_of_the_takes_that_are_to_come(studio, missing):
    """Only what stands in is made: further takes are bought, and are no animatics."""
    build()
    studio.change("{id: s0,", "{id: s0, takes: 3,")
    studio.change("box number 0.", "box number zero.")
    (shot,) = told("cut", "--missing", missing)["shots"]
    assert (shot["shown_as"], studio.orders) == (missing, 1)


def test_a_clone_without_ledger_and_clips_has_the_takes(studio):
    """The lock is all there is: what it pins is fetched for nothing, unless it is too old."""
    studio.change("{id: s0,", "{id: s0, takes: 2,")
    build()
    studio.change("box number 0.", "box number zero.")
    run("circle", "s0", "1")
    studio.forget()
    assert [take["missing"] for take in listed()["takes"]] == ["fetch", "circle"]
    build()
    (first, second) = listed()["takes"]
    assert (first["path"] is None, second["missing"], studio.orders) == (False, "circle", 2)
    assert (first["stale"], first["changed"]) == (True, [])
    studio.forget()
    studio.age()
    assert [take["missing"] for take in listed()["takes"]] == ["gone", "gone"]
    assert cost() == "0.00"
    ran = answer("build", "film.yaml", "--yes", "--again", "s0")
    assert "take 1 is circled" in ran.err
    assert "storyboard circle film.yaml s0 --clear" in run("status", code=ExitCode.SHOTS_FAILED).out
    run("circle", "s0", "--clear")
    assert (cost(), studio.orders) == ("0.20", 2)


def test_a_take_that_is_too_old_to_fetch_is_bought_again_only_when_asked_to(studio):
    """It is blocked until then, at the price that is listed."""
    build()
    studio.forget()
    studio.age()
    assert "re-buying costs $0.10: `storyboard build film.yaml --again s0`" in run("takes").out
    assert cost() == "0.00"
    build("--again", "s0")
    assert studio.orders == 2
    assert [(each["missing"], each["price_usd"]) for each in listed()["takes"]] == [
        ("gone", "0.10"),
        (None, "0.10"),
    ]
    assert (listed()["shown"], told("plan")["totals"]["spent_usd"], cost()) == (2, "0.20", "0.00")
    studio.forget()  # a clone of that: it has both, and fetches what can be fetched
    assert (told("plan")["totals"]["spent_usd"], cost()) == ("0.20", "0.00")
    build()
    assert (studio.orders, listed()["shown"]) == (2, 2)


def test_of_several_lost_takes_one_is_bought_again(studio):
    """The newest, or the one that is circled, as the list says; the others stay lost."""
    studio.change("{id: s0,", "{id: s0, takes: 3,")
    build()
    studio.forget()
    studio.age()
    lines = run("takes").out
    assert (
        "`storyboard circle film.yaml s0 2`, then `storyboard build film.yaml --again s0`" in lines
    )
    build("--again", "s0")
    assert (studio.orders, listed()["shown"], cost()) == (4, 4, "0.00")
    run("circle", "s0", "2")
    build("--again", "s0")
    assert (studio.orders, len(listed()["takes"]), cost()) == (5, 5, "0.00")


def test_one_more_take_that_is_asked_for_is_waited_for_with_the_last(studio):
    """It is no older than the shot, and is not called stale."""
    build()
    studio.change("{id: s0,", "{id: s0, takes: 2,")
    assert "s0: take 1, until the next is there (retake)\n" in run("cut").err
    assert "waiting for another take: take 1 stands in for s0" in run("status").out
    assert listed()["takes"][0]["stale"] is False


def test_every_shade_is_told_from_the_others():
    """The control of what is seen in these films."""
    assert min(later - one for one, later in itertools.pairwise(SHADES)) > 2 * 8
