"""Doors to other machines, tried against stand-ins on this one."""
