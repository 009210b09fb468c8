// The views: one is shown, by the address behind the #; `#failures` is a view, `#overview/thresholds` a place in one.

import { by, element, remake } from "./dom.js";

const NAMES = { overview: "Overview", endpoints: "Endpoints", steps: "Steps & journeys", failures: "Failures", people: "Users", scripts: "Scripts", events: "Events", controls: "Controls" };

export class Tabs {
  shown = "overview";

  /** `change()` is called when another view is shown; a report has no controls and no users to follow. */
  constructor(change, frozen) {
    this.change = change;
    this.names = Object.keys(NAMES).filter((name) => !frozen || (name !== "controls" && name !== "people"));
    this.badges = new Map();
    const list = by("tabs");
    for (const name of this.names) {
      const badge = element("span", { hidden: true });
      this.badges.set(name, badge);
      list.append(element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": name, onclick: () => (location.hash = `#${name}`) }, NAMES[name], badge));
      const panel = by(name);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", `tab-${name}`);
      panel.dataset.title = NAMES[name];
    }
    for (const name of Object.keys(NAMES)) by(name).hidden = true;
    list.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("hashchange", () => this.#route(true));
    this.#route(false);
  }

  #key(event) {
    const at = this.names.indexOf(this.shown);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.names.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const name = this.names[(next + this.names.length) % this.names.length];
    location.hash = `#${name}`;
    by(`tab-${name}`).focus();
  }

  #route(moved) {
    const [name, place] = location.hash.slice(1).split("/");
    if (name === "main") return;
    this.shown = this.names.includes(name) ? name : "overview";
    for (const one of this.names) {
      const [tab, panel] = [by(`tab-${one}`), by(one)];
      tab.setAttribute("aria-selected", String(one === this.shown));
      tab.tabIndex = one === this.shown ? 0 : -1;
      panel.hidden = one !== this.shown;
    }
    by("span").hidden = this.shown !== "overview" && this.shown !== "endpoints";
    const tab = by(`tab-${this.shown}`);
    by("tabs").scrollLeft = tab.offsetLeft - 60;
    this.change(this.shown);
    if (place && moved) this.#reveal(place);
  }

  #reveal(id) {
    const target = by(id);
    if (!target) return;
    target.scrollIntoView({ block: "nearest" });
    for (const one of document.querySelectorAll(".found")) one.classList.remove("found");
    target.classList.add("found");
    if (target.matches("input, .mark, [tabindex]")) target.focus({ preventScroll: true });
  }

  /** What stands beside the name of a view. */
  badge(name, words, tone = "") {
    const badge = this.badges.get(name);
    badge.hidden = !words;
    badge.className = `count ${tone}`;
    remake(badge, words, () => [words]);
  }
}
