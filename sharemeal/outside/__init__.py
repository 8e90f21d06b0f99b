"""Other machines: text messages."""
