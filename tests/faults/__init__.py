"""The crash harness: senders are killed at random against a provider that misbehaves, and nothing may be lost or doubled.

ordeal.py runs one ordeal; provider.py, nursery.py, worker.py and feeder.py are processes of it; judge.py says what became
of every alert; naive.py are senders that must fail. `python -m tests.faults.run` runs them at length.
"""
