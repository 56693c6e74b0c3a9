"""SVG files at half their size: what matplotlib repeats is said once, and no visible digit is lost.

Published versions are kept in git, and most of their bytes would otherwise be figures.
"""

import re
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

SVG, XLINK = "http://www.w3.org/2000/svg", "{http://www.w3.org/1999/xlink}href"
GROUP, USE, PATH = (f"{{{SVG}}}{name}" for name in ("g", "use", "path"))
DIGITS = 2  # after the point, of coordinates in points (1/72 inch)
COORDINATES = ("x", "y", "width", "height")
NUMBER = re.compile(r"-?\d+\.\d+")
TRANSLATION = re.compile(r"translate\(([^ ,()]+)[ ,]([^ ,()]+)\)")
REFERENCE = re.compile(r"(?:^|(?<=url\())#([\w.-]+)(?=$|\))")
# What the elements of a group inherit from it, or are all subject to.
INHERITED = ("style", "clip-path")


def compact_svg(path: Path) -> None:
    """Rewrite a file that matplotlib has written; the picture is the same.

    Comments, metadata and unused identifiers are dropped, the others shortened; coordinates are
    rounded to a hundredth of a point; and neighbours that look alike share a group that says how.
    """
    ElementTree.register_namespace("", SVG)
    root = ElementTree.parse(path).getroot()
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    for link in root.iterfind(f".//*[@{XLINK}]"):
        link.set("href", link.attrib.pop(XLINK))
    _shorten_names(root)
    for element in root.iter():
        element.tail = None
        if element.text and not element.text.strip():
            element.text = None
        if element is not root:  # the page keeps its exact size
            _shorten(element)
    _regroup(root)
    text = ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _shorten_names(root: Element) -> None:
    """Number the identifiers that are referred to, and drop the others."""
    values = [value for element in root.iter() for value in element.attrib.values()]
    used = {name for value in values for name in REFERENCE.findall(value)}
    new: dict[str, str] = {}
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name in used:
            element.set("id", new.setdefault(str(name), f"i{len(new):x}"))
    for element in root.iter():
        for key, value in element.attrib.items():
            element.set(key, REFERENCE.sub(lambda found: f"#{new.get(found[1], found[1])}", value))


def _shorten(element: Element) -> None:
    attributes = element.attrib
    for key in COORDINATES:
        if key in attributes:
            attributes[key] = _rounded(attributes[key])
    if "d" in attributes:
        attributes["d"] = _relative(attributes["d"])
    if "style" in attributes:
        attributes["style"] = re.sub(r"([;:])\s+", r"\1", attributes["style"]).strip("; ")
    if "transform" in attributes:
        moved = TRANSLATION.sub(lambda found: _rounded(found[0]), attributes.pop("transform"))
        only = TRANSLATION.fullmatch(moved)
        if only and element.tag == USE and not {"x", "y"} & attributes.keys():
            attributes |= {key: to for key, to in zip(("x", "y"), only.groups()) if to != "0"}
        else:
            attributes["transform"] = moved


def _rounded(text: str) -> str:
    return NUMBER.sub(lambda found: f"{round(float(found[0]), DIGITS) + 0.0:g}", text)


def _relative(path: str) -> str:
    """A path with each point given from the one before: these numbers are shorter.

    Rounded before they are subtracted, so that no error adds up. Matplotlib writes the commands M,
    L, Q, C and z, whose numbers are pairs.
    """
    pieces = []
    here = start = np.zeros(2, int)
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        points = np.array(numbers.split(), float).reshape(-1, 2)
        points = np.rint(points * 10**DIGITS).astype(int)
        if command == "M":
            pieces.append(_joined("M", points))
            start = points[0]
        elif command != "z":
            pieces.append(_joined(command.lower(), points - here))
        else:
            pieces.append("z")
        here = points[-1] if len(points) else start
    return "".join(pieces)


def _joined(command: str, points: np.ndarray) -> str:
    numbers = " ".join(f"{value:g}" for value in points.ravel() / 10**DIGITS)
    return command + re.sub(r"(?<!\d)0\.", ".", numbers).replace(" -", "-")


def _regroup(element: Element) -> None:
    """Drop groups without attributes, and put neighbours that look alike into a group that does."""
    for inner in element:
        _regroup(inner)
    flat = [
        part
        for inner in element
        for part in (inner if inner.tag == GROUP and not inner.attrib else [inner])
    ]
    element[:] = [
        part for look, alike in groupby(flat, key=_look) for part in _grouped(look, list(alike))
    ]


def _look(element: Element) -> tuple[str | None, ...]:
    """What a group can have instead of its elements; only None if there is nothing to gain."""
    look = tuple(element.get(key) for key in INHERITED)
    # The opacity of a group is not that of each element, where they overlap; and what clips an
    # element moves with it.
    own = re.search(r"(^|;)opacity:", look[0] or "") or "transform" in element.attrib
    return look if element.tag in (USE, PATH) and not own else (None,) * len(INHERITED)


def _grouped(look: tuple[str | None, ...], alike: list[Element]) -> list[Element]:
    given = {key: value for key, value in zip(INHERITED, look) if value is not None}
    if not given or len(alike) < 2:
        return alike
    for element in alike:
        for key in given:
            del element.attrib[key]
    group = Element(GROUP, given)
    group.extend(alike)
    return [group]
