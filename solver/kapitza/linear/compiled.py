"""The same as `kapitza.compiled`."""

from kapitza.compiled import WORTH_COMPILING as WORTH_COMPILING
from kapitza.compiled import compiled as compiled
from kapitza.compiled import run as run
