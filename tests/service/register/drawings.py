"""Shapes to draw, good and bad, and any JSON in their place."""

from typing import Any

from hypothesis import strategies as st

from service.register.drawing.drawn import MEMBERS

Request = dict[str, Any]

POINT: Request = {"type": "Point", "coordinates": [-0.1, 51.37]}
LINE: Request = {"type": "LineString", "coordinates": [[-0.1, 51.37], [-0.09, 51.37]]}
AREA: Request = {"type": "Polygon", "coordinates": [[[-0.1, 51.37], [-0.09, 51.37], [-0.09, 51.38], [-0.1, 51.37]]]}
AREAS: Request = {"type": "MultiPolygon", "coordinates": [AREA["coordinates"]]}
CROSSED: Request = {
    "type": "Polygon",
    "coordinates": [[[-0.2, 51.1], [-0.1, 51.2], [-0.1, 51.1], [-0.2, 51.2], [-0.2, 51.1]]],
}
COLLECTION: Request = {"type": "GeometryCollection", "geometries": []}
FOREIGN = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
LONGITUDE_LATITUDE = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text("TQé 19", max_size=6)
    | st.sampled_from(["Point", "Polygon", "Feature", "FeatureCollection", "TQ 323 654", "XX 1 23"])
)
ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "geometry", "properties", "features", "crs", *MEMBERS])
            | st.text("TQé 19", max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
SHAPES = st.sampled_from([POINT, LINE, AREA, CROSSED, COLLECTION])
