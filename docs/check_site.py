"""Check a built site in a browser: ``python docs/check_site.py docs/_build``.

A search finds the right page first, no page is wider than the window, and no picture is missing.
"""

import shutil
import sys
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

FIRST = {
    "number of parameters": "concepts.html",
    "compare models": "guide/compare.html",
    "safe load": "guide/keep.html",
    "class_weight": "guide/train_class_weight.html",
}
WIDTHS = (1400, 390)
# What scrolls in a box of its own may be wider.
WIDER = """
return [...document.querySelectorAll('article *')].filter(
    e => e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest('pre, table, .headerlink, .pst-scrollable-table-container, .math')
).map(e => e.tagName + ' ' + e.textContent.slice(0, 40)).slice(0, 3)
"""
ENDED = "return document.querySelector('#search-results .search-summary')?.textContent"
MISSING = """
return [...document.images].filter(e => e.loading != 'lazy' && !e.naturalWidth).map(e => e.src)
"""


def browser() -> webdriver.Chrome:
    """A Chromium without a window."""
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--allow-file-access-from-files",
    ):
        options.add_argument(argument)
    if chromium := shutil.which("chromium"):
        options.binary_location = chromium
    driver = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    return webdriver.Chrome(options=options, service=driver)


def check_search(driver: webdriver.Chrome, site: Path) -> list[str]:
    """Search for each phrase; return what is not found first."""
    faults = []
    for phrase, page in FIRST.items():
        driver.get(f"{(site / 'search.html').as_uri()}?q={phrase.replace(' ', '+')}")
        WebDriverWait(driver, 30).until(lambda d: "found" in (d.execute_script(ENDED) or ""))
        link = "return document.querySelector('#search-results li a')?.href"
        found = (driver.execute_script(link) or "nothing").partition("?")[0].partition("#")[0]
        if found != (site / page).as_uri():
            faults.append(f"a search for {phrase!r} finds {found} first, not {page}")
    return faults


def check_page(driver: webdriver.Chrome, page: Path) -> list[str]:
    """Return what is wrong with a page in windows of all widths."""
    faults = []
    driver.get(page.as_uri())
    for width in WIDTHS:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        faults += [f"{page.name} at {width}: {wide}" for wide in driver.execute_script(WIDER)]
    return faults + [f"{page.name}: no {src}" for src in driver.execute_script(MISSING)]


def main(site: Path) -> int:
    """Print what is wrong; return 1 if anything is."""
    driver = browser()
    try:
        faults = check_search(driver, site)
        for page in sorted(site.rglob("*.html")):
            faults += check_page(driver, page)
    finally:
        driver.quit()
    print("\n".join(faults) or "all pages are fine")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
