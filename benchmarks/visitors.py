"""Visitors in a process of their own, each of whom asks for the next page when one has come.

    python -m benchmarks.visitors PORT SECONDS

reads lines "cookie path" from its input, one for each visitor, and prints the seconds that each
page took, one to a line. Imports no Django.
"""

from __future__ import annotations

import http.client
import sys
import threading
import time


def visit(port: int, cookie: str, path: str, until: float, took: list[float]) -> None:
    """Ask for one page again and again.

    :raises RuntimeError: if it is no page that answers
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.perf_counter() < until:
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Host": "localhost"})
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - begun)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")


def main(port: int, seconds: float) -> None:
    asked = [line.rstrip("\n").split("\t") for line in sys.stdin]
    took: list[list[float]] = [[] for _ in asked]
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=visit, args=(port, cookie, path, until, times))
        for (cookie, path), times in zip(asked, took, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not all(took):
        raise SystemExit("A visitor got no page.")
    print(*(second for times in took for second in times), sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
