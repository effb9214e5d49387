"""Whatever is sent, the answer is a problem that names the sender's mistake, never a 500 (T41, T42)."""

import time

import pytest
from tests.auth_service.visitor import ON_SQLITE, Visitor, code_of

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


def json_with(value: bytes) -> bytes:
    return b'{"username": "ada", "password": "correct horse battery", "display_name": ' + value + b"}"


BODIES = {
    "empty": b"",
    "not json": b"{",
    "null": b"null",
    "a number": b"7",
    "a list": b"[]",
    "NaN": json_with(b"NaN"),
    "Infinity": json_with(b"-Infinity"),
    "1e999": json_with(b"1e999"),
    "5000 digits": json_with(b"9" * 5_000),
    "a lone surrogate": json_with(b'"\\ud800"'),
    "a lone surrogate as a key": b'{"username": "ada", "password": "correct horse battery", "\\udfff": 1}',
    "NUL": json_with(b'"\\u0000"'),
    "NUL in a name": b'{"username": "a\\u0000da", "password": "correct horse battery"}',
    "invalid UTF-8": json_with(b'"\xff\xfe"'),
    "an encoded surrogate": json_with(b'"\xed\xa0\x80"'),
    "UTF-16": '{"username": "ada"}'.encode("utf-16"),
    "900 deep": json_with(b"[" * 900 + b"]" * 900),
    "100,000 deep": b"[" * 7_000 + b"]" * 7_000,
    "900 deep objects": json_with(b'{"a":' * 900 + b"1" + b"}" * 900),
    "a control character": json_with(b'"\x01"'),
}


@ON_SQLITE
async def test_hostile_json_is_refused(visitor: Visitor) -> None:
    for name, body in BODIES.items():
        answer = await visitor.http.post("/users/", content=body, headers=JSON)
        assert code_of(answer) == (422, "validation_failed"), name


@ON_SQLITE
async def test_the_same_holds_behind_a_sign_in(visitor: Visitor) -> None:
    await visitor.register()
    headers = {**JSON, **await visitor.bearer()}
    for method, path in (("PATCH", "/users/me"), ("PUT", "/users/me/password")):
        for name, body in BODIES.items():
            answer = await visitor.http.request(method, path, content=body, headers=headers)
            assert code_of(answer) == (422, "validation_failed"), name


@ON_SQLITE
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "\xff", ""],
)
async def test_json_by_another_name_is_refused(visitor: Visitor, content_type: str) -> None:
    answer = await visitor.http.post(
        "/users/",
        content=b'{"username": "ada", "password": "correct horse battery"}',
        headers={b"Content-Type": content_type.encode("latin-1")},
    )

    assert code_of(answer) == (422, "validation_failed")


@ON_SQLITE
async def test_ten_megabytes_are_too_much(visitor: Visitor) -> None:
    await visitor.register()
    bearer = await visitor.bearer()
    text = b'{"username": "' + b"x" * 10_000_000 + b'"}'
    for method, path, headers in (
        ("POST", "/users/", JSON),
        ("POST", "/auth/token", FORM),
        ("PATCH", "/users/me", {**JSON, **bearer}),
        ("PUT", "/users/me/password", {**JSON, **bearer}),
    ):
        started = time.perf_counter()
        answer = await visitor.http.request(method, path, content=text, headers=headers)
        assert code_of(answer) == (413, "body_too_large")
        assert time.perf_counter() - started < 0.5


FORMS = {
    "empty": b"",
    "no password": b"username=ada",
    "empty password": b"username=ada&password=",
    "NUL": b"username=ada&password=a%00b",
    "NUL in the name": b"username=%00&password=abc",
    "a long name": b"username=" + b"x" * 300 + b"&password=abc",
    "a long password": b"username=ada&password=" + b"x" * 2_000,
    "only separators": b"&" * 10_000,
    "only names": b"&".join(b"%d" % number for number in range(900)),
}


@ON_SQLITE
async def test_hostile_forms_are_refused(visitor: Visitor) -> None:
    for name, body in FORMS.items():
        answer = await visitor.http.post("/auth/token", content=body, headers=FORM)
        assert code_of(answer) == (422, "validation_failed"), name


@ON_SQLITE
async def test_odd_forms_are_wrong_passwords_at_worst(visitor: Visitor) -> None:
    for number, body in enumerate(
        (
            b"username=ada%d&password=%ff%fe",
            b"username=ada%d&password=%ed%a0%80",
            b"username=ada%d&password=%zz%",
            b"username=ada%d&password=\xff\xfe",
            b"username=ada%d&password=a;b&password=c",
            b"username=%ef%bc%a1%ef%bc%a4%ef%bc%a1&password=abc&grant_type=password&scope=all",
        )
    ):
        answer = await visitor.http.post("/auth/token", content=body.replace(b"%d&", b"%d&" % number), headers=FORM)
        assert code_of(answer) == (401, "invalid_credentials"), body


@ON_SQLITE
async def test_a_repeated_field_counts_once(visitor: Visitor) -> None:
    await visitor.register()
    body = b"username=nobody&username=ada&password=x&password=correct+horse+battery"

    assert (await visitor.http.post("/auth/token", content=body, headers=FORM)).status_code == 200


@ON_SQLITE
async def test_a_million_fields_cost_nothing(visitor: Visitor) -> None:
    """T41, CVE-2026-54283."""
    for body, status in ((b"a=&" * 1_000_000, 413), (b"a=&" * 5_000, 400)):
        started = time.perf_counter()
        answer = await visitor.http.post("/auth/token", content=body, headers=FORM)
        assert answer.status_code == status
        assert time.perf_counter() - started < 0.25


def part(text: str, *, head: str = 'Content-Disposition: form-data; name="username"') -> bytes:
    return f"--b\r\n{head}\r\n\r\n{text}\r\n".encode()


@ON_SQLITE
@pytest.mark.parametrize(
    "charset", ["undefined", "idna", "utf-7", "unicode_escape", "hex", "rot13", "punycode", "nonsense"]
)
async def test_multipart_forms_in_odd_encodings_are_the_senders_mistake(visitor: Visitor, charset: str) -> None:
    body = part("\\ud800+2AA-") + part("x", head='Content-Disposition: form-data; name="password"') + b"--b--\r\n"
    headers = {"Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}

    answer = await visitor.http.post("/auth/token", content=body, headers=headers)

    assert answer.status_code in (400, 401, 422)


@ON_SQLITE
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"no parts at all",
        part("ada", head="Content-Disposition: form-data"),
        part("ada", head="Nothing: here"),
        part("ada", head='Content-Disposition: form-data; name="username"; filename="a.txt"') + b"--b--\r\n",
        part("ada") * 200 + b"--b--\r\n",
    ],
)
async def test_broken_multipart_forms_are_the_senders_mistake(visitor: Visitor, body: bytes) -> None:
    answer = await visitor.http.post("/auth/token", content=body, headers=MULTIPART)

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@ON_SQLITE
async def test_refusals_repeat_nothing_of_what_was_sent(visitor: Visitor) -> None:
    """T80."""
    canary = "canary-" + "x" * 200
    answers = [
        await visitor.register(password=canary, role="admin"),
        await visitor.register(password=[canary]),
        await visitor.sign_in(password=canary + "\x00"),
        await visitor.http.get("/users/me", headers={"Authorization": f"Bearer {canary}"}),
    ]

    assert all(400 <= answer.status_code < 500 and canary not in answer.text for answer in answers)


@ON_SQLITE
async def test_odd_paths_and_methods_are_problems_too(visitor: Visitor) -> None:
    assert code_of(await visitor.http.get("/nothing/here")) == (404, "not_found")
    assert code_of(await visitor.http.get("/users/%00%ff")) == (404, "not_found")
    assert code_of(await visitor.http.delete("/users/me")) == (405, "method_not_allowed")
    assert code_of(await visitor.http.get("/auth/token?username=ada&password=x")) == (405, "method_not_allowed")
