"""Passes standard input on to standard error without TensorFlow's chatter; run as a script of its own.

A process of its own, so that the last words of a crashing TensorFlow still come through.
"""

import re
import signal
import sys

CHATTER = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog"
    rb"|[IW]\d{4} [\d:. ]+\S+:\d+\] "
    rb"|\d{4}-\d\d-\d\d [\d:.]+: [IW] "
    rb"|To enable the following instructions: "
    # Every fit makes its programs anew, which TensorFlow takes for a mistake after a few fits in one process.
    rb"|WARNING:tensorflow:\d+ out of the last \d+ calls to <bound method Programs\."
    rb"|E\d{4} [\d:. ]+\S+:\d+\] (Unable to register cu\w+ factory|failed call to cuInit)"
)


def main() -> None:
    """Copies line by line until the input ends."""
    # Ctrl-C reaches the whole process group; this process ends when its input does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        if not CHATTER.match(line):
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()


if __name__ == "__main__":
    main()
