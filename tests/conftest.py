"""How processes share the tests (`pytest -n 3 --dist loadgroup`): files stay whole.

A browser test waits more than it works, so three processes fill two cores.
"""

import hypothesis
import pytest

# How fast a rule is, benchmarks/ measure; that the machine has other work as well is no error of ours.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fixtures are shared within a file; a server and a browser among all tests that need them."""
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
