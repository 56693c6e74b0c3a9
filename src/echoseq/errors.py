"""The exceptions meant for users."""


class EchoseqError(Exception):
    """A mistake that the user can fix, in one line: the key or file, and what was expected.

    Several mistakes have a line each.
    """

    def told(self, prefix: str = "echoseq: ") -> str:
        """The lines, each with a prefix."""
        return "\n".join(f"{prefix}{line}" for line in str(self).split("\n"))


class DamagedError(EchoseqError):
    """A file that is damaged, or not what its place says: the file, the key, what was expected."""
