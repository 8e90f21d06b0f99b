"""Makers of test data: invented weeks on real chō, and the spreadsheets an office would send."""
