"""Mails while the server breaks off after accepting and the worker dies."""

from __future__ import annotations

from collections import Counter

from tests.faults import oracle
from tests.faults.ground import House
from tests.faults.servers import Broker
from tests.notifications.smtp import MailServer

DROPS = 10
KILLS = 2


def test_f14_mail_accepted_then_dropped(
    house: House, few: str, golden_few: oracle.Books, broker: Broker
):
    """Everybody is told; who is told twice gets the same Message-ID again."""
    with (
        house.ground("F14 mail dropped, worker killed", few, broker) as ground,
        MailServer() as post,
    ):
        host, port = post.server_address
        mail = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": host,
            "EMAIL_PORT": str(port),
            "FAILPOINTS": "delivery.sent=sleep:0.05",
        }
        post.drops_after_accepting = DROPS
        ground.shell("shell").popen.wait(timeout=300)
        worker = ground.worker("worker", "--beat", **mail)
        for kill in range(1, KILLS + 1):
            ground.until(lambda mails=20 * kill: len(post.accepted) >= mails, "mails")
            worker.kill()
            ground.note(f"kill the worker after {len(post.accepted)} mails")
        ground.until(lambda: _unsent(ground) == 0 or _let_time_pass(ground), "all mails sent")
        copies = Counter(str(message["Message-ID"]) for message in post.accepted)
        people = {str(message["To"]) for message in post.accepted}
        twice = sum(count > 1 for count in copies.values())

        ground.judge(
            f"{DROPS} drops, {KILLS} kills; {len(people)} told, {twice} twice", golden=golden_few
        )
        assert len(copies) == len(people) == len(golden_few.bills)
        assert max(copies.values()) == 2
        assert twice <= DROPS + KILLS * 2


def _let_time_pass(ground) -> bool:
    """End the pauses and the leases of the dead, as time would in minutes."""
    ground.ask(
        "WITH past AS (UPDATE notifications_delivery SET due_at = now() - interval '1 s', "
        "lease_until = CASE WHEN state = 'sending' AND attempts > 0 AND due_at < now() - "
        "interval '3 s' THEN now() ELSE lease_until END WHERE state <> 'sent' RETURNING 1) "
        "SELECT count(*) FROM past"
    )
    return False


def _unsent(ground) -> int:
    return ground.ask("SELECT count(*) FROM notifications_delivery WHERE state <> 'sent'")[0][0]
