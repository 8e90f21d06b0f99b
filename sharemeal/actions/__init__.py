"""Deeds, one a file. Each is given a session and ``now``, and commits once."""
