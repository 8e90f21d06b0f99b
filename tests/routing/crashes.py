"""A solving process that dies of a signal in the middle of its work."""

import os
import signal
import sys
from multiprocessing.connection import Connection

if __name__ == "__main__":
    Connection(int(sys.argv[1])).recv()
    os.kill(os.getpid(), signal.SIGKILL)
