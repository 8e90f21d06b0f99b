"""Files that people exchange: spreadsheets in and out."""
