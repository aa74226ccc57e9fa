"use strict";
// Everything a document says enters the page as text nodes. Nothing is parsed as markup.
const SVG = "http://www.w3.org/2000/svg";
const RELATIONS = ["exact", "near", "excerpt", "expansion", "update"];
const CONTROLS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f\u007f]/g;
const data = JSON.parse(document.getElementById("overview").textContent);
const $ = (path, from = document) => from.querySelector(path);
const number = new Intl.NumberFormat("en");
const count = (n, noun, many = noun + "s") => `${number.format(n)} ${n === 1 ? noun : many}`;
const percent = (part, whole) => {
  const share = whole ? (100 * part) / whole : 0;
  return (share > 0 && share < 10 ? share.toFixed(1) : share.toFixed(0)) + " %";
};

function el(name, attributes = {}, ...children) {
  const made = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (key.startsWith("--")) made.style.setProperty(key, value);
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

// Text of a document: signs that would turn or hide other text are shown by their number.
function say(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(CONTROLS)) {
    const code = found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    parts.push(text.slice(at, found.index), el("span", { class: "control" }, `U+${code}`));
    at = found.index + found[0].length;
  }
  parts.push(text.slice(at));
  return parts.filter((part) => part !== "");
}
const bdi = (text) => el("bdi", {}, say(text ?? ""));
const short = (text, most) => (text.length > most ? text.slice(0, most) + "…" : text);

function when(iso, end) {
  if (!iso) return null;
  const one = new Date(iso);
  const day = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  const time = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" };
  if (!end) return one.toLocaleString("en-GB", { ...day, ...time });
  const two = new Date(end);
  const days = [one, two].map((each) => each.toLocaleDateString("en-GB", day));
  return days[0] === days[1] ? days[0] : days.join(" – ");
}

function named(document_) {
  const isLink = /^https?:\/\//i.test(document_.id);
  const id = short(document_.id, 90);
  return isLink ? el("a", { href: document_.id, rel: "noreferrer noopener", target: "_blank" }, bdi(id)) : bdi(id);
}

// -- totals

function totals() {
  const d = data;
  const kept = d.documents - d.duplicates;
  $("h1").append(`${count(d.documents, "document")}, ${count(kept, "story", "stories")} left when copies are dropped`);
  const figures = [
    [number.format(d.duplicates), `duplicates, ${percent(d.duplicates, d.documents)}`],
    [number.format(d.clusters), "clusters of two or more"],
    [number.format(d.sources), d.sources === 1 ? "source" : "sources"],
    [percent(d.removed, d.characters), "of the text is boilerplate"],
    [number.format(d.touched), "documents with boilerplate"],
    [`${(d.characters / 1e6).toFixed(d.characters < 1e7 ? 1 : 0)} M`, "characters"],
  ];
  $(".figures").append(...figures.map(([n, what]) => el("div", { class: "card figure" }, el("b", {}, n), el("span", {}, what))));
  const rows = ["new", ...RELATIONS].map((name) => [name, d.relations[name] ?? 0]).filter(([, n]) => n);
  const bar = el("div", { class: "bar", role: "img", "aria-label": rows.map(([name, n]) => `${name} ${n}`).join(", ") });
  bar.append(...rows.map(([name, n]) => { const part = el("i", { class: name, title: `${name}: ${n}` }); part.style.flexGrow = n; return part; }));
  const words = { new: "new", exact: "exact copies", near: "near copies", excerpt: "excerpts", expansion: "expansions (kept)", update: "updates (kept)" };
  const key = rows.map(([name, n]) => el("li", {}, el("i", { class: name }), `${words[name]} ${number.format(n)}`));
  $(".relations").append(bar, el("ul", { class: "key" }, key));
}

// -- timeline

function timeline() {
  const { bars, step, outside, without } = data.timeline;
  const section = $("#timeline");
  if (!bars.length) return section.append(el("p", { class: "note" }, "No document has a time."));
  const width = Math.max(300, Math.min(960, section.clientWidth - 34));
  const [height, left, below] = [190, 44, 26];
  const most = Math.max(...bars.map((bar) => bar.new + bar.duplicates), 1);
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const tick = [1, 2, 4, 10].map((k) => Math.max(1, Math.ceil((k * magnitude) / 2))).find((k) => most / k <= 4);
  const y = (n) => (height - below) * (1 - n / most) + 4;
  const wide = Math.min(60, (width - left) / bars.length);
  const svg = el("svg:svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Documents over time" });
  for (let n = 0; n <= most; n += tick)
    svg.append(el("svg:line", { class: "grid", x1: left, x2: width, y1: y(n), y2: y(n) }), el("svg:text", { x: left - 6, y: y(n) + 4, "text-anchor": "end" }, number.format(n)));
  const every = Math.ceil(bars.length / Math.max(2, Math.floor((wide * bars.length) / 110)));
  const format = step < 86400 ? { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } : step < 2e7 ? { day: "numeric", month: "short", year: bars.length * step > 2e7 ? "numeric" : undefined } : { year: "numeric" };
  bars.forEach((bar, index) => {
    const x = left + index * wide;
    const label = new Date(bar.from).toLocaleString("en-GB", { ...format, timeZone: "UTC" });
    const group = el("svg:g", {}, el("svg:title", {}, `${label}: ${bar.new} new, ${bar.duplicates} duplicates`));
    const all = bar.new + bar.duplicates;
    group.append(
      el("svg:rect", { class: "copy", x: x + 1, width: Math.max(1, wide - 2), y: y(bar.duplicates), height: y(0) - y(bar.duplicates) }),
      el("svg:rect", { class: "new", x: x + 1, width: Math.max(1, wide - 2), y: y(all), height: y(bar.duplicates) - y(all) }),
    );
    svg.append(group);
    if (index % every === 0) svg.append(el("svg:text", { x, y: height - 6 }, label));
  });
  const key = el("ul", { class: "key" }, el("li", {}, el("i", { class: "new" }), "new"), el("li", {}, el("i", { class: "copy" }), "duplicates"));
  const left_out = [outside && `${count(outside, "document")} outside of this range`, without && `${count(without, "document")} without a time`].filter(Boolean);
  if (left_out.length) key.append(el("li", {}, "not shown: " + left_out.join(", ")));
  section.append(el("div", { class: "card chart" }, svg, key));
}

// -- clusters

function tags(relations) {
  const rows = RELATIONS.filter((name) => relations[name]);
  return el("div", { class: "tags" }, rows.map((name) => el("span", { class: "tag" }, el("i", { class: name }), `${name} ${relations[name]}`)));
}

function marked(text, ranges, total) {
  // ranges: [start, end, passage], in order, not overlapping
  const parts = [];
  let at = 0;
  for (const [start, end, passage] of ranges) {
    if (start < at || end <= start) continue;
    parts.push(...say(text.slice(at, start)), el("mark", { "data-passage": passage }, say(text.slice(start, end))));
    at = end;
  }
  parts.push(...say(text.slice(at)));
  if (total > text.length) parts.push(el("span", { class: "cut" }, `\n… ${number.format(total - [...text].length)} more characters`));
  return parts;
}

function side(document_, label, ranges) {
  const about = [label, document_.source, when(document_.time)].filter(Boolean).map((each) => bdi(each));
  const line = about.flatMap((each, index) => (index ? [" · ", each] : [each]));
  return el("article", { class: "side" },
    el("h3", {}, bdi(document_.title), el("small", {}, line, " · ", named(document_))),
    el("div", { class: "text", tabindex: "0" }, marked(document_.text, ranges, document_.length)));
}

function facts(member) {
  const parts = [];
  const quoted = (text) => el("b", {}, bdi(short(text, 80)));
  const list = (items) => items.flatMap((item, index) => (index ? [", ", item] : [item]));
  if (member.lost.length) parts.push("Only here: ", ...list(member.lost.map(quoted)), ". ");
  if (member.swaps.length) parts.push("Different: ", ...list(member.swaps.map(([mine, other]) => el("span", {}, quoted(mine), " for ", quoted(other)))), ".");
  return parts.length ? el("p", { class: "facts" }, parts) : null;
}

function pair(member, canonical) {
  const order = (place) => member.passages.map((each, index) => [each[place], each[place + 1], index]).sort((a, b) => a[0] - b[0]);
  const made = el("div", { class: "pair" }, side(member, member.relation, order(0)), side(canonical, "first told", order(2)));
  const light = (target, on) => {
    const passage = target.closest?.("mark")?.dataset.passage;
    if (passage !== undefined) for (const each of made.querySelectorAll(`mark[data-passage="${passage}"]`)) each.classList.toggle("on", on);
  };
  made.addEventListener("mouseover", (event) => light(event.target, true));
  made.addEventListener("mouseout", (event) => light(event.target, false));
  made.addEventListener("click", (event) => {
    const here = event.target.closest("mark");
    if (!here) return;
    for (const each of made.querySelectorAll(`mark[data-passage="${here.dataset.passage}"]`)) {
      if (each === here) continue;
      const box = each.closest(".text");
      box.scrollTop += each.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    }
  });
  return made;
}

function open(details, index) {
  const cluster = JSON.parse(document.getElementById(`cluster-${index}`).textContent);
  const view = el("div");
  const show = (member, button) => {
    for (const each of details.querySelectorAll(".pick button")) each.setAttribute("aria-pressed", each === button);
    view.replaceChildren(...[facts(member), pair(member, cluster.canonical)].filter(Boolean));
  };
  const buttons = cluster.members.map((member) => {
    const about = [member.source, when(member.time)].filter(Boolean).join(" · ");
    const button = el("button", { type: "button", "aria-pressed": "false" },
      el("span", { class: "tag" }, el("i", { class: member.relation }), member.relation),
      el("span", { class: "what" }, bdi(member.title), " ", el("small", {}, bdi(about))),
      el("span", { class: "nums", title: "resemblance; containment in the document that told it first" }, `${percent(member.resemblance, 1)} alike · ${percent(member.containment, 1)} in the first`));
    button.addEventListener("click", () => show(member, button));
    return button;
  });
  const list = el("ul", { class: "pick" }, buttons.map((button) => el("li", {}, button)));
  const hidden = cluster.hidden ? el("p", { class: "facts" }, `${count(cluster.hidden, "more member")} not shown; dedup cluster lists all.`) : null;
  details.append(el("div", { class: "inside" }, buttons.length > 1 ? list : null, hidden, view));
  show(cluster.members[0], buttons[0]);
}

function row(head, index) {
  const about = [count(head.sources, "source"), when(head.first, head.last), `floor ${head.floor.toFixed(2)}`].filter(Boolean).join(" · ");
  const details = el("details", { id: `story-${index}` },
    el("summary", {},
      el("span", { class: "size" }, number.format(head.size), el("small", {}, "texts")),
      el("span", {}, el("span", { class: "head" }, bdi(head.canonical.title)), el("span", { class: "meta" }, bdi(head.canonical.source ?? "unknown source"), ` · ${about}`)),
      tags(head.relations)));
  details.addEventListener("toggle", () => { if (details.open && !$(".inside", details)) open(details, index); });
  return details;
}

function clusters() {
  const heads = data.heads;
  const section = $("#clusters");
  $(".note", section).append(heads.length < data.clusters
    ? `The largest ${number.format(heads.length)} of ${number.format(data.clusters)} clusters; dedup cluster lists all.`
    : `All ${count(data.clusters, "cluster")} of two or more documents, each around the first that told the story.`);
  const rows = heads.map(row);
  $(".list", section).append(...rows);
  if (!rows.length) $(".list", section).append(el("p", { class: "card empty" }, "No two documents tell the same story."));
  const keys = heads.map((head) => `${head.canonical.title} ${head.canonical.source ?? ""} ${head.canonical.id}`.toLowerCase());
  $("#find").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    rows.forEach((each, index) => { each.hidden = !keys[index].includes(wanted); });
  });
}

// -- who copies whom

function copies() {
  const { sources, cells, hidden } = data.copies;
  const section = $("#copies");
  if (!cells.length) return section.append(el("p", { class: "note" }, "No duplicate names its source."));
  section.append(el("p", { class: "note" }, "How many duplicates the source of a row has of stories that the source of a column told first."
    + (hidden ? ` ${count(hidden, "duplicate")} of other sources not shown.` : "")));
  const most = Math.max(...cells.map((cell) => cell[2]));
  const grid = sources.map(() => sources.map(() => 0));
  for (const [a, b, n] of cells) grid[a][b] = n;
  const shown = sources.map((_, b) => grid.some((line) => line[b]));
  const head = el("tr", {}, el("th", {}), sources.map((name, b) => shown[b] ? el("th", { scope: "col", title: name }, el("span", {}, bdi(name))) : null));
  const body = sources.map((name, a) => grid[a].some(Boolean) ? el("tr", {}, el("th", { scope: "row", title: name }, bdi(name)), grid[a].map((n, b) => {
    if (!shown[b]) return null;
    const share = n ? 18 + 82 * Math.sqrt(n / most) : 0;
    return el("td", { class: n ? (share > 60 ? "some strong" : "some") : null, "--share": share, title: n ? `${name} has ${count(n, "duplicate")} of ${sources[b]}` : null }, n ? number.format(n) : "");
  })) : null);
  section.append(el("div", { class: "card scroll", tabindex: "0" }, el("table", {}, el("thead", {}, head), el("tbody", {}, body))));
}

// -- boilerplate

function sample(each, action) {
  const cut = each.left ? el("span", { class: "cut" }, ` … ${number.format(each.left)} more characters `) : null;
  return el("div", { class: "sample" },
    el("p", { class: "meta" }, bdi(each.source ?? "unknown source"), " · ", bdi(short(each.id, 90)), " · ", bdi(each.reason)),
    el("div", { class: "text" }, el("span", { class: "around" }, say(each.before)), el("mark", { class: action === "remove" ? "gone" : null }, say(each.text), cut), el("span", { class: "around" }, say(each.after))));
}

function boilerplate() {
  const section = $("#boilerplate");
  const rows = data.templates;
  const most = Math.max(1, ...rows.map((each) => each.characters));
  $(".note", section).append(rows.length
    ? `${count(rows.length, "template")} found, by the text they take. Removed text stands on red, text that is only labelled and kept on yellow.`
    : "No boilerplate was recognised.");
  $(".list", section).append(...rows.map((each, index) => {
    const details = el("details", { id: `template-${index}` }, el("summary", {},
      el("span", { class: "size" }, number.format(each.spans), el("small", {}, each.spans === 1 ? "span" : "spans")),
      el("span", {}, el("span", { class: "head" }, bdi(each.template)), el("span", { class: "meta" }, `${each.kind} · ${each.action === "remove" ? "removed" : "labelled, kept"}`)),
      el("span", { class: "tags" }, `${count(each.characters, "character")} in ${count(each.outlets, "source")}`),
      el("span", { class: "share" }, el("i", { class: "w", "--n": (100 * each.characters) / most }))));
    details.addEventListener("toggle", () => {
      if (!details.open || $(".inside", details)) return;
      const sources = each.sources.flatMap(([name, n], index) => [index ? ", " : "Sources: ", bdi(name), ` ${number.format(n)}`]);
      details.append(el("div", { class: "inside" }, el("p", { class: "facts" }, sources), each.samples.map((one) => sample(one, each.action))));
    });
    return details;
  }));
}

// -- what the learner proposes

function proposals() {
  const section = $("#proposals");
  const { rows, hidden } = data.proposals;
  const most = Math.max(1, ...rows.map((each) => each.words));
  $(".note", section).append(rows.length
    ? "What repeats around the stories of a source, by the words it would take away. dedup learn writes these to a file, for review and for --rules."
      + (hidden ? ` ${count(hidden, "proposal")} not shown.` : "")
    : "Nothing repeats around the stories of a source.");
  $(".list", section).append(...rows.map((each, index) => {
    const seen = each.first ? ` · ${each.first} to ${each.last}` : "";
    const details = el("details", { id: `proposal-${index}` }, el("summary", {},
      el("span", { class: "size" }, number.format(each.stories), el("small", {}, each.stories === 1 ? "story" : "stories")),
      el("span", {}, el("span", { class: "head" }, say(short(each.lines.join(" / "), 160))), el("span", { class: "meta" }, bdi(each.source ?? "any source"), ` · ${each.position}${seen}`)),
      el("span", { class: "tags" }, `${each.status}, ${count(each.words, "word")}`),
      el("span", { class: "share" }, el("i", { class: "w", "--n": (100 * each.words) / most }))));
    details.addEventListener("toggle", () => {
      if (!details.open || $(".inside", details)) return;
      const told = each.of ? `In ${number.format(each.stories)} of ${count(each.of, "story", "stories")} of its source.` : `In ${count(each.stories, "story", "stories")}.`;
      details.append(el("div", { class: "inside" }, el("p", { class: "facts" }, told), el("div", { class: "text" }, say(each.lines.join("\n"))), each.samples.map((one) => sample(one, "label"))));
    });
    return details;
  }));
}

// -- theme and keyboard

const root = document.documentElement;
root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
const turn = () => { root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark"; };
$("#theme").addEventListener("click", turn);

function move(step) {
  const all = [...document.querySelectorAll("details:not([hidden]) > summary")];
  const at = all.indexOf(document.activeElement);
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const does = { j: () => move(1), k: () => move(-1), t: turn, "/": () => $("#find").focus() }[event.key];
  if (does) { event.preventDefault(); does(); }
});

// -- addresses: page.html#story-3 opens a cluster, #template-0 a template, #proposal-0 what is proposed

function follow() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target?.matches("details")) return;
  target.open = true;
  target.scrollIntoView();
}

addEventListener("hashchange", follow);
totals();
timeline();
clusters();
copies();
boilerplate();
proposals();
follow();
