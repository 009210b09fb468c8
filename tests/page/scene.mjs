// A real run with a page: the service, a crowd on it, scripts of its own that may be edited.

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const PATIENCE_MS = 20_000;
export const TOKEN = "a-token-of-the-page-tests";

export class Scene {
  #children = [];
  /** Variables beside those of the tests. */
  environment = {};

  constructor(throng) {
    this.throng = throng;
    this.folder = mkdtempSync(join(tmpdir(), "throng-page-"));
    for (const part of ["scripts", "lib"]) cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
  }

  /** Starts the service and a run of it; the page's address. Without users the words say who comes. */
  async begin(users = 20, ...words) {
    const service = this.start(["service", "--listen", "127.0.0.1:0", "--faults", "lively"]);
    const target = /127\.0\.0\.1:\d+/.exec(await said(service, /127\.0\.0\.1:\d+/))[0];
    this.service = `http://${target}`;
    this.target = service;
    this.run = this.start([
      "run", "--base-url", this.service, "--script-dir", join(this.folder, "scripts"), "--continuous", ...(users === null ? [] : ["--users", String(users), "--ramp", "0"]),
      "--think-factor", "0.3", "--listen", "127.0.0.1:0", "--token", TOKEN, "--state-dir", join(this.folder, "state"), "--seed", "5", "--edit",
      "--summary-json", join(this.folder, "summary.json"), ...words,
    ]);
    const line = await said(this.run, /live page at (http:\S+)/);
    this.page = /live page at (http:\S+)/.exec(line)[1];
    return this.page;
  }

  start(words) {
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("THRONG_")));
    const child = spawn(this.throng, words, { env: { ...environment, ...this.environment }, stdio: ["ignore", "pipe", "pipe"], cwd: this.folder });
    child.told = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (child.told += text));
    this.#children.push(child);
    return child;
  }

  async metrics(from = this.page) {
    return (await fetch(`${from.replace(/\/$/, "")}/metrics`)).text();
  }

  async api(path, method = "GET", body) {
    const headers = { Authorization: `Bearer ${TOKEN}`, ...(body ? { "Content-Type": "application/json" } : {}) };
    const answer = await fetch(`${this.page}api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
    return answer.json();
  }

  read = (path) => readFileSync(join(this.folder, path), "utf8");
  write = (path, text) => writeFileSync(join(this.folder, path), text);
  exists = (path) => existsSync(join(this.folder, path));

  /** Stops the run and waits until it has ended. */
  async stop() {
    if (this.run.exitCode === null) {
      const ended = new Promise((done) => this.run.once("exit", done));
      this.run.kill("SIGINT");
      await ended;
    }
  }

  end() {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function said(child, pattern) {
  await until(`said ${pattern}`, () => pattern.test(child.told), () => child.told);
  return child.told;
}

/** Waits until something is so; says what was there instead. */
export async function until(what, isSo, seen = () => "") {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const so = await isSo();
    if (so) return so;
    if (Date.now() > deadline) throw new Error(`never ${what}: ${await seen()}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** The sum of a metric's samples whose labels hold this text. */
export function sum(text, name, labels = "") {
  const lines = text.split("\n").filter((line) => line.startsWith(name) && /[{ ]/.test(line[name.length]) && line.includes(labels));
  return lines.reduce((all, line) => all + Number(line.slice(line.lastIndexOf(" "))), 0);
}
