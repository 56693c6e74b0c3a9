"""The exceptions meant for users."""


class EchoseqError(Exception):
    """A mistake that the user can fix, in one line: the key or file, and what was expected."""


class DamagedError(EchoseqError):
    """A file that is damaged, or not what its place says: the file, the key, what was expected."""
