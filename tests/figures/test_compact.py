"""SVG files made smaller: the picture stays, and so do the links inside the file."""

import io
import re
import shutil
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import typst
from drawing import drawn, extension_tables, tables
from PIL import Image

from echoseq.figures import style
from echoseq.figures.compact import compact_svg

# Clipped lines, images, markers and bars; hatches.
NAMES = ["learning_curves", "echoes", "error_anatomy", "needed_cells"]


@pytest.fixture(params=NAMES)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """A figure as matplotlib writes it, and the same made smaller."""
    study = request.param != "needed_cells"
    made = tables(tmp_path, ["one", "two"]) if study else extension_tables(tmp_path)
    before, after = tmp_path / "before.svg", tmp_path / "after.svg"
    figure = drawn(request.param, made)
    with mpl.rc_context(style.STYLE):
        figure.savefig(before)
    shutil.copyfile(before, after)
    compact_svg(after)
    return before, after


def pixels(path: Path) -> np.ndarray:
    """The picture as numbers, (height, width, 3)."""
    page = '#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")'
    files = {"main": page.encode(), "picture.svg": path.read_bytes()}
    image = Image.open(io.BytesIO(typst.compile(files, format="png", ppi=144)))
    return np.asarray(image.convert("RGB")).astype(int)


def test_the_picture_is_the_same_and_the_file_smaller(pair: tuple[Path, Path]) -> None:
    before, after = pair
    apart = np.abs(pixels(before) - pixels(after)).max(axis=2)
    assert (apart > 64).mean() < 0.0005  # a hundredth of a point moves the edges of lines
    assert apart.mean() < 0.3
    assert after.stat().st_size < 0.7 * before.stat().st_size


def test_every_reference_leads_somewhere(pair: tuple[Path, Path]) -> None:
    text = pair[1].read_text()
    named = re.findall(r'\bid="([^"]+)"', text)
    assert len(set(named)) == len(named)
    assert set(re.findall(r'(?:href="|url\()#([\w.-]+)', text)) == set(named)
