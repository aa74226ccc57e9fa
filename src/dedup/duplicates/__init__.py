"""tokens -> shingles -> signature -> candidates -> verified match -> cluster."""
