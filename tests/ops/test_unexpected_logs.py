"""The rule of tests/conftest.py: a test that logs an unexpected warning or error fails."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

RULE = (Path(__file__).parents[1] / "conftest.py").read_text(encoding="utf-8")
BEGINNING = "import logging, pytest, structlog\nfrom bot.ops import logs\nlog = structlog.get_logger()\n"


@pytest.mark.logs("it_failed", "slack_bolt")
@pytest.mark.parametrize(
    ("test", "outcome"),
    [
        pytest.param("def test(): log.info('it_went_well')", "passed", id="good news is no trouble"),
        pytest.param("def test(): log.warning('it_failed')", "failed", id="an unexpected warning fails it"),
        pytest.param(
            "def test(): logging.getLogger('slack_bolt').error('no')", "failed", id="a library's too"
        ),
        pytest.param(
            "@pytest.mark.logs('it_failed')\ndef test(): log.error('it_failed')",
            "passed",
            id="an expected event",
        ),
        pytest.param(
            "@pytest.mark.logs('another')\ndef test(): log.error('it_failed')", "failed", id="another event"
        ),
        pytest.param(
            "pytestmark = pytest.mark.logs('slack_bolt')\n"
            "def test(): logging.getLogger('slack_bolt').error('no')",
            "passed",
            id="a library that a module expects to hear",
        ),
        pytest.param(
            "def test():\n    logs.configure('info')\n    structlog.get_logger('bot.x').error('it_failed')",
            "failed",
            id="a test that sets up the logs itself",
        ),
        pytest.param(
            "@pytest.fixture\ndef house(): log.error('it_failed')\ndef test(house): pass",
            "failed",
            id="what a fixture logs counts",
        ),
    ],
)
def test_a_test_fails_for_what_it_does_not_expect(pytester: pytest.Pytester, test: str, outcome: str) -> None:
    pytester.makeconftest(RULE)
    pytester.makepyfile(BEGINNING + test)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(**{outcome: 1})
