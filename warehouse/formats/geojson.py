"""Labs to a GeoJSON FeatureCollection (RFC 7946), one feature a line."""

import json
from datetime import date
from typing import IO

import pyarrow as pa

_BATCH = 10_000


def write(labs: pa.Table, sink: IO[bytes]) -> None:
    """Write the labs; one without a place has a null geometry. Null properties are left out."""
    sink.write(b'{"type":"FeatureCollection","features":[')
    separator = b"\n"
    for batch in labs.to_batches(max_chunksize=_BATCH):
        for lab in batch.to_pylist():
            placed = lab["lon"] is not None and lab["lat"] is not None
            feature = {
                "type": "Feature",
                "id": lab["lab_id"],
                "geometry": {"type": "Point", "coordinates": [lab["lon"], lab["lat"]]} if placed else None,
                "properties": {name: value for name, value in lab.items() if value is not None},
            }
            text = json.dumps(feature, ensure_ascii=False, default=date.isoformat, separators=(",", ":"))
            # JSON allows both inside a string, JavaScript before 2019 and line readers do not.
            text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
            sink.write(separator + text.encode())
            separator = b",\n"
    sink.write(b"\n]}\n")
