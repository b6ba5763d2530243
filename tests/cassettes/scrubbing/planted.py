"""Secrets, and the places where recordings have them."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

from tests.cassettes.scrubbing.recorded import URI, gzipped, recorded

JWT = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJib2IiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.c2lnbmF0dXJlLWJ5dGVz"
PEM = "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkq\nhkiG9w0BAQUFADBaMQ\n-----END CERTIFICATE-----"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\n-----END RSA PRIVATE KEY-----"
TOKEN = "q9Zk2vXw81LmPo"
MARKED = 'p@ss w"ö/rd+1&x'
IBAN, CARD, AADHAAR, PAN, PHONE, MAIL = (
    "DE89370400440532013000",
    "4242424242424242",
    "499118665246",
    "ABCPK1234F",
    "+447700900123",
    "bob.smith@bank.org",
)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


BY_LOOK = (
    JWT,
    PEM,
    KEY,
    "sk_live_51H8xAbCdEfGhIjKl",
    "sk_test_4eC39HqLyjWDarjt",
    "rk_live_4eC39HqLyjWDarjt",
    "pk_live_4eC39HqLyjWDarjt",
    "whsec_4eC39HqLyjWDarjtT1zd",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11ABCDEFG0abcdefghij",
    "glpat-abcdefghij0123456789",
    "xoxb-123456789012-abcdefGHIJ",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "ya29.a0AfH6SMBx-abcdefghij",
    "SG.abcdefghijkl.mnopqrstuvwxyz",
    "access-sandbox-de3ce8ef-33f8-452c-a685-8671031fc0f6",
    IBAN,
    "GB82 WEST 1234 5698 7654 32",
    "gb82west12345698765432",
    "NO93 8601 1117 947",
    "DE89.3704.0044.0532.0130.00",
    "MT84MALT011000012345MTLCAST001S",
    CARD,
    "5555 5555 5555 4444",
    "3782-822463-10005",
    "6521 1111 1111 1110",
    PAN,
    "27ABCPK1234F1Z5",
    "ravi.kumar@okaxis",
    AADHAAR,
    "4991 1866 5246",
    PHONE,
    "+44 (0) 7700 900-123",
    "+91-98765-43210",
    MAIL,
    "o'neil+tag@mail.example.co.uk",
)

LOOK_PLACES = {
    "text": lambda s: recorded(body=f"see {s} there"),
    "html": lambda s: recorded(body=f"<html><p>see {s} there</p></html>"),
    "member": lambda s: recorded(body=json.dumps({"note": f"see {s} there"})),
    "ascii key": lambda s: recorded(body=json.dumps({s: 1})),
    "json in json": lambda s: recorded(body=json.dumps({"raw": json.dumps({"x": [json.dumps(s)]})})),
    "truncated": lambda s: recorded(body='{"a": [{"b": ' + json.dumps(s)),
    "query": lambda s: recorded(uri=f"{URI}?note={quote(s, safe='')}&page=2"),
    "path": lambda s: recorded(uri=f"{URI}/{quote(s, safe='')}/balances"),
    "form": lambda s: recorded(sent=f"a=b&note={quote(s, safe='')}"),
    "header": lambda s: recorded(headers={"X-Note": s.replace("\n", " ")}),
    "gzip": lambda s: recorded(body=gzipped(json.dumps({"note": s})), headers={"Content-Encoding": "gzip"}),
    "xml": lambda s: recorded(body=f"<a><note>{s}</note></a>"),
    "latin-1": lambda s: recorded(body=b"caf\xe9 " + s.encode("latin-1") + b" \xe9"),
    "not utf-8": lambda s: recorded(body=b"\xff\xfe\xfa " + s.encode() + b" \xe9"),
    "every letter escaped": lambda s: recorded(body='{"n":"' + "".join(f"\\u{ord(c):04x}" for c in s) + '"}'),
    "every letter percent-encoded": lambda s: recorded(uri=URI + "?n=" + "".join(f"%{ord(c):02x}" for c in s)),
    "other keys": lambda s: recorded() | {"recorder": {"notes": [s]}},
}

NAMED: dict[str, Any] = {
    "bearer": lambda s: recorded(sent_headers={"Authorization": f"Bearer {s}"}),
    "no scheme": lambda s: recorded(sent_headers={"authorization": s}),
    "proxy": lambda s: recorded(sent_headers={"Proxy-Authorization": f"Token {s}"}),
    "mac": lambda s: recorded(sent_headers={"Authorization": f'MAC id="{s}", ts="1", mac="{s}"'}),
    "signature scheme": lambda s: recorded(sent_headers={"Authorization": f'Signature keyId="k",signature="{s}"'}),
    "cookie": lambda s: recorded(sent_headers={"Cookie": f"a=b; sid={s}"}),
    "set-cookie": lambda s: recorded(headers={"Set-Cookie": [f"sid={s}; Path=/; HttpOnly"]}),
    "two set-cookies": lambda s: recorded(headers={"Set-Cookie": f"a=b; Path=/, sid={s}; Secure"}),
    "api key": lambda s: recorded(sent_headers={"X-Api-Key": s}),
    "a header's key": lambda s: recorded(sent_headers={"X-Acme-Key": s}),
    "a header's auth": lambda s: recorded(sent_headers={"X-Bank-Auth": s}),
    "user of a bank": lambda s: recorded(sent_headers={"PSU-ID": s}),
    "quoted cookie": lambda s: recorded(sent_headers={"Cookie": f'"s p"="{s}"'}),
    "csrf": lambda s: recorded(sent_headers={"X-XSRF-TOKEN": s}),
    "certificate": lambda s: recorded(sent_headers={"TPP-Signature-Certificate": s}),
    "client cert": lambda s: recorded(sent_headers={"X-Forwarded-Client-Cert": f"Hash={s};By=x"}),
    "ssl cert": lambda s: recorded(sent_headers={"X-SSL-Client-Cert": s}),
    "signature": lambda s: recorded(sent_headers={"x-jws-signature": s}),
    "byte header": lambda s: recorded(sent_headers={"X-Api-Key": [s.encode()]}),
    "code": lambda s: recorded(uri=f"{URI}?code={s}&state=1"),
    "location": lambda s: recorded(headers={"Location": f"/cb?code={s}&state=1"}),
    "link": lambda s: recorded(headers={"Link": f'</next?access_token={s}>; rel="next"'}),
    "referer": lambda s: recorded(sent_headers={"Referer": f"https://a.example/?session_id={s}"}),
    "fragment": lambda s: recorded(headers={"Location": f"https://a.example/#access_token={s}&x=1"}),
    "fragment path": lambda s: recorded(headers={"Location": f"https://a.example/#/cb?id_token={s}"}),
    "userinfo": lambda s: recorded(uri=f"https://bob:{s}@a.example/"),
    "user": lambda s: recorded(uri=f"https://{s}@a.example/"),
    "url in url": lambda s: recorded(uri=f"{URI}?next=" + quote(f"https://a.example/?code={s}", safe="")),
    "url in json": lambda s: recorded(body=json.dumps({"href": f"https://a.example/cb?code={s}"})),
    "url in url in url": lambda s: recorded(
        uri=f"{URI}?next=" + quote(quote(f"https://a.example/?access_token={s}", safe=""), safe="")
    ),
    "base64 in a query": lambda s: recorded(uri=f"{URI}?cursor={encoded(json.dumps({'pin': s}))}"),
    "matrix": lambda s: recorded(uri=f"{URI};jsessionid={s}?a=b"),
    "secret": lambda s: recorded(sent=f"client_id=me&client_secret={s}"),
    "verifier": lambda s: recorded(sent=f"code_verifier={s}"),
    "assertion": lambda s: recorded(sent=f"client_assertion={s}"),
    "device": lambda s: recorded(sent=f"device_code={s}"),
    "encoded name": lambda s: recorded(sent=f"pass%77ord={s}"),
    "json in form": lambda s: recorded(sent="payload=" + quote(json.dumps({"pin": s}), safe="")),
    "form in json": lambda s: recorded(body=json.dumps({"sent": f"a=b&password={s}"})),
    "multipart": lambda s: recorded(
        sent=f'--B\r\nContent-Disposition: form-data; name="password"\r\n\r\n{s}\r\n--B--\r\n',
        sent_headers={"Content-Type": "multipart/form-data; boundary=B"},
    ),
    "json in multipart": lambda s: recorded(
        sent=f'--B\r\nContent-Disposition: form-data; name="d"\r\n\r\n{{"otp": "{s}"}}\r\n--B--\r\n',
    ),
    "member": lambda s: recorded(body=f'{{"data": [{{"refreshToken": "{s}"}}]}}'),
    "escaped key": lambda s: recorded(body=f'{{"p\\u0061ssword": "{s}"}}'),
    "base64": lambda s: recorded(body=json.dumps({"data": encoded(json.dumps({"refreshToken": s}))})),
    "base64 twice": lambda s: recorded(body=encoded(encoded(f"access_token={s}&page=2"))),
    "several": lambda s: recorded(body=f'{{"apiKeys": ["{s}"]}}'),
    "web key": lambda s: recorded(body=f'{{"keys": [{{"k": "{s}", "kty": "oct"}}]}}'),
    "column": lambda s: recorded(body=f'id;"api key";x\r\n1;{s};y\r\n', headers={"Content-Type": "text/csv"}),
    "quoted column": lambda s: recorded(body=f'a,password\n"x, y","{s}"\n', headers={"Content-Type": "text/csv"}),
    "list": lambda s: recorded(body=f'{{"tokens": ["a", "{s}"]}}'),
    "inner value": lambda s: recorded(body=f'{{"token": {{"type": "x", "value": "{s}"}}}}'),
    "name and value": lambda s: recorded(body=f'[{{"name": "X-Api-Key", "value": "{s}"}}]'),
    "value and name": lambda s: recorded(body=f'[{{"value": "{s}", "name": "password"}}]'),
    "duplicate": lambda s: recorded(body=f'{{"pin": "1", "pin": "{s}"}}'),
    "ndjson": lambda s: recorded(body=f'{{"a": 1}}\n{{"apiKey": "{s}"}}\n'),
    "unended": lambda s: recorded(body=f'{{"a": {{"session_token": "{s}'),
    "guarded": lambda s: recorded(body=f')]}}\',\n{{"secret": "{s}"}}'),
    "deep": lambda s: recorded(body='{"a":' * 5000 + f'{{"password": "{s}"}}'),
    "error's echo": lambda s: recorded(body=f'{{"errors": {{"password": "{s}"}}}}'),
    "script": lambda s: recorded(body=f'<html><script>var s = {{"csrfToken": "{s}"}};</script></html>'),
    "input": lambda s: recorded(body=f"<form><input value='{s}' type=hidden name='csrf_token'></form>"),
    "meta": lambda s: recorded(body=f'<html><meta name="csrf-token" content="{s}"></html>'),
    "element": lambda s: recorded(body=f'<?xml version="1.0"?><s:a><wsse:Password T="x">{s}</wsse:Password></s:a>'),
    "cdata": lambda s: recorded(body=f"<a><token><![CDATA[{s}]]></token></a>"),
    "href": lambda s: recorded(body=f'<html><a href="/cb?state=1&amp;code={s}">on</a></html>'),
    "broken json": lambda s: recorded(body=f"{{oops: https://a.example/cb?code={s}, {{}}"),
    "one word": lambda s: recorded(body=f'{{"mypassword2": "{s}"}}'),
    "attribute": lambda s: recorded(body=f'<a apiKey="{s}"/>'),
    "utf-16": lambda s: recorded(body=f'{{"password": "{s}"}}'.encode("utf-16")),
    "utf-16 without a mark": lambda s: recorded(body=f'{{"password": "{s}"}}'.encode("utf-16-be")),
    "utf-16 taken for utf-8": lambda s: recorded(body=f'{{"password": "{s}"}}'.encode("utf-16-le").decode()),
    "gzipped request": lambda s: recorded(sent=gzipped(f"password={s}"), sent_headers={"content-encoding": "gzip"}),
    "url key": lambda s: (lambda i: i["response"].update(url=f"{URI}?token={s}") or i)(recorded()),
}

FOUND = recorded(sent_headers={"Authorization": f"Bearer {TOKEN}"})
ECHOES = {
    "text": lambda s: recorded(body=f"You sent {s}!"),
    "reversed order": lambda s: recorded(headers={"X-Echo": f"<{s}>"}),
    "location": lambda s: recorded(headers={"Location": f"/x/{quote(s, safe='')}/y"}),
    "json": lambda s: recorded(body=json.dumps({"m": f"{s} is wrong", s: 1})),
    "json in text": lambda s: recorded(body="log: " + json.dumps(s)),
    "percent": lambda s: recorded(body="log: " + quote(s, safe="")),
    "hex": lambda s: recorded(body="log " + s.encode().hex()),
    "base64": lambda s: recorded(body="log " + base64.b64encode(f"user:{s}".encode()).decode()),
    "base64 in a path": lambda s: recorded(uri=URI + "/" + base64.urlsafe_b64encode(f"xy{s}".encode()).decode()),
    "basic": lambda s: recorded(sent_headers={"X-Old": "Basic " + base64.b64encode(f"u:{s}".encode()).decode()}),
    "xml": lambda s: recorded(body=f"<a>{s.replace('&', '&amp;').replace(chr(34), '&quot;')}</a>"),
    "status": lambda s: (lambda i: i["response"]["status"].update(message=f"No {s}") or i)(recorded()),
}
