"""Routing: features by hand, an oracle for tiny problems, processes that die, files and the command."""
