"""A visitor as plain HTTP: one kept connection, a cookie jar, and the hidden fields of the page it stands on."""

import http.client
import re
import time
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

_INPUT = re.compile(r"<input\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_FORM = re.compile(r'<form\b[^>]*method="post"[^>]*>(.*?)</form>', re.IGNORECASE | re.DOTALL)


@dataclass
class Answer:
    """What the server said."""

    status: int
    location: str
    body: str


@dataclass
class Visitor:
    """Walks the site like a browser without JavaScript; follows redirects only when asked."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None
    url: str = "/"
    spoke: float = 0.0

    def request(self, method: str, url: str, data: dict[str, str] | None = None) -> Answer:
        """One request; a connection the server has closed is opened anew once for a GET."""
        self.url = urljoin(self.url, url)
        parts = urlsplit(self.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = urlencode(data or {}).encode() if method == "POST" else None
        headers = {"Host": f"localhost:{self.port}", "Accept-Language": "sv", **self.headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://localhost:{self.port}",
            }
        if time.monotonic() - self.spoke > 1:  # the server closes what has been silent
            self.close()
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.connection.request(method, target, body, headers)
                response = self.connection.getresponse()
                text = response.read().decode("utf-8", "replace")
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()
                self.connection = None
                if attempt == 2 or method == "POST":
                    raise
        self.spoke = time.monotonic()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie = value.split(";", 1)[0]
                key, _equals, content = cookie.partition("=")
                self.cookies[key] = content
        return Answer(response.status, response.getheader("Location") or "", text)

    def get(self, url: str) -> Answer:
        """Fetch a page."""
        return self.request("GET", url)

    def post(self, url: str, data: dict[str, str]) -> Answer:
        """Send a form."""
        return self.request("POST", url, data)

    def follow(self, answer: Answer) -> Answer:
        """Go where the answer sends us, until it is a page."""
        for _hop in range(10):
            if answer.status not in {301, 302, 303}:
                break
            answer = self.get(answer.location)
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden inputs of the last posting form of the page (tokens, nonce)."""
    forms = _FORM.findall(page)
    fields = {}
    for tag in _INPUT.findall(forms[-1] if forms else page):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if attributes.get("type") == "hidden" and "name" in attributes:
            fields[attributes["name"]] = unescape(attributes.get("value", ""))
    return fields
