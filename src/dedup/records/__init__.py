"""bytes of every format -> documents, and changed documents -> bytes: what is not changed passes byte for byte."""
