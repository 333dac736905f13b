"""How dates are written, as regular expressions; what they mean is for dates.py to say.

The groups are `year`, `month` or its `name`, and `day`; or `one` and `other`, of which one is the day; then
`hour`, `minute`, `second`, `half` (of the day: a or p), `noon` (the same in Chinese) and `zone`.
"""

import re

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Hours ahead of UTC: the zones of RFC 822, and those of places where labs are. CST is America's, as there.
_ZONES = {
    0: "z ut utc gmt wet",
    1: "bst cet",
    2: "cest eet",
    3: "eest msk",
    8: "sgt hkt",
    9: "jst kst",
    -4: "edt",
    -5: "est cdt",
    -6: "cst mdt",
    -7: "mst pdt",
    -8: "pst",
}
ZONES = {zone: hours for hours, zones in _ZONES.items() for zone in zones.split()}
# Beside a date these say nothing that a post could be called by.
MERE_WORD = re.compile(
    r"date|day|release[sd]?|published|publication|posted|update[sd]?|notes?|change|log|changelog|news?|week"
    r"|of|from|in|on|at|the|for|to|what|s|latest|api|platform|product|model|feature"
    r"|更新(?:日志|日期|时间)?|发布(?:日期|时间)?|日期|日志|版本"
)

_NAME = (
    r"\b(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
# The months of French, German and Spanish, where they are not spelled as in English. Some are names as well
# (MAI-2, Mars 2), so they count only behind a day or before a year.
FOREIGN_MONTHS = (
    "janvier januar enero",
    "février fevrier februar febrero",
    "mars märz marzo",
    "avril abril",
    "mai mayo",
    "juin juni junio",
    "juillet juli julio",
    "août aout agosto",
    "septembre septiembre",
    "octobre oktober okt octubre",
    "novembre noviembre",
    "décembre decembre dezember dez diciembre",
)
_FOREIGN = rf"\b(?P<name>{'|'.join(' '.join(FOREIGN_MONTHS).split())})\b"
_OF = r"\.?\s+(?:de\s+)?"
_YEAR = r"(?P<year>20\d\d)(?!\d)"
_MONTH = r"(?P<month>[01]?\d)(?!\d)"
_DAY = r"(?P<day>[0-3]?\d)(?!\d)(?:(?:st|nd|rd|th)\b)?"
_ALONE = r"(?<![A-Za-z\d.-])"  # before a number that is no part of a name: "GLM-5 Nov 2026"
_TO = r"[\s,./-]+"
_UNIT_OF_DAY = r"\s?[日号號일]"
_WEEKDAY = (
    r"(?:\b(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\b\.?"
    r"|(?:星期|周|週)[一二三四五六日天]|(?<=[(（])[月火水木金土日월화수목금토일](?=[)）])|[월화수목금토일]요일)"
)
_ZONE = rf"(?:(?:utc|gmt)?[+-]\d\d?(?::?\d\d)?(?!\d)|(?:{'|'.join(ZONES)}|[ecmp]t)\b)"
_CLOCK = (
    r"(?:(?P<noon>[上下]午)\s?)?(?<![\d:])(?=\d\d?(?::\d\d|\s?[ap]\.?m\b))(?P<hour>\d\d?)"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?)?(?:\s?(?P<half>[ap])\.?m\b\.?)?"
    rf"(?:\s?\(?(?P<zone>{_ZONE})\)?(?:\s{_ZONE})?(?:\s\([A-Za-z ]{{1,40}}\))?)?"
)


def _compiled(*forms: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


# Those with a day come first: "20 Nov 2026" says more than November.
WITH_YEAR = _compiled(
    rf"(?<!\d){_YEAR}(?P<mark>[-‐‑–/.]|\s[-/.]\s|\.\s){_MONTH}(?P=mark){_DAY}\.?",
    rf"(?<!\d){_YEAR}\s?[年년]\s?{_MONTH}\s?[月월]\s?{_DAY}(?:{_UNIT_OF_DAY}|(?!\w|\s?[\u3400-\u9fff]))",
    rf"{_NAME}[\s./-]+{_DAY}(?:\s?[-–—]\s?[0-3]?\d(?!\d))?(?:{_TO}{_CLOCK})?{_TO}{_YEAR}",
    rf"{_ALONE}{_DAY}[\s./-]+(?:of\s+)?{_NAME}{_TO}{_YEAR}",
    rf"(?<!\d){_YEAR}{_TO}{_NAME}[\s./-]+{_DAY}",
    rf"{_ALONE}{_DAY}{_OF}{_FOREIGN}{_OF}{_YEAR}",
    rf"{_ALONE}(?P<one>\d\d?)(?P<mark>[./-])(?P<other>\d\d?)(?P=mark){_YEAR}(?![\d.])",
    rf"(?<![\d.]){_YEAR}(?:[-/]|\.(?=\d\d)){_MONTH}(?![-/.]?\d)",
    rf"(?<!\d){_YEAR}\s?[年년]\s?{_MONTH}\s?[月월]份?",
    rf"{_NAME}{_TO}{_YEAR}",
    rf"{_FOREIGN}{_OF}{_YEAR}",
    rf"{_YEAR}\s{_NAME}(?!\s?\d)",
)
WITHOUT_YEAR = _compiled(
    rf"{_NAME}[\s./-]+{_DAY}",
    rf"{_ALONE}{_DAY}[\s./-]+(?:of\s+)?{_NAME}",
    rf"{_ALONE}{_DAY}{_OF}{_FOREIGN}",
    rf"(?<!\d){_MONTH}\s?[月월]\s?{_DAY}{_UNIT_OF_DAY}",
    _NAME,
    rf"(?<!\d){_MONTH}\s?[月월]份?",
    r"(?<![\w.-])(?P<day>[0-3]?\d)(?:st|nd|rd|th|\s?[日号號일])(?!\w)",
    rf"{_WEEKDAY}[\s,]+(?P<day>[0-3]?\d)(?!\S)",
    rf"(?<![\w.-]){_YEAR}\s?[年년]?(?!\w)",
)
# What may stand around a date and belongs to it. Both match at once, if nothing.
BEFORE = re.compile(
    rf"(?:{_CLOCK}[\s,·|@–—-]*(?:on\s+)?)?(?:[(（]?{_WEEKDAY}[)）]?[\s,，]*)?\Z", re.IGNORECASE
)
AFTER = re.compile(
    rf"(?:[\s,，]*[(（]?{_WEEKDAY}[)）]?)?(?:\s*[T,·|@–—-]?\s*(?:at\s+)?{_CLOCK})?", re.IGNORECASE
)
