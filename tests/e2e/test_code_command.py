"""`storyboard code` as a user meets it: code that runs, and buys what a build would buy."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import jsonschema
import pytest
from PIL import Image

from fakes.command import answer, storyboard
from fakes.npm import NODE, NPM, install
from fakes.owned import own
from fakes.rehearsal import KEY, SPEED, attempts, environment, files_with, shop, write_film
from fakes.simulator import film_clip, simulated
from storyboard.adapters.media.probe import probe
from storyboard.app.code import shot_request
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.model.errors import EnvironmentFault, ExitCode
from storyboard.simulator.faults import read_faults
from storyboard.simulator.settings import Durations

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "code.schema.json").read_text())
SEEDANCE = "bytedance/seedance-2.0/image-to-video"
LANGS = ("curl", "python", "js")
ENDINGS = {"curl": ".sh", "python": ".py", "js": ".mjs"}
FILM = """\
storyboard: 1
title: The Yarn
format: {aspect: "16:9", resolution: 480p, fps: 24}
model: bytedance/seedance-2.0/image-to-video
defaults: {duration: 4s}
shots:
  - id: a
    image: "stills/a b's.png"
    action: |-
      A cat says "Mrow!" in € $HOME $(touch hacked) `touch hacked` \\ %s ${x}
      JSON
      }
      touch hacked
  - {id: b, image: {from: a, frame: last}, action: It sleeps.}
  - {id: c, image: "stills/a b's.png", action: It is left out., skip: true}
  - {id: d, image: "stills/a b's.png", action: It is drawn., model: animatic}
  - {id: e, image: "https://example.com/e.png", action: It is elsewhere.}
  - {id: f, action: It has no still.}
"""
SHORT = FILM[: FILM.index("  - {id: c")]
CARD = """\
id: big
title: A model of large numbers
provider: wavespeed
status: active
lengths: [4]
inputs:
  - {name: prompt, type: string, source: prompt, required: true}
  - {name: x, type: KIND}
prices: [{per_second: "0.10"}]
source: a test
checked: "2026-11-22"
"""
QUICK = Durations(shortest_latency=0.02, longest_latency=0.05, minute=3600, refund_delay=0)


def write_project(folder, text):
    (folder / "stills").mkdir(parents=True)
    Image.new("RGB", (854, 480), "teal").save(folder / "stills" / "a b's.png")
    (folder / "film.yaml").write_text(text)
    (folder / "storyboard.toml").write_text('[account]\nlevel = "gold"\n')
    return folder / "film.yaml"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A film of every kind of shot in a project of its own; the test stands in it."""
    film = write_project(tmp_path / "project", FILM)
    monkeypatch.chdir(film.parent)
    return film


# --- what is really bought


@dataclass(frozen=True)
class Rehearsed:
    """A film that was built at a simulator, which goes on."""

    film: Path
    home: Path
    base_url: str

    def code(self, *words):
        around = environment(self.base_url, SPEED)
        ran = storyboard(
            "code", "film.yaml", *words, cwd=self.film.parent, home=self.home, **around
        )
        assert ran.code == ExitCode.OK, ran.err
        return ran.out

    def payload(self, shot):
        """Return what the build sent for a shot, as its ledger has it."""
        sent = [each for each in attempts(self.film, self.base_url) if each.order.shot == shot]
        return json.loads(sent[-1].order.payload)

    def predictions(self):
        return httpx.get(f"{self.base_url}/_simulator").json()["predictions"]


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory):
    """`storyboard simulate` in a process of its own, and a film that was built at it."""
    folder, home = tmp_path_factory.mktemp("code"), tmp_path_factory.mktemp("home")
    film = write_project(folder / "project", SHORT)
    program = Path(sys.executable).with_name("storyboard")
    words = (program, "simulate", "--port", "0", "--speed", f"{SPEED:g}", "--level", "gold")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        try:
            base_url = run.stdout.readline().strip()
            around = environment(base_url, SPEED)
            built = storyboard("build", "film.yaml", "--yes", cwd=film.parent, home=home, **around)
            assert built.code == ExitCode.OK, built.err
            yield Rehearsed(film, home, base_url)
            run.send_signal(signal.SIGINT)
            run.communicate(timeout=60)
        finally:
            run.kill()


@dataclass(frozen=True)
class Elsewhere:
    """A folder that is no project, in which code is run with nothing but the key around it.

    `tools` has a `sleep` that lasts a moment, since what sells here is as much quicker than real.
    """

    folder: Path
    tools: Path

    def run(self, lang, code, **more):
        path = self.folder / f"code{ENDINGS[lang]}"
        path.write_bytes(code.encode())
        if lang == "js":
            install()
            (self.folder / "node_modules").symlink_to(NPM / "node_modules")
        program = {"curl": "/bin/sh", "python": sys.executable, "js": NODE}[lang]
        found = os.pathsep.join((str(self.tools), os.defpath))
        return subprocess.run(
            [program, path.name],
            cwd=self.folder,
            env={"PATH": found, "HOME": str(self.folder), "WAVESPEED_API_KEY": KEY, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def elsewhere(tmp_path):
    folder, tools = tmp_path / "elsewhere", tmp_path / "tools"
    folder.mkdir()
    tools.mkdir()
    (tools / "sleep").write_text("#!/bin/sh\nexec /bin/sleep 0.05\n")
    (tools / "sleep").chmod(0o755)
    return Elsewhere(folder, tools)


@pytest.mark.slow
@pytest.mark.parametrize("shot", ["a", "b"])
@pytest.mark.parametrize("lang", LANGS)
def test_the_code_buys_what_a_build_would_buy(rehearsed, elsewhere, lang, shot):
    """The same inputs to the same model, the same picture's bytes, and a clip that plays."""
    before = rehearsed.predictions()
    done = elsewhere.run(lang, rehearsed.code(shot, "--lang", lang))
    assert done.returncode == 0, done.stderr
    (bought,) = rehearsed.predictions()[len(before) :]
    assert (bought["status"], bought["model"]) == ("completed", SEEDANCE)
    built = rehearsed.payload(shot)
    first, second = built.pop("image"), bought["inputs"].pop("image")
    assert first != second
    assert httpx.get(first).content == httpx.get(second).content
    assert bought["inputs"] == built
    facts = probe(str(elsewhere.folder / f"{shot}.mp4"))
    assert (facts.video_codec, facts.height, facts.duration) == ("h264", 480, 4000)
    assert not list(elsewhere.folder.glob("*hacked*"))
    assert done.stdout.splitlines()[-1] == f"{shot}.mp4"
    if lang == "curl":
        assert done.stdout.splitlines()[0] == f"prediction {bought['id']}"


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_a_clip_that_is_there_is_not_bought_over(rehearsed, elsewhere, lang):
    """It stays as it was, and nothing is ordered."""
    before = rehearsed.predictions()
    (elsewhere.folder / "a.mp4").write_text("mine")
    done = elsewhere.run(lang, rehearsed.code("a", "--lang", lang))
    assert done.returncode == 1
    assert "a.mp4 is there already" in done.stderr
    assert (elsewhere.folder / "a.mp4").read_text() == "mine"
    assert rehearsed.predictions() == before


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_without_a_key_nothing_is_ordered(rehearsed, elsewhere, lang):
    """The code says which variable it reads the key from."""
    before = rehearsed.predictions()
    done = elsewhere.run(lang, rehearsed.code("a", "--lang", lang), WAVESPEED_API_KEY="")
    assert done.returncode != 0
    assert "WAVESPEED_API_KEY" in done.stderr
    assert rehearsed.predictions() == before


# --- when something goes wrong


@pytest.fixture
def bought(tmp_path, monkeypatch, elsewhere):
    """Run the script for a tiny shot at a simulator with faults; return how it and it ended."""
    film = write_film(tmp_path / "tiny", shots=1)
    monkeypatch.chdir(film.parent)

    def buy(*faults):
        settings = shop(durations=QUICK, faults=read_faults(faults))
        with simulated(settings, film_clip) as simulator:
            monkeypatch.setenv("WAVESPEED_BASE_URL", simulator.base_url)
            code = answer("code", "film.yaml", "s0").out
            return elsewhere.run("curl", code), simulator.report()

    return buy


def submits(report):
    return [each for each in report["requests"] if each["endpoint"] == "submit"]


@pytest.mark.slow
def test_a_look_that_fails_is_repeated(bought):
    """A gateway's page, a reset and a refusal are no news; the clip comes all the same."""
    done, report = bought("look=502", "look=reset", "look=429", "look=null-data")
    assert done.returncode == 0, done.stderr
    assert len(report["charges"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("submit=403", "names no prediction"),
        ("submit=502+done", "names no prediction"),
        ("submit=null-data+done", "names no prediction"),
        ("submit=reset+done", "may have been taken"),
        ("submit=hang-up", "may have been taken"),
        ("binary=413", "the picture was not taken"),
        ("binary=reset", "the picture was not handed in"),
        ("download=404", "404"),
    ],
)
def test_what_fails_ends_the_script_and_no_order_is_sent_twice(bought, fault, words):
    """It ends in a sentence, whatever became of the order."""
    done, report = bought(fault)
    assert done.returncode != 0
    assert words in done.stderr
    assert len(submits(report)) == (0 if "binary" in fault else 1)


@pytest.mark.slow
@pytest.mark.parametrize("fate", ["failed-1200", "cancelled", "timeout", "deleted"])
def test_an_order_that_fails_is_told_with_its_name(bought, fate):
    """The prediction's id came first, and the provider's own words come last."""
    done, report = bought(f"fate={fate}")
    (prediction,) = report["predictions"]
    assert done.returncode == 1
    assert done.stdout == f"prediction {prediction['id']}\n"
    assert f"the order ended as {fate.partition('-')[0]}" in done.stderr


# --- what the command says


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("lang", LANGS)
def test_programs_are_told_the_parts_and_the_code(lang, project):
    """One document in the published shape; its code is what the command prints."""
    ran = answer("code", "film.yaml", "a", "--lang", lang, "--json")
    document = json.loads(ran.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["code"] == answer("code", "film.yaml", "a", "--lang", lang).out
    assert (document["price_usd"], document["method"]) == ("0.48", "POST")
    assert document["url"] == f"https://api.wavespeed.ai/api/v3/{SEEDANCE}"
    still = str(project.parent / "stills" / "a b's.png")
    assert document["pictures"] == [{"input": "image", "file": still}]
    assert "image" not in document["inputs"]


@pytest.mark.usefixtures("project")
def test_curl_is_what_is_written_unless_something_else_is_said():
    """By --lang, or by what the file's name ends in; the file has what would be printed."""
    for lang, ending in ENDINGS.items():
        ran = answer("code", "film.yaml", "a", "-o", f"out/a{ending}")
        assert (ran.code, ran.out) == (ExitCode.OK, f"out/a{ending}\n")
        printed = answer("code", "film.yaml", "a", "--lang", lang).out
        assert Path(f"out/a{ending}").read_text("utf-8") == printed
    assert answer("code", "film.yaml", "a").out.startswith("#!/bin/sh\n")
    assert len(list(Path("out").iterdir())) == 3


@pytest.mark.usefixtures("project")
def test_a_shot_beside_a_choice_that_leaves_it_out_is_refused():
    """An option that would change nothing is a slip."""
    assert answer("code", "film.yaml", "a", "--only", "a").code == ExitCode.OK
    ran = answer("code", "film.yaml", "a", "--only", "b")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert '"a" is not among the shots that --only chooses' in ran.err


@pytest.mark.parametrize("words", [("-o", "film.yaml"), ("-o", "a.py", "--lang", "js")])
def test_code_takes_the_place_of_no_other_kind_of_file(project, words):
    """A name that no code has, or that of another language, is refused."""
    before = project.read_text()
    assert answer("code", "film.yaml", "a", *words).code == ExitCode.USAGE
    assert project.read_text() == before
    assert not Path("a.py").exists()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("lang", LANGS)
def test_the_key_is_in_nothing_that_is_written(lang, monkeypatch):
    """With the key set, it is in no code, no document and no file."""
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    written = [
        answer("code", "film.yaml", "a", "--lang", lang),
        answer("code", "film.yaml", "a", "--lang", lang, "--json"),
        answer("code", "film.yaml", "a", "-o", f"a{ENDINGS[lang]}"),
    ]
    assert all(ran.code == ExitCode.OK for ran in written)
    assert not any(KEY in ran.out + ran.err for ran in written)
    assert files_with(KEY, Path()) == []
    assert "WAVESPEED_API_KEY" in written[0].out


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("lang", LANGS)
def test_a_rehearsals_code_goes_to_the_rehearsal(lang, monkeypatch):
    """Its address takes the place of the provider's, unless the code is told another again."""
    assert "https://api.wavespeed.ai" in answer("code", "film.yaml", "a", "--lang", lang).out
    monkeypatch.setenv("WAVESPEED_BASE_URL", "http://127.0.0.1:8787/")
    code = answer("code", "film.yaml", "a", "--lang", lang).out
    assert "http://127.0.0.1:8787" in code
    assert "https://api.wavespeed.ai" not in code
    assert "no money is real" in code


@pytest.mark.usefixtures("project")
def test_a_picture_on_the_web_is_sent_as_it_is():
    """Nothing is handed in for it."""
    document = json.loads(answer("code", "film.yaml", "e", "--json").out)
    url = "https://example.com/e.png"
    assert (document["inputs"]["image"], document["pictures"]) == (
        url,
        [{"input": "image", "url": url}],
    )
    assert "upload" not in document["code"]


def test_a_shot_starts_from_the_last_frame_of_a_clip_that_is_owned(project):
    """The frame is drawn to a file, as a build does; without the clip, its shot is named."""
    ran = answer("code", "film.yaml", "b", "--json")
    assert ran.code == ExitCode.SHOTS_FAILED
    error = json.loads(ran.out)["error"]
    assert error["message"] == '"b" needs a frame of "a", whose clip is not owned'
    assert error["hint"] == "build it first: `storyboard build film.yaml`"
    own(project, "a")
    document = json.loads(answer("code", "film.yaml", "b", "--json").out)
    (picture,) = document["pictures"]
    with Image.open(picture["file"]) as frame:
        assert (frame.size, frame.format) == ((854, 480), "PNG")
        assert min(frame.convert("RGB").getpixel((400, 200))) > 240


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("shot", "message", "hint"),
    [
        ("aa", 'no shot is called "aa"', "the film has: a, b, d, e, f"),
        ("c", '"c" is skipped, so it is not in the film', "`skip: true`"),
        ("d", '"d" is made on this machine, and no request is sent for it', "storyboard models"),
        ("f", f'"f" has no image, and {SEEDANCE} takes no order without it', "storyboard check"),
    ],
)
def test_a_shot_that_no_build_orders_has_no_code(shot, message, hint):
    """Exit code 2, and what to do."""
    ran = answer("code", "film.yaml", shot)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert message in ran.err
    assert hint in ran.err


def test_a_shot_that_starts_from_a_skipped_one_says_so(project):
    """No build makes that one's clip as things stand."""
    project.write_text(FILM.replace("from: a,", "from: c,"))
    ran = answer("code", "film.yaml", "b")
    assert ran.code == ExitCode.SHOTS_FAILED
    assert '"b" needs a frame of a shot that is skipped and not owned' in ran.err


def test_a_still_that_changed_is_not_handed_in(project):
    """What was planned has to be what is handed in."""
    compilation = compile_film_at("film.yaml", FilmOptions())
    compilation.load()
    Image.new("RGB", (854, 480), "gold").save(project.parent / "stills" / "a b's.png")
    with pytest.raises(EnvironmentFault, match="has changed since the plan was made"):
        shot_request(compilation, "a")


@pytest.mark.parametrize(
    ("kind", "value", "exact"),
    [
        ("integer", 2**53 - 1, True),
        ("integer", 2**53, False),
        ("integer", -(2**53), False),
        ("array", [[2**60]], False),
        ("array", [{"a": 2**53}], False),
        ("array", [{"a": [1, True, None, 0.5, "9007199254740993"]}], True),
    ],
)
def test_a_number_that_javascript_would_round_is_refused_there(project, kind, value, exact):
    """The other two send it to the digit."""
    Path("cards").mkdir()
    Path("cards/big.yaml").write_text(CARD.replace("KIND", kind))
    made = f"id: e, model: big, inputs: {{x: {json.dumps(value)}}}, "
    project.write_text(FILM.replace("id: e, ", made))
    ran = answer("code", "film.yaml", "e", "--lang", "js")
    assert ran.code == (ExitCode.OK if exact else ExitCode.USAGE), ran.err
    for lang in ("curl", "python"):
        document = json.loads(answer("code", "film.yaml", "e", "--lang", lang, "--json").out)
        assert document["inputs"]["x"] == value


def test_a_path_that_a_terminal_would_act_on_is_in_no_script(tmp_path, monkeypatch):
    """A shell has no harmless way to write it; the other two have."""
    film = write_project(tmp_path / "\x1b[2J", FILM)
    monkeypatch.chdir(film.parent)
    ran = answer("code", "film.yaml", "a")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    for lang in ("python", "js"):
        code = answer("code", "film.yaml", "a", "--lang", lang).out
        assert "\x1b" not in code
        assert "\\u001b[2J/stills" in code


def test_a_wrong_film_has_findings_and_no_code(project):
    """As text or JSON, with exit code 1."""
    project.write_text(FILM.replace("action: ", "acton: ", 1))
    ran = answer("code", "film.yaml", "a", "--json")
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert json.loads(ran.out)["findings"][0]["code"] == "unknown-key"
    assert answer("code", "film.yaml", "a").out == ""
