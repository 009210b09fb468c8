// Elements by their parts. Text is always text: nothing that a run says becomes markup.

/** `element("td", { class: "bad" }, "3")` */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const by = (id) => document.getElementById(id);

/** Sets a text only where it is another one, so that screen readers are not told the same again. */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** A number that moves in the title of nothing: rows under headings, sortable where a heading has a value. */
export class Sheet {
  #sorted;
  #up = false;
  #rows = [];

  /** `columns`: { name, show(row), value(row)?, text?, class(row)? } */
  constructor(place, title, columns, note = "") {
    this.columns = columns;
    this.body = element("tbody");
    this.heads = columns.map((column) => this.#head(column));
    this.note = element("p", { class: "dim", hidden: true });
    place.replaceChildren(
      element("h2", {}, title, note ? element("span", { class: "dim" }, ` ${note}`) : null),
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, element("table", {}, element("thead", {}, element("tr", {}, ...this.heads)), this.body)),
      this.note,
    );
  }

  #head(column) {
    const inside = column.value
      ? element("button", { type: "button", onclick: () => this.#sort(column) }, column.name)
      : column.name;
    return element("th", { scope: "col", class: column.text ? "text" : null }, inside);
  }

  #sort(column) {
    this.#up = this.#sorted === column ? !this.#up : false;
    this.#sorted = column;
    for (const [place, head] of this.heads.entries()) {
      if (this.columns[place] === column) head.setAttribute("aria-sort", this.#up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    this.show(this.#rows);
  }

  show(rows, more = "") {
    this.#rows = rows;
    const column = this.#sorted;
    const sorted = column ? [...rows].sort((one, other) => compare(column.value(one), column.value(other)) * (this.#up ? 1 : -1)) : rows;
    // Cells are kept: selections and focus stay where they are.
    while (this.body.rows.length > sorted.length) this.body.lastChild.remove();
    for (const [place, row] of sorted.entries()) {
      const line = this.body.rows[place] ?? this.body.appendChild(element("tr", {}, ...this.columns.map((one) => element("td", { class: one.text ? "text" : null }))));
      for (const [at, one] of this.columns.entries()) {
        const cell = line.cells[at];
        const shown = one.show(row);
        if (typeof shown === "string") say(cell, shown);
        else cell.replaceChildren(shown);
        if (one.class) cell.className = `${one.text ? "text " : ""}${one.class(row) ?? ""}`;
      }
    }
    this.note.hidden = !more;
    say(this.note, more);
  }
}

const compare = (one, other) => (typeof one === "string" ? one.localeCompare(other) : (one ?? -1) - (other ?? -1));
