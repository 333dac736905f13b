"""Texts that somebody could name a model, and bodies of every kind of source that do."""

import json
from collections.abc import Callable, Mapping
from html import escape

NAUGHTY = (
    "",
    " ",
    "<!channel>",
    "<!here|everybody>",
    "<!everyone> Kimi K3",
    "<!subteam^S0123456789>",
    "<!date^1392734382^{date}|now>",
    "<@U0123456789>",
    "<#C0123456789|general>",
    "<https://evil.example|Kimi K3>",
    "<mailto:a@b.example|write>",
    "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;",
    "&#60;!channel&#62;",
    "& &amp &amp; &#x26;amp; &nope;",
    "&#" + "9" * 5_000 + ";",
    "*bold* _italic_ ~struck~ `code` ```block```",
    "> quote\n- list\n1. list",
    ":rotating_light: :channel:",
    "@channel @here #general",
    "[Kimi](https://evil.example) ![x](https://evil.example/x.png)",
    "<script>alert(1)</script>Kimi K3",
    "<b>Kimi</b> <i>K3</i><img src=x onerror=alert(1)>",
    "]]>",
    "-->",
    "<![CDATA[",
    "<!--",
    "<?xml?>",
    "</title></item>",
    '"}]}',
    "\\u0000",
    "'; DROP TABLE release; --",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "%s%n%d",
    "{0} {name}",
    "\u202eK3 imiK\u202c",
    "\u2067RTL\u2069",
    "\u061cمرحبا",
    "\u200bKimi\u200d\ufeff K3\u2060",
    "Ki\u00admi K3",
    "\U000e0001\U000e0041hidden tags",
    "K3\u034f\u115f\u3164\uffa0",
    "\u2028line\u2029paragraph",
    "a\u0300" * 50,
    "Z\u0351\u036b\u0343\u0300A\u0301L\u0302G\u0303O" * 20,
    "\x00K3\x07\x08\x1b[31mred\x1b[0m\x7f\x9b31m",
    "\r\n\t\v\f",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇳🇱 👍🏿",
    "ﷺ" * 20,
    "𝕂𝕚𝕞𝕚 𝕂𝟛",
    "Ｋｉｍｉ　Ｋ３",
    "Кimi К3",
    "ｆｉ ﬁ ½ Ⅳ",
    "文心大模型 5.0",
    "\ufffd\ufffe\uffff\ufdd0",
    "\ue000\U0010ffff",
    "x" * 10_000,
    "&" * 10_000,
    "<" * 10_000,
    "\u202e" * 10_000,
    "K3 " * 3_000,
    "a" * 299 + "\U0001f469\u200d\U0001f469",
    "1" * 5_000,
    "-" * 5_000,
    "A-1.2.3b" * 700,
    "Qwen3-" + "0" * 400 + "B",
    "K" + "." * 500 + "3",
    "Kimi-K" + "9" * 400,
    "1970-01-01 Kimi K3",
    "2099-12-31 Kimi K3",
    "0000-00-00",
    "9999-12-31T23:59:59-23:59",
)
DATES = (
    "1970-01-01T00:00:00Z",
    "2099-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30T25:61:61Z",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Thu, 31 Dec 2099 23:59:59 -2359",
    "20260420",
    "",
    "x" * 5_000,
)


def _feed(text: str, date: str) -> bytes:
    title, cdata = escape(text), text.replace("]]>", "")
    return (
        f'<rss version="2.0"><channel><link>{title}</link><item><guid>{title}</guid><title>{title}</title>'
        f"<link>https://a.example/{title}</link><pubDate>{escape(date)}</pubDate>"
        f"<description><![CDATA[{cdata}<a href='{title}'>{title}</a>]]></description></item></channel></rss>"
    ).encode("utf-8", "surrogatepass")


def _json_feed(text: str, date: str) -> bytes:
    item = {"id": text, "url": f"/{text}", "title": text, "content_html": text, "date_published": date}
    return json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]}).encode()


def _html(text: str, date: str) -> bytes:
    inside = f"<h2>{escape(text)}</h2><time datetime='{escape(date)}'>{date}</time><p>{text}</p>"
    return f"<article><a href='/{escape(text)}'>{inside}</a></article>".encode("utf-8", "surrogatepass")


def _post(text: str, date: str) -> Mapping[str, object]:
    slug = {"current": text}
    return {"_type": "post", "title": text, "url": text, "slug": slug, "date": date, "summary": text}


def _next(text: str, date: str) -> bytes:
    data = json.dumps(f"5:{json.dumps([_post(text, date)])}\n")
    return f"<script>self.__next_f.push([1,{data}])</script>".encode()


def _markdown(text: str, date: str) -> bytes:
    return f"## {date} {text}\n\n{text} [{text}](/{text})\n".encode("utf-8", "surrogatepass")


def _hub_row(text: str, date: str) -> Mapping[str, object]:
    return {
        "_id": "6624c2b0" + "0" * 16,
        "id": "moonshotai/Kimi-K3",
        "createdAt": date,
        "tags": [text, f"license:{text}"],
        "pipeline_tag": text,
        "library_name": text,
        "gated": text,
        "cardData": {"license": "other", "license_name": text, "license_link": text},
        "siblings": [{"rfilename": text, "size": 5}, {"rfilename": f"{text}.safetensors", "size": 10**400}],
    }


def _stats_row(text: str, date: str) -> Mapping[str, object]:
    organization = {"id": "moonshotai", "name": text}
    sources = {"weights": text, "paper": text}
    facts = {"license": {"id": text}, "params": 10**400, "context": 10**18, "sources": sources}
    return {"id": text or "x", "name": text, "organization": organization, "release_date": date, **facts}


def _stats_page(text: str, date: str) -> bytes:
    data = json.dumps(f"5:{json.dumps([_stats_row(text, date)])}\n")
    return f"<script>self.__next_f.push([1,{data}])</script>".encode()


SAYING: Mapping[str, tuple[str, Callable[[str, str], bytes]]] = {  # the kind of source, and its body
    "feed": ("feed", _feed),
    "JSON feed": ("feed", _json_feed),
    "html": ("html", _html),
    "next": ("next", _next),
    "json": ("json", lambda text, date: json.dumps({"items": [_post(text, date)]}).encode()),
    "markdown": ("markdown", _markdown),
    "hub": ("hub", lambda text, date: json.dumps([_hub_row(text, date)]).encode()),
    "stats page": ("stats page", _stats_page),
    "stats api": ("stats api", lambda text, date: json.dumps({"models": [_stats_row(text, date)]}).encode()),
}
