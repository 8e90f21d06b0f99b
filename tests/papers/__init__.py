"""Papers: files in and out."""
