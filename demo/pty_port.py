"""A pseudo-terminal behind a link: what a serial adapter looks like to its reader.

The kernel keeps a pseudo-terminal at 8N1 whatever is asked, and reports an error when
nothing of what was asked could be changed: a second open at 7E1 would fail. So the
speed is moved away after each open; the next one then has something to change. What
the reader asked for is remembered, as it says at which speed it listens.
"""

import contextlib
import os
from pathlib import Path
import select
import termios
import tty

_AWAY_SPEED = termios.B50
_OSPEED, _ISPEED = 5, 4
_SPEEDS = {
    getattr(termios, f"B{baud}"): baud
    for baud in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
}


class PtyPort:
    """One plugged-in adapter; unplug it with `close`, plug in another for the next."""

    def __init__(self, link: Path) -> None:
        """Open a pseudo-terminal and put the link in its place."""
        self.link = link
        self.reader_baud: int | None = None
        """The speed that the reader has asked for, as far as `notice_reader` saw."""
        self._master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        self.device = os.ttyname(slave)
        self._move_speed_away()
        # closed once, so that a hang-up tells that nobody listens
        os.close(slave)
        self._poll = select.poll()
        self._poll.register(self._master, select.POLLHUP)
        self._make_link()

    @property
    def listened(self) -> bool:
        """Whether some program has the port open."""
        return not self._poll.poll(0)

    def write(self, data: bytes) -> None:
        """Send bytes to whoever listens; like a line, it forgets what nobody reads."""
        if data and self.listened:
            # a reader that sleeps loses characters, as with a real adapter
            with contextlib.suppress(BlockingIOError):
                os.write(self._master, data)

    def close(self) -> None:
        """Pull it out: the reader gets an error, the link is gone."""
        if self.link.is_symlink() and str(self.link.readlink()) == self.device:
            self.link.unlink()
        os.close(self._master)

    def notice_reader(self) -> None:
        """See whether somebody listens, and at which speed."""
        if not self.listened:
            self.reader_baud = None
            return
        attributes = termios.tcgetattr(self._master)
        if attributes[_OSPEED] != _AWAY_SPEED:
            self.reader_baud = _SPEEDS.get(attributes[_OSPEED])
            self._move_speed_away()

    def _move_speed_away(self) -> None:
        attributes = termios.tcgetattr(self._master)
        attributes[_ISPEED] = attributes[_OSPEED] = _AWAY_SPEED
        termios.tcsetattr(self._master, termios.TCSANOW, attributes)

    def _make_link(self) -> None:
        """Replace the link in one step, whatever was there."""
        self.link.parent.mkdir(parents=True, exist_ok=True)
        if self.link.exists() and not self.link.is_symlink():
            raise FileExistsError(f"{self.link} exists and is not a link")
        new = self.link.with_name(f".{self.link.name}.{os.getpid()}")
        new.unlink(missing_ok=True)
        new.symlink_to(self.device)
        new.replace(self.link)
