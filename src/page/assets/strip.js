// One sentence first: the worst thing, in words, with a link to its place. Nothing wrong is said too.

import { by, element, icon, remake } from "./dom.js";

const ICONS = { critical: "bad", warning: "warn", info: "info", ok: "ok" };
/** The name of the link, and its address where a view is too much of it. */
const PLACES = { overview: ["Overview"], endpoints: ["Endpoints"], steps: ["Steps"], failures: ["Failures by reason"], scripts: ["Scripts"], events: ["Events"], controls: ["Controls"] };
const KINDS = {
  circuit_open: ["Failures by reason", "failures"], no_response: ["Failures by reason", "failures"],
  threshold: ["Thresholds", "overview/thresholds"], thresholds_pass: ["Thresholds", "overview/thresholds"], generator: ["Load generator", "overview/chart-generator"], refused: ["Show the line"], canary: ["Compare the versions"],
  dropped_arrivals: ["Arrivals", "overview/chart-people"], below_plan: ["Users", "overview/chart-users"],
};
const TONES = { critical: "bad", warning: "warn", ok: "good", info: "note" };

/** What the run says of itself, worst first. */
const lines = ({ run: { status } }) => (status?.length ? status : [{ level: "info", kind: "starting", text: "The run has not begun", place: "overview" }]);

/** The first words of a sentence, up to its colon or, without one, its first full stop. */
function split(text) {
  const end = /^[^:.]{1,60}[:.](?= |$)/.exec(text)?.[0].length ?? 0;
  return end ? [text.slice(0, end), text.slice(end)] : [text, ""];
}

const words = (text) => {
  const [first, rest] = split(text);
  return [element("b", { class: "word" }, first), rest];
};

export class Strip {
  #open = false;

  constructor(session) {
    this.session = session;
    this.place = by("strip");
  }

  show(run) {
    const all = lines(run.now);
    const { canary } = run.now.run.reload_status;
    const steers = Boolean(canary) && !run.over && !run.frozen && Boolean(this.session.token());
    this.place.hidden = false;
    this.place.className = all[0].level;
    document.title = `${all[0].text.slice(0, 60)} – throng`;
    remake(this.place, [all, steers], () => this.#make(all, steers));
  }

  #make(all, steers) {
    const [first, ...more] = all;
    const list = element("ul", { class: "more", id: "strip-more", hidden: !this.#open },
      ...more.map((line) => element("li", {}, icon(ICONS[line.level], TONES[line.level]), element("span", {}, line.text), link(line))));
    const button = element("button", { type: "button", class: "plain", id: "more", "aria-controls": "strip-more", "aria-expanded": String(this.#open), onclick: () => {
      this.#open = list.hidden;
      list.hidden = !this.#open;
      button.setAttribute("aria-expanded", String(this.#open));
    } }, `and ${more.length} more`);
    const acts = element("span", { class: "acts" },
      ...(steers ? [element("button", { type: "button", onclick: () => this.session.post("promote") }, "Promote now"), element("button", { type: "button", class: "danger", onclick: () => this.session.post("rollback") }, "Roll back")] : []), link(first));
    return [icon(ICONS[first.level] ?? "info"), element("p", { role: "status" }, ...words(first.text), ...(more.length ? [" ", button] : [])), acts, ...(more.length ? [list] : [])];
  }
}

function link({ kind, place }) {
  const [name, target = place] = KINDS[kind] ?? PLACES[place] ?? ["Show"];
  return element("a", { href: `#${target}` }, `${name} →`);
}
