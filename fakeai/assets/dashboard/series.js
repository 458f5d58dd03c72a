// Columns of values, one for each second, as far back as a page shows.

const MOST = 900; // seconds

export class Series {
  constructor() {
    this.clear();
  }

  clear() {
    this.first = null;
    this.length = 0;
    this.columns = {};
  }

  /** Take columns whose seconds begin at *first*; what is known of a second already is replaced. */
  take(first, columns) {
    const lengths = Object.values(columns).map((column) => column.length);
    const size = Math.max(0, ...lengths);
    if (!size) return;
    if (this.first == null || first < this.first || first > this.first + this.length + MOST) {
      this.clear();
      this.first = first;
    }
    const at = first - this.first;
    for (const [name, values] of Object.entries(columns)) {
      const column = (this.columns[name] ??= new Array(this.length).fill(null));
      while (column.length < at) column.push(null);
      column.splice(at, values.length, ...values);
    }
    this.length = Math.max(this.length, at + size);
    const over = this.length - MOST;
    for (const column of Object.values(this.columns)) {
      while (column.length < this.length) column.push(null);
      if (over > 0) column.splice(0, over);
    }
    if (over > 0) {
      this.first += over;
      this.length = MOST;
    }
  }

  /** The last *span* seconds of some columns: their times, and the columns. */
  last(span, offset, names) {
    const from = Math.max(0, this.length - span);
    const times = Array.from({ length: this.length - from }, (_, at) => this.first + from + at + offset);
    return [times, ...names.map((name) => (this.columns[name] ?? []).slice(from))];
  }
}
