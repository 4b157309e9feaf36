"""The shipped proxy samples, run for real: who, Host, method and Origin are asked (S1)."""

import base64
import hashlib
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.certificates import Authority
from inventory_pipeline_tests.support.stand_in import StandIn, answer_json

pytestmark = pytest.mark.peer
SAMPLES = Path(__file__).parents[3] / "docs" / "deploy"
MAIN, VIEW = "stock.example.com", "stock-view.example.com"
OURS = {"Origin": f"https://{MAIN}", "Content-Type": "application/json"}
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"operator:let me in").decode()}
MUTATION = "/graphql?query=mutation%7BlaunchRun%7D"


@dataclass
class Proxy:
    """One proxy on a free port, with a stand-in for each of the two web servers behind it."""

    port: int
    full: StandIn
    view: StandIn

    def ask(self, method: str, path: str, *, host: str = MAIN, **headers: str) -> int:
        """Send one request; return the status."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        name = host if host in (MAIN, VIEW) else MAIN
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection = HTTPConnection("127.0.0.1", self.port)
        with context.wrap_socket(raw, server_hostname=name) as line:
            connection.sock = line
            body = b"{}" if method == "POST" else None
            connection.request(method, path, body=body, headers={"Host": host, **headers})
            answer: HTTPResponse = connection.getresponse()
            answer.read()
            return answer.status


def find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def change(text: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        assert old in text, f"{old!r} is not in the sample"
        text = text.replace(old, new)
    return text


def build_nginx(folder: Path, port: int, words: dict[str, str]) -> list[str]:
    password = "{SHA}" + base64.b64encode(hashlib.sha1(b"let me in").digest()).decode()
    for name in ("stock", "stock-view"):
        (folder / f"{name}.htpasswd").write_text(f"operator:{password}\n")
    sample = change(
        (SAMPLES / "nginx.conf").read_text(encoding="utf-8"),
        {**words, "/etc/nginx/": f"{folder}/", "listen 443": f"listen 127.0.0.1:{port}"},
    )
    (folder / "inventory.conf").write_text(sample)
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off;\n{places}include {folder}/inventory.conf; }}\n"
    )
    return ["nginx", "-c", str(main), "-p", str(folder), "-e", str(folder / "error.log")]


def build_caddy(folder: Path, port: int, words: dict[str, str]) -> list[str]:
    made = subprocess.run(
        ["caddy", "hash-password", "--plaintext", "let me in"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    sample = change(
        (SAMPLES / "Caddyfile").read_text(encoding="utf-8"),
        {
            **words,
            "$2a$14$REPLACE.THIS.BY.YOUR.OWN.HASH": made.stdout.strip(),
            "\treader ": "\toperator ",
            f"\n{MAIN} {{": f"\n{MAIN}:{port} {{",
            f"\n{VIEW} {{": f"\n{VIEW}:{port} {{",
            ":443 {": f":{port} {{",
            "{\n\tservers {": "{\n\tadmin off\n\tauto_https disable_redirects\n"
            "\tdefault_bind 127.0.0.1\n\tservers {",
        },
    )
    path = folder / "Caddyfile"
    path.write_text(sample)
    return ["caddy", "run", "--config", str(path), "--adapter", "caddyfile"]


@pytest.fixture(params=[build_nginx, build_caddy], ids=["nginx", "caddy"], scope="module")
def proxy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    build: Callable[[Path, int, dict[str, str]], list[str]] = request.param
    program = build.__name__.removeprefix("build_")
    if shutil.which(program) is None:
        pytest.skip(f"no {program} on this machine; apt-get install {program}")
    folder, port = tmp_path_factory.mktemp("proxy"), find_port()
    Authority(folder).build_context("*.example.com")
    [chain] = folder.glob("server-*.pem")
    with (
        StandIn(lambda _asked: answer_json({"server": "full"})) as full,
        StandIn(lambda _asked: answer_json({"server": "view"})) as view,
    ):
        words = {
            "127.0.0.1:3000": f"127.0.0.1:{full.port}",
            "127.0.0.1:3001": f"127.0.0.1:{view.port}",
            "/etc/ssl/stock.example.com.pem": str(chain),
            "/etc/ssl/private/stock.example.com.key": str(chain),
        }
        with (folder / "out.log").open("wb") as log:
            process = subprocess.Popen(build(folder, port, words), stdout=log, stderr=log)
        try:
            wait_for_port(port, process, folder / "out.log")
            yield Proxy(port, full, view)
        finally:
            process.terminate()
            process.wait(20)


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))


def test_without_a_login_there_is_nothing_to_see(proxy: Proxy) -> None:
    before = len(proxy.full.asked)

    assert proxy.ask("GET", "/") == 401
    assert proxy.ask("POST", "/graphql", **OURS) == 401
    assert proxy.ask("GET", "/", Authorization="Basic b3BlcmF0b3I6bm8=") == 401
    assert len(proxy.full.asked) == before


def test_a_page_and_a_question_of_our_own_page_pass(proxy: Proxy) -> None:
    assert proxy.ask("GET", "/", **LOGIN) == 200
    assert proxy.ask("GET", "/assets/reconcile/cycles?view=checks", **LOGIN) == 200
    assert proxy.ask("POST", "/graphql", **LOGIN, **OURS) == 200


@pytest.mark.parametrize("path", [MUTATION, "/graphql/", "//graphql?query=x", "/%67raphql?query=x"])
def test_a_mutation_by_get_is_refused(proxy: Proxy, path: str) -> None:
    before = len(proxy.full.asked)

    assert proxy.ask("GET", path, **LOGIN) == 403
    assert proxy.ask("GET", path, **LOGIN, **OURS) == 403
    assert len(proxy.full.asked) == before


def test_the_live_log_of_our_own_page_passes_and_a_strangers_does_not(proxy: Proxy) -> None:
    socket_words = {"Upgrade": "websocket", "Connection": "Upgrade"}

    assert proxy.ask("GET", "/graphql", **LOGIN, **OURS, **socket_words) == 200
    stranger = {**OURS, "Origin": "https://evil.example"}
    assert proxy.ask("GET", "/graphql", **LOGIN, **stranger, **socket_words) == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://stock.example.com", ""])
def test_a_question_from_a_strangers_page_is_refused(proxy: Proxy, origin: str) -> None:
    headers = {"Content-Type": "application/json"} | ({"Origin": origin} if origin else {})

    assert proxy.ask("POST", "/graphql", **LOGIN, **headers) == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "stock.example.com.evil.example"])
def test_a_foreign_host_is_refused(proxy: Proxy, host: str) -> None:
    assert proxy.ask("GET", "/", host=host, **LOGIN) in (403, 421)
    assert proxy.ask("POST", "/graphql", host=host, **LOGIN, **OURS) in (403, 421)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/report_asset_materialization/reconcile/cycles"),
        ("PUT", "/graphql"),
        ("DELETE", "/"),
        ("GET", "/notebook?path=/etc/passwd"),
    ],
)
def test_other_doors_are_shut(proxy: Proxy, method: str, path: str) -> None:
    assert proxy.ask(method, path, **LOGIN, **OURS) == 403


def test_the_login_is_not_handed_on_and_the_view_is_another_server(proxy: Proxy) -> None:
    view = {**OURS, "Origin": f"https://{VIEW}"}
    full_before = len(proxy.full.asked)

    assert proxy.ask("POST", "/graphql", host=VIEW, **LOGIN, **view) == 200

    assert len(proxy.full.asked) == full_before
    assert "authorization" not in proxy.view.asked[-1].headers
