"""Pages and doors, asked over Flask's test client and in a real browser."""
