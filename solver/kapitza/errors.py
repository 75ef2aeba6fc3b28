"""What can go wrong, as types: the command line turns each into its exit code.

Every message is one short paragraph that says what, where, why and what to do.
"""


class KapitzaError(Exception):
    """Base of all errors that kapitza raises on purpose; ``exit_code`` is what the command line returns."""

    exit_code = 1


class InputError(KapitzaError):
    """A case, a stack or an argument is wrong: exit code 2."""

    exit_code = 2


class PhysicsError(KapitzaError):
    """Not converged, or physically impossible (a piece that only ever gets hotter): exit code 3."""

    exit_code = 3


class FileError(KapitzaError):
    """A file cannot be read or written, or stands in the way: exit code 4."""

    exit_code = 4


class ResourceError(KapitzaError):
    """More memory or disk would be needed than there is: exit code 5."""

    exit_code = 5
