"""Draw the stills of the example films: `python scripts/draw_stills.py [NAME ...] [--to FOLDER]`.

Every picture is made of curves, gradients and light, from fixed seeds: the same pixels each time.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from drawing.canvas import Canvas
from drawing.garden import draw_chase, draw_moonlit
from drawing.kitchen import draw_blanket, draw_doorway
from drawing.light import developed
from drawing.parlour import draw_pounce, draw_stalk
from drawing.umbrella import draw_hook, draw_pack, draw_square
from PIL import Image

STORYBOARDS = Path(__file__).resolve().parent.parent / "storyboards"

STILLS: Mapping[str, Callable[[], Canvas]] = {
    "stills/stalk.png": draw_stalk,
    "stills/pounce.png": draw_pounce,
    "stills/chase.png": draw_chase,
    "stills/moonlit.png": draw_moonlit,
    "stills/doorway.png": draw_doorway,
    "stills/blanket.png": draw_blanket,
    "umbrella/stills/hook.png": draw_hook,
    "umbrella/stills/square.png": draw_square,
    "umbrella/stills/pack.png": draw_pack,
}
"""Where each still lies under `storyboards/`, and what draws it."""


def draw(name: str) -> Image.Image:
    """Return one still by its place under `storyboards/`."""
    return developed(STILLS[name](), contrast=1.15)


def main(arguments: list[str]) -> int:
    """Draw the stills asked for, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="such as stills/pounce.png; all if none"
    )
    parser.add_argument("--to", type=Path, default=STORYBOARDS, metavar="FOLDER")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in STILLS]
    if unknown:
        parser.error(f"no still is called {unknown[0]}; there are {', '.join(STILLS)}")
    for name in options.names or STILLS:
        path = options.to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(name).save(path, optimize=True)
        print(f"{path}  {path.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
