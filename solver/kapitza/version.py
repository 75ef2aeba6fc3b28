"""Which version this is."""

from __future__ import annotations


def version() -> str:
    """Version of the installed package; "unknown" where the sources are used without being installed."""
    from importlib import metadata

    try:
        return metadata.version("kapitza")
    except metadata.PackageNotFoundError:
        return "unknown"
