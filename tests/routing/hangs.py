"""A solving process that reads its question and never answers."""

import sys
import time
from multiprocessing.connection import Connection

if __name__ == "__main__":
    Connection(int(sys.argv[1])).recv()
    time.sleep(3600)
