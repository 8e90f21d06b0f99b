"""The store remembers: tables and questions to them, one file per noun. Only actions commit."""
