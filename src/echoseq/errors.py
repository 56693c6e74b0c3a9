"""The one exception meant for users."""


class EchoseqError(Exception):
    """A mistake that the user can fix, in one line: the key or file, and what was expected."""
