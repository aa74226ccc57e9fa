# Shows the main job on the files beside it. Run it as `make demo`.
cd "$(dirname "$0")/.." || exit 1
temporary=$(mktemp -d) || exit 1
trap 'rm -rf "$temporary"' EXIT

title() { printf '\n\033[1m%s\033[0m\n' "$1" | { [ -t 1 ] && [ -z "$NO_COLOR" ] && cat || sed 's/\x1b\[[0-9;]*m//g'; }; }
run() { printf '$ %s\n' "$1"; sh -c "$1" 2>&1; }

dedup --version || exit 1

title "1. What here is boilerplate? An article with two outlets' disclaimers stacked on its tail"
run "tail -n 12 examples/menafn-ein.txt"
title "   ... cleaned: the article, to its last sentence"
run "dedup clean examples/menafn-ein.txt | tail -n 2"
title "   ... what was removed, and why"
run "dedup clean --explain examples/menafn-ein.txt"

title "2. Have I seen this story? A feed of 56 items: copies under other furniture, excerpts, updates, look-alikes"
run "dedup filter examples/feed.jsonl | wc -l"
title "   ... each decision with its reason"
run "dedup filter --mark examples/feed.jsonl 2>/dev/null | python examples/reasons.py"

title "3. How do two texts relate? The numbers, what is lost, and the passages they share"
python examples/pick.py w002 > "$temporary/first.txt"
python examples/pick.py w005 > "$temporary/second.txt"
(cd "$temporary" && run "dedup compare second.txt first.txt")

title "4. What is in this feed? One page, to open in a browser: demo.html"
run "dedup report examples/feed.jsonl -o demo.html && wc -c demo.html"

title "Try next"
cat <<'NEXT'
  dedup clean --diff YOUR.txt                          the lines that would change
  dedup filter --window 7d FEED.jsonl > NEW.jsonl      a week's memory; every kept line byte for byte
  dedup filter --mark FEED.jsonl | less                drop nothing, see every verdict
  dedup filter --ledger DROPS FEED.jsonl > NEW.jsonl   ... and `dedup filter --undo DROPS NEW.jsonl` brings all back
  dedup report FEED.jsonl -o report.html               clusters side by side, who copies whom, boilerplate in place
  python -c 'import dedup; print(dedup.clean(open("YOUR.txt").read()).removed)'
  README.md and docs/ say more.
NEXT
