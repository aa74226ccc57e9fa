"""a corpus -> one self-contained HTML page that shows what is in it."""
