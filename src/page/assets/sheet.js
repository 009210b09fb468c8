// Rows under headings: sorted by a heading, filtered, and opened one at a time.

import { element, say } from "./dom.js";

/** Rows that are shown at once; more on request. */
const PAGE = 50;

export class Sheet {
  #sorted;
  #up = false;
  #rows = [];
  #most = PAGE;
  #open = null;

  /**
   * `columns`: { name, show(row), value(row)?, text?, class(row)?, only? }, where `only` is "wide" or "middle"; the first is the heading of its row.
   * `key(row)` tells rows apart; `detail(row)` makes what an open row shows, called again as often as rows come, with what it made before.
   */
  constructor(place, columns, { label, sort = null, key = (row) => JSON.stringify(row), detail = null, row = null } = {}) {
    Object.assign(this, { columns, key, detail, mark: row });
    this.body = element("tbody");
    this.heads = columns.map((column) => this.#head(column));
    this.note = element("p", { class: "pad dim small", hidden: true });
    this.more = element("button", { type: "button", class: "plain", onclick: () => this.#all() }, "Show all");
    place.append(element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, element("table", {}, element("thead", {}, element("tr", {}, ...this.heads)), this.body)), this.note);
    if (sort) this.#sort(columns.find((column) => column.name === sort), false);
  }

  /** `accept(row)`: whether it is shown. */
  filter(accept) {
    this.accept = accept;
    this.show(this.#rows, this.said);
  }

  #head(column) {
    const inside = column.value ? element("button", { type: "button", onclick: () => this.#sort(column) }, column.name) : column.name;
    return element("th", { scope: "col", class: [column.text && "text", column.only].filter(Boolean).join(" ") || null }, inside);
  }

  #sort(column, again = true) {
    this.#up = again && this.#sorted === column ? !this.#up : Boolean(column.text);
    this.#sorted = column;
    for (const [place, head] of this.heads.entries()) {
      if (this.columns[place] === column) head.setAttribute("aria-sort", this.#up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    this.show(this.#rows, this.said);
  }

  #all() {
    this.#most = Infinity;
    this.show(this.#rows, this.said);
  }

  toggle(key) {
    this.#open = this.#open === key ? null : key;
    this.show(this.#rows, this.said);
  }

  opened = () => this.#open;

  show(rows, more = "") {
    [this.#rows, this.said] = [rows, more];
    const column = this.#sorted;
    const kept = this.accept ? rows.filter(this.accept) : rows;
    const sorted = column ? [...kept].sort((one, other) => compare(column.value(one), column.value(other)) * (this.#up ? 1 : -1)) : kept;
    const shown = sorted.slice(0, this.#most);
    const sub = this.body.querySelector("tr.sub");
    const focused = sub?.contains(document.activeElement);
    if (!focused) sub?.remove();
    // Cells are kept: selections and focus stay where they are.
    const lines = [...this.body.rows].filter((line) => !line.classList.contains("sub"));
    for (const line of lines.slice(shown.length)) line.remove();
    let opened = null;
    for (const [place, row] of shown.entries()) {
      const line = lines[place] ?? this.body.appendChild(this.#line());
      const key = this.key(row);
      if (this.detail) {
        line.dataset.of = key;
        line.querySelector("button.opens").setAttribute("aria-expanded", String(key === this.#open));
        if (key === this.#open) opened = [line, row];
      }
      line.className = this.mark?.(row) ?? "";
      for (const [at, one] of this.columns.entries()) this.#cell(line.cells[at], one, row, at);
    }
    if (opened) this.#detail(opened, sub);
    else sub?.remove();
    const hidden = sorted.length - shown.length;
    const words = [hidden > 0 ? `${hidden} more rows.` : "", more, kept.length < rows.length ? `${kept.length} of ${rows.length} shown.` : ""].filter(Boolean).join(" ");
    this.note.hidden = !words;
    if (this.note.dataset.said !== words) {
      this.note.dataset.said = words;
      this.note.replaceChildren(`${words} `, ...(hidden > 0 ? [this.more] : []));
    }
  }

  #line() {
    const cell = (one, at) => element(at === 0 ? "th" : "td", { scope: at === 0 ? "row" : null, class: [one.text && "text", one.only].filter(Boolean).join(" ") || null },
      at === 0 && this.detail ? element("button", { type: "button", class: "opens", onclick: (event) => this.toggle(event.currentTarget.closest("tr").dataset.of) }) : null);
    return element("tr", {}, ...this.columns.map(cell));
  }

  #cell(cell, one, row, at) {
    const inside = at === 0 && this.detail ? cell.firstChild : cell;
    const shown = one.show(row);
    if (typeof shown === "string") say(inside, shown);
    else if (shown !== inside.firstChild) inside.replaceChildren(shown);
    if (one.class) cell.className = [one.text && "text", one.only, one.class(row)].filter(Boolean).join(" ");
  }

  #detail([line, row], sub) {
    const key = this.key(row);
    if (sub?.dataset.of !== key) {
      sub?.remove();
      sub = element("tr", { class: "sub", "data-of": key }, element("td", { colspan: this.columns.length }));
    }
    if (line.nextSibling !== sub) line.after(sub);
    this.detail(row, sub.firstChild);
  }
}

const compare = (one, other) => (typeof one === "string" ? one.localeCompare(other) : (one ?? -1) - (other ?? -1));
