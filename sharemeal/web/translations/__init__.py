"""The catalogues of other languages. Japanese is the language the sentences are written in."""
