"""The command line: the same deeds by hand, with their words and exit codes."""
