// The run's token, kept for this tab, and what may be done with it. The API's own sentences say what became of it.

import { by, say } from "./dom.js";
import { authorization } from "./feed.js";

const KEPT = "throng-token";
/** How long an answer stays that is no refusal. */
const ANSWER_MS = 15_000;
/** `--open` puts a code behind the address, which is good for one exchange. */
const CODE = /^#code=([\w-]{20,})$/;

export class Session {
  #unlocked = [];
  #hears = [];

  token = () => sessionStorage.getItem(KEPT) ?? "";

  /** Ends when there is a token. */
  unlocked = () => new Promise((done) => this.#unlocked.push(done));

  /** Calls back when somebody signs in or out. */
  changed(hear) {
    this.#hears.push(hear);
  }

  #tellAll() {
    for (const hear of this.#hears) hear(Boolean(this.token()));
  }

  /** Exchanges the code behind the address for the token; the address loses it at once. */
  async exchange() {
    const code = CODE.exec(location.hash)?.[1];
    if (!code) return;
    history.replaceState(null, "", location.pathname);
    const { status, said } = await this.send("POST", "session", { code });
    if (status === 200) this.#signedIn(said.token, "Signed in by --open: the run records your commands as given by the page.");
    else this.tell(said.error, true);
  }

  /** A command that changes nothing shows whether the token is the right one. */
  async signIn(token) {
    if (!token) return this.tell("Enter the token that the run printed at its start.", true);
    sessionStorage.setItem(KEPT, token);
    const { status, said } = await this.send("PATCH", "run", {});
    if ([401, 403, 429, 0].includes(status)) {
      sessionStorage.removeItem(KEPT);
      return this.tell(said.error, true);
    }
    this.#signedIn(token, "Signed in: the run records your commands as given by the page.");
    return true;
  }

  #signedIn(token, words) {
    sessionStorage.setItem(KEPT, token);
    this.tell(words);
    this.#tellAll();
    for (const done of this.#unlocked.splice(0)) done();
  }

  signOut(words = "Signed out.") {
    sessionStorage.removeItem(KEPT);
    this.tell(words, words !== "Signed out.");
    this.#tellAll();
  }

  post = (path, body) => this.act("POST", path, body);

  /** Does it and says what became of it; gives the answer. */
  async act(method, path, body) {
    this.tell("sent …");
    const { status, said } = await this.send(method, path, body);
    const fine = status === 200;
    const faults = (said.faults ?? []).map(({ place, cause, remedy }) => `${place}: ${cause}${remedy ? `; ${remedy}` : ""}`);
    const words = fine ? said.done : [said.error, ...faults].join(" – ");
    if (status === 401) this.signOut(words);
    else this.tell(words, !fine);
    return { fine, status, said };
  }

  async send(method, path, body) {
    const headers = { ...authorization(this.token()), "X-Throng-Client": "page", ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
    try {
      const answer = await fetch(`/api/v1/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
      return { status: answer.status, said: await answer.json() };
    } catch {
      return { status: 0, said: { error: "throng does not respond" } };
    }
  }

  tell(text, bad = false) {
    say(by("answer"), text);
    by("answer").className = bad ? "bad" : "";
    clearTimeout(this.forgets);
    if (!bad) this.forgets = setTimeout(() => say(by("answer"), ""), ANSWER_MS);
  }
}

/** Asks first, in place: the second press within some seconds does it. */
export function surely(button, words, act) {
  const before = button.lastChild;
  const plain = before.textContent;
  const back = () => {
    delete button.dataset.sure;
    before.textContent = plain;
  };
  return () => {
    if (button.dataset.sure) {
      back();
      return act();
    }
    button.dataset.sure = "yes";
    before.textContent = words;
    setTimeout(back, 5000);
  };
}
