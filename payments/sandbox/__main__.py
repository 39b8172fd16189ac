"""Start the sandbox: `python -m payments.sandbox --port 12111 --books sandbox.sqlite3 ...`."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from dataclasses import replace

from payments.sandbox.config import Refused, parse
from payments.sandbox.provider import Sandbox
from payments.sandbox.server import Server


def main() -> int:
    """Serve until told to stop; returns 2 when the settings are refused."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        config = parse(sys.argv[1:])
    except Refused as refusal:
        print(f"The sandbox does not start: {refusal}", file=sys.stderr)
        return 2
    sandbox = Sandbox(config)
    server = Server(sandbox)
    sandbox.start()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: threading.Thread(target=server.shutdown).start())
    if config.port == 0:
        sandbox.config = replace(
            config, port=server.server_port, public_url=f"http://127.0.0.1:{server.server_port}"
        )
    print(f"The sandbox listens on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.1)
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
