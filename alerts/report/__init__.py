"""What the police read: `compose` makes one frozen `Report` of a judged day, and every format is made from that."""

from alerts.report.composition import compose
from alerts.report.values import Report

__all__ = ["Report", "compose"]
