// A chart over time in a panel: with a legend that tells values, a cursor that keys move, and a table that says the same.
import { clock, NOTHING } from "./format.js";
import { make, mark, say } from "./elements.js";
import { css, faded, shade } from "./palette.js";

const SHARED = "time"; // charts show the same moment under their cursors
const ROWS = 60; // of a table
let numbered = 0;

/** Charts that are there, to be drawn anew when the theme changes. */
export const charts = new Set();

/**
 * *series* is a list of {name, color, fill, dash}; a *color* is a place in the palette, which by default is its own.
 * *format* says a value.
 */
export class Chart {
  constructor(place, { title, unit, note, series, format, atLeast = 0, most = null }) {
    Object.assign(this, { title, unit, series, format, atLeast, most });
    this.data = [[], ...series.map(() => [])];
    this.at = null; // under the cursor
    const id = `chart-${++numbered}`;
    this.legend = make("ul", { class: "legend" });
    this.switch = make("button", { type: "button", class: "quiet", "aria-pressed": "false", title: `${title} as a table` }, "Table");
    this.canvas = make("div", { class: "plot", tabindex: 0, role: "img", "aria-labelledby": id, "aria-describedby": `${id}-now` });
    this.now = make("p", { class: "hidden", id: `${id}-now` });
    this.said = make("p", { class: "hidden", "aria-live": "polite" });
    this.table = make("div", { class: "scroll figures", hidden: true, tabindex: 0, role: "region", "aria-label": `${title} as a table` });
    const head = make("h3", { id, title: note ?? "" }, title, make("small", {}, unit));
    this.element = make(
      "figure", { class: "panel chart" },
      make("figcaption", {}, head, this.switch), this.legend, this.canvas, this.table, this.now, this.said,
    );
    place.append(this.element);
    this.values = [];
    this.name();
    this.switch.addEventListener("click", () => this.turn());
    this.canvas.addEventListener("keydown", (event) => this.move(event));
    this.canvas.addEventListener("blur", () => this.leave());
    new ResizeObserver(() => this.fit()).observe(this.canvas);
    charts.add(this);
    this.build();
  }

  color(at) {
    return shade(this.series[at].color ?? at, this.series.length);
  }

  /** Make the legend: an entry for each series, with its last value or that under the cursor. */
  name() {
    this.values = this.series.map(() => make("output", {}, NOTHING));
    const entries = this.series.map(({ name }, at) => {
      const swatch = make("i", {});
      swatch.style.setProperty("--color", this.color(at));
      return make("li", {}, swatch, make("span", {}, name), this.values[at]);
    });
    this.legend.replaceChildren(...entries);
  }

  /** Show other series, when there are more or fewer of them. */
  have(series) {
    if (series.map((each) => each.name).join() === this.series.map((each) => each.name).join()) return;
    this.series = series;
    this.data = [[], ...series.map(() => [])];
    this.restyle();
  }

  restyle() {
    this.name();
    this.build();
    this.tell();
  }

  build() {
    this.plot?.destroy();
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const font = `${Math.round(size * 0.78)}px ${css("--font")}`;
    const axis = { stroke: css("--muted"), font, ticks: { show: false }, grid: { stroke: css("--grid"), width: 1 } };
    const atLeast = this.atLeast;
    const most = this.most;
    this.plot = new uPlot(
      {
        width: Math.max(this.canvas.clientWidth, 60),
        height: Math.max(this.canvas.clientHeight, 60),
        legend: { show: false },
        padding: [size * 0.5, size * 0.4, 0, 0],
        cursor: {
          sync: { key: SHARED, setSeries: false },
          y: false,
          drag: { x: false, y: false },
          points: { size: 6, width: 1.5 },
        },
        scales: {
          x: { time: true, range: (u, low, high) => [Math.min(low, high - 59), high] },
          y: { range: (u, low, high) => [0, most ?? Math.max(atLeast, (high ?? 0) * 1.08)] },
        },
        axes: [
          { ...axis, grid: { show: false }, size: size * 1.6, gap: 4, space: size * 6, values: (u, splits) => splits.map((each) => (fits(u, each, size) ? clock(each) : "")) },
          { ...axis, size: size * 3.9, gap: 6, space: size * 1.9, values: (u, splits) => splits.map((each) => this.format(each)) },
        ],
        series: [{}, ...this.series.map((each, at) => this.line(each, at))],
        hooks: { setCursor: [(u) => this.over(u.cursor.idx)] },
      },
      this.data,
      this.canvas,
    );
  }

  line({ name, fill, dash, width }, at) {
    const color = this.color(at);
    return {
      label: name,
      stroke: color,
      width: (width ?? 1.5) * Math.max(1, devicePixelRatio > 1 ? 1 : innerWidth / 2400),
      dash,
      fill: fill ? faded(color, 0.14) : undefined,
      points: { size: 4, fill: color, filter: (u, series, show) => (show ? lonely(u.data[series]) : null), show: true },
    };
  }

  /** Draw *data*: the times, then a column for each series. */
  draw(data) {
    this.data = data;
    this.plot.setData(data);
    this.tell();
    if (!this.table.hidden) this.list();
  }

  tell() {
    const last = this.at ?? this.data[0].length - 1;
    this.values.forEach((element, at) => say(element, this.format(this.data[at + 1]?.[last])));
    if (this.at == null) say(this.now, `Now: ${this.words(last)}`);
  }

  words(at) {
    return this.series.map(({ name }, each) => `${name} ${this.format(this.data[each + 1]?.[at])}`).join(", ");
  }

  over(at) {
    if (at === this.at) return;
    this.at = at ?? null;
    mark(this.element, "data-over", this.at == null ? null : clock(this.data[0][this.at]));
    this.tell();
  }

  move(event) {
    const last = this.data[0].length - 1;
    const at = this.at ?? last + 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last, PageUp: at - 10, PageDown: at + 10 }[event.key];
    if (event.key === "Escape") this.leave();
    if (to == null || last < 0) return;
    event.preventDefault();
    const place = Math.max(0, Math.min(to, last));
    this.plot.setCursor({ left: this.plot.valToPos(this.data[0][place], "x"), top: 0 });
    this.over(place);
    say(this.said, `${clock(this.data[0][place])}: ${this.words(place)}`);
  }

  leave() {
    this.plot.setCursor({ left: -10, top: -10 });
  }

  turn() {
    const shows = this.table.hidden;
    this.table.hidden = !shows;
    this.canvas.hidden = shows;
    mark(this.switch, "aria-pressed", String(shows));
    if (shows) this.list();
    else this.fit();
  }

  /** The last minute as a table, the latest first. */
  list() {
    const [times, ...columns] = this.data;
    const head = make("tr", {}, make("th", { scope: "col" }, "Time"));
    head.append(...this.series.map(({ name }) => make("th", { scope: "col", class: "number" }, name)));
    const rows = [];
    for (let at = times.length - 1; at >= 0 && rows.length < ROWS; at--) {
      const cells = columns.map((column) => make("td", { class: "number" }, this.format(column[at])));
      rows.push(make("tr", {}, make("th", { scope: "row" }, clock(times[at])), ...cells));
    }
    const place = this.table.scrollTop;
    const caption = make("caption", { class: "hidden" }, `${this.title}, ${this.unit}`);
    this.table.replaceChildren(make("table", {}, caption, make("thead", {}, head), make("tbody", {}, ...rows)));
    this.table.scrollTop = place;
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width > 0 && height > 0 && (width !== this.plot.width || height !== this.plot.height)) {
      this.plot.setSize({ width, height });
    }
  }
}

/** Whether there is room for the label of a moment: not at the right edge, and not where nothing is known. */
function fits(u, moment, size) {
  return u.data[0].length > 0 && u.valToPos(moment, "x") < u.bbox.width / devicePixelRatio - size * 2;
}

/** Where values stand alone, so that no line shows them. */
function lonely(column) {
  const found = [];
  for (let at = 0; at < column.length; at++) {
    if (column[at] != null && column[at - 1] == null && column[at + 1] == null) found.push(at);
  }
  return found;
}
