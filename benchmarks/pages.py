"""How fast the dashboard is there, beside Home Assistant's own Overview.

usage: .venv-demo/bin/python -m benchmarks.pages [--loads N] [--times N]

In one real Home Assistant and one Chromium, by turns, a home with many loads is shown by
our dashboard and by the Overview that comes with Home Assistant. Measured are

- generation: the strategy's answer to what there is, first view included, in ms;
- first paint: from the navigation to the first card with a height, with nothing in the
  browser's cache (cold), and with all of it (warm), in ms.

Each is a median, and judged as a ratio to the Overview's: at most 1.5. Needs libfaketime
and Chromium, as the end-to-end tests do.
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
import sys
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from playwright.async_api import BrowserContext

from demo import furnish
from demo.loads import add_load
from tests.e2e.browser import chromium
from tests.e2e.simulated import SimulatedDay

MOST: Final = 1.5
"""Times what the Overview takes."""
LOADS: Final = 40
TIMES: Final = 20

_OVERVIEW: Final = "home/overview"
_PAGES: Final = {"ours": furnish.DASHBOARD, "overview": _OVERVIEW}

_WATCH: Final = """
  const cards = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === "hui-card" && element.offsetHeight > 0) return true;
      if (element.shadowRoot && cards(element.shadowRoot)) return true;
    }
    return false;
  };
  const look = () => {
    if (cards(document)) requestAnimationFrame(() => { window.painted = performance.now(); });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""
_GENERATE: Final = """
async ([dashboard, view, times]) => {
  const { hass } = document.querySelector("home-assistant");
  const own = customElements.get(dashboard);
  const spent = [];
  for (let time = 0; time < times; time++) {
    const start = performance.now();
    const { views } = await own.generate({}, hass);
    if (view) await customElements.get(view).generate(views[0].strategy, hass);
    spent.push(performance.now() - start);
  }
  return spent;
}
"""
_STRATEGIES: Final = {
    "ours": ("ll-strategy-dashboard-linky-pilote", None),
    "overview": ("home-dashboard-strategy", "home-overview-view-strategy"),
}


class Figure(NamedTuple):
    """One thing measured of both pages, in ms."""

    what: str
    ours: float
    overview: float

    @property
    def ratio(self) -> float:
        """How many times what the Overview takes."""
        return self.ours / self.overview


async def _paint(context: BrowserContext, url: str) -> float:
    """Return the ms from the navigation to the first card."""
    page = await context.new_page()
    try:
        await page.add_init_script(_WATCH)
        await page.goto(url)
        await page.wait_for_function("window.painted !== undefined")
        return float(await page.evaluate("window.painted"))
    finally:
        await page.close()


async def measure(folder: Path, loads: int, times: int) -> list[Figure]:
    """Return all figures of a home with so many loads."""
    switches: dict[str, dict[str, str]] = {
        f"load_{number}": {} for number in range(loads)
    }
    day = SimulatedDay(
        folder / "config", "blue-day", configuration={"input_boolean": switches}
    )
    async with AsyncExitStack() as stack:
        await day.start()
        stack.push_async_callback(day.stop)
        await furnish.add_grid(day.user)
        for name in switches:
            what = {"entity": [f"input_boolean.{name}"], "behaviour": "appliance"}
            await add_load(day.user, day.entry_id, what, {"power": 500})
        await furnish.make_dashboard(day.user)
        browser = await stack.enter_async_context(chromium())
        painted: dict[tuple[str, str], list[float]] = {}
        for _ in range(times):
            for name, path in _PAGES.items():
                context = await browser.new_context()
                try:
                    for state in ("cold", "warm"):
                        spent = await _paint(context, f"{day.url}/{path}")
                        painted.setdefault((name, state), []).append(spent)
                finally:
                    await context.close()
        made = {}
        context = await browser.new_context()
        for name, path in _PAGES.items():
            page = await context.new_page()
            await page.add_init_script(_WATCH)
            await page.goto(f"{day.url}/{path}")
            await page.wait_for_function("window.painted !== undefined")
            spent = await page.evaluate(_GENERATE, [*_STRATEGIES[name], times])
            made[name] = median(spent)
            await page.close()
    return [
        Figure("generation", made["ours"], made["overview"]),
        *(
            Figure(
                f"first paint, {state}",
                median(painted["ours", state]),
                median(painted["overview", state]),
            )
            for state in ("cold", "warm")
        ),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when a ratio is too high."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--loads", type=int, default=LOADS)
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), options.loads, options.times))
    print(f"{options.loads} loads, median of {options.times}, ms")
    print(f"{'':22}{'ours':>9}{'Overview':>10}{'ratio':>7}")
    for figure in figures:
        print(
            f"{figure.what:22}{figure.ours:9.1f}{figure.overview:10.1f}"
            f"{figure.ratio:7.2f}{'' if figure.ratio <= MOST else '  too slow'}"
        )
    return int(any(figure.ratio > MOST for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
