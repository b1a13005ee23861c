"""The few things that the demo asks of Home Assistant, as its frontend does."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import aiohttp

_STEP_S = 0.25


class RefusedError(Exception):
    """Home Assistant said no."""


async def until(question: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again until the answer is yes; the caller sets the time limit."""
    while not await question():  # noqa: ASYNC110 - what happens is in another process
        await asyncio.sleep(_STEP_S)


class Client:
    """One user at one Home Assistant."""

    def __init__(self, url: str) -> None:
        """`url` is the root, without a slash at its end."""
        self.url = url
        self._client_id = f"{url}/"
        self._session: aiohttp.ClientSession
        self._websocket: aiohttp.ClientWebSocketResponse
        self._opened: list[aiohttp.ClientWebSocketResponse] = []
        self._refresh_token = ""
        self._headers: dict[str, str] = {}
        self._message = 0

    async def __aenter__(self) -> Self:
        """Open a session."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it, and what was opened in it."""
        for websocket in self._opened:
            await websocket.close()
        await self._session.close()

    async def answers(self, path: str) -> bool:
        """Say whether a page is there."""
        try:
            async with self._session.get(self.url + path) as answer:
                await answer.read()
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False

    async def wait_until_up(self) -> None:
        """Wait for the first answer; the caller sets the time limit."""
        await until(lambda: self.answers("/manifest.json"))

    async def wait_until_running(self) -> None:
        """Wait for the end of the start-up; the caller sets the time limit."""

        async def runs() -> bool:
            config = await self.get("/api/config")
            return bool(config["state"] == "RUNNING")

        await until(runs)

    async def onboard(
        self, name: str, username: str, password: str, language: str
    ) -> bool:
        """Create the owner unless there is one; return whether it was done."""
        try:
            steps = await self.get("/api/onboarding")
        except RefusedError:
            # the view is gone when all is done
            return False
        if all(step["done"] for step in steps if step["step"] == "user"):
            return False
        owner = {
            "client_id": self._client_id,
            "name": name,
            "username": username,
            "password": password,
            "language": language,
        }
        await self._take_tokens(
            (await self.post("/api/onboarding/users", owner))["auth_code"]
        )
        await self.post("/api/onboarding/analytics", {})
        redirect = f"{self._client_id}?auth_callback=1"
        await self.post(
            "/api/onboarding/integration",
            {"client_id": self._client_id, "redirect_uri": redirect},
        )
        return True

    async def log_in(self, username: str, password: str) -> None:
        """Log in with a name and a password."""
        flow = await self.post(
            "/auth/login_flow",
            {
                "client_id": self._client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": self._client_id,
            },
        )
        answer = {
            "client_id": self._client_id,
            "username": username,
            "password": password,
        }
        result = await self.post(f"/auth/login_flow/{flow['flow_id']}", answer)
        if result.get("type") != "create_entry":
            raise RefusedError(f"log-in as {username}: {result.get('errors')}")
        await self._take_tokens(result["result"])

    def use_token(self, token: str) -> None:
        """Ask on with a token that was made for long."""
        self._headers = {"Authorization": f"Bearer {token}"}

    async def log_out(self) -> None:
        """Give the session back."""
        form = {"token": self._refresh_token}
        async with self._session.post(f"{self.url}/auth/revoke", data=form):
            self._headers = {}

    async def connect(self) -> None:
        """Open the websocket."""
        self._websocket = await self._session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0
        )
        self._opened.append(self._websocket)
        await self._websocket.receive_json()
        token = self._headers["Authorization"].removeprefix("Bearer ")
        await self._websocket.send_json({"type": "auth", "access_token": token})
        answer = await self._websocket.receive_json()
        if answer["type"] != "auth_ok":
            raise RefusedError(f"websocket: {answer}")

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Send a command by websocket and return its result."""
        self._message += 1
        number = self._message
        await self._websocket.send_json({"id": number, "type": kind, **fields})
        while True:
            answer = await self._websocket.receive_json()
            if answer.get("id") == number and answer["type"] == "result":
                break
        if not answer["success"]:
            raise RefusedError(f"{kind}: {answer['error']['message']}")
        return answer["result"]

    async def get(self, path: str) -> Any:
        """Get what is at a path."""
        return await self._request("GET", path, None)

    async def post(self, path: str, data: dict[str, Any]) -> Any:
        """Post something to a path."""
        return await self._request("POST", path, data)

    async def _request(
        self, method: str, path: str, data: dict[str, Any] | None
    ) -> Any:
        async with self._session.request(
            method, self.url + path, json=data, headers=self._headers
        ) as answer:
            if answer.status >= 400:
                raise RefusedError(
                    f"{method} {path}: {answer.status} {await answer.text()}"
                )
            return await answer.json()

    async def _take_tokens(self, code: str) -> None:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self._client_id,
        }
        async with self._session.post(f"{self.url}/auth/token", data=form) as answer:
            if answer.status != 200:
                raise RefusedError(f"token: {await answer.text()}")
            tokens = await answer.json()
        self._refresh_token = tokens["refresh_token"]
        self._headers = {"Authorization": f"Bearer {tokens['access_token']}"}
