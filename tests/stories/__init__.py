"""A day as people live it, from the first spreadsheet to the last door."""
