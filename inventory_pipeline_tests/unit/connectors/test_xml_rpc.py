"""XML-RPC answers become the JSON they would be; what no answer needs is refused."""

import json
import math
import xmlrpc.client

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.json_strict import load_strictly
from inventory_pipeline.connectors.xml_rpc import pack_call, unpack_answer
from inventory_pipeline.errors import SourceContractError

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**31), 2**31 - 1)
    | st.floats(allow_nan=False, allow_infinity=False, width=32).filter(math.isfinite)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def answer(inner: str) -> bytes:
    value = f"<value>{inner}</value>"
    return (
        f"<?xml version='1.0'?><methodResponse><params><param>{value}</param></params>"
        "</methodResponse>"
    ).encode()


@given(VALUES)
def test_what_the_library_writes_is_read_as_it_was(value):
    body = xmlrpc.client.dumps((value,), methodresponse=True).encode()
    text, is_fault = unpack_answer(body)
    assert not is_fault
    assert json.loads(text) == value


@given(VALUES)
def test_what_we_write_the_library_reads(value):
    parameters, method = xmlrpc.client.loads(pack_call("execute_kw", ["db", value, None]))
    assert (parameters, method) == (("db", value, None), "execute_kw")


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<double>12.50</double>", '"12.50"'),
        ("<double>0012.0</double>", '"12.0"'),
        ("<double>-0.5</double>", '"-0.5"'),
        ("<double>1e-05</double>", '"1e-05"'),
        ("<int>0042</int>", '"42"'),
        ("<i8>9007199254740993</i8>", '"9007199254740993"'),
    ],
)
def test_a_number_keeps_its_digits(inner, text):
    assert load_strictly(unpack_answer(answer(inner))[0]) == json.loads(text)


@pytest.mark.parametrize(
    ("inner", "value"),
    [
        ("plain text", "plain text"),
        ("<string>a &amp; b &lt;c&gt;</string>", "a & b <c>"),
        ("<string></string>", ""),
        ("", ""),
        ("<nil/>", None),
        ("<boolean>1</boolean>", True),
        ("<array><data></data></array>", []),
        ("<struct></struct>", {}),
        ("<dateTime.iso8601>20260406T10:00:00</dateTime.iso8601>", "20260406T10:00:00"),
    ],
)
def test_every_kind_of_value_is_known(inner, value):
    assert json.loads(unpack_answer(answer(inner))[0]) == value


def test_a_fault_says_that_it_is_one():
    body = xmlrpc.client.dumps(xmlrpc.client.Fault(3, "Access Denied"), methodresponse=True)
    text, is_fault = unpack_answer(body.encode())
    assert is_fault
    assert json.loads(text) == {"faultCode": 3, "faultString": "Access Denied"}


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<methodResponse><params><param><value>&lol2;</value></param></params></methodResponse>"""
FILE = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<methodResponse><params><param><value>&x;</value></param></params></methodResponse>"""


@pytest.mark.parametrize("body", [BOMB, FILE])
def test_entities_are_refused_before_anything_is_expanded(body):
    with pytest.raises(SourceContractError, match="declares a document type"):
        unpack_answer(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not whole XML"),
        (b"<methodResponse><params>", "not whole XML"),
        (answer("<int>1</int>")[:-20], "not whole XML"),
        (answer("&undefined;"), "not whole XML"),
        (b"<html><body>log in</body></html>", "holds <html>"),
        (b"<methodResponse></methodResponse>", "no XML-RPC result"),
        (b"<value>1</value>", "a value where XML-RPC has none"),
        (b"<methodResponse><data><value>1</value></data></methodResponse>", "has none"),
        (answer("<double>nan</double>"), "a <double> that is none"),
        (answer("<double>inf</double>"), "a <double> that is none"),
        (answer("<int>1.5</int>"), "a <int> that is none"),
        (answer("<boolean>2</boolean>"), "a <boolean> that is none"),
        (answer("<array><data><value>" * 80), "nested too deep"),
    ],
)
def test_what_is_no_answer_is_refused(body, message):
    with pytest.raises(SourceContractError, match=message):
        unpack_answer(body)


def test_a_name_given_twice_is_refused_when_the_json_is_read():
    member = "<member><name>id</name><value><int>{}</int></value></member>"
    text, _ = unpack_answer(answer(f"<struct>{member.format(1)}{member.format(2)}</struct>"))
    with pytest.raises(SourceContractError, match="key 'id' twice"):
        load_strictly(text)
