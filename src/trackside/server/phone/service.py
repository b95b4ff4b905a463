"""The second listener: it opens when somebody asks for a page for a phone, and closes with the last such page."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

from sqlalchemy import func, select

from trackside.server.access.people import Person
from trackside.server.context import Site
from trackside.server.local import LocalServer
from trackside.server.phone.application import phone_app
from trackside.server.phone.invitations import Invitation, Invitations
from trackside.server.phone.network import lan_address
from trackside.server.problems import Refused, missing
from trackside.server.videos.shapes import PhoneInvitation
from trackside.server.videos.tables import VideoRow

# Seconds for the listener to end.
_ENDING = 10
_MOST_OPEN = 20


class PhoneService:
    """Pages for phones. Nothing listens until the first one is asked for.

    Args:
        site: the server.
        find_address: tells the address to listen on.
    """

    def __init__(self, site: Site, find_address: Callable[[], str] = lan_address) -> None:
        self._site, self._find_address = site, find_address
        self._invitations = Invitations()
        self._lock = threading.Lock()
        self._listener: _Listener | None = None

    def start(self) -> None:
        """Nothing to do: it listens when somebody asks for it."""

    def stop(self) -> None:
        """Close all pages and the listener."""
        self._invitations.clear()
        with self._lock:
            listener, self._listener = self._listener, None
        if listener:
            listener.end()

    def invite(self, person: Person) -> PhoneInvitation:
        """Open a page.

        Raises:
            Refused: 409, this machine is in no network; 429, too many are open.
            InputError: the address cannot be listened on.
        """
        if self._invitations.count() >= _MOST_OPEN:
            raise Refused(429, f"{_MOST_OPEN} pages for phones are open already", "close one of them, or wait")
        invitation = Invitation(person)
        with self._lock:
            self._invitations.add(invitation)
            try:
                if self._listener is None or self._listener.is_over:
                    self._listener = _Listener(self._site, self._invitations, self._find_address(), self._lock)
            except BaseException:
                self._invitations.remove(invitation.id)
                raise
        return self.shape(invitation.id)

    def shape(self, invitation_id: str) -> PhoneInvitation:
        """A page as the API shows it.

        Raises:
            Refused: 404, it is closed.
        """
        invitation, listener = self._invitations.get(invitation_id), self._listener
        if invitation is None or listener is None:
            raise missing("page for a phone")
        address = f"{listener.address}/phone/{invitation.token}/"
        return PhoneInvitation(
            id=invitation.id,
            address=address,
            qr=qr_code(address),
            expires=invitation.expires,
            received=self._received(invitation),
            note=_note(listener.address),
        )

    def withdraw(self, invitation_id: str) -> None:
        """Close a page.

        Raises:
            Refused: 404, it is closed already.
        """
        if not self._invitations.remove(invitation_id):
            raise missing("page for a phone")

    def _received(self, invitation: Invitation) -> int:
        videos = list(invitation.uploads.values())
        query = select(func.count()).where(VideoRow.id.in_(videos), VideoRow.state.in_(("probing", "ready")))
        with self._site.database.session() as db:
            return int(db.scalar(query) or 0)


class _Listener:
    """A server in a thread of its own, that ends with the last invitation."""

    def __init__(self, site: Site, invitations: Invitations, host: str, lock: threading.Lock) -> None:
        self.is_over = False
        self._lock = lock
        server = LocalServer(host=host)
        self.address = server.address
        self._invitations = invitations
        app = phone_app(site, invitations, f"[{host}]" if ":" in host else host)
        self._thread = threading.Thread(target=server.serve, args=(app, self._has_ended), name="phone", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Wait until nothing listens any more; the invitations are gone already."""
        self._thread.join(_ENDING)

    def _has_ended(self) -> bool:
        # Nobody may be invited to it between the look and the end.
        with self._lock:
            self.is_over = self.is_over or not self._invitations.sweep()
        return self.is_over


def qr_code(text: str) -> str:
    """A QR code as SVG: black on white, also on a dark page, since cameras read no other."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, omitsize=True, light="#fff", border=4)
    return out.getvalue().decode()


def _note(address: str) -> str:
    return (
        f"While this page for a phone is open, devices in your network reach it at {address.removeprefix('http://')}, and "
        "nothing else of this server."
    )
