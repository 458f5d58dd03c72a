// /dashboard: what the API answers, how fast, and what it would have cost.
import { Chart } from "./chart.js";
import { count, dollars, number, percent, short, time } from "./format.js";
import { make, mark, say } from "./elements.js";
import { Requests } from "./requests.js";
import { Series } from "./series.js";
import { open } from "./shell.js";
import { Table } from "./table.js";
import { Tile } from "./tiles.js";

const SMOOTH = 10; // seconds that the rate of the cost is a mean of
const place = (id) => document.getElementById(id);
const seconds = new Series();

const tiles = {
  requests: new Tile(place("tiles"), "Requests", { note: "Calls of the API a second, in the last minute" }),
  errors: new Tile(place("tiles"), "Errors", { color: "--series-5", note: "Share of the answers in the last minute" }),
  active: new Tile(place("tiles"), "Active", { color: "--series-2", note: "Requests that workers have" }),
  ttft: new Tile(place("tiles"), "TTFT p50", { color: "--series-3", note: "Time to first token, of the last minute" }),
  itl: new Tile(place("tiles"), "ITL p50", { color: "--series-4", note: "Mean time between the tokens of a request, of the last minute" }),
  made: new Tile(place("tiles"), "Output tokens", { note: "Tokens made a second, in the last minute" }),
  cached: new Tile(place("tiles"), "Prefix cache hits", { color: "--series-6", note: "Share of the prompts' tokens in the last minute" }),
  cost: new Tile(place("tiles"), "Cost", { color: "--series-3", note: "By the prices of the catalog" }),
};

const LATENCIES = [
  { name: "p50", color: 0, fill: true, width: 2 },
  { name: "p90", color: 2 },
  { name: "p99", color: 4 },
];
const chart = (title, unit, series, format, more = {}) => new Chart(place("charts"), { title, unit, series, format, ...more });
const drawn = [
  [chart("Requests", "per second", [{ name: "answers", color: 0, fill: true }, { name: "errors", color: 4, fill: true }], number, { atLeast: 1 }), ["answers", "errors"]],
  [chart("Time to first token", "ms", LATENCIES, time, { note: "Of the requests whose first token came in that second" }), ["ttft_p50", "ttft_p90", "ttft_p99"]],
  [chart("Inter-token latency", "ms", LATENCIES, time, { note: "Mean of each request that made tokens in that second" }), ["itl_p50", "itl_p90", "itl_p99"]],
  [chart("Tokens", "per second", [{ name: "output", color: 0, fill: true }, { name: "prompt", color: 1 }, { name: "cached", color: 5 }], short, { atLeast: 1 }), ["made", "prompt", "cached"]],
  [chart("Concurrency", "requests", [{ name: "running", color: 1, fill: true }, { name: "waiting", color: 2, fill: true }], number, { atLeast: 1 }), ["running", "waiting"]],
];
const money = chart("Cost", "US dollars an hour", [{ name: "rate", color: 2, fill: true }], dollars, { note: `Mean of ${SMOOTH} seconds, by the prices of the catalog`, atLeast: 0.01 });

const ms = (kind, at) => (row) => time(row[kind][at]);
const by = (kind, at) => (row) => row[kind][at];
let most = 1; // requests of the busiest model

const models = new Table(place("models"), {
  title: "Models",
  note: "Since the start; rates of the last minute",
  key: (row) => row.model,
  sort: "requests",
  filter: "model",
  columns: [
    { name: "model", title: "Model", text: (row) => row.model, sort: (row) => row.model, class: "name", bar: (row) => row.requests / most },
    { name: "requests", title: "Requests", number: true, text: (row) => count(row.requests), sort: (row) => row.requests },
    { name: "rate", title: "Req/s", number: true, text: (row) => number(row.rate), sort: (row) => row.rate },
    { name: "active", title: "Active", number: true, text: (row) => count(row.active), sort: (row) => row.active },
    { name: "errors", title: "Errors", number: true, text: (row) => count(row.errors), sort: (row) => row.errors, is: (row) => (row.errors ? "bad" : null) },
    { name: "prompt", title: "Input", number: true, text: (row) => short(row.prompt_tokens), sort: (row) => row.prompt_tokens },
    { name: "cached", title: "Cached", number: true, text: (row) => percent(row.prompt_tokens ? (100 * row.cached_tokens) / row.prompt_tokens : null), sort: (row) => row.cached_tokens / (row.prompt_tokens || 1) },
    { name: "made", title: "Output", number: true, text: (row) => short(row.made_tokens), sort: (row) => row.made_tokens },
    { name: "made_rate", title: "Tok/s", number: true, text: (row) => short(row.made_rate), sort: (row) => row.made_rate },
    { name: "ttft50", title: "TTFT p50", number: true, text: ms("ttft", "p50"), sort: by("ttft", "p50") },
    { name: "ttft99", title: "p99", number: true, text: ms("ttft", "p99"), sort: by("ttft", "p99") },
    { name: "itl50", title: "ITL p50", number: true, text: ms("itl", "p50"), sort: by("itl", "p50") },
    { name: "itl99", title: "p99", number: true, text: ms("itl", "p99"), sort: by("itl", "p99") },
    { name: "duration", title: "Total p50", number: true, text: ms("duration", "p50"), sort: by("duration", "p50") },
    { name: "cost", title: "Cost", number: true, text: (row) => dollars(row.cost), sort: (row) => row.cost },
  ],
});

const paths = new Table(place("paths"), {
  title: "Endpoints",
  note: "Since the start; rates of the last minute",
  key: (row) => row.path,
  columns: [
    { name: "path", title: "Path", text: (row) => row.path, tip: (row) => row.path, class: "name" },
    { name: "requests", title: "Requests", number: true, text: (row) => count(row.requests) },
    { name: "rate", title: "Req/s", number: true, text: (row) => number(row.rate) },
    { name: "waiting", title: "Open", number: true, text: (row) => count(row.waiting) },
    { name: "p50", title: "p50", number: true, text: ms("duration", "p50") },
    { name: "p99", title: "p99", number: true, text: ms("duration", "p99") },
    { name: "statuses", title: "Statuses", draw: statuses, class: "statuses" },
  ],
});

const limits = new Table(place("limits"), {
  title: "Rate limits",
  note: "The keys that ask most, in the last minute",
  key: (row) => row.key,
  columns: [
    { name: "key", title: "Key", text: (row) => row.key, class: "name" },
    { name: "tier", title: "Tier", text: (row) => row.tier },
    { name: "requests", title: "Requests/min", number: true, text: (row) => count(row.requests) },
    { name: "requests_limit", title: "limit", number: true, text: (row) => short(row.requests_limit || null), note: "Of each model" },
    { name: "tokens", title: "Tokens/min", number: true, text: (row) => short(row.tokens) },
    { name: "tokens_limit", title: "limit", number: true, text: (row) => short(row.tokens_limit || null), note: "Of each model" },
    { name: "throttled", title: "Throttled", number: true, text: (row) => `${count(row.throttled)} of ${count(row.attempted)}`, bar: (row) => row.throttled / row.attempted, is: (row) => (row.throttled ? "warn" : null) },
  ],
  empty: "Nobody is limited: --rate-limit-enabled gives keys their tiers' limits.",
});
const requests = new Requests(place("requests"));

/** A badge for each status that there was, and how often. */
function statuses(cell, row) {
  const names = Object.keys(row.statuses);
  if (cell.children.length !== names.length) cell.replaceChildren(...names.map(() => make("span", { class: "badge" }, "")));
  names.forEach((name, at) => {
    say(cell.children[at], `${name} × ${short(row.statuses[name])}`);
    mark(cell.children[at], "data-is", name < 400 ? "good" : name < 500 ? "warn" : "bad");
  });
}

function take(told) {
  seconds.take(told.seconds.first, columns(told.seconds));
}

/** Dollars an hour, each a mean of the last seconds. */
function hourly(column) {
  let sum = 0;
  return column.map((value, at) => {
    sum += (value ?? 0) - (at >= SMOOTH ? (column[at - SMOOTH] ?? 0) : 0);
    return (Math.max(sum, 0) * 3600) / Math.min(at + 1, SMOOTH);
  });
}

function columns({ first, ...all }) {
  return all;
}

function show(told, span) {
  const { summary, offset } = told;
  const cut = (...names) => seconds.last(span, offset, names);
  const share = summary.requests_rate ? (100 * summary.errors_rate) / summary.requests_rate : 0;
  const hits = summary.prompt_rate ? (100 * summary.cached_rate) / summary.prompt_rate : null;
  tiles.requests.show(`${number(summary.requests_rate)}/s`, `${count(summary.requests)} in all`, cut("answers"));
  tiles.errors.show(percent(share), `${count(summary.errors)} in all`, cut("errors"));
  tiles.active.show(count(summary.active), `${count(summary.waiting)} waiting`, cut("running"));
  tiles.ttft.show(time(summary.minute.ttft.p50), `p99 ${time(summary.minute.ttft.p99)}`, cut("ttft_p50"));
  tiles.itl.show(time(summary.minute.itl.p50), `p99 ${time(summary.minute.itl.p99)}`, cut("itl_p50"));
  tiles.made.show(`${short(summary.made_rate)}/s`, `${short(summary.made_tokens)} out · ${short(summary.prompt_tokens)} in`, cut("made"));
  tiles.cached.show(percent(hits), `${short(summary.cached_tokens)} tokens reused`, cut("cached"));
  const [times, dollarsEach] = seconds.last(span + SMOOTH, offset, ["cost"]);
  const spent = [times.slice(-span), hourly(dollarsEach).slice(-span)];
  tiles.cost.show(dollars(summary.cost), `${dollars(summary.cost_an_hour)} an hour`, spent);
  mark(tiles.errors.element, "data-is", share > 10 ? "bad" : share > 5 ? "warn" : null);
  for (const [each, names] of drawn) each.draw(cut(...names));
  money.draw(spent);
  most = Math.max(1, ...told.models.map((row) => row.requests));
  models.show(told.models);
  paths.show(told.paths);
  limits.show(told.limits.busiest);
  requests.show(told.requests);
}

const page = open("overview", show, () => seconds.clear());
page.take = take;
page.start();
