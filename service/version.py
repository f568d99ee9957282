"""Which version of Cordon this is; every report and bundle states it."""

from importlib.metadata import version

VERSION = version("cordon")
