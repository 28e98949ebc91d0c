"""Writes python-vectors.json: what a real Python (and PyYAML) makes of scalars, formats, reprs and JSON texts.

Run it again after adding a case: python3 test/blueprint/python-vectors.py
"""
import datetime
import itertools
import json
import pathlib
import uuid

import yaml

UUID = uuid.UUID("12345678-9abc-4def-8123-456789abcdef")


def mark(value):
    """The value as JSON, with markers for what JSON does not have."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"$int": str(value)}
    if isinstance(value, float):
        return {"$float": repr(value)}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, datetime.datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"$date": value.isoformat()}
    if isinstance(value, uuid.UUID):
        return {"$uuid": str(value)}
    if isinstance(value, list):
        return [mark(item) for item in value]
    if isinstance(value, dict):
        return {"$map": [[mark(key), mark(item)] for key, item in value.items()]}
    if isinstance(value, set):
        return {"$set": [mark(item) for item in value]}
    raise TypeError(type(value))


def attempt(work):
    try:
        return {"value": mark(work())}
    except RecursionError:
        raise
    except Exception as exc:  # whatever Python raises is the expected result
        return {"error": type(exc).__name__, "message": str(exc)}


VALUES = [
    None, True, False, 0, 1, -1, 42, -255, 65, 2**31, 2**53 + 1, -(10**25), 0.0, -0.0, 0.5, 1.5, 2.5, -2.5, 3.9, 1e16,
    123456789.125, 1e-5, 0.0001, 1e22, 1.0, 100.0, 0.1, 1 / 3, 5e-324, 1.7976931348623157e308, 9.995, 999999.5,
    float("inf"), float("-inf"), float("nan"), "", "x", "str", "é", "it's", 'say "hi"', "both ' and \"", "a\\b", "tab\tnl\n",
    "\x00\x7f\x85\xa0\xad", "\u200b\u2028\u3000", "😀", "\U0001f1e9", b"hi", b"it's \x00\xff\n", [], [1, "a", None],
    {"k": [1.0, {"n": True}], 2: "two"}, {}, UUID, datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4),
    datetime.datetime(2024, 1, 2, 3, 4, 5, 600000, datetime.timezone.utc),
    datetime.datetime(2024, 1, 2, 0, 0, 0, 7, datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))),
    datetime.datetime(2024, 1, 2, 0, 0, 9, 0, datetime.timezone(datetime.timedelta(hours=2))), set(), {"one"},
]


def formats():
    cases = []
    for kind, value in itertools.islice(itertools.product("sradiuoxXeEfFgGc", VALUES), 0, None, 2):
        cases.append((f"%{kind}", [value]))
    numbers = [0, 1, -1, 255, -255, 2**70, 0.0, -0.0, 2.5, -3.75, 1234567.891, 1e-7, 1e20, float("inf"), True]
    options = ["5", "-8", "08", "+", " ", "+08", "-08", "#", "#010", "# 012", ".0", ".1", ".10", "#.0", "12.3", "-12.3", "012.3", "+.2", " 08.1", "#.5", "0-9", "+ 5"]
    for option, kind, value in itertools.islice(itertools.product(options, "dxXoefgGs", numbers), 0, None, 5):
        cases.append((f"%{option}{kind}", [value]))
    for value in [0.5, 1.5, 2.5, 0.125, 0.375, 1e15 + 0.5, 123.456, 5e-324, 1.7e308, 0.1, 99.55, 9.5, 9.9999, 99999.5]:
        for option in ["%.0f", "%.0e", "%.2f", "%.20f", "%.50f", "%.17g", "%.3g", "%g", "%e", "%.30e", "%#g", "%.0g", "%.1g"]:
            cases.append((option, [value]))
    cases += [
        ("%s", ["x"]), ("%5s|%-5s|", ["ab", "cd"]), ("%.2s", ["abcdef"]), ("%5.1s", ["é😀"]), ("%.1r", ["abc"]), ("%05s", ["a"]),
        ("%*d", [5, 42]), ("%-*d|", [5, 42]), ("%*d|", [-5, 42]), ("%.*f", [2, 3.14159]), ("%*.*f", [8, 2, 3.14159]), ("%*d", ["x", 1]),
        ("%*d", [1.5, 1]), ("%*d", [True, 1]), ("%*d", [5]), ("%.*f", [-3, 1.5]), ("%%", []), ("100%%", []), ("%5%", []), ("%5%", [1]), ("% %", []), ("%l%", [1]),
        ("%", []), ("100%", []), ("%5", [1]), ("%.", [1]), ("%z", [1]), ("%z", []), ("% z", [1]), ("%é", [1]), ("%(a)s", [1]), ("%(a", [1]),
        ("%ld", [5]), ("%hd", [5]), ("%Lf", [1.5]), ("%lld", [5]), ("%s", []), ("%s", [1, 2]), ("plain", []), ("plain", [1]), ("", []),
        ("%s-%s", ["a"]), ("%s %d %r", ["a", 1, "b"]), ("%c", ["ab"]), ("%c", [-1]), ("%c", [0x110000]), ("%c", [0x1F600]), ("%c", [""]),
        ("%5c|", ["x"]), ("%-5c|", [65]), ("%c", [True]), ("%.3x", [255]), ("%#.3x", [255]), ("%#X", [255]), ("%#o", [8]), ("%#x", [-255]),
        ("%#08x", [255]), ("%+#x", [255]), ("%-#8x|", [255]), ("%.0d", [0]), ("%.5d", [-42]), ("%8.5d", [-42]), ("%08.5d", [-42]), ("%+.3d", [7]),
        ("%s", [[1, [2, "x"]]]), ("%a", ["é\n😀"]), ("%a", [["é"]]), ("%r", [{"a": UUID}]), ("%s", [[UUID]]), ("%d%%", [50]), ("%-+5d|", [3]),
        ("%s", [[datetime.date(2024, 1, 2)]]), ("%f", [10**400]), ("%d", [1e300]), ("%x", [1.0]), ("%o", [True]), ("%i", ["5"]), ("%u", [-7]),
    ]
    return [{"format": fmt, "values": [mark(v) for v in values], **attempt(lambda: fmt % tuple(values))} for fmt, values in cases]


def reprs():
    texts = [chr(code) for code in [*range(0, 0x180), 0x378, 0x600, 0x1680, 0x2000, 0x200F, 0x2029, 0xE000, 0xFEFF, 0xFFFD, 0x1D173, 0x10FFFF]]
    floats = [10.0**power * factor for power in range(-8, 24, 2) for factor in (1, 1.5, 9.999999999999998)]
    return [{"value": mark(value), "repr": repr(value), "str": str(value), "truth": bool(value)} for value in [*VALUES, "".join(texts), *texts[:40], *floats]]


SCALARS = """
yes Yes YES yEs no No NO on On ON off Off OFF y Y n N true True TRUE tRue false False FALSE null Null NULL nULL ~ = << <<<
0 00 -0 +0 1 -1 +1 007 010 -010 +017 08 09 0_8 0_7 0_ 0o10 0O17 0x1F 0X1F -0xff 0x_f 0x_ 0xg 0b11 0b1_0 0b_ 0b2 -0b1 0b 0x 1_000 1__0 1_ _1 -_1
+1_0 123456789012345678901234567890 9007199254740991 9007199254740992 -9007199254740992 9007199254740993 12:30 12:30:45 -12:30 190:20:30
1:60 1:5 01:30 0:30 1:30.5 1:30. 01:30.5 -1:30.25 1_0:30 20:30:40:50 .5 -.5 +.5 5. -5. 1.5 1._5 1_0.5 ._5 .5_ . .. -. 1.2.3 1e3 1E3 1e+3 1.0e3 1.0e+3 1.e+3
1.5E-3 .5e+1 1.e3 +1.5 1.0_0 .inf .Inf .INF -.inf +.inf .iNF .nan .NaN .NAN .Nan -.nan inf nan 1.7976931348623157e+309 1e-400 0.1 100.0 1_.0
2024-01-01 2024-1-1 2024-02-30 2024-13-01 0000-01-01 2024-01-01T10:00:00Z 2024-01-01t10:00:00 2024-1-1T1:00:00Z 2024-01-01T10:00:00.5Z
2024-01-01T10:00:00.123456789+02:00 2024-01-01T10:00:00-05:30 2024-01-01T10:00:00+2 2024-01-01T10:00:00+00:00 2024-01-01T10:00:00-00:00
2024-01-01T24:00:00 2024-01-01T10:60:00 2024-01-01T10:00:60 2024-01-01T10:00 2024-01-01T10:00:00.Z 2024-01-01T10:00:00+24:00 2024-01-01T10:00:00+05:99
2024-01-01T10:00:00-0:30 20240101 2024-01 24-01-01 1.2.3.4 v1 1a a1 -a - -- + 1, 1/2 3% @ 12h
""".split() + ["", "2024-01-01 10:00:00", "2024-01-01  10:00:00 +01:00", "2024-01-01 10:00:00Z", "2024-01-01 10", "two words", "1 2"]

TAGGED = [
    ("str", text) for text in ["5", "yes", "", "2024-01-01", "~"]
] + [("int", text) for text in ["5", "0x1f", "010", "0o10", "1:30", "1_0", "-5", "+5", "abc", "", "1.5", "08", " 7 "]
] + [("float", text) for text in ["5", "1e3", "1.5", ".inf", "-.INF", ".nan", "abc", "", "1:30.5", "1_0.5", "inf", "1e400", "-0"]
] + [("bool", text) for text in ["yes", "YES", "oFf", "true", "1", ""]
] + [("null", text) for text in ["", "x", "null"]
] + [("timestamp", text) for text in ["2024-01-01", "2024-1-1", "2024-01-01T10:00:00Z", "x", "", "2024-1-1 1:00:00"]
] + [("binary", text) for text in ["aGk=", "aGk", "aGkh", "a G k =", "", "a", "é", "aGk=aGk=", "!!!!", "YQ==", "YQ=", "YWI="]
] + [("seq", "x"), ("map", "x"), ("set", "x"), ("omap", "x"), ("pairs", "x"), ("nope", "x")]


def construct(text, tag=None):
    """What PyYAML makes of a plain scalar, or of one with an explicit tag."""
    loader = yaml.SafeLoader("")
    full = f"tag:yaml.org,2002:{tag}" if tag else loader.resolve(yaml.ScalarNode, text, (True, False))
    return loader.construct_object(yaml.ScalarNode(full, text), deep=True)


JSON_TEXTS = [
    "null", "true", "false", "0", "-0", "5", "-5", "1.5", "1e3", "1E-2", "-0.0", "1e999", "01", "1.", ".5", "+1", "-", "--1", "NaN", "Infinity", "-Infinity",
    "nan", "123456789012345678901234567890", "9007199254740993", '""', '"a"', '"\\n\\t\\"\\\\\\/\\b\\f\\r"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\x"',
    '"\\u12"', '"abc', '"a\nb"', '"a\tb"', '"\\', "'a'", "[]", "[ ]", "[1, 2]", "[1 2]", "[1,", "[1", "[", "[,]", "]", "{}", "{ }", '{"a": 1}', '{"a" 1}',
    '{"a": }', '{"a": 1 "b"}', '{"a": 1', '{"a"', "{", '{"a": 1, "a": 2}', '{"b": 1, "a": 2, "b": 3}', "{a: 1}", "{1: 2}", '{"a": [1, {"b": null}]}', "1 2",
    "[1] x", "", "  ", " 5 ", "\n5\n", "\t[1 ,\n 2]\r\n", "\ufeff1", "tru", "nulls", '[NaN, -Infinity]', "{bad", "[\n1,\n x]", '"é', '"😀" x', "\xa05", "5\x00",
]

if __name__ == "__main__":
    result = {
        "formats": formats(),
        "reprs": reprs(),
        "plain": [{"text": text, **attempt(lambda: construct(text))} for text in SCALARS],
        "tagged": [{"tag": tag, "text": text, **attempt(lambda: construct(text, tag))} for tag, text in TAGGED],
        "json": [{"text": text, **attempt(lambda: json.loads(text))} for text in JSON_TEXTS],
        "strip": [{"text": chr(code) + "x" + chr(code), "value": (chr(code) + "x" + chr(code)).strip()} for code in [*range(0x21), 0x7F, 0x85, 0xA0, 0x1680, 0x180E, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF]],
    }
    lines = ",\n".join(f'"{name}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]" for name, cases in result.items())
    pathlib.Path(__file__).with_suffix(".json").write_text("{\n" + lines + "\n}\n")
    print({name: len(cases) for name, cases in result.items()})
