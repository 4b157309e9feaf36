"""A connector goes where the configuration says, and where an answer says only inside that."""

import pytest

from inventory_pipeline.connectors.egress import Egress, is_loopback_host, parse_place
from inventory_pipeline.errors import SourceRefusedError, SourceUnavailableError


def leading_to(*addresses: str):
    return lambda _host, port: [(2, 1, 6, "", (address, port)) for address in addresses]


def build(base: str = "https://erp.example/api", *, private: bool = False, to=("93.184.216.34",)):
    return Egress(parse_place(base), private, leading_to(*to))


@pytest.mark.parametrize(
    ("link", "goes_to"),
    [
        ("https://erp.example/api/levels?page=2", "/api/levels?page=2"),
        ("https://ERP.example:443/api/levels", "/api/levels"),
        ("?page=2", "/api/items?page=2"),
        ("/api/more", "/api/more"),
        ("other?x=a%20b", "/api/other?x=a%20b"),
        ("//erp.example/api/x#part", "/api/x"),
        ("?q=ü", "/api/items?q=%C3%BC"),
    ],
)
def test_a_link_inside_origin_and_path_is_followed(link, goes_to):
    place = build().follow(link, seen_on=parse_place("https://erp.example/api/items?page=1"))
    assert place.target == goes_to
    assert place.origin == ("https", "erp.example", 443)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/levels",
        "https://erp.example.evil.example/api/x",
        "http://erp.example/api/levels",
        "https://erp.example:8443/api/levels",
        "https://erp.example/other",
        "https://erp.example/apis",
        "https://erp.example/api/../admin",
        "https://erp.example/api/%2e%2e/admin",
        "https://user:pw@erp.example/api/x",
        "https://erp.example@evil.example/api/x",
        "https://169.254.169.254/latest/meta-data",
        "//evil.example/api/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://erp.example/api/x\nHost: evil.example",
        "https:\\\\evil.example\\api",
        "https://erp.example:99999/api/",
        "",
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(link):
    seen_on = parse_place("https://erp.example/other/items")
    with pytest.raises(SourceRefusedError, match="next link"):
        build().follow(link, seen_on=seen_on)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.0.1", "100.64.0.1", "169.254.169.254",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_a_public_name_never_leads_into_the_inside(address):
    with pytest.raises(SourceRefusedError, match="not public"):
        build(to=("93.184.216.34", address)).find_addresses(parse_place("https://erp.example/"))


def test_an_inside_name_is_declared_and_still_leads_to_no_metadata_service():
    inside = parse_place("https://erp.internal/")
    assert build(private=True, to=("10.0.0.8",)).find_addresses(inside) == ["10.0.0.8"]
    with pytest.raises(SourceRefusedError):
        build(private=True, to=("169.254.169.254",)).find_addresses(inside)


def test_a_literal_address_is_a_declaration_of_itself_alone():
    place = parse_place("https://10.0.0.8/")
    assert build(to=("10.0.0.8",)).find_addresses(place) == ["10.0.0.8"]
    with pytest.raises(SourceRefusedError):
        build(to=("10.0.0.9",)).find_addresses(place)
    assert build(to=("127.0.0.1", "::1")).find_addresses(parse_place("http://localhost:8000/"))
    with pytest.raises(SourceRefusedError):
        build(to=("10.0.0.9",)).find_addresses(parse_place("http://localhost/"))


def test_a_name_without_address_may_have_one_later():
    def fail(_host, _port):
        raise OSError(-2, "Name or service not known")

    with pytest.raises(SourceUnavailableError, match=r"erp\.example has no address"):
        Egress(parse_place("https://erp.example/"), False, fail).find_addresses(
            parse_place("https://erp.example/")
        )


@pytest.mark.parametrize(
    "url",
    ["ftp://a/", "https://", "erp.example", "https://u@a/", "https://a/ b", "https://ä.example/",
     "https://a/x/../y", "https://a:b/"],
)  # fmt: skip
def test_what_is_no_plain_url_is_refused(url):
    with pytest.raises(ValueError, match=r".+"):
        parse_place(url)


def test_a_place_is_shown_without_its_query():
    assert str(parse_place("https://a.example:8443/x?token=abc")) == "https://a.example:8443/x"
    assert str(parse_place("https://[::1]/x?token=abc")) == "https://[::1]/x"
    assert "abc" not in repr(parse_place("https://a.example/x?token=abc"))


def test_only_this_machine_is_loopback():
    assert is_loopback_host("localhost")
    assert is_loopback_host("127.9.9.9")
    assert is_loopback_host("::1")
    assert not is_loopback_host("localhost.evil.example")
    assert not is_loopback_host("10.0.0.1")


HOSTS = ["files-*.example.com", "127.0.0.1"]


@pytest.mark.parametrize(
    "link",
    [
        "https://files-eu.example.com/a%2Fb?sig=x%3D",
        "https://FILES-eu.example.com/a",
        "http://127.0.0.1:8000/a",
    ],
)
def test_a_document_on_a_host_that_is_named_may_be_fetched(link):
    assert build().visit(link, HOSTS) == parse_place(link)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("https://evil.example/a?sig=s3cret", "lies on evil.example; only files-"),
        ("https://files-eu.example.com.evil.example/a", "lies on files-eu.example.com.evil"),
        ("https://files.example.com/a", "lies on"),
        ("https://erp.example/api/x", "lies on erp.example"),
        ("https://10.0.0.9/a", "lies on"),
        ("http://files-eu.example.com/a", "is not encrypted"),
        ("https://user:pw@files-eu.example.com/a", "is not fetched"),
        ("https://files-eu.example.com/../a", "is not fetched"),
        ("file:///etc/passwd", "is not fetched"),
    ],
)
def test_a_document_elsewhere_is_not_fetched(link, said):
    with pytest.raises(SourceRefusedError, match=said) as caught:
        build().visit(link, HOSTS)
    assert "s3cret" not in str(caught.value)
