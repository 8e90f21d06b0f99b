"""sharemeal: shared meals for neighbours, and a gentle eye on how they are."""
