"""Names that were expected where another was given: all of a few, the nearest of many."""

from collections.abc import Iterable
from difflib import get_close_matches

from echoseq.checked import shorten

LISTED, WIDTH = 12, 200  # names, and characters of them, that are listed in full at most
NEAREST = 5  # names of a longer list that are shown


def nearest(given: object, names: Iterable[str], most: int = 1) -> list[str]:
    """The names most like one that is not among them, the most similar first; there may be none.

    Capitals, and '-' for '_', are not seen as differences; a name with the given one as a part of
    it is similar too.
    """
    plain = {_plain(name): name for name in names}
    wanted = _plain(given)
    close = get_close_matches(wanted, plain, n=most, cutoff=0.6)
    close += [name for name in plain if wanted in name and len(wanted) > 2]
    return [plain[name] for name in dict.fromkeys(close)][:most]


def one_of(names: Iterable[str], given: object) -> str:
    """What was expected where any of several names is allowed; of many, how many and a few."""
    known = list(dict.fromkeys(names))
    if _few(known):
        return "one of " + ", ".join(known)
    few = "" if nearest(given, known) else f", such as {', '.join(known[:NEAREST])}"
    return f"one of {len(known)} names{few}"


def did_you_mean(given: object, names: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known ones, if any is near."""
    known = list(dict.fromkeys(names))
    found = nearest(given, known, most=1 if _few(known) else NEAREST)
    *first, last = found or [""]
    return f"; did you mean {', '.join(first)}{' or ' if first else ''}{last}?" if last else ""


def unknown(given: object, names: Iterable[str]) -> str:
    """A message about a name that is not one of those that are known."""
    known, shown = list(names), shorten(str(given), 60)
    return f"expected {one_of(known, given)}, got '{shown}'{did_you_mean(given, known)}"


def unknown_key(given: object, names: Iterable[str], taken: Iterable[str] = ()) -> str:
    """A message about a key that is not one of those that are known.

    Args:
        taken: keys that are given as well, so that they are less likely to be meant.
    """
    known, others = list(names), set(taken)
    found = nearest(given, [name for name in known if name not in others])
    meant = found or nearest(given, known)
    return (
        f"unknown key; did you mean {meant[0]}?"
        if meant
        else (f"unknown key, expected one of {', '.join(known)}")
    )


def _few(names: list[str]) -> bool:
    return len(names) <= LISTED and len(", ".join(names)) <= WIDTH


def _plain(name: object) -> str:
    return str(name).casefold().replace("-", "_")
