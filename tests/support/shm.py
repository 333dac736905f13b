"""Where databases of tests stand: what they try is what is written when, and not the disk."""

import os
from pathlib import Path

_SHARED = Path("/dev/shm")
# None for the usual place.
MEMORY = _SHARED if _SHARED.is_dir() and os.access(_SHARED, os.W_OK) else None
