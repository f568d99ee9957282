"""Identities as types, so that a tag can't be passed where a wearer is meant."""

from typing import NewType

TagId = NewType("TagId", str)
WearerId = NewType("WearerId", str)
OrderId = NewType("OrderId", str)
ProhibitionId = NewType("ProhibitionId", str)
ZoneId = NewType("ZoneId", str)
IncidentId = NewType("IncidentId", str)
