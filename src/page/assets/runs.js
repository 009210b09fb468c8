// Other runs of the history, and this one compared with one of them.

import { by, element, head, icon, say } from "./dom.js";
import { authorization } from "./feed.js";
import { count } from "./format.js";

const MEASURES = ["rate", "p50", "p95", "p99", "failures"];
const FINDINGS = { worse: ["bad", "bad"], better: ["ok", "good"] };
const percent = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value * 100).toFixed(Math.abs(value) < 0.1 ? 1 : 0)}`;

/** A change beyond chance with its interval, `~` for none, a dash where there is too little to say. */
function cell({ finding, measure, change, interval, reason } = {}) {
  if (finding === "same") return element("td", { class: "dim" }, "~");
  const found = FINDINGS[finding];
  if (!found || change === null) return element("td", { class: "dim", title: reason ?? null }, "–");
  const unit = measure === "failures" ? " points" : " %";
  const within = interval ? ` [${interval.map(percent).join(", ")}]` : "";
  return element("td", { class: found[1] }, icon(found[0], "s"), ` ${percent(change)}${unit}${within}`);
}

const name = (row) => (row.kind === "all" ? "all requests" : row.kind === "endpoint" ? `${row.method} ${row.name}` : `${row.kind} ${row.type}/${row.name}`);

function table({ rows }) {
  const differs = (row) => row.changes.some(({ finding }) => finding in FINDINGS);
  const shown = [...rows].sort((one, other) => differs(other) - differs(one) || (other.kind === "all") - (one.kind === "all")).slice(0, 60);
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Comparison" }, element("table", {},
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "of"), ...MEASURES.map((measure) => element("th", { scope: "col" }, measure)), element("th", { scope: "col" }, "requests"))),
    element("tbody", {}, ...shown.map((row) => element("tr", {}, element("th", { scope: "row" }, name(row)), ...MEASURES.map((measure) => cell(row.changes.find((one) => one.measure === measure))), element("td", {}, `${count(row.count_a)} → ${count(row.count_b)}`))))));
}

export class Runs {
  #asked = false;

  constructor(session) {
    this.session = session;
    this.choice = element("select", { "aria-label": "Run to compare with" });
    this.told = element("p", { class: "pad dim", role: "status" });
    this.place = element("div", {});
    const compare = element("button", { type: "button", class: "low", onclick: () => this.#compare() }, "Compare");
    by("compare").append(head("Compare this run", "with one of the history", this.choice, compare), this.told, this.place);
  }

  async #get(path) {
    try {
      const answer = await fetch(`/api/v1/${path}`, { headers: authorization(this.session.token()), cache: "no-store" });
      return await answer.json();
    } catch {
      return { error: "throng does not respond" };
    }
  }

  /** The list, the first time that somebody looks. */
  async show(run) {
    this.run = run.now.run.run;
    if (this.#asked) return;
    this.#asked = true;
    const { runs = [] } = await this.#get("runs?limit=50");
    const others = runs.filter((one) => one.id !== this.run);
    by("compare").hidden = others.length === 0;
    this.choice.replaceChildren(...others.map((one) => element("option", { value: one.id }, [new Date(one.started_ms).toLocaleString("en-GB"), one.id.slice(0, 8), one.crowd, one.note].filter(Boolean).join(" · "))));
  }

  async #compare() {
    say(this.told, "comparing …");
    const found = await this.#get(`compare?a=${encodeURIComponent(this.choice.value)}&b=${encodeURIComponent(this.run)}`);
    if (found.error) return say(this.told, found.error);
    const differences = found.differences.map(({ what, a, b }) => `${what}: ${a} → ${b}`).join("; ");
    say(this.told, `~ no difference beyond chance, – too little to say; in brackets the interval.${differences ? ` Not the same in both: ${differences}.` : ""}`);
    this.place.replaceChildren(table(found));
  }
}
