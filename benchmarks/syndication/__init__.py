"""words and facts -> stories as outlets print them: what syndicate.py makes its feeds of."""
