"""a real browser.

Debian's chromium, without a window, driven by selenium: what it fetched, what it complained of, and
what a keyboard, a phone and a printer make of a page.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from support.services import absent

_QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--disable-dev-shm-usage", "--no-default-browser-check",
)  # fmt: skip
PHONE = 360
"""Pixels that a small phone is wide."""


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with an empty profile; without one the test is skipped, or fails in CI."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        absent("chromium with its driver", "apt-get install chromium chromium-driver")
    profile = tempfile.mkdtemp(prefix="flk-chromium-")
    options = ChromeOptions()
    options.binary_location = program
    for each in (*_QUIET, f"--user-data-dir={profile}"):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options=options, service=Service(driver))
    try:
        yield Browser(chrome)
    finally:
        chrome.quit()
        shutil.rmtree(profile, ignore_errors=True)


class Browser:
    """One page at a time."""

    def __init__(self, chrome: Chrome) -> None:
        self.chrome = chrome

    def open(self, path: Path, *, width: int = 1100, dark: bool = False, paper: bool = False,
             fragment: str = "") -> None:  # fmt: skip
        """Opens a file on a screen so wide, or as it is printed."""
        self._tell("Emulation.setDeviceMetricsOverride", width=width, height=900,
                   deviceScaleFactor=1, mobile=width < 500)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._tell("Emulation.setEmulatedMedia", media="print" if paper else "screen",
                   features=[scheme])  # fmt: skip
        self.chrome.get("about:blank")
        self.complaints()
        self.fetched()
        self.chrome.get(f"{path.as_uri()}{fragment}")

    def ask(self, script: str, *arguments: Any) -> Any:
        """What a script returns; the page's policy does not hold for the one who drives."""
        return self.chrome.execute_script(script, *arguments)  # type: ignore[no-untyped-call]

    def press(self, *keys: str) -> None:
        """Presses keys where the focus is."""
        for key in keys:
            self.chrome.switch_to.active_element.send_keys(key)

    def sheets(self, path: Path, *, script: bool = True, before: str = "") -> int:
        """The sheets of A4 that a page takes when it is printed, once a script has run on it."""
        self.open(path)
        self.ask(before)
        self._tell("Emulation.setEmulatedMedia", media="", features=[])
        if not script:
            self._tell("Emulation.setScriptExecutionDisabled", value=True)
            self.chrome.get(path.as_uri())
        try:
            printed = self.chrome.execute_cdp_cmd(
                "Page.printToPDF",
                {"preferCSSPageSize": True, "paperWidth": 8.27, "paperHeight": 11.69},
            )
        finally:
            self._tell("Emulation.setScriptExecutionDisabled", value=False)
        return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"])))

    def complaints(self) -> list[str]:
        """What the console said since it was last asked."""
        return [each["message"] for each in self.chrome.get_log("browser")]  # type: ignore[no-untyped-call]

    def fetched(self) -> list[str]:
        """Every address that was asked for since this was last asked, but for the page itself."""
        itself = self.chrome.current_url.partition("#")[0]
        found = []
        for each in self.chrome.get_log("performance"):  # type: ignore[no-untyped-call]
            event = json.loads(each["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                found.append(event["params"]["request"]["url"])
            elif event["method"] == "Network.webSocketCreated":
                found.append(event["params"]["url"])
        return [each for each in found if each != itself]

    def _tell(self, command: str, **parameters: Any) -> None:
        self.chrome.execute_cdp_cmd(command, parameters)
