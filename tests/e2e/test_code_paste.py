"""Code with hostile texts in it, really run: by a shell with a false curl, and by node.

The false curl writes down what it is asked and answers as the provider would.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes.npm import NODE
from storyboard.model.money import MicroUsd
from storyboard.report.cells import harmless
from storyboard.report.code import Picture, ShotRequest
from storyboard.report.code_curl import render_curl
from storyboard.report.code_js import render_js

pytestmark = pytest.mark.slow

SHELLS = [name for name in ("dash", "bash") if shutil.which(name)]
KEY = "a-key-for-nobody"
CURL = r"""#!/bin/sh
: >>"$HEARD/asked"
for word do
  printf '%s\n' "$word" >>"$HEARD/words"
  last=$word
done
case $last in
  */media/upload/binary)
    cat >"$HEARD/picture"
    printf '{"code":200,"data":{"download_url":"https:\\/\\/cdn\\/a?b=1\\u0026c=2"}}'
    ;;
  */result)
    printf '{"code":200,"data":{"id":"p-1","status":"completed","outputs":["https://cdn/1.mp4"]}}'
    ;;
  https://cdn/1.mp4) printf 'a clip' >"$(sed -n '/^-o$/{n;p;}' "$HEARD/words")" ;;
  *)
    cat >"$HEARD/body"
    printf '{"code":200,"data":{"input":{"prompt":"\\"id\\":\\"no\\","}, "id" : "p-1"}}'
    ;;
esac
"""
HOSTILE = (
    "'\"\\ $HOME ${HOME} $(touch hacked) `touch hacked`\n}\nJSON\nKEY\ntouch hacked\r\x00 %s %n\\n"
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SMALL = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | SMALL | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
INPUTS = st.dictionaries(TEXTS, VALUES, max_size=4)
ADDRESS = "https://cdn/a?b=1&c=2"
A_FEW = settings(max_examples=50)


def request(inputs, *pictures, **changes):
    """A request of a rehearsal, with changes."""
    parts = {"film": "film.yaml", "shot": "s", "model": "m/x", "price": MicroUsd(1)}
    more = {"base_url": "https://api.example", "rehearsal": False, "inputs": inputs}
    return ShotRequest(**{**parts, **more, "pictures": pictures, **changes})


def picture(name, file):
    return Picture(name, file=str(file), sha256="ab" * 32, format="png")


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    """A folder with the false curl, and a sleep that does not last."""
    folder = tmp_path_factory.mktemp("tools")
    for name, text in (("curl", CURL), ("sleep", "#!/bin/sh\n")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def run(tools, tmp_path):
    """Run a script in an empty folder; return how it ended, the folder, and what curl heard."""
    count = 0

    def run_it(script, shell="sh"):
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        heard = folder / "heard"
        heard.mkdir(parents=True)
        (folder / "here").mkdir()
        done = subprocess.run(
            [shell],
            input=script.encode(),
            cwd=folder / "here",
            env={"PATH": f"{tools}:{os.defpath}", "HEARD": str(heard), "WAVESPEED_API_KEY": KEY},
            capture_output=True,
            check=False,
            timeout=60,
        )
        return done, folder / "here", heard

    return run_it


def names_of(folder):
    return sorted(path.name for path in folder.iterdir())


@A_FEW
@given(inputs=INPUTS, waiting=st.lists(TEXTS, max_size=2, unique=True), name=TEXTS)
@example(inputs={HOSTILE: HOSTILE, "%s": [HOSTILE]}, waiting=["image", HOSTILE], name=HOSTILE)
@example(inputs={}, waiting=["image"], name="")
@example(inputs={}, waiting=[], name="")
def test_a_shell_sends_exactly_the_inputs(inputs, waiting, name, run, tmp_path):
    """The body is the request's inputs, with the picture's address; nothing else is done."""
    still = tmp_path / "still.png"
    still.write_bytes(b"a\0picture\n")
    inputs = {key: value for key, value in inputs.items() if key not in waiting}
    pictures = [picture(each, still) for each in waiting]
    script = render_curl(request(inputs, *pictures, film=name, shot=name, model=name))
    done, here, heard = run(script)
    assert (done.returncode, done.stderr) == (0, b""), script
    body = json.loads((heard / "body").read_bytes())
    assert body == {**inputs, **dict.fromkeys(waiting, ADDRESS)}
    clip = request({}, shot=name).clip
    assert names_of(here) == [clip]
    assert (here / clip).read_bytes() == b"a clip"
    assert done.stdout.decode().splitlines() == ["prediction p-1", "https://cdn/1.mp4", clip]
    if waiting:
        assert (heard / "picture").read_bytes() == still.read_bytes()


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_does_the_same(shell, run):
    """Whichever is called sh."""
    done, here, heard = run(render_curl(request({"prompt": HOSTILE})), shell)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads((heard / "body").read_bytes()) == {"prompt": HOSTILE}
    assert names_of(here) == ["s.mp4"]


def test_a_here_document_without_quotes_would_be_expanded(run):
    """The control: the check sees what the shell does to a body whose end is not quoted."""
    script = render_curl(request({"prompt": "$HEARD $(touch hacked)"}))
    _, here, heard = run(script.replace("<<'JSON'", "<<JSON"))
    assert str(heard) in (heard / "body").read_text()
    assert "hacked" in names_of(here)


def test_a_here_document_of_lines_as_they_are_would_end_early(run):
    """The control: what a prompt holds is run where its lines stand in the script unescaped."""
    script = render_curl(request({"prompt": "A cat.\nJSON\n}\ntouch hacked\nbody() {\n"}))
    plain = script.replace("\\n", "\n")
    assert "hacked" in names_of(run(plain)[1])
    assert "hacked" not in names_of(run(script)[1])


@A_FEW
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1))
@example("$(touch hacked) `id` ' \" \\ ; & | -x.png")
@example("-")
def test_a_picture_is_found_whatever_it_is_called(run, tmp_path, name):
    """Its bytes are handed in, under a name made from them."""
    name = harmless(name).encode()[:200].decode(errors="ignore")
    still = tmp_path / f"stills-{name}"
    still.write_bytes(name.encode())
    done, here, heard = run(render_curl(request({}, picture("image", still))))
    assert (done.returncode, done.stderr) == (0, b"")
    assert (heard / "picture").read_bytes() == name.encode()
    assert names_of(here) == ["s.mp4"]
    said = (heard / "words").read_text()
    assert "file=@-;filename=abababababababab.png;type=image/png" in said
    assert "stills-" not in said


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "base_url", ["http://[::1]:80", "http://127.0.0.1/a'b}$(touch hacked)`id`"]
)
def test_an_address_is_only_an_address(base_url, shell, run):
    """Every request goes below it, whatever is in it."""
    _, here, heard = run(render_curl(request({}, base_url=base_url)), shell)
    asked = [line for line in (heard / "words").read_text().split("\n") if "/api/v3/" in line]
    assert asked == [f"{base_url}/api/v3/m/x", f"{base_url}/api/v3/predictions/p-1/result"]
    assert names_of(here) == ["s.mp4"]


KEYS = TEXTS.filter(lambda key: "".join(key.split()) != "id")


def read_member(answer, change=lambda script: script):
    """Return what the script's own reader makes of an answer's id."""
    script = render_curl(request({}))
    reader = script[script.index("field() {") : script.index("\nbody() {")]
    done = subprocess.run(
        ["sh", "-c", f"{change(reader)}\nanswer=$1\nfield id", "sh", answer],
        env={"PATH": os.defpath, "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


@A_FEW
@given(
    said=TEXTS,
    echo=st.dictionaries(KEYS, TEXTS | st.lists(TEXTS, max_size=2), max_size=3),
    indent=st.sampled_from([None, 2]),
    ascii_only=st.booleans(),
)
@example(
    said='{"id":"no"},"id":"no', echo={'x"id': "no", ',"id': "no"}, indent=None, ascii_only=True
)
@example(said='\\",\\"id\\":\\"no', echo={"a\\": '\\\\"id":"no"}'}, indent=2, ascii_only=False)
def test_no_text_in_an_answer_passes_for_a_member(said, echo, indent, ascii_only):
    """The id is found, whatever else is said, however the answer is laid out."""
    data = {"input": echo, "error": said, "id": "p-1", "more": said}
    answer = {"code": 200, "message": said, "data": data}
    written = json.dumps(answer, indent=indent, ensure_ascii=ascii_only)
    assert read_member(written) == "p-1\n", written


def test_a_reader_of_any_part_of_a_line_would_be_misled():
    """The control: where a line need not begin with the member, a key that ends like it is read."""
    answer = json.dumps({'x"id': "no", "id": "p-1"})
    assert read_member(answer) == "p-1\n"
    assert read_member(answer, lambda script: script.replace("s/^", "s/.*")) == "no\n"


def test_the_key_is_in_no_list_of_processes(run):
    """No word that curl is called with has it; the control finds one that is given there."""
    script = render_curl(request({"prompt": "A cat."}))
    words = run(script)[2] / "words"
    assert KEY not in words.read_text()
    shown = script.replace("-H @/dev/fd/3", '-H "Authorization: $WAVESPEED_API_KEY"')
    assert KEY in (run(shown)[2] / "words").read_text()


def test_every_call_leaves_the_settings_of_curl_out(run):
    """A .curlrc that tells curl to try again would buy a second clip: -q has to come first."""
    script = render_curl(request({"prompt": "A cat."}))
    calls = re.findall(r"^ *curl (\S+)", script, re.MULTILINE)
    assert calls == ["-q", "-q"]
    assert "--retry" not in script


def test_without_a_key_nothing_is_asked(run):
    """The script says which variable is not set."""
    script = f"unset WAVESPEED_API_KEY\n{render_curl(request({}))}"
    done, _, heard = run(script)
    assert done.returncode != 0
    assert b"WAVESPEED_API_KEY: set it to your key" in done.stderr
    assert names_of(heard) == []


FALSE_CLIENT = """\
import { writeFileSync } from "node:fs";
export class Client {
  constructor(key, options) { this.heard = { key, options, uploads: [] }; }
  async upload(file) { this.heard.uploads.push(file); return "https://cdn/a"; }
  async run(model, inputs) {
    const body = JSON.stringify(inputs);
    writeFileSync("heard.json", JSON.stringify({ ...this.heard, model, body }));
    return { outputs: ["data:video/mp4;base64,YSBjbGlw"] };
  }
}
"""


@pytest.fixture
def node(tmp_path):
    """Run a module with a false client; return how it ended, and what the client heard."""
    package = tmp_path / "node_modules" / "wavespeed"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"type": "module", "exports": "./index.js"}')
    (package / "index.js").write_text(FALSE_CLIENT)

    def run_it(code):
        for stale in (*tmp_path.glob("*.mp4"), *tmp_path.glob("heard.json")):
            stale.unlink()
        Path(tmp_path / "code.mjs").write_bytes(code.encode())
        done = subprocess.run(
            [NODE, "code.mjs"],
            cwd=tmp_path,
            env={"WAVESPEED_API_KEY": KEY},
            capture_output=True,
            check=False,
            timeout=60,
        )
        heard = tmp_path / "heard.json"
        return done, json.loads(heard.read_bytes()) if heard.exists() else None

    return run_it


@A_FEW
@given(inputs=INPUTS, waiting=st.lists(TEXTS, max_size=2, unique=True), name=TEXTS)
@example(
    inputs={"__proto__": {"__proto__": {"a": 1}}, "a-b": "*/ ` ${x} \u2028", "class": "</script>"},
    waiting=["__proto__ ", "image"],
    name="*/\nprocess.exit(3)\u2028process.exit(3)",
)
@example(inputs={"a": [1.5, -0.0, 1e300, None, True]}, waiting=["__proto__"], name=HOSTILE)
def test_node_sends_exactly_the_inputs(inputs, waiting, name, node):
    """The client is called with the request's inputs, and the picture's address."""
    inputs = {key: value for key, value in inputs.items() if key not in waiting}
    pictures = [picture(each, f"/stills/{name}") for each in waiting]
    code = render_js(request(inputs, *pictures, film=name, shot=name, model=name))
    done, heard = node(code)
    assert (done.returncode, done.stderr) == (0, b""), code
    body = json.loads(
        heard["body"], parse_int=float
    )  # JavaScript has no whole numbers of their own
    assert body == {**inputs, **dict.fromkeys(waiting, "https://cdn/a")}
    assert (heard["key"], heard["model"]) == (KEY, name)
    assert heard["options"] == {"baseUrl": "https://api.example"}
    assert heard["uploads"] == ([f"/stills/{name}"] if waiting else [])


def test_a_prototype_without_brackets_would_be_lost(node):
    """The control: the check sees a key that JavaScript takes for something else."""
    code = render_js(request({"__proto__": {"a": 1}}))
    assert json.loads(node(code)[1]["body"]) == {"__proto__": {"a": 1}}
    assert json.loads(node(code.replace('["__proto__"]', "__proto__"))[1]["body"]) == {}


def test_a_line_end_in_a_comment_would_be_run(node):
    """The control: text that gets out of its comment ends the program."""
    code = render_js(request({}, film="FILM"))
    done, heard = node(code.replace("FILM", "\u2028process.exit(3)"))
    assert (done.returncode, heard) == (3, None)
