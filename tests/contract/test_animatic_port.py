"""The free provider behind the port: order, look, download, and what goes wrong on the way."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from storyboard.adapters.animatic import Animatic
from storyboard.engine.ports import Failed, Ready, Running
from storyboard.model.errors import EnvironmentFault, InvalidStoryboard
from storyboard.model.money import Millis
from storyboard.model.request import ClipRequest

REQUEST = ClipRequest("animatic", (("move", "static"),), Millis(1000))


def write_clip(request, path, progress):
    """A render that is done at once."""
    progress(1.0)
    Path(path).write_bytes(b"a clip of " + str(request.length).encode())


def refuse(request, path, progress):
    raise InvalidStoryboard("the picture is broken", hint="save it again")


class Stage:
    """An executor whose jobs run when the test says so."""

    def __init__(self):
        self.calls = []

    def submit(self, work, *arguments):
        future = Future()
        self.calls.append((future, work, arguments))
        return future

    def run(self):
        for future, work, arguments in self.calls:
            try:
                future.set_result(work(*arguments))
            except (InvalidStoryboard, KeyError) as error:
                future.set_exception(error)
        self.calls.clear()


@pytest.fixture
def stage():
    return Stage()


def made(render, stage, tmp_path):
    return Animatic(render, stage, str(tmp_path / "scratch"))


def test_an_order_runs_then_is_ready_then_is_downloaded(stage, tmp_path):
    """A clip goes from running to ready to a file, and nothing is left in the scratch folder."""
    api = made(write_clip, stage, tmp_path)
    target = tmp_path / "clip.mp4"

    async def story():
        prediction = await api.submit(REQUEST)
        before = await api.look(prediction)
        stage.run()
        after = await api.look(prediction)
        await api.download(prediction, str(target))
        return before, after

    assert asyncio.run(story()) == (Running(0.0), Ready())
    assert target.read_bytes() == b"a clip of 1000"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_progress_is_seen_while_the_clip_is_made(tmp_path):
    """`look` tells the share that the render last reported."""
    reached, go_on = threading.Event(), threading.Event()

    def half(request, path, progress):
        progress(0.5)
        reached.set()
        go_on.wait(10)
        write_clip(request, path, progress)

    with ThreadPoolExecutor(1) as pool:
        api = Animatic(half, pool, str(tmp_path))
        prediction = asyncio.run(api.submit(REQUEST))
        assert reached.wait(10)
        assert asyncio.run(api.look(prediction)) == Running(0.5)
        go_on.set()


def test_a_refused_order_fails_in_the_words_of_the_refusal(stage, tmp_path):
    """What the renderer refuses is the reason of the failure, with its hint."""
    api = made(refuse, stage, tmp_path)
    prediction = asyncio.run(api.submit(REQUEST))
    stage.run()
    look = asyncio.run(api.look(prediction))
    assert look == Failed("the picture is broken (save it again)")
    with pytest.raises(EnvironmentFault, match="no finished clip"):
        asyncio.run(api.download(prediction, str(tmp_path / "clip.mp4")))


def test_a_bug_in_the_renderer_is_not_hidden(stage, tmp_path):
    """Only refusals become failures: anything else is a bug and is raised."""

    def broken(request, path, progress):
        raise KeyError("oops")

    api = made(broken, stage, tmp_path)
    prediction = asyncio.run(api.submit(REQUEST))
    stage.run()
    with pytest.raises(KeyError):
        asyncio.run(api.look(prediction))


def test_an_unknown_prediction_has_failed(stage, tmp_path):
    """A job of another run cannot be looked at, nor downloaded."""
    api = made(write_clip, stage, tmp_path)
    assert isinstance(asyncio.run(api.look("animatic-99")), Failed)
    with pytest.raises(EnvironmentFault):
        asyncio.run(api.download("animatic-99", str(tmp_path / "clip.mp4")))


def test_a_clip_is_not_downloaded_before_it_is_finished(stage, tmp_path):
    """A half-made file is never handed out."""
    api = made(write_clip, stage, tmp_path)
    prediction = asyncio.run(api.submit(REQUEST))
    with pytest.raises(EnvironmentFault):
        asyncio.run(api.download(prediction, str(tmp_path / "clip.mp4")))
    assert not (tmp_path / "clip.mp4").exists()


def test_a_cancelled_job_has_failed(stage, tmp_path):
    """An executor that is shut down cancels what waits; that is a failure, not a crash."""
    api = made(write_clip, stage, tmp_path)
    prediction = asyncio.run(api.submit(REQUEST))
    stage.calls[0][0].cancel()
    assert asyncio.run(api.look(prediction)) == Failed("the job was cancelled")


def test_an_executor_that_is_shut_down_takes_no_order(tmp_path):
    """Submitting to it is a fault of the environment, not a crash."""
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(EnvironmentFault, match="cannot start"):
        asyncio.run(Animatic(write_clip, pool, str(tmp_path)).submit(REQUEST))


def test_a_scratch_folder_that_cannot_be_made_is_a_fault_of_the_environment(stage, tmp_path):
    """A file where the folder should be is told, not raised as it is."""
    (tmp_path / "scratch").write_bytes(b"")
    with pytest.raises(EnvironmentFault, match="could not write"):
        asyncio.run(made(write_clip, stage, tmp_path).submit(REQUEST))


def test_a_target_that_cannot_be_written_is_a_fault_and_leaves_nothing(stage, tmp_path):
    """A download to a missing folder fails in words, and the clip can still be downloaded."""
    api = made(write_clip, stage, tmp_path)
    prediction = asyncio.run(api.submit(REQUEST))
    stage.run()
    with pytest.raises(EnvironmentFault, match="could not write"):
        asyncio.run(api.download(prediction, str(tmp_path / "missing" / "clip.mp4")))
    asyncio.run(api.download(prediction, str(tmp_path / "clip.mp4")))
    assert (tmp_path / "clip.mp4").exists()


def test_leaving_stops_what_runs_and_takes_the_rest_away(tmp_path):
    """An interrupted build waits for no clip to be finished, and leaves no scrap behind."""
    started = threading.Event()

    def endless(request, path, progress):
        Path(path).write_bytes(b"half a clip")
        while True:
            started.set()
            progress(0.5)

    with ThreadPoolExecutor(1) as executor, made(endless, executor, tmp_path) as api:
        asyncio.run(api.submit(REQUEST))
        asyncio.run(api.submit(REQUEST))
        started.wait()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_clip_that_nobody_fetched_is_taken_away(stage, tmp_path):
    """A finished clip is as good as none once its run is over."""
    with made(write_clip, stage, tmp_path) as api:
        asyncio.run(api.submit(REQUEST))
        stage.run()
        assert len(list((tmp_path / "scratch").iterdir())) == 1
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_full_disk_is_told_as_what_it_is(stage, tmp_path):
    """What the other shots would meet too stops the run: it is not the shot that failed."""

    def full(request, path, progress):
        message = "no space left"
        raise EnvironmentFault(message)

    with ThreadPoolExecutor(1) as executor, made(full, executor, tmp_path) as api:
        prediction = asyncio.run(api.submit(REQUEST))
        api._jobs[prediction].work.exception()
        with pytest.raises(EnvironmentFault, match="no space left"):
            asyncio.run(api.look(prediction))
