"""text -> blocks -> template matches -> boilerplate spans -> clean text."""
