"""A solving process that tells of one answer (the first order alone) and then hangs."""

import sys
import time
from multiprocessing.connection import Connection

from sharemeal.routing.wire import Better

if __name__ == "__main__":
    pipe = Connection(int(sys.argv[1]))
    model = pipe.recv().model
    pipe.send(Better({0: model.orders[0].nodes}))
    time.sleep(3600)
