"""The wheel, in an empty environment far from the checkout, starts a film and builds it."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import av
import pytest

REPOSITORY = Path(__file__).parents[2]
# pip may use its cache: it installs from the index as any user's would.
INSTALLER = dict(os.environ)  # noqa: TID251


def run(*words, cwd, environment):
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build the wheel and install it, with what it depends on, into a new environment."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, REPOSITORY)
    run(*build, cwd=folder, environment=INSTALLER)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", wheel, cwd=folder, environment=INSTALLER)
    return folder


@pytest.mark.slow
def test_a_new_film_builds_from_the_wheel(installed, own_home):
    """`storyboard new demo && storyboard build demo/film.yaml` makes a film of ten seconds."""
    program = installed / "env" / "bin" / "storyboard"
    environment = {"HOME": str(own_home), "PATH": "/usr/bin:/bin"}
    where = "import storyboard; print(storyboard.__file__)"
    python = installed / "env" / "bin" / "python"
    package = run(python, "-c", where, cwd=installed, environment=environment)
    assert str(installed) in package
    run(program, "new", "demo", cwd=installed, environment=environment)
    out = run(program, "build", "demo/film.yaml", cwd=installed, environment=environment)
    with av.open(installed / out.strip()) as film:
        picture = film.streams.video[0]
        assert (picture.width, picture.height, picture.frames) == (1280, 720, 192)


@pytest.mark.slow
def test_the_wheel_carries_its_texts(installed, own_home):
    """Templates, schemas, cards and the findings' pages are found from the wheel as well."""
    program = installed / "env" / "bin" / "storyboard"
    environment = {"HOME": str(own_home), "PATH": "/usr/bin:/bin"}
    page = run(program, "explain", "unknown-shot", cwd=installed, environment=environment)
    assert "unknown-shot" in page
    schema = run(program, "schema", cwd=installed, environment=environment)
    assert '"storyboard"' in schema
    models = run(program, "models", "--json", cwd=installed, environment=environment)
    assert "openai/sora-2/image-to-video" in models
