"""A browser without a window, as a reader uses it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver


@contextmanager
def browser() -> Iterator[webdriver.Chrome]:
    """Chromium, which notes what scripts complain of; without it, the test is skipped."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        absent = "no browser: apt-get install chromium chromium-driver"
        if os.environ.get("ECHOSEQ_REQUIRE_BROWSER"):
            pytest.fail(absent)
        pytest.skip(absent)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in ("--headless=new", "--window-size=1500,1000", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    service = webdriver.ChromeService(executable_path=chromedriver)
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def complaints(driver: webdriver.Chrome, *levels: str) -> list[str]:
    """What scripts have complained of since the last call; all levels if none is given."""
    logged = driver.get_log("browser")
    return [entry["message"] for entry in logged if not levels or entry["level"] in levels]
