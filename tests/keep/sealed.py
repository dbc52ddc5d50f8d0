"""Files whose checksums are right, whatever they hold: as an author of a forged one would make."""

import json
import zlib

import numpy as np

BEGIN = b'{"__metadata__":{"crc32":"'
PLACE = slice(8 + len(BEGIN), 8 + len(BEGIN) + 8)


def sealed(header, payload=b""):
    """The bytes of a file with this header, in which the checksum of the header is right."""
    assert header.startswith(BEGIN)
    header += b" " * (-(8 + len(header)) % 64)
    data = bytearray(len(header).to_bytes(8, "little") + header)
    data[PLACE] = b"00000000"
    data[PLACE] = f"{zlib.crc32(data):08x}".encode()
    return bytes(data) + payload


def sealed_file(text, arrays):
    """The bytes of a file with this text, an object or JSON, and arrays.

    An array may be a tuple of the dtype's code, the shape and the bytes.
    """
    entries, crc32s, payload = {}, {}, b""
    for name, array in arrays.items():
        if not isinstance(array, tuple):
            code = {"b": "BOOL"}.get(array.dtype.kind, f"{array.dtype.kind}{8 * array.itemsize}")
            array = code.upper(), array.shape, np.ascontiguousarray(array).tobytes()
        code, shape, data = array
        begin, payload = len(payload), payload + data
        entries[name] = {"dtype": code, "shape": shape, "data_offsets": [begin, len(payload)]}
        crc32s[name] = f"{zlib.crc32(data):08x}"
    if isinstance(text, dict):
        text = json.dumps({"schema": 1, "crc32": crc32s, **text})
    metadata = {"crc32": "0" * 8, "skparams": text}
    entries = {"__metadata__": metadata, **entries}
    return sealed(json.dumps(entries, separators=(",", ":")).encode(), payload)
