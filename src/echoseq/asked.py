"""What may be asked of a window, and what it is called.

Positions are counted as in the configuration: 1 is the oldest value of the window, 0 the value just
before it, -1 the one before that.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field

from echoseq.errors import EchoseqError

NOTHING = "none"  # in an echo: nothing is asked here


@dataclass(frozen=True, slots=True)
class Say:
    """A constant to be said, whatever the window holds."""

    say: Annotated[int, Field(strict=True, ge=0)]


FURTHEST = 1_000_000  # from the window, of a position
Position = Annotated[int, Field(strict=True, ge=-FURTHEST, le=FURTHEST)]
Asked = Position | Literal["none"] | Say
Word = Literal["oldest", "newest", "reversed"]
WORDS: tuple[Word, ...] = get_args(Word)
Echo = Word | tuple[Asked, ...]


def plain(asked: Iterable[Asked]) -> list[int | str | dict[str, int]]:
    """What is asked at each place of the answer, as JSON can hold it."""
    return [asdict(item) if isinstance(item, Say) else item for item in asked]


def echo_from(text: str) -> Echo:
    """An echo as a command writes it: `oldest`, `newest`, `reversed`, or positions, as in 5,3,1.

    Raises:
        EchoseqError: if it is something else.
    """
    for word in WORDS:
        if text == word:
            return word
    items = text.split(",")
    if not all(item == NOTHING or re.fullmatch(r"-?\d{1,6}", item) for item in items):
        expected = f"{', '.join(WORDS)}, or positions, as in 5,3,1"
        raise EchoseqError(f"--echo: expected {expected}, got '{text}'")
    return tuple("none" if item == NOTHING else int(item) for item in items)


def positions(echo: Echo, n_in: int, n_out: int) -> tuple[Asked, ...]:
    """What an echo asks at each place of the answer."""
    if echo == "oldest":
        return tuple(range(1, n_out + 1))
    if echo == "newest":
        return tuple(range(n_in - n_out + 1, n_in + 1))
    if echo == "reversed":
        return tuple(range(n_out, 0, -1))
    assert not isinstance(echo, str)
    return echo


def before(asked: Iterable[Asked]) -> int:
    """How many values before the window are needed for what is asked."""
    return max((1 - item for item in asked if isinstance(item, int) and item < 1), default=0)


def canonical(echo: Echo, n_in: int, n_out: int) -> Echo:
    """The same echo as a word, if there is one for it."""
    asked = positions(echo, n_in, n_out)
    return next((word for word in WORDS if positions(word, n_in, n_out) == asked), echo)


def called(item: Asked, n_in: int) -> str:
    """What a position is called: `oldest`, `newest`, `3rd oldest`, `2 before the window`."""
    if isinstance(item, Say):
        return f"the constant {item.say}"
    if isinstance(item, str):
        return "nothing"
    if item < 1:
        return f"{1 - item} before the window"
    if item in (1, n_in):
        return "oldest" if item == 1 else "newest"
    return f"{ordinal(item)} oldest"


def described(asked: Sequence[Asked], n_in: int) -> str:
    """What is asked, as the object of a sentence: `the 2 oldest of 5`."""
    n_out = len(asked)
    echo = canonical(tuple(asked), n_in, n_out)
    if echo in ("oldest", "newest"):
        return f"all {n_in}" if n_out == n_in else f"the {n_out} {echo} of {n_in}"
    if echo == "reversed":
        share = f"all {n_in}" if n_out == n_in else f"the {n_out} oldest of {n_in}"
        return f"{share} in reverse"
    return f"of {n_in}, in this order: {', '.join(called(item, n_in) for item in asked)}"


def read_asked(text: str) -> tuple[Asked, ...]:
    """What `plain` made of what is asked, as JSON."""
    return tuple(Say(**item) if isinstance(item, dict) else item for item in json.loads(text))


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    last = number % 10 if number % 100 not in (11, 12, 13) else 0
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"
