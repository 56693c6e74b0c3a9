"""What a page keeps compressed."""

import gzip
import re
from base64 import b64decode


def kept(page: str, name: str) -> str:
    """The text of a part: data or library."""
    (packed,) = re.findall(rf'<script type="text/plain" id="{name}">(.*)</script>', page)
    return gzip.decompress(b64decode(packed, validate=True)).decode()
