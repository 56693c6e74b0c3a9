"""echoseq: how do recurrent networks echo random integers?

The modules follow the path of the data and import in one direction; CONTRIBUTING.md has the map.
Only networks, training and evaluation load TensorFlow.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from echoseq.api.version import Version

__version__ = "0.1.0"


def results(folder: "str | os.PathLike[str]") -> "Version":
    """The results in a folder, results/<version> or a published version; docs/python.md shows them.

    Raises:
        EchoseqError: if the folder holds none.
    """
    from pathlib import Path

    from echoseq.api.version import Version

    return Version(Path(folder))
