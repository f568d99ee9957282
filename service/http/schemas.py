"""What bodies of the register hold, as OpenAPI describes it; they are read by the reader of register files itself.

A body that fits its description may still be refused: the law and the shapes of zones know rules that no schema tells.
"""

from typing import Any

Schema = dict[str, Any]

ID: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
NEW_ID: Schema = {**ID, "pattern": r"^[^/\x00-\x1f\x7f]+$"}  # nor a dot, two dots, or what ends in .geojson
TEXT: Schema = {"type": "string", "pattern": r"^[^\x00]*$"}
INSTANT: Schema = {"type": "string", "format": "date-time", "pattern": r"^[1-9]\d{3}-"}
DAY: Schema = {"type": "string", "format": "date"}
TIME: Schema = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}
FLAG: Schema = {"type": ["boolean", "null"]}
GEOMETRY: Schema = {
    "description": "a GeoJSON geometry (RFC 7946) other than a GeometryCollection",
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"enum": ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]},
        "coordinates": {"type": "array"},
    },
}
REASON: Schema = {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": r"^[^\x00]*[^\s\x00][^\x00]*$"}


def optional(schema: Schema) -> Schema:
    """Return a schema that takes null as well."""
    kind = schema.get("type")
    if isinstance(kind, str):
        return {**schema, "type": [kind, "null"]}
    return schema if isinstance(kind, list) else {"anyOf": [schema, {"type": "null"}]}


def an_object(description: str, required: Schema, others: Schema | None = None) -> Schema:
    """Return the schema of an object that has these members and no others."""
    return {
        "description": description,
        "type": "object",
        "required": list(required),
        "properties": {**required, **(others or {})},
        "additionalProperties": False,
    }


def a_list(items: Schema, **limits: int) -> Schema:
    """Return the schema of a list that may be null."""
    return {"type": ["array", "null"], "items": items, **limits}


def takes(schema: Schema, **others: Schema) -> Schema:
    """Describe the JSON body of a route that reads it itself; others: what it takes as another media type."""
    kinds = {"application/json": schema, **others}
    return {"requestBody": {"required": True, "content": {kind: {"schema": one} for kind, one in kinds.items()}}}


def may_take(schema: Schema) -> Schema:
    """Describe a JSON body that may be left out."""
    return {"requestBody": {"required": False, "content": {"application/json": {"schema": schema}}}}


ENDS: Schema = {
    "description": "on a date (exclusive), until further order, or with a named event, and when that came",
    "oneOf": [
        an_object("a date", {"kind": {"const": "date"}, "at": INSTANT}),
        an_object("until further order", {"kind": {"const": "further_order"}}),
        an_object("an event", {"kind": {"const": "event"}, "event": TEXT}, {"at": optional(INSTANT)}),
    ],
}
MONITORING = an_object("electronic monitoring", {"from": INSTANT, "until": INSTANT}, {"extended_by": optional(TEXT)})
WINDOW = an_object(
    "weekly local hours",
    {
        "days": {
            "type": "array",
            "minItems": 1,
            "items": {"enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
        },
        "from": TIME,
        "until": TIME,
    },
)
SUSPENSION = an_object("an authorised absence", {"from": INSTANT, "until": INSTANT, "reason": TEXT, "authority": TEXT})
VERSION = an_object(
    "a zone's shape and when it holds",
    {
        "version": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
        "valid_from": INSTANT,
        "footprint": GEOMETRY,
        "distance_m": {"type": "number", "minimum": 0},
    },
    {"valid_until": optional(INSTANT)},
)
ZONE = an_object(
    "an exclusion zone",
    {"zone_id": NEW_ID, "versions": {"type": "array", "minItems": 1, "items": VERSION}},
    {"label": optional(TEXT), "responding_force": optional(ID), "premises": optional(GEOMETRY)},
)
_CLAUSE: Schema = {
    "clause": TEXT,
    "text": TEXT,
    "from": INSTANT,
    "until": optional(INSTANT),
    "needs_zone": FLAG,
    "address_protected": FLAG,
    "schedule": a_list(WINDOW, minItems=1),
}
_REQUIRED_OF_CLAUSE = ("clause", "text", "from")
PROHIBITION = an_object(
    "a clause of an order",
    {"prohibition_id": NEW_ID, **{name: _CLAUSE[name] for name in _REQUIRED_OF_CLAUSE}},
    {**{name: _CLAUSE[name] for name in _CLAUSE if name not in _REQUIRED_OF_CLAUSE}, "zones": a_list(ZONE)},
)
_OF_ORDER: Schema = {
    "kind": {"enum": ["DAPN", "DAPO", "DVPN", "DVPO", "non-molestation", "restraining", "other"]},
    "reference": TEXT,
    "force": ID,
    "made_on": DAY,
    "effective_from": INSTANT,
    "ends": ENDS,
}
_MORE_OF_ORDER: Schema = {
    "court": optional(TEXT),
    "without_notice": FLAG,
    "aware_from": optional(INSTANT),
    "monitoring": optional(MONITORING),
    "immediate_alert": {"description": "kept as it is"},
    "discharged_at": optional(INSTANT),
}
_BELONGING: Schema = {"suspensions": a_list(SUSPENSION), "prohibitions": a_list(PROHIBITION)}
ORDER = an_object(
    "an order, as a register file writes it",
    {"order_id": NEW_ID, "wearer_id": ID, **_OF_ORDER},
    {**_MORE_OF_ORDER, **_BELONGING},
)
ORDER_ANEW = an_object(
    "a draft of an order, whole", {"wearer_id": ID, **_OF_ORDER}, {"order_id": ID, **_MORE_OF_ORDER, **_BELONGING}
)

_WHY: Schema = {"reason": REASON}
_BY: Schema = {"authority": optional(REASON)}
VARIATION = an_object(
    "from when to when things hold from now on: of clauses that are there, their end; new clauses are added",
    _WHY,
    {
        **_BY,
        "ends": ENDS,
        "monitoring": optional(MONITORING),
        "aware_from": optional(INSTANT),
        "prohibitions": a_list(
            {"type": "object", "required": ["prohibition_id"], "properties": {"prohibition_id": ID}}
        ),
    },
)
CORRECTION = an_object(
    "what was entered wrongly, as it should have been",
    _WHY,
    {
        **_BY,
        **{name: schema for name, schema in _OF_ORDER.items() if name != "force"},
        **_MORE_OF_ORDER,
        "prohibitions": a_list(an_object("a clause", {"prohibition_id": ID}, _CLAUSE)),
    },
)
SUSPENDING = an_object(
    "an authorised absence", {"from": INSTANT, "until": INSTANT, "reason": REASON, "authority": REASON}
)
SUSPENSION_END = an_object(
    "a suspension ends earlier; without `until` it never was",
    {"suspension_id": {"type": "integer", "minimum": 1, "maximum": 2**53}, **_WHY},
    {"until": optional(INSTANT), **_BY},
)
ENDING = an_object("when, why and by whose authority", {"at": INSTANT, **_WHY}, _BY)
WITHDRAWAL = an_object(
    "which version never was right",
    {"version": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}, **_WHY},
    _BY,
)
ZONE_DETAILS = an_object("what is to change", _WHY, {**_BY, "label": optional(TEXT), "responding_force": optional(ID)})
PUBLISHING = an_object("why, if there are warnings", {}, {"reason": optional(REASON), **_BY})
PROVIDER_PERSON = an_object("what the provider calls him", {"provider_person_id": optional(TEXT), **_WHY}, _BY)
EMERGENCY = an_object("why one person puts it in force alone", _WHY, _BY)
DECISION = an_object("why", {}, {"reason": optional(REASON)})
RELEASE = an_object(
    "as what it is read; as before, if left out", {}, {"profile": {"enum": ["cordon", "mdss", "event", None]}}
)
NOTIFICATION: Schema = {
    "description": "of what the police were notified, or have to be (Domestic Abuse Act 2021 s.41)",
    "oneOf": [
        an_object("name and home address", {"what": {"const": "name_and_address"}, "confirmed_at": INSTANT}),
        an_object(
            "a change of name or home address, and when it was notified, if it was",
            {"what": {"const": "change"}, "happened_on": DAY},
            {"confirmed_at": optional(INSTANT)},
        ),
    ],
}

_METRES: Schema = {"type": "number", "minimum": 0}
_ABOUT: Schema = {
    "label": optional(TEXT),
    "responding_force": optional(ID),
    "protects": {**optional(GEOMETRY), "description": "what a drawn area protects, if it may be told"},
}
_FORMS: tuple[tuple[str, Schema], ...] = (
    ("a shape, and what belongs to the zone around it", {"footprint": GEOMETRY, "distance_m": _METRES}),
    ("premises, and a distance around them", {"premises": GEOMETRY, "distance_m": _METRES}),
    ("an area as it was drawn", {"shape": GEOMETRY}),
    ("a road or a path, and its full width", {"line": GEOMETRY, "width_m": _METRES}),
    ("a National Grid reference, and a distance", {"grid_reference": TEXT, "distance_m": _METRES}),
    (
        "a place on the National Grid, and a distance",
        {"easting_m": {"type": "number"}, "northing_m": {"type": "number"}, "distance_m": _METRES},
    ),
)


def _drawing(required: Schema, others: Schema) -> Schema:
    forms = [
        an_object(text, {**form, "valid_from": INSTANT, **required}, {"valid_until": optional(INSTANT), **others})
        for text, form in _FORMS
    ]
    return {"description": "a shape in one of these forms, and when it is to hold", "anyOf": forms}


VERSION_DRAWING = _drawing({}, {})
ZONE_DRAWING = _drawing({"zone_id": NEW_ID}, _ABOUT)
FEATURE: Schema = {
    "description": "a GeoJSON Feature, or a FeatureCollection of one: the members of a drawing in its properties",
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"enum": ["Feature", "FeatureCollection"]}},
}

_OF_WEARER: Schema = {"name": {"type": "string", "pattern": r"\S"}}
_MORE_OF_WEARER: Schema = {
    "date_of_birth": optional(DAY),
    "pnc_id": optional(TEXT),
    "provider_person_id": optional(TEXT),
    "home_area": optional(TEXT),
    "home": optional(GEOMETRY),
}
WEARER = an_object("a wearer, as a register file writes him", {"wearer_id": NEW_ID, **_OF_WEARER}, _MORE_OF_WEARER)
WEARER_ANEW = an_object("a wearer, whole", _OF_WEARER, {"wearer_id": ID, **_MORE_OF_WEARER})

_OF_FORCE: Schema = {"name": {"type": "string", "pattern": r"\S"}}
FORCE = an_object("a force; its recipients are proposed afterwards", {"code": NEW_ID, **_OF_FORCE})
FORCE_ANEW = an_object("a force's name", _OF_FORCE, {"code": ID})
RECIPIENT = an_object(
    "where a force receives its reports: an e-mail address, an sftp:// URL, or an https:// URL",
    {"kind": {"enum": ["email", "sftp", "webhook"]}, "address": {"type": "string", "minLength": 1, "maxLength": 500}},
)
RECIPIENTS = an_object(
    "all recipients of a force, in the order in which they are turned to",
    {"recipients": {"type": "array", "maxItems": 50, "items": RECIPIENT}, **_WHY},
    _BY,
)

FITTING: Schema = {
    **an_object(
        "one tag on one wearer, who is named by either id or by both",
        {"tag_id": ID, "fitted_at": INSTANT},
        {"wearer_id": optional(ID), "provider_person_id": optional(ID), "removed_at": optional(INSTANT)},
    ),
    "anyOf": [{"required": ["wearer_id"]}, {"required": ["provider_person_id"]}],
}
FITTING_CORRECTION = an_object(
    "when the tag was on the wearer, as it should have been entered",
    {"fitted_at": INSTANT, **_WHY},
    {"removed_at": optional(INSTANT), **_BY},
)
FITTING_VOID = an_object("why it never was", _WHY, _BY)
