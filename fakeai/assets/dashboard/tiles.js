// The numbers at a glance, each with a line of its last minutes.
import { NOTHING } from "./format.js";
import { make, say } from "./elements.js";
import { css, faded } from "./palette.js";
import { charts } from "./chart.js";

export class Tile {
  constructor(place, title, { color = "--series-1", note = "" } = {}) {
    this.color = color;
    this.value = make("data", { class: "value" }, NOTHING);
    this.detail = make("small", {}, "");
    this.spark = make("div", { class: "spark", "aria-hidden": "true" });
    this.element = make("section", { class: "tile", title: note }, make("h2", {}, title), this.value, this.detail, this.spark);
    place.append(this.element);
    this.data = [[], []];
    new ResizeObserver(() => this.fit()).observe(this.spark);
    charts.add(this);
    this.build();
  }

  build() {
    this.plot?.destroy();
    const color = css(this.color);
    this.plot = new uPlot(
      {
        width: Math.max(this.spark.clientWidth, 20),
        height: Math.max(this.spark.clientHeight, 10),
        legend: { show: false },
        cursor: { show: false },
        padding: [2, 0, 0, 0],
        scales: { x: { time: false }, y: { range: (u, low, high) => [0, high || 1] } },
        axes: [{ show: false }, { show: false }],
        series: [{}, { stroke: color, width: 1.5, fill: faded(color, 0.16), points: { show: false }, spanGaps: true }],
      },
      this.data,
      this.spark,
    );
  }

  restyle() {
    this.build();
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.spark;
    if (width > 0 && height > 0) this.plot.setSize({ width, height });
  }

  /** Show a *value*, what more there is to say of it, and how it came. */
  show(value, detail, data) {
    say(this.value, value);
    say(this.detail, detail);
    this.data = data;
    this.plot.setData(data);
  }
}
