"""document -> keys -> candidates -> verdict -> what is remembered, and who speaks for each cluster.

Read `Deduplicator.answer` in `stream` first: it takes these steps.

    keys          index: describes a story by its words, bands and samples; sketch has the signature by itself
    candidates    memory: the kernel's index offers them
    verdict       verdict: the best match, and whether it was passed on; judge compares with one document after another
      measured    story, furniture (what other stories repeat; stories reads them), verify: measure, spelling, titles
      decided     decide: the list of relations; figures, negation
    remembered    memory: archive or store, for as long as bounds allow
    clusters      cluster: whom each was verified against (chains); speaker: who speaks now

`settings` has every number a caller may change; `recall` says what the index can find, `numerals` what is a number,
`faults` what is wrong with a store. A `column` is a number for each document.
"""
