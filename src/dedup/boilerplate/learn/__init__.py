"""documents -> stories by source -> counted units -> lines that stand together, as templates for review."""
