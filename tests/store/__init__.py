"""What the store remembers: the fence, the audit, encrypted columns, migrations."""
