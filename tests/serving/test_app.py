"""The API of a running service."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image

from digitnet.reading import Reader
from tests.serving.conftest import Service, seven

BOMB_SIDE = 30_000


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[httpx.Client]:
    with service.client() as opened:
        yield opened


def test_a_picture_is_read_as_the_reader_reads_it(client: httpx.Client) -> None:
    raw = client.post("/v1/read", content=seven())
    form = client.post("/v1/read", files={"file": ("7.png", seven())})
    assert raw.status_code == form.status_code == 200
    assert raw.json() == form.json() == Reader().read(seven()).to_dict()
    assert raw.json()["text"] == "7"


def test_doubtful_digits_become_question_marks(client: httpx.Client) -> None:
    answer = client.post("/v1/read", params={"min_confidence": 1}, content=seven())
    assert answer.json()["text"] == "?"
    assert answer.json()["lines"][0]["digits"][0]["digit"] == 7


def test_a_batch_is_answered_in_order_with_errors_in_their_places(client: httpx.Client) -> None:
    files = [("files", ("a", seven())), ("files", ("b", b"no picture")), ("files", ("c", seven()))]
    results = client.post("/v1/read/batch", files=files).json()["results"]
    assert [result.get("text") for result in results] == ["7", None, "7"]
    assert "not a picture" in results[1]["error"]


def test_looking_inside_one_digit(client: httpx.Client) -> None:
    answer = client.post("/v1/look", params={"line": 0, "digit": 0}, content=seven()).json()
    assert client.post("/v1/look", content=seven()).json() == answer
    assert answer["digit"] == 7
    assert len(answer["probabilities"]) == 11
    assert {layer["name"] for layer in answer["layers"]} >= {"conv1", "conv2"}
    assert client.post("/v1/look", params={"digit": 5}, content=seven()).status_code == 404


def test_a_glyph_goes_with_a_digit_and_is_looked_into_alone(client: httpx.Client) -> None:
    plain = client.post("/v1/read", content=seven()).json()
    with_glyph = client.post("/v1/read", params={"glyphs": True}, content=seven()).json()
    glyph = base64.b64decode(with_glyph["lines"][0]["digits"][0].pop("glyph"))
    assert with_glyph == plain
    seen = client.post("/v1/look", content=seven()).json()
    (digit,) = Reader().read(seven()).digits
    pixels = np.asarray(Image.open(io.BytesIO(glyph)))
    assert np.array_equal(pixels, np.asarray(digit.glyph))
    alone = client.post("/v1/look", params={"glyph": True}, content=glyph).json()
    assert "box" in seen
    assert "box" not in alone
    assert alone["glyph"] == seen["glyph"]
    assert alone["layers"] == seen["layers"]
    assert alone["evidence"] == seen["evidence"]
    for answer in (seen, alone):
        assert answer["digit"] == 7
        assert answer["probabilities"][7] == pytest.approx(answer["confidence"], abs=1e-4)
    form = {"file": ("glyph.png", glyph)}
    assert client.post("/v1/look", params={"glyph": True}, files=form).json() == alone


@pytest.mark.parametrize("damage", ["larger", "cut", "none"])
def test_what_is_no_glyph_is_not_looked_into(client: httpx.Client, damage: str) -> None:
    glyph = cv2.imencode(".png", np.zeros((28, 28), np.uint8))[1].tobytes()
    content = {"larger": seven(), "cut": glyph[:60], "none": b"no picture"}[damage]
    answer = client.post("/v1/look", params={"glyph": True}, content=content)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_form_of_too_many_pictures_is_told_how_many_may_be_sent(client: httpx.Client) -> None:
    for count in (0, 65, 66, 200):
        files = [("files", (str(k), b"x")) for k in range(count)]
        answer = client.post("/v1/read/batch", files=files)
        assert answer.status_code == 400
        assert "Send 1 to 64" in answer.json()["detail"]
    two = client.post("/v1/read", files=[("file", (str(k), b"x")) for k in range(70)])
    assert "Send one picture" in two.json()["detail"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/docs", "/metrics", "/static/main.js"])
def test_the_head_of_a_page_can_be_asked_for(client: httpx.Client, path: str) -> None:
    head, whole = client.head(path), client.get(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_an_address_with_a_slash_too_many_is_no_other_address(client: httpx.Client) -> None:
    for path in ("/v1/runs/", "/healthz/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/v1/read", b"no picture", 422),
        ("POST", "/v1/read", b"", 400),
        ("POST", "/v1/read?min_confidence=2", b"x", 422),
        ("POST", "/v1/read/batch", b"no form", 400),
        ("GET", "/v1/read", None, 405),
        ("GET", "/nowhere", None, 404),
        ("GET", "/v1/runs/..%2F..%2Fetc", None, 404),
        ("GET", "/static/../app.py", None, 404),
        ("POST", "/v1/read", bytes(21 * 2**20), 413),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    client: httpx.Client, method: str, path: str, content: bytes | None, status: int
) -> None:
    answer = client.request(method, path, content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert problem["detail"].endswith((".", "…”."))


def test_a_picture_that_claims_too_many_pixels_is_refused(client: httpx.Client) -> None:
    header = b"P5 %d %d 255\n" % (BOMB_SIDE, BOMB_SIDE)
    bmp = bytearray(seven())
    bmp[16:24] = BOMB_SIDE.to_bytes(4, "big") * 2  # The size in a PNG's header.
    for picture in (bytes(bmp), header):
        assert client.post("/v1/read", content=picture).status_code == 422


def test_errors_are_said_in_the_language_that_is_asked_for(client: httpx.Client) -> None:
    for accept, language in (
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr, en;q=0.5", "en"),
        ("", "en"),
        ("zh; q=0.9", "zh"),
        ("en ;q=0.1 , ZH-Hans ; Q=0.2", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=x", "en"),
    ):
        answer = client.post("/v1/read", content=b"", headers={"Accept-Language": accept})
        assert answer.headers["content-language"] == language
        assert ("请" in answer.json()["detail"]) == (language == "zh")


def test_every_answer_tells_the_browser_to_be_careful(client: httpx.Client) -> None:
    for path in ("/", "/static/main.js", "/docs", "/healthz", "/nowhere"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers


def test_the_page_can_stand_below_a_path(client: httpx.Client) -> None:
    for path in ("/", "/docs"):
        addresses = re.findall(r'(?:href|src|action)="([^"]*)"', client.get(path).text)
        assert addresses
        assert [address for address in addresses if address.startswith("/")] == []


def test_other_host_names_are_refused(client: httpx.Client) -> None:
    assert client.get("/", headers={"Host": "elsewhere.example"}).status_code == 421
    for host in ("localhost:99", "localhost.", "LocalHost.:99", "127.0.0.1", "[::1]:9"):
        assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_client_of_this_machine_that_speaks_http_1_0_needs_no_host(service: Service) -> None:
    for version, status in ((b"1.0", b"200"), (b"1.1", b"421")):
        with socket.create_connection(("127.0.0.1", service.port), 30) as connection:
            connection.sendall(b"GET /healthz HTTP/" + version + b"\r\n\r\n")
            assert connection.recv(65536).split(b" ")[1] == status


def test_requests_are_counted_by_paths_that_exist(client: httpx.Client) -> None:
    client.get("/made-up/by/a/client")
    counts = client.get("/metrics").text
    assert 'digitnet_requests_total{path="/v1/read",status="200"}' in counts
    assert 'path="other",status="404"' in counts
    assert "made-up" not in counts


def test_the_openapi_document_names_every_address(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/read", "/v1/read/batch", "/v1/look", "/v1/runs", "/healthz"} <= set(paths)
    for path, name in (("/v1/read", "glyphs"), ("/v1/look", "glyph")):
        parameters = {parameter["name"] for parameter in paths[path]["post"]["parameters"]}
        assert name in parameters
    assert all("head" not in operations for operations in paths.values())


def test_runs_are_listed_with_their_curves_and_mistakes(
    client: httpx.Client, served_runs: Path, tiny_run: Path
) -> None:
    shutil.copytree(tiny_run, served_runs / "mine")
    (listed,) = client.get("/v1/runs").json()
    assert (listed["name"], listed["state"]) == ("mine", "finished")
    events = client.get("/v1/runs/mine/metrics").text.strip().split("\n\n")
    lines = (tiny_run / "metrics.jsonl").read_text().splitlines()
    data = [json.loads(event.removeprefix("data: ")) for event in events[:-1]]
    assert data == [json.loads(line) for line in lines]
    assert events[-1].startswith("event: end")
    confusion = client.get("/v1/runs/mine/confusion").json()
    assert sum(map(sum, confusion["matrix"])) == confusion["count"]
    assert client.get("/v1/runs/mine").json()["run"]["recipe"]["name"] == listed["recipe"]
    assert client.get("/v1/runs/other").status_code == 404


def test_a_token_is_asked_for_the_api_alone(guarded: Service) -> None:
    with guarded.client() as client:
        assert client.get("/").status_code == client.get("/healthz").status_code == 200
        refused = client.post("/v1/read", content=seven())
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        wrong = client.get("/v1/runs", headers={"Authorization": "Bearer secre"})
        right = client.get("/v1/runs", headers={"Authorization": "Bearer secret"})
        assert (wrong.status_code, right.status_code) == (401, 200)
