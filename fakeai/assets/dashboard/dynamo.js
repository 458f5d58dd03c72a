// /dashboard/dynamo: the machine behind the API: workers, their KV caches, the router and the GPUs.
import { Chart } from "./chart.js";
import { clock, count, gib, NOTHING, number, percent, short, time } from "./format.js";
import { fill, make, mark, say } from "./elements.js";
import { Requests } from "./requests.js";
import { Series } from "./series.js";
import { open } from "./shell.js";
import { Table } from "./table.js";
import { Tile } from "./tiles.js";

const place = (id) => document.getElementById(id);
const seconds = new Series();
const workers = new Series(); // columns are named by what they show and the worker's number
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
let width = 0; // workers that the table of decisions has columns for
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
  mark(found.bars[name].bar, "data-is", share > 0.95 ? "bad" : share > 0.8 ? "warn" : null);
}

function showWorker(worker, mostRunning) {
  const { blocks } = worker;
  const found = card(
    "worker", worker.worker,
    [["batch", "Batch"], ["queue", "Queue"], ["kv", "KV cache"], ["hits", "Prefix hits"], ["busy", "Busy"]],
    [["made", "Output"], ["ttft", "Last TTFT"], ["routed", "Routed"], ["evicted", "Evicted"]],
  );
  say(found.title, `Worker ${worker.worker}`);
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
  say(found.facts.made, `${short(worker.made_rate)} tok/s`);
  say(found.facts.ttft, time(worker.ttft));
  say(found.facts.routed, count(worker.routed));
  say(found.facts.evicted, `${short(worker.evicted)} blocks`);
}

function showGpu(gpu) {
  const found = card(
    "gpu", gpu.gpu,
    [["utilisation", "Utilisation"], ["memory", "Memory"], ["power", "Power"], ["temperature", "Temperature"]],
    [["tensor", "Tensor"], ["dram", "DRAM"], ["clock", "SM clock"], ["workers", "Workers"]],
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
  say(found.facts.workers, gpu.workers.join(", ") || NOTHING);
}

/** The table of decisions, with a column for each worker. */
function decisions(told, all) {
  if (router && width === all) return router;
  width = all;
  place("router").replaceChildren();
  const cost = (worker) => ({
    name: `worker-${worker}`,
    title: `W${worker}`,
    number: true,
    class: "cost",
    draw: (cell, row) => {
      const value = row.costs[worker];
      if (!cell.firstChild) cell.append(make("b", {}), make("small", {}));
      say(cell.firstChild, number(value));
      say(cell.lastChild, row.overlaps[worker] ? `−${row.overlaps[worker]}` : "");
      const [low, high] = [Math.min(...row.costs), Math.max(...row.costs)];
      fill(cell, high > low ? (value - low) / (high - low) : 0, "--heat");
      mark(cell, "data-is", row.worker === worker ? "chosen" : null);
      mark(cell, "title", value == null ? null : `Worker ${worker}: cost ${number(value)} blocks, ${row.overlaps[worker]} of the prompt's blocks in its cache`);
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
      { name: "worker", title: "Chosen", number: true, text: (row) => row.worker },
      ...Array.from({ length: all }, (_, worker) => cost(worker)),
    ],
    empty: told.mode === "kv" ? "No request had a choice between workers yet." : `The router is ${told.mode}: it knows no costs.`,
  });
  place("router").append(make("p", { class: "key" }, "The darker a cell, the more the worker would have cost; the framed one was chosen. The small number is what of the prompt was in its cache."));
  return router;
}

function take(told) {
  seconds.take(told.seconds.first, { made: told.seconds.made, ttft: told.seconds.ttft_p50, cached: told.seconds.cached, prompt: told.seconds.prompt });
  const { first } = told.worker_seconds;
  workers.take(first, Object.fromEntries(told.worker_seconds.workers.flatMap((each) => Object.keys(workerCharts).map((name) => [`${name} ${each.worker}`, each[name]]))));
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
    const values = times.map((_, at) => columns.reduce((total, each) => (add ? total + (each[at] ?? 0) : Math.max(total, each[at] ?? 0)), 0));
    return [times, values];
  };
  const numbers = all.map((each) => each.worker);
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
  all.forEach((each) => showWorker(each, most));
  told.gpus.forEach(showGpu);
  for (const [name, each] of Object.entries(workerCharts)) {
    each.have(numbers.map((number) => ({ name: `W${number}` })));
    each.draw(workers.last(span, offset, numbers.map((number) => `${name} ${number}`)));
  }
  for (const [name, each] of Object.entries(gpuCharts)) {
    each.have(boards.map((number) => ({ name: `GPU ${number}` })));
    each.draw(gpus.last(span, offset, boards.map((number) => `${name} ${number}`)));
  }
  const latest = told.router.latest;
  decisions(told.router, Math.max(0, ...latest.map((row) => row.costs.length))).show(latest);
  requests.show(told.requests);
}

const page = open("dynamo", show, () => [seconds, workers, gpus].forEach((each) => each.clear()));
page.take = take;
page.start();
