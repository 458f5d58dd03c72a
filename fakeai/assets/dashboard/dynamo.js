// /dashboard/dynamo: the machine behind the API: workers, their KV caches, the router and the GPUs.
import { Chart } from "./chart.js";
import { clock, count, gib, NOTHING, number, percent, short, short_name, time } from "./format.js";
import { fill, make, mark, say } from "./elements.js";
import { Requests } from "./requests.js";
import { Series } from "./series.js";
import { open } from "./shell.js";
import { Table } from "./table.js";
import { Tile } from "./tiles.js";

const place = (id) => document.getElementById(id);
const seconds = new Series();
const workers = new Series(); // columns are named by what they show and the worker's name
const gpus = new Series();

const tiles = {
  running: new Tile(place("tiles"), "Running", { color: "--series-2", note: "Requests that share steps or are computed" }),
  waiting: new Tile(place("tiles"), "Waiting", { color: "--series-3", note: "Requests in the workers' queues" }),
  kv: new Tile(place("tiles"), "KV cache", { color: "--series-4", note: "Blocks that hold something, of all workers" }),
  hits: new Tile(place("tiles"), "Prefix hit rate", { color: "--series-6", note: "Tokens of prompts that were found in a cache, since the start" }),
  made: new Tile(place("tiles"), "Output tokens", { note: "Tokens made in the last second" }),
  ttft: new Tile(place("tiles"), "TTFT p50", { color: "--series-3", note: "Time to first token, of the last minute" }),
  power: new Tile(place("tiles"), "GPU power", { color: "--series-5", note: "Of all GPUs" }),
  heat: new Tile(place("tiles"), "Hottest GPU", { color: "--series-5" }),
};

const chart = (where, title, unit, format, more = {}) => new Chart(place(where), { title, unit, format, series: [], ...more });
const workerCharts = {
  running: chart("charts", "Running batch", "requests", number, { atLeast: 1 }),
  waiting: chart("charts", "Waiting queue", "requests", number, { atLeast: 1 }),
  kept: chart("charts", "KV cache occupancy", "% of blocks", percent, { atLeast: 1, note: "Held by requests, or kept for a prefix to come" }),
  made: chart("charts", "Output tokens", "per second", short, { atLeast: 1 }),
  prefill: chart("charts", "Time with prompts", "%", percent, { most: 100 }),
  decode: chart("charts", "Time with tokens", "%", percent, { most: 100 }),
};
const gpuCharts = {
  utilisation: chart("gpu-charts", "GPU utilisation", "%", percent, { most: 100 }),
  power: chart("gpu-charts", "Power", "W", (value) => (value == null ? NOTHING : `${number(Math.round(value))} W`)),
  temperature: chart("gpu-charts", "Temperature", "°C", (value) => (value == null ? NOTHING : `${Math.round(value)} °C`)),
};

const cards = { worker: new Map(), gpu: new Map() };
let router = null;
let width = ""; // the workers that the table of decisions has columns for
const requests = new Requests(place("requests"));

/** A card: a heading with a badge, bars that are filled, and facts. */
function card(kind, key, bars, facts) {
  let found = cards[kind].get(key);
  if (found) return found;
  const made = { title: make("h3", {}), badge: make("span", { class: "badge" }), bars: {}, facts: {} };
  const list = make("dl", {});
  for (const [name, title] of bars) {
    const value = make("dd", {});
    const bar = make("i", { class: "meter", "aria-hidden": "true" });
    made.bars[name] = { value, bar };
    list.append(make("div", { class: "metered" }, make("dt", {}, title), value, bar));
  }
  for (const [name, title] of facts) {
    const value = make("dd", {});
    made.facts[name] = value;
    list.append(make("div", {}, make("dt", {}, title), value));
  }
  made.element = make("article", { class: "panel card" }, make("header", {}, made.title, made.badge), list);
  place(`${kind}s`).append(made.element);
  cards[kind].set(key, made);
  return made;
}

function bar(found, name, text, share, more = 0) {
  say(found.bars[name].value, text);
  fill(found.bars[name].bar, share);
  fill(found.bars[name].bar, share + more, "--more");
  mark(found.bars[name].bar, "data-is", share > 0.97 ? "bad" : share > 0.9 ? "warn" : null);
}

function showWorker(worker, mostRunning) {
  const { blocks } = worker;
  const found = card(
    "worker", worker.name,
    [["batch", "Batch"], ["queue", "Queue"], ["kv", "KV cache"], ["hits", "Prefix hits"], ["busy", "Busy"]],
    [["made", "Output"], ["ttft", "Last TTFT"], ["routed", "Routed"], ["evicted", "Evicted"]],
  );
  say(found.title, title(worker));
  say(found.badge, worker.role === "both" ? (worker.running ? "serving" : "idle") : worker.role);
  mark(found.badge, "data-is", worker.waiting ? "warn" : worker.running ? "busy" : null);
  const most = worker.most ?? Math.max(mostRunning, 1);
  bar(found, "batch", worker.most ? `${count(worker.running)} / ${count(worker.most)}` : count(worker.running), worker.running / most);
  bar(found, "queue", `${count(worker.waiting)} · ${short(worker.prefill_tokens)} tok`, worker.waiting / Math.max(most, worker.waiting));
  const kept = (blocks.kept - blocks.held) / blocks.of;
  bar(found, "kv", `${percent((100 * blocks.held) / blocks.of)} held · ${percent((100 * blocks.kept) / blocks.of)}`, blocks.held / blocks.of, kept);
  const hits = worker.prompt_tokens ? worker.cached_tokens / worker.prompt_tokens : null;
  say(found.bars.hits.value, percent(hits == null ? null : 100 * hits));
  fill(found.bars.hits.bar, hits ?? 0);
  const [prefill, decode] = [worker.prefill_percent / 100, worker.decode_percent / 100];
  say(found.bars.busy.value, percent(100 * Math.min(prefill + decode, 1)));
  fill(found.bars.busy.bar, prefill);
  fill(found.bars.busy.bar, prefill + decode, "--more");
  say(found.facts.made, `${short(worker.made_rate)}/s`);
  say(found.facts.ttft, time(worker.ttft));
  say(found.facts.routed, count(worker.routed));
  say(found.facts.evicted, short(worker.evicted));
}

function showGpu(gpu) {
  const found = card(
    "gpu", gpu.gpu,
    [["utilisation", "Utilisation"], ["memory", "Memory"], ["power", "Power"], ["temperature", "Temperature"]],
    [["tensor", "Tensor"], ["dram", "DRAM"], ["clock", "Clock"], ["workers", "Workers"]],
  );
  say(found.title, `GPU ${gpu.gpu}`);
  say(found.badge, gpu.xid ? `XID ${gpu.xid}` : gpu.name.replace("NVIDIA ", ""));
  mark(found.badge, "data-is", gpu.xid ? "bad" : null);
  say(found.bars.utilisation.value, percent(gpu.utilisation));
  fill(found.bars.utilisation.bar, gpu.utilisation / 100);
  bar(found, "memory", `${gib(gpu.memory_used)} / ${gib(gpu.memory_total)}`, gpu.memory_used / gpu.memory_total);
  bar(found, "power", `${Math.round(gpu.power)} / ${gpu.power_limit} W`, gpu.power / gpu.power_limit);
  bar(found, "temperature", `${gpu.temperature} °C · memory ${gpu.memory_temperature}`, gpu.temperature / gpu.slowdown);
  say(found.facts.tensor, percent(gpu.tensor));
  say(found.facts.dram, percent(gpu.dram));
  say(found.facts.clock, `${count(gpu.sm_clock)} MHz`);
  say(found.facts.workers, gpu.workers.map(short_name).join(", ") || NOTHING);
}

const FEW = 16; // that have a card and a line each; of more there is a table, and lines of the least and the most
const CARD = 19; // rem that one is wide at least
const narrow = matchMedia("(max-width: 760px)");

const tables = {
  worker: [
    { name: "worker", title: "Worker", text: title, sort: (row) => row.worker + (row.dp_rank ?? 0) / 1000 },
    { name: "role", title: "Role", text: (row) => row.role, sort: (row) => row.role },
    { name: "running", title: "Batch", number: true, text: (row) => count(row.running), sort: (row) => row.running, bar: (row) => row.running / (row.most ?? Math.max(row.running, 1)) },
    { name: "waiting", title: "Queue", number: true, text: (row) => count(row.waiting), sort: (row) => row.waiting },
    { name: "held", title: "KV held", number: true, text: (row) => percent((100 * row.blocks.held) / row.blocks.of), sort: (row) => row.blocks.held, bar: (row) => row.blocks.held / row.blocks.of },
    { name: "kept", title: "KV kept", number: true, text: (row) => percent((100 * row.blocks.kept) / row.blocks.of), sort: (row) => row.blocks.kept, bar: (row) => row.blocks.kept / row.blocks.of },
    { name: "hits", title: "Prefix hits", number: true, text: (row) => percent(row.prompt_tokens ? (100 * row.cached_tokens) / row.prompt_tokens : null), sort: (row) => row.cached_tokens / (row.prompt_tokens || 1) },
    { name: "prefill", title: "Prompts", number: true, text: (row) => percent(row.prefill_percent), sort: (row) => row.prefill_percent, note: "Share of the last second" },
    { name: "decode", title: "Tokens", number: true, text: (row) => percent(row.decode_percent), sort: (row) => row.decode_percent, note: "Share of the last second" },
    { name: "made", title: "Tok/s", number: true, text: (row) => short(row.made_rate), sort: (row) => row.made_rate },
    { name: "ttft", title: "Last TTFT", number: true, text: (row) => time(row.ttft), sort: (row) => row.ttft },
    { name: "routed", title: "Routed", number: true, text: (row) => count(row.routed), sort: (row) => row.routed },
  ],
  gpu: [
    { name: "gpu", title: "GPU", text: (row) => `GPU ${row.gpu}`, sort: (row) => row.gpu },
    { name: "utilisation", title: "Utilisation", number: true, text: (row) => percent(row.utilisation), sort: (row) => row.utilisation, bar: (row) => row.utilisation / 100 },
    { name: "memory", title: "Memory", number: true, text: (row) => gib(row.memory_used), sort: (row) => row.memory_used, bar: (row) => row.memory_used / row.memory_total },
    { name: "power", title: "Power", number: true, text: (row) => `${Math.round(row.power)} W`, sort: (row) => row.power, bar: (row) => row.power / row.power_limit },
    { name: "temperature", title: "Temperature", number: true, text: (row) => `${row.temperature} °C`, sort: (row) => row.temperature },
    { name: "tensor", title: "Tensor", number: true, text: (row) => percent(row.tensor), sort: (row) => row.tensor },
    { name: "dram", title: "DRAM", number: true, text: (row) => percent(row.dram), sort: (row) => row.dram },
    { name: "clock", title: "Clock", number: true, text: (row) => `${count(row.sm_clock)} MHz`, sort: (row) => row.sm_clock },
    { name: "xid", title: "XID", number: true, text: (row) => row.xid || NOTHING, is: (row) => (row.xid ? "bad" : null) },
    { name: "workers", title: "Workers", text: (row) => row.workers.map(short_name).join(", ") || NOTHING },
  ],
};
const listed = {};

function title(worker) {
  return worker.dp_rank == null ? `Worker ${worker.worker}` : `Worker ${worker.worker} · rank ${worker.dp_rank}`;
}

/** Show each of *rows* as a card; as lines of a table when they are many, for the width of the page. */
function each(kind, rows, draw) {
  const inTable = rows.length > (narrow.matches ? 4 : FEW);
  const where = place(`${kind}s`);
  if (listed[kind]?.inTable !== inTable) {
    where.replaceChildren();
    cards[kind].clear();
    where.className = inTable ? "panel" : "cards";
    listed[kind] = { inTable };
    if (inTable) listed[kind].table = new Table(where, { title: kind === "gpu" ? "All GPUs" : "All workers", key: (row) => (kind === "gpu" ? row.gpu : row.name), columns: tables[kind] });
  }
  if (inTable) listed[kind].table.show(rows);
  else {
    rows.forEach(draw);
    balance(where, rows.length);
  }
}

/** Put *count* cards into lines of the same length. */
function balance(where, count) {
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const most = Math.max(1, Math.floor(where.clientWidth / (CARD * size)));
  const columns = `repeat(${Math.ceil(count / Math.ceil(count / most))}, minmax(0, 1fr))`;
  where.style.maxWidth = count === 1 ? `${2 * CARD}rem` : "";
  if (where.style.gridTemplateColumns !== columns) where.style.gridTemplateColumns = columns;
}

/** What *columns* know of the second at a place. */
const known = (columns, at) => columns.map((column) => column[at]).filter((value) => value != null);

/** Draw in *chart* what *name* shows: a line for each of *keys*, or of the least, the middle and the most of many. */
function lines(chart, series, name, keys, title, span, offset) {
  const [times, ...columns] = series.last(span, offset, keys.map((key) => `${name} ${key}`));
  if (keys.length <= FEW) {
    chart.have(keys.map((key) => ({ name: title(key) })));
    chart.draw([times, ...columns]);
    return;
  }
  chart.have(["least", "median", "most"].map((name, at) => ({ name, color: [1, 0, 2][at], fill: at === 1 })));
  const sorted = times.map((_, at) => known(columns, at).sort((one, other) => one - other));
  const pick = (share) => sorted.map((values) => values[Math.round((values.length - 1) * share)] ?? null);
  chart.draw([times, pick(0), pick(0.5), pick(1)]);
}

/** The table of decisions, with a column for each worker. */
function decisions(told, all) {
  if (router && width === all.join()) return router;
  width = all.join();
  place("router").replaceChildren();
  const cost = (worker) => ({
    name: worker,
    title: short_name(worker),
    number: true,
    class: "cost",
    draw: (cell, row) => {
      const at = row.workers.indexOf(worker);
      const value = row.costs[at];
      if (!cell.firstChild) cell.append(make("b", {}), make("small", {}));
      say(cell.firstChild, value === null ? "busy" : number(value));
      const had = row.overlaps[at];
      say(cell.lastChild, had ? `−${had}` : "");
      const costs = row.costs.filter((each) => each !== null);
      const [low, high] = [Math.min(...costs), Math.max(...costs)];
      fill(cell, value === null ? 1 : high > low ? (value - low) / (high - low) : 0, "--heat");
      mark(cell, "data-is", row.chosen === worker ? "chosen" : null);
      mark(cell, "title", value == null ? null : `${short_name(worker)}: cost ${number(value)} blocks, of which load ${number(row.loads[at])}; ${had} of the prompt's blocks in its cache`);
    },
  });
  router = new Table(place("router"), {
    title: "Routing decisions",
    note: "What each worker would have cost, in blocks: what it would have to compute and to hold",
    key: (row) => row.number,
    columns: [
      { name: "time", title: "Time", text: (row) => clock(row.time) },
      { name: "model", title: "Model", text: (row) => row.model, tip: (row) => row.model, class: "name" },
      { name: "blocks", title: "Prompt", number: true, text: (row) => number(row.blocks), note: "Blocks of the prompt" },
      { name: "overlap", title: "Overlap", number: true, text: (row) => `${row.overlap} / ${row.best}`, note: "Blocks that the chosen worker had, and the one that had most" },
      { name: "worker", title: "Chosen", number: true, text: (row) => [...new Set([row.chosen, row.worker])].map(short_name).join(" → ") },
      ...all.map(cost),
    ],
    empty: told.mode === "kv" ? "No request had a choice between workers yet." : `The router is ${told.mode}: it knows no costs.`,
  });
  place("router").append(make("p", { class: "key" }, "Each cost is what the worker would have to compute and its load, in blocks. The stronger a colour, the more it would have cost; the framed one was chosen. The small number is how many of the prompt's blocks were in its cache."));
  return router;
}

function take(told) {
  seconds.take(told.seconds.first, { made: told.seconds.made, ttft: told.seconds.ttft_p50, cached: told.seconds.cached, prompt: told.seconds.prompt });
  const { first } = told.worker_seconds;
  workers.take(first, Object.fromEntries(told.worker_seconds.workers.flatMap((each) => Object.keys(workerCharts).map((name) => [`${name} ${each.name}`, each[name]]))));
  if (told.gpu_seconds) {
    gpus.take(told.gpu_seconds.first, Object.fromEntries(told.gpu_seconds.gpus.flatMap((each) => Object.keys(gpuCharts).map((name) => [`${name} ${each.gpu}`, each[name]]))));
    return;
  }
  const second = first + told.seconds.answers.length - 1;
  if (second >= first) gpus.take(second, Object.fromEntries(told.gpus.flatMap((each) => Object.keys(gpuCharts).map((name) => [`${name} ${each.gpu}`, [each[name]]]))));
}

function show(told, span) {
  const { offset, summary } = told;
  const all = told.workers;
  const sum = (pick) => all.reduce((total, each) => total + pick(each), 0);
  const together = (series, name, keys, add = true) => {
    const [times, ...columns] = series.last(span, offset, keys.map((key) => `${name} ${key}`));
    const values = times.map((_, at) => known(columns, at));
    return [times, values.map((all) => (all.length ? (add ? all.reduce((total, each) => total + each) : Math.max(...all)) : null))];
  };
  const numbers = all.map((each) => each.name);
  const boards = told.gpus.map((each) => each.gpu);
  const [held, kept, of] = [sum((each) => each.blocks.held), sum((each) => each.blocks.kept), sum((each) => each.blocks.of)];
  const prompt = sum((each) => each.prompt_tokens);
  tiles.running.show(count(sum((each) => each.running)), `${count(sum((each) => each.decoding))} decode`, together(workers, "running", numbers));
  tiles.waiting.show(count(sum((each) => each.waiting)), `${short(sum((each) => each.prefill_tokens))} tokens to compute`, together(workers, "waiting", numbers));
  tiles.kv.show(percent((100 * kept) / of), `${percent((100 * held) / of)} held · ${short(of)} blocks`, together(workers, "kept", numbers));
  tiles.hits.show(percent(prompt ? (100 * sum((each) => each.cached_tokens)) / prompt : null), `${percent(told.router.hit_rate)} of the prompts`, seconds.last(span, offset, ["cached"]));
  tiles.made.show(`${short(sum((each) => each.made_rate))}/s`, `${short(sum((each) => each.made_tokens))} in all`, together(workers, "made", numbers));
  tiles.ttft.show(time(summary.minute.ttft.p50), `p99 ${time(summary.minute.ttft.p99)}`, seconds.last(span, offset, ["ttft"]));
  const watts = told.gpus.reduce((total, each) => total + each.power, 0);
  tiles.power.show(`${count(Math.round(watts))} W`, `of ${count(told.gpus.reduce((total, each) => total + each.power_limit, 0))} W`, together(gpus, "power", boards));
  tiles.heat.show(`${Math.max(...told.gpus.map((each) => each.temperature))} °C`, `slows down at ${told.gpus[0]?.slowdown} °C`, together(gpus, "temperature", boards, false));
  const most = Math.max(...all.map((each) => each.running));
  each("worker", all, (worker) => showWorker(worker, most));
  each("gpu", told.gpus, showGpu);
  for (const [name, chart] of Object.entries(workerCharts)) lines(chart, workers, name, numbers, short_name, span, offset);
  for (const [name, chart] of Object.entries(gpuCharts)) lines(chart, gpus, name, boards, (gpu) => `GPU ${gpu}`, span, offset);
  const latest = told.router.latest;
  const could = new Set(latest.flatMap((row) => row.workers));
  decisions(told.router, numbers.filter((name) => could.has(name))).show(latest);
  requests.show(told.requests);
}

const page = open("dynamo", show, () => [seconds, workers, gpus].forEach((each) => each.clear()));
page.take = take;
page.start();
