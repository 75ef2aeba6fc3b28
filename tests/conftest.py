"""Settings shared by all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# A busy machine is no failure; continuous integration repeats the same examples, a developer sees new ones.
settings.register_profile("kapitza", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("kapitza")
