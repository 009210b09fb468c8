// The script folders: a file with its faults at their lines, and, with --edit, an editor.

import { by, element, say } from "./dom.js";
import { authorization } from "./feed.js";

export class Scripts {
  #faults = [];
  #shown = "";

  constructor(steer) {
    this.steer = steer;
    this.place = by("script");
  }

  /** The list, once there is a run to ask. */
  async list() {
    const { editable, files, error } = await this.#get("scripts");
    const links = (files ?? []).map(({ path }) => element("li", {}, element("button", { type: "button", onclick: () => this.open(path) }, path)));
    by("files").replaceChildren(
      element("h2", {}, "Scripts"),
      element("p", { class: "dim" }, error ?? (editable ? "They can be edited here, with the token." : "To edit them here, begin the run with --edit.")),
      element("ul", {}, ...links),
    );
  }

  async #get(path) {
    try {
      const answer = await fetch(`/api/v1/${path}`, { headers: authorization(this.steer.token()), cache: "no-store" });
      return await answer.json();
    } catch {
      return { error: "throng does not answer" };
    }
  }

  /** Faults and errors by file and line, as the run tells them. */
  show({ script_errors: errors, run: { reloading } }) {
    const refused = (reloading.refusal?.faults ?? []).map(({ place, cause }) => ({ place, why: cause }));
    const raised = errors.map(({ place, message }) => ({ place, why: message }));
    this.#faults = [...refused, ...raised].flatMap(({ place, why }) => {
      const found = /^(.+?):(\d+)/.exec(place);
      return found ? [{ path: found[1], line: Number(found[2]), why }] : [];
    });
    if (this.path && !this.editor) this.#mark();
    this.editor?.faults(this.#of(this.path));
  }

  #of = (path) => this.#faults.filter((fault) => fault.path === path);

  async open(path, line) {
    const script = await this.#get(`scripts/${path.split("/").map(encodeURIComponent).join("/")}`);
    this.place.hidden = false;
    this.editor?.destroy();
    [this.editor, this.path, this.script, this.#shown] = [undefined, path, script, ""];
    if (script.error) return this.place.replaceChildren(element("h2", {}, path), element("p", { class: "bad" }, script.error));
    this.lines = element("pre", { class: "lines", tabindex: "0", "aria-label": `Text of ${path}` });
    this.edit = element("button", { type: "button", hidden: !script.editable, onclick: () => this.#begin() }, "Edit");
    this.save = element("button", { type: "button", hidden: true, onclick: () => this.#save() }, "Save");
    this.told = element("p", { role: "status", id: "saved" });
    this.inside = element("div", { class: "editor", hidden: true });
    this.place.replaceChildren(element("div", { class: "row" }, element("h2", {}, path), this.edit, this.save), this.told, this.lines, this.inside);
    this.#mark();
    this.lines.children[(line ?? 1) - 1]?.scrollIntoView({ block: "center" });
    if (!line) this.place.scrollIntoView({ block: "start" });
  }

  #mark() {
    const faults = this.#of(this.path);
    const key = JSON.stringify(faults);
    if (this.#shown === key) return;
    this.#shown = key;
    const why = new Map(faults.map((fault) => [fault.line, fault.why]));
    const lines = this.script.text.replace(/\n$/, "").split("\n");
    this.lines.replaceChildren(...lines.map((text, place) => {
      const fault = why.get(place + 1);
      return element("span", { class: fault ? "fault" : null, "data-why": fault ? `← ${fault}` : null }, text || " ");
    }));
  }

  async #begin() {
    if (!this.steer.token()) {
      say(this.told, "Unlock the run with its token first.");
      return by("token").focus();
    }
    const { open } = await import("./vendor/editor.js");
    this.editor = open(this.inside, this.script.text, () => this.#save());
    this.lines.hidden = this.edit.hidden = true;
    this.inside.hidden = this.save.hidden = false;
    this.editor.faults(this.#of(this.path));
    this.editor.focus();
  }

  async #save() {
    const text = this.editor.text();
    say(this.told, "saving …");
    const { fine, status, said } = await this.steer.act("PUT", `scripts/${this.path}`, { text, print: this.script.print });
    const faults = (said.faults ?? []).map(({ place, cause }) => `${place}: ${cause}`);
    say(this.told, fine ? said.done : [said.error, ...faults].join(" – "));
    this.told.className = fine ? "good" : "bad";
    // Saved, whatever the scripts are worth: the next save is of this text.
    if (fine || status === 422 || status === 409) {
      const now = await this.#get(`scripts/${this.path}`);
      if (now.text === text) this.script = now;
    }
  }
}
