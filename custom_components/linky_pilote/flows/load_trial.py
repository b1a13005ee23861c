"""Trying a load before it is kept: the steps that show what was seen."""

from abc import abstractmethod
import asyncio
from contextlib import ExitStack
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult

from ..const import DOMAIN
from ..home.load import CONF_INVERTED, CONF_POWER, HomeLoad
from ..home.trial import Finding, Trial, try_load
from .load_checks import rounded


class TrialSteps(ConfigSubentryFlow):
    """The steps of a trial, of the flow that knows the load."""

    def __init__(self) -> None:
        """Begin without a trial."""
        self._data: dict[str, Any] = {}
        self._trying: asyncio.Task[Trial] | None = None
        self._trial: Trial | None = None

    @abstractmethod
    def _load(self) -> HomeLoad:
        """Return the load as it would be kept."""

    @abstractmethod
    def _names(self) -> list[str]:
        """Return the names of what is controlled."""

    @abstractmethod
    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Keep the load."""

    async def async_step_try_it(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Try it, and show that this takes some seconds."""
        if self._trying is None:
            self._trying = self.hass.async_create_task(
                self._try(self._load()),
                f"{DOMAIN} flow",
                eager_start=False,
            )
        if not self._trying.done():
            return self.async_show_progress(
                step_id="try_it",
                progress_action="try_it",
                description_placeholders={"entity": self._names()[0]},
                progress_task=self._trying,
            )
        trying, self._trying = self._trying, None
        self._trial = trial = await trying
        if trial.finding is Finding.INVERTED:
            self._data[CONF_INVERTED] = not self._data.get(CONF_INVERTED, False)
        if trial.on is not None and trial.off is not None:
            drawn = round(abs(trial.on - trial.off))
            if trial.finding in (Finding.WORKS, Finding.INVERTED):
                self._data.setdefault(CONF_POWER, drawn)
        return self.async_show_progress_done(next_step_id=trial.finding)

    async def _try(self, load: HomeLoad) -> Trial:
        """Try it; whoever commands it already is told that it is no hand."""
        data = getattr(self._get_entry(), "runtime_data", None)
        home = data.home if data else None
        drivers = home.drivers.values() if home else ()
        with ExitStack() as stack:
            tried = [
                stack.enter_context(driver.tried())
                for driver in drivers
                if driver.load.entity == load.entity
            ]
            return await try_load(
                self.hass,
                load,
                self._meter_power,
                taken=lambda: any(one.taken for one in tried),
                too_much=lambda: home is not None and home.draws_too_much,
            )

    async def _tell(
        self, finding: Finding, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        """Say what was seen, and go on."""
        if user_input is not None:
            return await self.async_step_finish()
        assert self._trial is not None
        return self.async_show_form(
            step_id=finding,
            description_placeholders={
                "entity": self._names()[0],
                "on": rounded(self._trial.on),
                "off": rounded(self._trial.off),
            },
        )

    async def async_step_tried_works(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that it works."""
        return await self._tell(Finding.WORKS, user_input)

    async def async_step_tried_inverted(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that it acts the other way round, which has been noted."""
        return await self._tell(Finding.INVERTED, user_input)

    async def async_step_tried_no_watts(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that the power did not move."""
        return await self._tell(Finding.NO_WATTS, user_input)

    async def async_step_tried_deaf(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that it did not follow."""
        return await self._tell(Finding.DEAF, user_input)

    async def async_step_tried_interrupted(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that too much was drawn, and offer to try it again."""
        return self.async_show_menu(
            step_id=Finding.INTERRUPTED,
            menu_options=["try_it", "finish"],
            description_placeholders={"entity": self._names()[0]},
        )

    def _meter_power(self) -> float | None:
        """Return the W that the home draws."""
        data = getattr(self._get_entry(), "runtime_data", None)
        estimate = data.coordinator.estimate if data else None
        return None if estimate is None else float(estimate.power)
