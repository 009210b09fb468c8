// Coverage: what the run uses of the target's OpenAPI document, and what it does not.

import { by, element, remake } from "./dom.js";
import { count, of, share } from "./format.js";

const facts = (rows) => element("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
const list = (title, rows, more = 0) => rows.length ? [element("h3", {}, title), element("ul", {}, ...rows.map((row) => element("li", {}, row)), ...(more ? [element("li", {}, `and ${count(more)} more`)] : []))] : [];

export class Coverage {
  constructor() {
    this.title = element("h2", {}, "Coverage");
    this.body = element("div", {});
    this.card = element("section", { class: "card", hidden: true }, element("header", {}, this.title), this.body);
    by("endpoints").append(this.card);
  }

  show(run) {
    const { coverage } = run.now;
    this.card.hidden = !coverage;
    if (!coverage) return;
    remake(this.title, coverage.document, () => [`Coverage of ${coverage.document}`]);
    remake(this.body, coverage, () => [
      facts(coverage.shares.map(([name, covered, total]) => [name, `${count(covered)} of ${count(total)}${total ? `, ${share(of(covered, total))}` : ""}`])),
      ...list("Not covered", coverage.uncovered, coverage.more_uncovered),
      ...list("Responses that do not follow their schema", coverage.mismatches.map((one) => `${count(one.count)} × ${one.operation} ${one.status} ${one.pointer || "the whole body"}: ${one.example}`)),
      ...list("Statuses that are not in the document", coverage.undocumented.map((one) => `${count(one.requests)} × ${one.operation} ${one.status}`)),
      ...list("Requests that are not in the document", coverage.outside.map((one) => `${count(one.requests)} × ${one.request}`)),
    ]);
  }
}
