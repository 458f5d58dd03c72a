// The last requests, and one of them in detail: where its time went, and when each of its tokens came.
import { charts } from "./chart.js";
import { clock, count, number, NOTHING, short_name, time, where } from "./format.js";
import { fill, make, mark, say } from "./elements.js";
import { css, faded } from "./palette.js";
import { get } from "./source.js";
import { Table } from "./table.js";

const PHASES = [
  ["queue", "Queue", "--queue"],
  ["prefill", "Prefill", "--prefill"],
  ["decode", "Decode", "--decode"],
];
const ROWS = 2000; // tokens of the table

export class Requests {
  constructor(place) {
    this.longest = 1;
    this.open = null; // the number of the request that is shown
    this.table = new Table(place, {
      title: "Last requests",
      key: (row) => row.number,
      columns: [
        { name: "number", title: "#", draw: (cell, row) => this.button(cell, row), class: "pick" },
        { name: "time", title: "Time", text: (row) => clock(row.time) },
        { name: "path", title: "Call", text: (row) => row.path, tip: (row) => `${row.method} ${row.path}`, class: "name" },
        { name: "model", title: "Model", text: (row) => row.model ?? NOTHING, tip: (row) => row.model, class: "name" },
        { name: "status", title: "Status", draw: status },
        { name: "worker", title: "Worker", number: true, text: where },
        { name: "prompt", title: "Prompt", number: true, text: (row) => count(row.prompt) },
        { name: "cached", title: "Cached", number: true, text: (row) => count(row.cached) },
        { name: "made", title: "Tokens", number: true, text: (row) => count(row.made) },
        { name: "phases", title: "Queue · prefill · decode", draw: (cell, row) => this.bar(cell, row), class: "phases" },
        { name: "ttft", title: "TTFT", number: true, text: (row) => time(ttft(row)) },
        { name: "itl", title: "ITL", number: true, text: (row) => time(row.itl) },
        { name: "total", title: "Total", number: true, text: (row) => time(row.total) },
      ],
      empty: "No requests yet.",
    });
    place.addEventListener("click", (event) => {
      const key = event.target.closest("tbody tr")?.dataset.key;
      if (key) this.look(key);
    });
  }

  show(rows) {
    this.longest = Math.max(1e-3, ...rows.map((row) => row.total));
    this.table.show(rows);
    if (this.open != null && this.detail?.ended === "waiting") this.refresh();
  }

  button(cell, row) {
    cell.firstChild ?? cell.append(make("button", { type: "button", class: "quiet" }, ""));
    say(cell.firstChild, String(row.number));
    mark(cell.firstChild, "aria-label", `Request ${row.number}: its timeline`);
  }

  bar(cell, row) {
    if (!cell.firstChild) {
      cell.append(make("span", { class: "line", "aria-hidden": "true" }, ...PHASES.map(([name]) => make("i", { class: name }))));
    }
    PHASES.forEach(([name], at) => fill(cell.firstChild.children[at], (row[name] ?? 0) / this.longest));
    mark(cell, "title", PHASES.map(([name, title]) => `${title} ${time(row[name])}`).join(" · "));
  }

  async look(key) {
    this.open = key;
    this.detail = null;
    this.dialog ??= this.makeDialog();
    await this.refresh();
    if (this.open !== key) return;
    if (this.detail && !this.dialog.open) this.dialog.showModal();
    else if (!this.detail) say(document.getElementById("status"), `Request ${key} is forgotten`);
  }

  makeDialog() {
    this.title = make("h2", { id: "request-title" });
    const close = make("button", { type: "button", class: "quiet", "aria-label": "Close" }, "Close");
    this.facts = make("dl", { class: "facts" });
    this.legend = make("ul", { class: "legend" });
    this.lane = make("div", { class: "lane", role: "img" }, ...PHASES.map(([name]) => make("i", { class: name })));
    this.plots = make("div", { class: "plots" });
    this.decision = make("div", { class: "decision" });
    this.tokens = make("details", {}, make("summary", {}, "Tokens as a table"), make("div", { class: "scroll" }));
    this.tokens.addEventListener("toggle", () => this.list());
    const head = make("header", {}, this.title, close);
    const dialog = make(
      "dialog", { class: "request", "aria-labelledby": "request-title" },
      head, this.facts, this.legend, this.lane, this.plots, this.decision, this.tokens,
    );
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => (this.open = null));
    document.body.append(dialog);
    charts.add({ restyle: () => this.open != null && this.draw() });
    return dialog;
  }

  async refresh() {
    const number = this.open;
    const detail = await get(`dashboard/requests/${encodeURIComponent(number)}`);
    if (this.open !== number || !detail) return;
    this.detail = detail;
    this.draw();
  }

  draw() {
    const one = this.detail;
    say(this.title, `Request ${one.number} · ${one.method} ${one.path}`);
    const facts = {
      Model: one.model ?? NOTHING,
      Came: clock(one.time),
      Status: `${one.status}${one.ended === "whole" ? "" : ` · ${one.ended === "waiting" ? "running" : one.ended}`}${one.fault ? ` · ${one.fault}` : ""}`,
      Answer: one.streamed ? "stream" : "whole",
      Worker: where(one),
      Prompt: one.prompt == null ? NOTHING : `${count(one.prompt)} tokens, ${count(one.cached)} cached`,
      Tokens: one.asked == null ? NOTHING : `${count(one.made)} of ${count(one.asked)}`,
      TTFT: time(ttft(one)),
      "ITL, mean": time(one.itl),
      Total: time(one.total),
    };
    if (one.preemptions) facts.Preempted = `${one.preemptions} times`;
    if (one.key) facts.Key = one.key;
    this.facts.replaceChildren(
      ...Object.entries(facts).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value)))),
    );
    this.legend.replaceChildren(
      ...PHASES.filter(([name]) => one[name] != null).map(([name, title, color]) => {
        const swatch = make("i", {});
        swatch.style.setProperty("--color", css(color));
        return make("li", {}, swatch, make("span", {}, title), make("output", {}, time(one[name])));
      }),
    );
    const whole = Math.max(one.total, 1e-6);
    PHASES.forEach(([name], at) => fill(this.lane.children[at], (one[name] ?? 0) / whole));
    mark(this.lane, "aria-label", PHASES.map(([name, title]) => `${title} ${time(one[name])}`).join(", "));
    this.drawTokens();
    this.drawDecision();
    this.list();
  }

  /** When tokens came: how many there are by then, and how long each was waited for. */
  drawTokens() {
    const one = this.detail;
    this.drawn?.forEach((plot) => plot.destroy());
    this.drawn = [];
    this.plots.replaceChildren();
    if (!one.tokens.length) {
      this.plots.append(make("p", { class: "empty" }, one.worker == null ? "No worker had this request." : "The moments of its tokens are not known (any more)."));
      return;
    }
    const begins = [0, one.queue ?? 0, (one.queue ?? 0) + (one.prefill ?? 0), one.total];
    const gaps = one.tokens.map((at, place) => (at - (place ? one.tokens[place - 1] : 0)) / (place ? one.every : 1));
    const counts = one.tokens.map((_, place) => (place * one.every + 1) * (one.width ?? 1));
    this.plotOf("Tokens made", one.tokens, counts, "--decode", begins, count, true);
    this.plotOf("Time between tokens", one.tokens.slice(1), gaps.slice(1), "--series-2", begins, time, false);
  }

  plotOf(title, times, values, color, begins, format, steps) {
    const box = make("div", { class: "plot" });
    this.plots.append(make("figure", {}, make("figcaption", {}, title), box));
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const font = `${Math.round(size * 0.78)}px ${css("--font")}`;
    const axis = { stroke: css("--muted"), font, ticks: { show: false }, grid: { stroke: css("--grid"), width: 1 } };
    const shades = PHASES.map(([, , name]) => faded(css(name), 0.13));
    const plot = new uPlot(
      {
        width: Math.max(box.clientWidth, 200),
        height: Math.max(box.clientHeight, 100),
        legend: { show: false },
        padding: [8, 12, 0, 0],
        cursor: { y: false, drag: { x: false, y: false } },
        scales: { x: { time: false, range: [0, (begins[3] || 1) * 1.02] }, y: { range: (u, low, high) => [0, (high || 1) * 1.1] } },
        axes: [
          { ...axis, grid: { show: false }, size: size * 1.7, gap: 4, space: size * 6, values: (u, all) => all.map((each) => time(each)) },
          { ...axis, size: size * 4.4, gap: 6, space: size * 2.4, values: (u, all) => all.map(format) },
        ],
        series: [
          {},
          {
            stroke: css(color),
            width: 1.5,
            paths: steps ? uPlot.paths.stepped({ align: 1 }) : uPlot.paths.bars({ size: [0.7, 12, 1] }),
            fill: steps ? faded(css(color), 0.12) : css(color),
            points: { show: steps && times.length < 200, size: 4, fill: css(color) },
          },
        ],
        hooks: {
          drawClear: [
            (u) => {
              shades.forEach((shade, at) => {
                const [from, to] = [begins[at], begins[at + 1]].map((each) => u.valToPos(each, "x", true));
                u.ctx.fillStyle = shade;
                u.ctx.fillRect(from, u.bbox.top, to - from, u.bbox.height);
              });
            },
          ],
        },
      },
      [times, values],
      box,
    );
    this.drawn.push(plot);
    new ResizeObserver(() => box.clientWidth && plot.setSize({ width: box.clientWidth, height: box.clientHeight })).observe(box);
  }

  drawDecision() {
    const { decision } = this.detail;
    this.decision.replaceChildren();
    if (!decision?.costs.length) return;
    const most = Math.max(...decision.costs, 1e-6);
    const cells = decision.workers.map((name, worker) => {
      const cost = decision.costs[worker];
      const bar = make("i", { class: "meter", "aria-hidden": "true" });
      const load = decision.loads[worker] ?? 0;
      fill(bar, load / most);
      fill(bar, (cost ?? 0) / most, "--more");
      const words = cost === null ? "too busy for it" : `${number(cost)} blocks: load ${number(load)}, to compute ${number(cost - load)}; cached ${decision.overlaps[worker]}`;
      return make("li", { "data-is": name === decision.chosen ? "chosen" : null }, make("b", {}, short_name(name).replace("W", "Worker ")), bar, make("span", {}, words));
    });
    this.decision.append(
      make("h3", {}, `What each worker would have cost, of a prompt of ${number(decision.blocks)} blocks`),
      make("ul", {}, ...cells),
    );
  }

  list() {
    const place = this.tokens.lastChild;
    if (!this.tokens.open) return;
    const { tokens, every, width } = this.detail;
    const rows = tokens.slice(0, ROWS).map((at, token) =>
      make(
        "tr", {},
        make("th", { scope: "row", class: "number" }, count((token * every + 1) * (width ?? 1))),
        make("td", { class: "number" }, time(at)),
        make("td", { class: "number" }, token ? time(at - tokens[token - 1]) : NOTHING),
      ),
    );
    const head = ["Token", "After its arrival", "After the one before"].map((name) => make("th", { scope: "col", class: "number" }, name));
    place.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
  }
}

const ttft = (row) => (row.decode == null ? null : (row.queue ?? 0) + (row.prefill ?? 0));

function status(cell, row) {
  if (!cell.firstChild) cell.append(make("span", { class: "badge" }, ""));
  const words = row.ended === "waiting" ? "running" : row.ended === "whole" ? String(row.status) : row.ended;
  const is = row.ended === "waiting" ? "busy" : row.ended !== "whole" || row.status >= 500 ? "bad" : row.status >= 400 ? "warn" : "good";
  say(cell.firstChild, row.fault ? `${words} ⚡` : words);
  mark(cell.firstChild, "data-is", is);
  mark(cell.firstChild, "title", row.fault ? `Injected: ${row.fault}` : null);
}
