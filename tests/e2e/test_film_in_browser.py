"""Chromium's video element shows the film as it is: every shot, every join, to its end."""

import contextlib
import os
import shutil
import socket
import threading
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from fakes.assembly import Piece, lay
from fakes.clapper import Take, shoot
from fakes.continuity import expected_bars
from fakes.screening import join_naively
from storyboard.adapters.media.cut.film import render_film

SIZE = (320, 180)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
CHROMIUM = shutil.which("chromium")
IS_WANTED = bool(os.environ.get("STORYBOARD_TEST_BROWSER"))  # noqa: TID251  # set by .ci/run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None and not IS_WANTED,
        reason="needs Chromium: apt-get install chromium, or see .ci/run",
    ),
]

PAGE = """
<!doctype html><video id="video" preload="auto"></video>
<script>
const video = document.getElementById("video");
const canvas = document.createElement("canvas");
const paint = canvas.getContext("2d", {willReadFrequently: true});

async function open_film(name) {
  const ready = new Promise((done, failed) => {
    video.oncanplaythrough = done;
    video.onerror = () => failed(new Error(video.error.message));
  });
  video.src = "/films/" + name;
  await ready;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  return video.duration;
}

function read_bars() {
  paint.drawImage(video, 0, 0);
  let value = 0;
  for (let bar = 0; bar < 16; bar++) {
    const left = Math.floor((bar + 0.5) * canvas.width / 16) - 1;
    const pixels = paint.getImageData(left, canvas.height / 2 - 2, 3, 4).data;
    let light = 0;
    for (let place = 0; place < pixels.length; place += 4) light += pixels[place + 1];
    if (light > 120 * pixels.length / 4) value |= 1 << bar;
  }
  return [value >> 11, value & 0x7ff];
}

async function seek(seconds) {
  const painted = new Promise(done => video.requestVideoFrameCallback(done));
  const arrived = new Promise(done => video.onseeked = done);
  video.currentTime = seconds;
  await arrived;
  await painted;
  return read_bars();
}

async function play_from(seconds) {
  await seek(seconds);
  const seen = [];
  const note = (_now, frame) => {
    seen.push([frame.mediaTime, read_bars()]);
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
  const ended = new Promise(done => video.onended = done);
  await video.play();
  await ended;
  return {seen, end: video.currentTime, sound: video.webkitAudioDecodedByteCount};
}
</script>
"""

TIMELINE = lay(
    Piece(0, 20, 4),
    Piece(1, 24, 9),
    Piece(2, 30, 5, "dissolve", 8),
    Piece(3, 22, 12),
    Piece(0, 26, 11, "wipe-left", 6),
    Piece(1, 20, 1, "dip-to-black", 4),
    Piece(2, 24, 20, fade_out=5),
    Piece(3, 20, 3),
    Piece(0, 30, 7, "dissolve", 12),
    Piece(1, 20, 22),
    size=SIZE,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def clips(folder):
    return {str(n): shoot(Take(n, size=SIZE), folder / f"{n}.mp4") for n in range(4)}


@contextlib.contextmanager
def served(folder):
    """Serve a folder's files, and parts of them, on this machine; give the page's address."""
    page = Route("/", lambda _request: HTMLResponse(PAGE))
    application = Starlette(routes=[page, Mount("/films", StaticFiles(directory=folder))])
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def player(folder):
    """A page in Chromium that opens, seeks and plays films of the folder."""
    assert CHROMIUM, "STORYBOARD_TEST_BROWSER is set, and there is no chromium"
    with (
        served(folder) as address,
        sync_playwright() as driver,
        contextlib.closing(driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)) as browser,
    ):
        page = browser.new_page()
        page.goto(address)
        yield page


@pytest.fixture(scope="module")
def film(folder, clips):
    render_film(TIMELINE, clips, str(folder / "film.mp4"))
    return folder / "film.mp4"


def wrongly_shown(player, timeline):
    """Seek to the first, middle and last frame that each shot has alone; say what is not it."""
    bars, wrong = expected_bars(timeline), []
    for event in timeline.events:
        alone = [number for number in range(event.record_in, event.record_out) if bars[number]]
        for number in (alone[0], alone[len(alone) // 2], alone[-1]):
            middle = float((number + 0.5) / timeline.fps)
            seen = player.evaluate("seek", middle)
            if tuple(seen) != bars[number]:
                wrong.append((event.shot, number, seen))
    return wrong


def test_seeking_into_every_shot_shows_its_frame(player, film):
    """At the first, the middle and the last moment of each shot its own frame is on the screen."""
    assert player.evaluate("open_film", film.name) == pytest.approx(
        float(TIMELINE.length / TIMELINE.fps), abs=0.001
    )
    assert wrongly_shown(player, TIMELINE) == []


def test_a_naive_join_shows_other_frames_there(player, folder, clips):
    """The control: joined by `concat -c copy`, later shots are not where they should be."""
    whole = lay(*(Piece(n % 4, 48) for n in range(6)), size=SIZE)
    joined = join_naively([clips[event.clip] for event in whole.events], folder / "naive.mp4")
    player.evaluate("open_film", Path(joined).name)
    assert wrongly_shown(player, whole) != []


def test_it_plays_through_a_join_to_its_end(player, film):
    """Each frame shown while playing is the one of its time, with sound, up to the end."""
    start, fps = TIMELINE.events[-1].record_in - 6, TIMELINE.fps
    player.evaluate("open_film", film.name)
    played = player.evaluate("play_from", float(start / fps))
    assert played["end"] == pytest.approx(float(TIMELINE.length / fps), abs=float(1 / fps))
    assert played["sound"] > 0
    bars = expected_bars(TIMELINE)
    shown = [(round(time * fps), tuple(seen)) for time, seen in played["seen"]]
    assert all(seen in bars[number : number + 2] for number, seen in shown)  # late by one at most
    assert {clip for _, (clip, _) in shown} == {0, 1}
    assert shown[-1][0] >= TIMELINE.length - 2
