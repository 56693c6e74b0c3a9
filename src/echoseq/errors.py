"""The one exception that users are meant to read."""


class EchoseqError(Exception):
    """Something that the user can mend, in one line: the key or file, and what was expected."""
