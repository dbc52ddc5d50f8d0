"""The HTML in a real browser: themes, phones, scripts, pages with a style of their own."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier

from skparams import diff, spread
from skparams._probe.record import Probe, ProbedAttribute
from skparams._records.node import KeptPlace
from skparams._slim.record import DroppedAttribute, SlimReport
from tests.report.made import NASTY, Finding, Stats, Summary, anything, array, ensemble, node
from tests.report.real import TEXTS
from tests.sweep import sweep

selenium = pytest.importorskip("selenium", reason="needs selenium")
from selenium import webdriver  # noqa: E402
from selenium.common.exceptions import WebDriverException  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="needs Debian's packages chromium and chromium-driver"
    ),
]

# Pages as notebooks make them: what they put on body, and the styles that reach their outputs.
JUPYTERLAB = """
.jp-RenderedHTMLCommon { color: var(--jp-content-font-color1); font-size: 14px; line-height: 1.6 }
.jp-RenderedHTMLCommon table { border-collapse: collapse; border-spacing: 0; border: none;
  font-size: 12px; table-layout: fixed; margin-left: auto; margin-bottom: 1em; margin-right: auto }
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon tr {
  vertical-align: middle; padding: 0.5em; line-height: normal; white-space: normal;
  max-width: none; border: none; text-align: right }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: rgb(128, 128, 128) }
.jp-RenderedHTMLCommon pre, .jp-RenderedHTMLCommon code { background-color: rgb(200, 200, 200);
  color: rgb(200, 200, 200); border: 1px solid red }
"""
BOOTSTRAP = """
.row { display: flex; margin: 0 -12px } .total, .node, .note { display: none }
code { color: rgb(232, 62, 140); padding: 0.2rem 0.4rem; background: rgb(240, 240, 240) }
details { border: 1px solid red; padding: 1em } table { margin: 2em; width: 100% }
th { background: rgb(120, 120, 120) }
"""
PAGES = {
    "plain": ("", "<body>"),
    "jupyterlab-light": (
        JUPYTERLAB + ":root { --jp-content-font-color1: rgba(0, 0, 0, 0.87) }",
        '<body data-jp-theme-light="true" style="background: #fff" class="jp-RenderedHTMLCommon">',
    ),
    "jupyterlab-dark": (
        JUPYTERLAB + ":root { --jp-content-font-color1: rgba(255, 255, 255, 1) }",
        '<body data-jp-theme-light="false" style="background: #111" class="jp-RenderedHTMLCommon">',
    ),
    "vscode-light": (
        "",
        '<body data-vscode-theme-kind="vscode-light" style="background: #fff; '
        '--vscode-foreground: #3b3b3b">',
    ),
    "vscode-dark": (
        "",
        '<body data-vscode-theme-kind="vscode-dark" style="background: #1f1f1f; '
        '--vscode-foreground: #cccccc">',
    ),
    "sphinx-light": (
        BOOTSTRAP + "html { color: #222832; background: #fff }",
        '<body><div data-theme="light">',
    ),
    "sphinx-dark": (
        BOOTSTRAP + "[data-theme=dark] { color: #ced6dd; background: #14181e }",
        '<body><div data-theme="dark">',
    ),
    "opts-in-dark": (":root { color-scheme: light dark }", "<body>"),
}

HEAD = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'

READ = """
const probe = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
function rgba(color) {  // whatever notation the browser computed
  probe.clearRect(0, 0, 1, 1); probe.fillStyle = color; probe.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}
const found = [];
for (const each of document.querySelectorAll('.skparams-page *')) {
  const own = [...each.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (!own || each.tagName === 'STYLE' || !each.checkVisibility()) continue;
  const layers = [];
  for (let at = each; at; at = at.parentElement) {
    layers.push(rgba(getComputedStyle(at).backgroundColor));
  }
  found.push([each.textContent.trim().slice(0, 40), rgba(getComputedStyle(each).color), layers]);
}
return found;
"""


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Start a browser with preferences; all are closed at the end of the module."""
    started = {}

    def begin(**preferences):
        key = tuple(preferences.items())
        if key not in started:
            options = webdriver.ChromeOptions()
            options.binary_location = CHROMIUM
            for argument in ("headless=new", "no-sandbox", "disable-dev-shm-usage"):
                options.add_argument(f"--{argument}")
            options.add_argument("--hide-scrollbars")
            if preferences:
                options.add_experimental_option("prefs", preferences)
            try:
                service = webdriver.ChromeService(DRIVER)
                started[key] = webdriver.Chrome(options=options, service=service)
            except WebDriverException as error:
                pytest.skip(f"chromium does not start here: {error.msg}")
        return started[key]

    yield begin
    for driver in started.values():
        driver.quit()


@pytest.fixture
def show(start, tmp_path):
    """Show summaries on a page of a kind; returns the browser."""

    def open_page(*summaries, page="plain", width=900, dark=False, driver=None):
        style, body = PAGES[page]
        html = "\n".join(each.to_html() for each in summaries)
        path = tmp_path / "page.html"
        head = f"{HEAD}<title>page</title><style>{style}</style>"
        path.write_text(f"{head}{body}{html}", "utf-8")
        driver = driver or start()
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        driver.get(path.as_uri())
        return driver

    return open_page


@pytest.fixture(scope="module")
def full():
    """A summary with something of everything."""
    rng = np.random.RandomState(3)
    found = anything(rng)
    while not (found.root.children and found.findings and any(n.layers for n in found.root.walk())):
        found = anything(rng)
    return found


class Anything(BaseEstimator):
    """Has hyperparameters of any name."""

    def __init__(self, chosen=None):
        self.chosen = chosen

    def fit(self, X):
        return self

    def get_params(self, deep=True):
        return {"chosen": self.chosen, **self.chosen}


@pytest.fixture(scope="module")
def reports():
    """A report of each kind, with rows of all sorts, some of them folded."""
    rng = np.random.RandomState(0)
    X, y = rng.standard_normal((60, 4)), np.arange(60) % 3
    forests = [RandomForestClassifier(9, max_depth=3, random_state=i).fit(X, y) for i in range(2)]
    lots = [f"a_rather_long_step_name__{i}_{'w' * (i % 9)}_" for i in range(50)]
    verdicts = ("used", "unused", "not tried")
    methods = ("predict", "predict_proba", "decision_function", "transform")
    rows = [
        ProbedAttribute(
            path, "A", "parameter", verdicts[i % 3], ("predict", "transform"), "ValueError: no"
        )
        for i, path in enumerate([*lots * 4, *NASTY])
    ]
    gone = tuple(DroppedAttribute(path, "state", 10**i) for i, path in enumerate([*NASTY, lots[8]]))
    held = tuple(KeptPlace(path, 10**6, 10**9) for path in NASTY)
    failed = (("transform", f"ValueError: {NASTY[0]}"),)
    return {
        "probe": Probe(NASTY[0], tuple(rows), methods, (), failed, 60, 60, 200, True, ("B",)),
        "slim": SlimReport(
            NASTY[0], gone, 10**9, 10**5, 10**9, 10**5, 60, methods, kept_places=held
        ),
        "diff": diff(*forests),
        "diff-names": diff(Anything({}), Anything({text: text for text in NASTY})),
        "spread": spread(forests),
    }


def luminance(rgb):
    channels = np.asarray(rgb[:3]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def over(top, below):
    """The color of one that lets some of another through."""
    alpha = top[3]
    return [alpha * t + (1 - alpha) * b for t, b in zip(top[:3], below[:3], strict=True)]


def contrasts(driver, canvas):
    """The text, and the contrast ratio of its color to what is behind it."""
    for text, ink, layers in driver.execute_script(READ):
        paper = canvas
        for layer in reversed(layers):
            paper = over(layer, paper)
        light, dark = sorted((luminance(over(ink, paper)), luminance(paper)), reverse=True)
        yield text, (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("page", sweep(PAGES, ["jupyterlab-light", "vscode-dark"]))
def test_all_text_can_be_read_in_any_theme(show, full, reports, page, dark):
    driver = show(full, *reports.values(), page=page, dark=dark)
    canvas = [18, 18, 18] if page == "opts-in-dark" and dark else [255, 255, 255]
    found = list(contrasts(driver, canvas))
    assert len(found) > 130
    assert [each for each in found if each[1] < 4.5] == []


@pytest.mark.parametrize("page", PAGES)
def test_names_and_numbers_stand_as_meant_whatever_the_page_does(show, summaries, page):
    driver = show(summaries["network"], page=page)
    style = driver.execute_script(
        """
        const root = document.querySelector('.skparams-page');
        const of = (css, name) => getComputedStyle(root.querySelector(css))[name];
        return {
          align: of('.skp-n', 'textAlign'), figures: of('.skp-row .skp-n', 'fontVariantNumeric'),
          mono: of('code', 'fontFamily'), border: of('code', 'borderTopWidth'),
          left: of('.skp-name', 'textAlign'), row: of('.skp-row', 'display'),
          details: of('details', 'borderTopWidth'), cell: of('.skp-row', 'backgroundColor'),
        }
        """
    )
    assert style["align"] == "right"
    assert style["figures"] == "tabular-nums"
    assert "monospace" in style["mono"]
    assert (style["border"], style["details"]) == ("0px", "0px")
    assert style["left"] in ("left", "start")
    assert style["row"] == "grid"
    assert style["cell"] == "rgba(0, 0, 0, 0)"


def test_levels_open_on_a_click(show, summaries):
    driver = show(summaries["bagging"])
    run = driver.find_element("css selector", "details:has(details, .skp-strong):not([open])")
    assert not run.get_attribute("open")
    member = run.find_element("css selector", "details, .skp-strong:not(summary)")
    assert not member.is_displayed()
    run.find_element("css selector", "summary").click()
    assert run.get_attribute("open")
    assert member.is_displayed()


def test_what_a_report_folds_opens_on_a_click(show, reports):
    for name in ("probe", "diff"):
        driver = show(reports[name])
        folded = driver.find_element("css selector", "details:not([open])")
        row = folded.find_element("css selector", "tbody > .skp-row")
        assert not row.is_displayed()
        folded.find_element("css selector", "summary").click()
        assert row.is_displayed()


def test_names_stay_in_one_line_while_other_columns_can_wrap(show):
    driver = show(TEXTS["plan-search"](), width=1000)
    names = driver.find_elements("css selector", ".skp-row > .skp-name > code")
    heights = {each.size["height"] for each in names if each.is_displayed()}
    assert len(names) > 20
    assert max(heights) < 1.5 * min(heights)


def test_the_first_levels_are_open(show, summaries):
    driver = show(summaries["pipeline"])
    shown = driver.find_element("css selector", ".skparams-page").text
    assert "coef_" in shown
    assert "copy=True" not in shown


def test_without_javascript_it_shows_and_opens(start, show, summaries):
    driver = start(**{"profile.managed_default_content_settings.javascript": 2})
    driver.get("data:text/html,<title>off</title><script>document.title='on'</script>")
    assert driver.title == "off"
    show(summaries["bagging"], driver=driver)
    run = driver.find_element("css selector", "details:has(details, .skp-strong):not([open])")
    assert "total" in driver.find_element("css selector", ".skparams-page").text
    before = run.size["height"]
    run.find_element("css selector", "summary").click()
    assert run.size["height"] > 5 * before


@pytest.mark.parametrize("what", ["summary", "probe", "slim"])
def test_no_text_of_a_user_runs(show, reports, what):
    rows = [array(f"{text}{i}", 3, dims=(text,)) for i, text in enumerate(NASTY)]
    driver = show(reports.get(what) or Summary(node("A", rows=rows, class_name=NASTY[0])))
    assert driver.title == "page"
    assert driver.find_elements("css selector", ".skparams-page :is(script, img, b b)") == []
    shown = driver.find_element("css selector", ".skparams-page").get_attribute("textContent")
    for text in NASTY:
        if text.isprintable():
            assert text in shown


@pytest.mark.parametrize("page", sweep(["plain", "jupyterlab-light", "sphinx-dark"], 1))
def test_a_phone_need_not_scroll_sideways(show, full, summaries, reports, page):
    for found in (full, *summaries.values(), ensemble(200), *reports.values()):
        driver = show(found, page=page, width=360)
        for details in driver.find_elements("css selector", "details"):
            driver.execute_script("arguments[0].open = true", details)
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= 360
        inside = driver.execute_script(
            """
            const edge = document.querySelector('.skparams-page').getBoundingClientRect().right;
            return [...document.querySelectorAll('.skp-row *')].filter(
              each => each.checkVisibility() && each.getBoundingClientRect().right > edge + 1
            ).map(each => each.textContent)
            """
        )
        assert inside == []


@pytest.mark.parametrize("width", [641, 900, 1600])
def test_columns_of_numbers_line_up(show, summaries, width):
    driver = show(summaries["pipeline"], summaries["network-plan"], width=width)
    edges = driver.execute_script(
        """
        return [...document.querySelectorAll('.skp-table')].filter(
          table => table.querySelector('.skp-head')?.textContent.includes('learn')
        ).map(tree => [3, 4, 5].map(i => [...new Set([...tree.querySelectorAll('.skp-row')].filter(
            row => row.children.length === 6
          ).map(row => Math.round(row.children[i].getBoundingClientRect().right)))]))
        """
    )
    for tree in edges:
        assert [len(set(column)) for column in tree] == [1, 1, 1]


def test_two_summaries_on_a_page_do_not_clash(show, summaries):
    alone = show(summaries["network"]).find_element("css selector", ".skparams-page")
    size = alone.size
    both = show(summaries["network"], summaries["pipeline"])
    first, second = both.find_elements("css selector", ".skparams-page")
    assert first.size == size
    assert second.location["y"] >= first.location["y"] + size["height"]


def test_findings_and_statistics_are_shown(show):
    row = array("coef_", 4, stats=Stats(-1.0, 3.0, 0.5, 0.25, 2.0, 0, 1))
    found = Summary(node("A", rows=[row]), findings=(Finding("SKP002", "coef_", "1 is NaN"),))
    text = show(found).find_element("css selector", ".skparams-page").text
    assert re.search(r"coef_\s+\(4,\)\s+-1\s+0\.5 ± 0\.25\s+3\s+2\s+1", text)
    assert re.search(r"SKP002\s+coef_: 1 is NaN", text)


def test_the_stylesheet_is_understood_whole(show, summaries):
    """A rule that the browser drops is a mistake in the sheet."""
    driver = show(summaries["network"])
    kept = driver.execute_script(
        "return [...document.querySelector('.skparams-page style').sheet.cssRules]"
        ".map(rule => rule.cssRules ? Math.max(rule.cssRules.length, 1) : 1)"
        ".reduce((a, b) => a + b)"
    )
    sheet = Path(__file__).parents[2] / "skparams" / "_report" / "page.css"
    source = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    assert kept == source.count("{") - source.count("@media")
