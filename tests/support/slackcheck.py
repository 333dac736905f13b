"""The strict checker of Slack messages in ../shared, as fixtures for the conftest of a folder to import."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

SLACKCHECK = Path(__file__).parents[3] / "shared" / "slackcheck"


@pytest.fixture(scope="session")
def slackcheck() -> Path:
    """Return the folder of the strict checker, or skip the test where it is absent."""
    if not SLACKCHECK.exists():
        pytest.skip("../shared/slackcheck is not here")
    return SLACKCHECK


@pytest.fixture(scope="session")
def validate(slackcheck: Path) -> Any:
    """Return validate_blocks.validate."""
    spec = spec_from_file_location("validate_blocks", slackcheck / "validate_blocks.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module.validate
