"""The exceptions meant for users."""


class EchoseqError(Exception):
    """A mistake that the user can fix, in one line: the key or file, and what was expected.

    Several mistakes have a line each.
    """

    @property
    def first(self) -> str:
        """The first line: enough of a file that nobody writes by hand."""
        return str(self).split("\n", maxsplit=1)[0]

    def told(self, prefix: str = "echoseq: ") -> str:
        """The lines, each with a prefix."""
        return "\n".join(f"{prefix}{line}" for line in str(self).split("\n"))


class DamagedError(EchoseqError):
    """A file that is damaged, or not what its place says: the file, the key, what was expected."""
