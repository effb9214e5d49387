"""A Chromium for the browser tests: one that is here, else Debian's, else the one that Playwright brings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from parley import processes, say
from parley.environment import clean_environment, python_of, setup_log
from parley.say import Refusal
from parley.settings import Settings

VARIABLE = "PARLEY_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome")
USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "%ProgramFiles%/Google/Chrome/Application/chrome.exe",
    "%ProgramFiles(x86)%/Google/Chrome/Application/chrome.exe",
    "%LocalAppData%/Google/Chrome/Application/chrome.exe",
    "%ProgramFiles(x86)%/Microsoft/Edge/Application/msedge.exe",
)
PLAYWRIGHTS_OWN = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)


def find_or_install(settings: Settings) -> str:
    return (
        settings.values.get(VARIABLE)
        or _of_the_machine()
        or _playwrights_own(settings)
        or _from_debian(settings)
        or _from_playwright(settings)
    )


def _of_the_machine() -> str | None:
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    return next((place for place in map(os.path.expandvars, USUAL_PLACES) if Path(place).is_file()), None)


def _from_debian(settings: Settings) -> str | None:
    apt = shutil.which("apt-get")
    if sys.platform != "linux" or apt is None or os.geteuid() != 0:
        return None
    env = clean_environment({"DEBIAN_FRONTEND": "noninteractive"})
    with say.step("Installing Chromium for the browser tests") as step, setup_log(settings).open("a") as log:
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            processes.run([apt, *command], log=log, cwd=settings.root, env=env, on_line=step.detail)
    return shutil.which("chromium")


def _from_playwright(settings: Settings) -> str:
    command = [str(python_of(settings)), "-m", "playwright", "install", "chromium"]
    with say.step("Fetching Chromium for the browser tests") as step, setup_log(settings).open("a") as log:
        processes.run(command, log=log, cwd=settings.root, env=clean_environment({}), on_line=step.detail)
    found = _playwrights_own(settings)
    if found is None:
        raise Refusal(f"The browser tests need Chromium: install it, or name its program in {VARIABLE}.")
    return found


def _playwrights_own(settings: Settings) -> str | None:
    asked = subprocess.run(
        [str(python_of(settings)), "-c", PLAYWRIGHTS_OWN], capture_output=True, text=True, check=False
    )
    place = asked.stdout.strip()
    return place if place and Path(place).is_file() else None
