"""How long alarms are kept."""

from __future__ import annotations

from datetime import timedelta

from tests.server.alarms.making import alarm, channel, deliveries, kept, picture, rows
from trackside.server.alarms.store import AlarmStore
from trackside.server.alarms.sweeping import delete_old
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.live.tables import CameraDayRow
from trackside.server.site import retention
from trackside.server.site.shapes import SiteSettings

DAY = 86_400.0


def never() -> bool:
    return False


def test_alarms_beyond_their_days_go_with_their_files(site: Site, taking: AlarmStore) -> None:
    channel(site, "file", name="a.jsonl", most_bytes=10**6, keep=1)
    today = now().timestamp()
    old = taking.take(alarm(wall=today - 40 * DAY, told={"picture": picture()}))
    young = taking.take(alarm(wall=today - 20 * DAY, told={"picture": picture()}))
    assert taking._move()
    assert delete_old(site, never) == 0, "by default they are kept for ever"
    with site.database.session() as db:
        retention.write(db, SiteSettings(keep_alarms_days=30))
    assert delete_old(site, never) == 1
    assert [one.id for one in rows(site)] == [young]
    assert [one.alarm_id for one in deliveries(site)] == [young]
    assert site.files.keys(f"alarms/{old}") == []
    assert len(site.files.keys(f"alarms/{young}")) == 2


def test_beyond_their_number_the_oldest_go(site: Site) -> None:
    ids = [kept(site, wall=1.79e9 + n) for n in range(7)]
    tight = type(site)(**{**vars(site), "settings": site.settings.model_copy(update={"most_alarms": 3})})
    assert delete_old(tight, never) == 4
    assert [one.id for one in rows(site)] == ids[4:]


def test_it_can_be_broken_off(site: Site) -> None:
    kept(site, wall=1.0e9)
    with site.database.session() as db:
        retention.write(db, SiteSettings(keep_alarms_days=1))
    assert delete_old(site, lambda: True) == 0
    assert len(rows(site)) == 1


def test_old_messages_and_days_go_and_what_waits_stays(site: Site) -> None:
    channel(site, "file", name="a.jsonl", most_bytes=10**6, keep=1)
    for _ in range(2):
        kept(site)
    with site.database.session() as db:
        for one, state in zip(deliveries(site), ("sent", "waiting"), strict=True):
            one.state, one.created = state, now() - timedelta(days=50)
            db.merge(one)
        db.add(CameraDayRow(camera="gate", day="2001-01-01", seconds=5.0))
        db.add(CameraDayRow(camera="gate", day=now().date().isoformat(), seconds=5.0))
    delete_old(site, never)
    assert [one.state for one in deliveries(site)] == ["waiting"]
    with site.database.session() as db:
        assert [row.day for row in db.query(CameraDayRow)] == [now().date().isoformat()]
