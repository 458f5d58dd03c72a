// A table that is sorted by its heads, filtered by a word, and changed only where something is new.
import { fill, make, mark, say } from "./elements.js";

/**
 * *columns* is a list of {name, title, text, sort, number, bar, class}: *text* and *sort* take a row, *bar* gives the
 * share of 1 to which its cell is filled. *key* names a row. *filter* is the column whose text is searched.
 */
export class Table {
  constructor(place, { title, note, columns, key, sort, filter, empty }) {
    Object.assign(this, { columns, key, filter, order: { by: sort ?? null, falls: true } });
    this.rows = new Map();
    this.wanted = "";
    this.count = make("small", {});
    this.body = make("tbody", {});
    this.empty = make("p", { class: "empty", hidden: true }, empty ?? "Nothing yet.");
    const head = make("tr", {});
    this.heads = columns.map((column) => {
      const inside = column.sort ? make("button", { type: "button" }, column.title) : column.title;
      const cell = make("th", { scope: "col", class: column.number ? "number" : null, title: column.note ?? "" }, inside);
      if (column.sort) inside.addEventListener("click", () => this.sortBy(column));
      head.append(cell);
      return cell;
    });
    const bar = make("div", { class: "head" }, make("h2", { title: note ?? "" }, title, this.count));
    if (filter) {
      const input = make("input", { type: "search", placeholder: "Filter", "aria-label": `Filter ${title.toLowerCase()}` });
      input.addEventListener("input", () => {
        this.wanted = input.value.toLowerCase();
        this.show(this.last);
      });
      bar.append(input);
    }
    const caption = make("caption", { class: "hidden" }, title);
    const table = make("table", {}, caption, make("thead", {}, head), this.body);
    place.append(bar, make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, table, this.empty));
    this.last = [];
  }

  sortBy(column) {
    this.order = { by: column.name, falls: this.order.by === column.name ? !this.order.falls : Boolean(column.number) };
    this.show(this.last);
  }

  /** Show *rows*, in the order of the column that was chosen, or as they come. */
  show(rows) {
    this.last = rows;
    const { by, falls } = this.order;
    const column = this.columns.find((each) => each.name === by);
    this.heads.forEach((head, at) => {
      const sorts = column && this.columns[at] === column;
      mark(head, "aria-sort", sorts ? (falls ? "descending" : "ascending") : null);
    });
    const search = this.columns.find((each) => each.name === this.filter);
    let shown = this.wanted ? rows.filter((row) => search.text(row).toLowerCase().includes(this.wanted)) : [...rows];
    if (column) shown.sort((one, other) => compare(column.sort(one), column.sort(other)) * (falls ? -1 : 1));
    say(this.count, rows.length ? (shown.length < rows.length ? `${shown.length} of ${rows.length}` : String(rows.length)) : "");
    mark(this.empty, "hidden", shown.length ? "" : null);
    const kept = new Set();
    let before = null;
    for (const row of shown) {
      const key = String(this.key(row));
      kept.add(key);
      let line = this.rows.get(key);
      if (!line) this.rows.set(key, (line = this.line(key)));
      this.change(line, row);
      const place = before ? before.nextSibling : this.body.firstChild;
      if (place !== line.element) this.body.insertBefore(line.element, place);
      before = line.element;
    }
    for (const [key, line] of this.rows) {
      if (!kept.has(key)) {
        line.element.remove();
        this.rows.delete(key);
      }
    }
  }

  line(key) {
    const cells = this.columns.map((column, at) =>
      make(at ? "td" : "th", {
        scope: at ? null : "row",
        class: [column.number ? "number" : "", column.bar ? "bar" : "", column.class ?? ""].join(" ").trim() || null,
      }),
    );
    return { element: make("tr", { "data-key": key }, ...cells), cells };
  }

  change({ element, cells }, row) {
    this.columns.forEach((column, at) => {
      if (column.draw) column.draw(cells[at], row);
      else say(cells[at], column.text(row));
      if (column.tip) mark(cells[at], "title", column.tip(row));
      if (column.bar) fill(cells[at], column.bar(row));
      if (column.is) mark(cells[at], "data-is", column.is(row));
    });
    return element;
  }
}

function compare(one, other) {
  if (one == null || other == null) return one == null ? (other == null ? 0 : -1) : 1;
  return typeof one === "string" ? one.localeCompare(other) : one - other;
}
