"""text -> sighting -> occurrences of templates -> what may go -> clean text, and spans that account for it.

Read `cleaner` first: it takes these steps, layer after layer.

    sighting      match: the kernel tells what a text may hold
    occurrence    match: of patterns (align, edges), of shapes (shapes, section), of lines learned of a source (learned)
    what may go   guard: is it quoted, or amid a story? policy: is it to go? remnant: what else of the page goes with it
    clean text    layers, seam: what is left of this layer, for the next

What is looked for is made ready once: catalogue -> template -> pattern -> seeds, or shape -> expression -> clues and
program (readings: those that are shipped). `view` reads a garbled text right, `units` cuts one into lines and
sentences, `blocks` finds a line, `words` hashes; `evidence` is what a learned template has for itself, `learn` makes
those of a feed, and `runreport` accounts for a run.
"""
