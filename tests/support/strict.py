"""The strict front of ../shared/slackcheck before a stand-in for Slack: it refuses what Slack would."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace


def load_strict_proxy(slackcheck: Path) -> ModuleType:
    """Return the script as a module; it adds its folder to the path, which is put back."""
    spec = spec_from_file_location("strict_proxy", slackcheck / "strict_proxy.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    path = sys.path.copy()
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


@contextmanager
def strict_front(strict_proxy: ModuleType, upstream: str) -> Iterator[SimpleNamespace]:
    """Stand before `upstream`; `faults` takes what is to go wrong, `log` has every call."""
    vars(strict_proxy.CFG).update({"upstream": upstream, "burst": 5, "history_per_minute": 0})
    for kept in (strict_proxy.faults, strict_proxy.log, strict_proxy.buckets):
        kept.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), strict_proxy.H) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/api/"
        yield SimpleNamespace(url=url, faults=strict_proxy.faults, log=strict_proxy.log)
        server.shutdown()
        thread.join()
