// Texts of scripts that nobody has saved yet: kept for this tab, also over a reload of the page; closing it asks first.

const KEPT = "throng-drafts";

export class Drafts {
  #all = new Map();

  /** `collect` hands over what is being typed just now; `changed` is called after each change. */
  constructor(collect, changed) {
    this.changed = changed;
    try {
      this.#all = new Map(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
    } catch {
      // What cannot be read is no draft.
    }
    addEventListener("beforeunload", (event) => {
      collect();
      if (this.#all.size > 0) event.preventDefault();
    });
  }

  has = (path) => this.#all.has(path);

  /** { text, fingerprint }: the text, and the fingerprint of the one that it was made from. */
  get = (path) => this.#all.get(path);

  keep(path, text, fingerprint) {
    const known = this.#all.get(path);
    if (known?.text === text && known.fingerprint === fingerprint) return;
    this.#all.set(path, { text, fingerprint });
    this.#store();
  }

  drop(path) {
    if (this.#all.delete(path)) this.#store();
  }

  #store() {
    try {
      if (this.#all.size > 0) sessionStorage.setItem(KEPT, JSON.stringify([...this.#all]));
      else sessionStorage.removeItem(KEPT);
    } catch {
      // There is no room for them beside the page; they stay in it.
    }
    this.changed();
  }
}
