// The script folders: a file with its faults at their lines, and, with --edit, an editor. What is typed stays until it is saved or
// discarded, whatever else is opened and no matter who else saves the file.

import { by, element, head, say } from "./dom.js";
import { Drafts } from "./drafts.js";
import { authorization } from "./feed.js";
import { surely } from "./session.js";

/** How often what is typed is put aside, in milliseconds. */
const KEPT_EVERY = 500;

/** Scripts before their modules. */
const rank = (path) => (path.startsWith("lib/") ? 1 : 0);

export class Scripts {
  #faults = [];
  #shown = "";
  #opened = 0;
  #seen;
  #links = new Map();

  constructor(session) {
    this.session = session;
    this.place = by("script");
    this.drafts = new Drafts(() => this.#keep(), () => this.#marks());
    setInterval(() => this.#keep(), KEPT_EVERY);
  }

  /** The list, once there is a run to ask. */
  async list() {
    const { editable, files, error } = await this.#get("scripts");
    const sorted = [...(files ?? [])].sort((one, other) => rank(one.path) - rank(other.path) || one.path.localeCompare(other.path));
    this.#links = new Map(sorted.map(({ path }) => [path, element("li", {}, element("button", { type: "button", onclick: () => this.open(path) }, element("span", { class: "mono" }, path), element("span", { class: "small" })))]));
    by("files").replaceChildren(head("Files"), element("p", { class: "pad dim small" }, error ?? (editable ? "They can be edited here, with the token." : "To edit them here, start the run with --edit.")), element("ul", { class: "files" }, ...this.#links.values()));
    this.#marks();
  }

  /** Which files have a text that is not saved. */
  #marks() {
    const refused = new Set(this.#faults.filter((fault) => fault.refused).map((fault) => fault.path));
    for (const [path, item] of this.#links) {
      const [button] = item.children;
      button.setAttribute("aria-current", String(path === this.path));
      say(button.lastChild, this.drafts.has(path) ? "not saved" : refused.has(path) ? "refused" : "");
      button.lastChild.className = refused.has(path) && !this.drafts.has(path) ? "small bad" : "small note";
    }
    if (this.discard) this.discard.hidden = !this.drafts.has(this.path);
  }

  async #get(path) {
    try {
      const answer = await fetch(`/api/v1/${path}`, { headers: authorization(this.session.token()), cache: "no-store" });
      return await answer.json();
    } catch {
      return { error: "throng does not respond" };
    }
  }

  #read = (path) => this.#get(`scripts/${path.split("/").map(encodeURIComponent).join("/")}`);

  /** Faults and errors by file and line, as the run tells them. */
  show({ script_errors: errors, run: { reload_status } }) {
    const refused = (reload_status.refusal?.faults ?? []).map(({ place, cause }) => ({ place, why: cause, refused: true }));
    const raised = errors.map(({ place, message }) => ({ place, why: message }));
    this.#faults = [...refused, ...raised].flatMap(({ place, why, refused: was }) => {
      const found = /^(.+?):(\d+)/.exec(place);
      return found ? [{ path: found[1], line: Number(found[2]), why, refused: was }] : [];
    });
    if (this.lines && !this.editor) this.#mark();
    this.editor?.faults(this.#of(this.path));
    this.#marks();
    const seen = JSON.stringify([reload_status.release, reload_status.refusal?.at_seconds, reload_status.events.length, reload_status.events.at(-1)]);
    if (this.#seen !== undefined && this.#seen !== seen) this.#look();
    this.#seen = seen;
  }

  /** Something to see where nobody has opened a file: the one that was refused, or else the first. */
  first() {
    if (this.path || this.#links.size === 0) return;
    const refused = this.#faults.find((fault) => fault.refused);
    this.open(refused?.path ?? [...this.#links.keys()][0], refused?.line, false);
  }

  #of = (path) => this.#faults.filter((fault) => fault.path === path);

  async open(path, line, moves = true) {
    this.#keep();
    if (path === this.path && this.editor && this.drafts.has(path)) {
      this.place.scrollIntoView({ block: "nearest" });
      return this.editor.focus();
    }
    const opened = (this.#opened += 1);
    const script = await this.#read(path);
    if (opened !== this.#opened) return;
    // Somebody may have gone on typing in the one before.
    this.#keep();
    this.place.hidden = false;
    this.editor?.destroy();
    [this.editor, this.lines, this.path, this.script, this.#shown] = [undefined, undefined, path, script, ""];
    const draft = this.drafts.get(path);
    if (script.error) {
      const kept = draft ? [element("p", { class: "pad" }, "Your unsaved text:"), element("pre", { tabindex: "0" }, draft.text)] : [];
      return this.place.replaceChildren(head(path), element("p", { class: "pad bad" }, script.error), ...kept);
    }
    this.base = script.fingerprint;
    this.lines = element("pre", { class: "lines", tabindex: "0", "aria-label": `Text of ${path}` });
    this.edit = element("button", { type: "button", class: "low", hidden: !script.editable, onclick: () => this.#begin() }, "Edit");
    this.save = element("button", { type: "button", class: "low", hidden: true, onclick: () => this.#save() }, "Save");
    this.overwrite = element("button", { type: "button", class: "low", hidden: true, onclick: () => this.#overwrite() }, "Overwrite theirs");
    this.discard = element("button", { type: "button", class: "danger low", hidden: true }, "Discard my text");
    this.discard.addEventListener("click", surely(this.discard, "Press again to discard it", () => this.#discard()));
    this.told = element("p", { role: "status", id: "saved", class: "pad" });
    this.inside = element("div", { class: "editor", hidden: true });
    this.place.replaceChildren(head(path, null, this.edit, this.save, this.overwrite, this.discard), this.told, this.lines, this.inside);
    this.#mark();
    if (draft && draft.text === script.text) this.drafts.drop(path);
    else if (draft) await this.#begin();
    this.#marks();
    if (!this.editor && line) this.#reveal(line);
    if (moves) this.place.scrollIntoView({ block: "nearest" });
  }

  /** Scrolls the text, not the page, to this line. */
  #reveal(line) {
    const target = this.lines.children[line - 1];
    if (target) this.lines.scrollTop = target.offsetTop - this.lines.offsetTop - this.lines.clientHeight / 3;
  }

  #mark() {
    const faults = this.#of(this.path);
    const key = JSON.stringify(faults);
    if (this.#shown === key) return;
    const isNew = faults.length > 0 && this.#shown === "[]";
    this.#shown = key;
    const why = new Map(faults.map((fault) => [fault.line, fault.why]));
    const lines = this.script.text.replace(/\n$/, "").split("\n");
    this.lines.replaceChildren(...lines.map((text, place) => {
      const fault = why.get(place + 1);
      return element("span", { class: fault ? "fault" : null, "data-why": fault ? `^ ${fault}` : null }, text || " ");
    }));
    if (isNew) this.#reveal(faults[0].line);
  }

  /** The editor, with what was typed before where that is not saved. */
  async #begin() {
    const draft = this.drafts.get(this.path);
    if (!this.session.token()) {
      this.#tell(draft ? "You have unsaved text. Sign in with the token of the run, and continue with Edit." : "Sign in with the token of the run first.");
      location.hash = "#controls/token";
      return;
    }
    const opened = this.#opened;
    const { open } = await import("./vendor/editor.js");
    if (opened !== this.#opened || this.editor) return;
    if (draft) this.base = draft.fingerprint;
    this.#edit(open, draft?.text ?? this.script.text);
    this.editor.focus();
    if (!draft) return;
    if (this.base === this.script.fingerprint) this.#tell("This is your text; it is not saved yet.");
    else this.#differs();
  }

  #edit(open, text) {
    this.editor?.destroy();
    this.reopen = (fresh) => this.#edit(open, fresh);
    this.editor = open(this.inside, text, () => this.#save());
    this.lines.hidden = this.edit.hidden = true;
    this.inside.hidden = this.save.hidden = false;
    this.editor.faults(this.#of(this.path));
  }

  /** Puts aside what is typed, where it differs from what is on disk. */
  #keep() {
    if (!this.editor) return;
    const text = this.editor.text();
    if (text === this.script.text) this.drafts.drop(this.path);
    else this.drafts.keep(this.path, text, this.base);
  }

  /** Something was read or saved: the file that is open may be another one now. */
  async #look() {
    const { path, script } = this;
    if (script?.text === undefined) return;
    const now = await this.#read(path);
    if (now.text === undefined || path !== this.path || now.fingerprint === this.script.fingerprint) return;
    const typed = this.editor?.text();
    const untouched = typed === this.script.text;
    this.script = now;
    if (typed === undefined || untouched || typed === now.text) {
      this.base = now.fingerprint;
      [this.#shown, this.overwrite.hidden] = ["", true];
      this.#mark();
      if (untouched && typed !== now.text) this.#follow(now.text);
    } else {
      this.#differs();
    }
    this.#keep();
  }

  #follow(text) {
    const focused = this.inside.contains(document.activeElement);
    this.reopen(text);
    if (focused) this.editor.focus();
  }

  /** What is on disk and what is typed were both made from a third. */
  #differs() {
    this.overwrite.hidden = false;
    this.#tell("Somebody else changed the file meanwhile. Your text is kept, and not saved: overwrite theirs with it, or discard it to see theirs.", "bad");
  }

  async #save() {
    const { path, editor } = this;
    const text = editor.text();
    this.#tell("saving …");
    const { fine, status, said } = await this.session.act("PUT", `scripts/${path.split("/").map(encodeURIComponent).join("/")}`, { text, fingerprint: this.base });
    const faults = (said.faults ?? []).map(({ place, cause }) => `${place}: ${cause}`);
    // Saved, whatever the scripts are worth: the next save is of this text.
    const now = fine || status === 422 || status === 409 ? await this.#read(path) : {};
    const saved = now.text === text;
    if (saved && this.drafts.get(path)?.text === text) this.drafts.drop(path);
    if (this.path !== path || this.editor !== editor) return;
    this.#tell(fine ? said.done : [said.error, ...faults].join(" – "), fine ? "good" : "bad");
    if (now.text !== undefined) this.script = now;
    if (saved) this.base = now.fingerprint;
    this.overwrite.hidden = saved || status !== 409;
    this.#keep();
  }

  /** What is on disk now was seen, and shall go. */
  #overwrite() {
    this.base = this.script.fingerprint;
    return this.#save();
  }

  #discard() {
    this.editor?.destroy();
    this.editor = undefined;
    this.drafts.drop(this.path);
    return this.open(this.path);
  }

  #tell(text, color = "") {
    say(this.told, text);
    this.told.className = `pad ${color}`;
  }
}
