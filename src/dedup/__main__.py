"""`python -m dedup` -> the `dedup` command."""

from dedup.cli import main

raise SystemExit(main())
