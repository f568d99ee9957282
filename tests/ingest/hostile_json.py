"""Values that no provider means, or that stand at the edge of what it may mean, as the bytes of a member."""

from geofence.instants import MINUTE_US, Instant, printed
from tests.ingest.messages import RECEIVED

_WORDS = b'null true false NaN Infinity -Infinity nan None undefined \'51\' {} [] [1] [[]] [{}] {"a":{"a":1}} T'.split()
_NUMBERS = [
    *b"0 -0 -0.0 00 01 +1 1. .5 1e 1e5 1E+2 5e-324 1e-999 1e308 1e999 -1e999 1.7976931348623159e308 0x10 1_0".split(),
    *b"90 -90 -90.5 90.00000000000001 180 -180 180.5 8.5 8812345.0 2147483647 2147483648 -2147483649".split(),
    *(b"%d" % number for number in (2**32, 2**53 + 1, 2**63, 2**64, 10**18 - 1, 10**18, -(10**18))),
    *(b"9" * 200, b"9" * 201, b"9" * 400, b"-" + b"9" * 5000, b"0." + b"3" * 400, b"1" + b"0" * 300 + b"e-300"),
]
_TEXTS = [
    *b"NaN -inf Infinity 51.3712 8 gps GPS wifi cell jamming strap T-000123 \xc3\xa9".split(),
    *(b"", b" ", b"T" * 200, b"T" * 201, b"\xf0\x9f\x98\x80" * 200, b"x" * 3000),
    *rb"\u0000 T\u0000 \ud800 \udc00\ud800 \ud83d\ude00 \u00e9 \u12 \x \/ \\ \" \ud800x \U00000041".split(),
    *(b"\0", b"\x1f", b"\x7f", b"\n", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3"),
    *(b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xef\xbf\xbf"),
]
_TIMES = [
    *b"2026-11-20T18:02:11 2026-11-20t18:02:11z 2026-11-20T18:02:11+01:00 2026-11-20T18:02:11+0100".split(),
    *b"2026-11-20T18:02:11+01 2026-11-20T18:02:11-00:00 2026-11-20T18:02:11+24:00 2026-11-20T18:02:11+23:59".split(),
    *b"2026-11-20T24:00:00Z 2026-11-20T23:59:60Z 2026-02-29T00:00:00Z 2028-02-29T00:00:00Z".split(),
    *b"2026-11-20T18:02:11.Z 2026-11-20T18:02:11.1234567899Z 2026-11-20T18:02:11,5Z 0000-01-01T00:00:00Z".split(),
    *b"0001-01-01T00:00:00+12:00 9999-12-31T23:59:59Z 9999-12-31T23:59:59-12:00 1999-12-31T23:59:59Z".split(),
    *b"2000-01-01T00:00:00Z 1970-01-01T00:00:00Z 2026-11-20 20261120T180211Z 2026-W47-5T18:02:11Z".split(),
    *b"2026-11-20T18:02Z 12026-11-20T18:02:11Z yesterday 1795197731".split(),
    *(b"2026-11-20 18:02:11", b" 2026-11-20T18:02:11Z", b"2026-11-20T18:02:11Z ", b"2026-11-20T18:02:11 Z"),
    *(
        printed(Instant(RECEIVED + ahead)).encode()
        for ahead in (5 * MINUTE_US, 5 * MINUTE_US + 1, 1440 * MINUTE_US + 1)
    ),
    *("２０２６-11-20T18:02:11Z".encode(), b"2026-11-20T18:02:11.%sZ" % (b"7" * 500)),
]
HOSTILE = [*_WORDS, *_NUMBERS, *(b'"%s"' % text for text in (*_TEXTS, *_TIMES)), b'"', b'"""']
# What may stand between values, and what may not.
BLANKS = [
    b"",
    b" ",
    b"\n",
    b"\t\r\n",
    b"\x0b",
    b"\xa0",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xe2\x80\x8b",
    b"//\n",
    b"/**/",
    b"x",
    b",",
]
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp037", "utf-7", "utf-8-sig")
# Around the limit, around where Python's own readers give up, and far beyond.
DEPTHS = (20, 498, 499, 500, 900, 1_500, 20_000)
