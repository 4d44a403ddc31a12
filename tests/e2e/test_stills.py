"""The example films' stills are what the script in the project draws."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("path", ["stills/doorway.png", "umbrella/stills/hook.png"])
def test_a_still_is_drawn_again_as_it_is(path, monkeypatch):
    """Pixel for pixel, but for what another processor's rounding may change."""
    monkeypatch.syspath_prepend(ROOT / "scripts")
    drawing = importlib.import_module("draw_stills")
    drawn = np.asarray(drawing.draw(path).convert("RGB"), dtype=int)
    kept = np.asarray(Image.open(ROOT / "storyboards" / path).convert("RGB"), dtype=int)
    assert drawn.shape == kept.shape
    assert np.abs(drawn - kept).max() <= 2
    for module in [each for each in sys.modules if each.startswith(("drawing", "draw_stills"))]:
        del sys.modules[module]
