"""dedup <-> foreign engines: one module per engine, imported only on use."""
