"""How many examples the laws are tried on: few by default, many with --hypothesis-profile=long."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("few", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=2000, deadline=None, derandomize=True)
settings.load_profile("few")
