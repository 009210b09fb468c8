// Takes pictures of the page:
//   node tests/page/shoot.mjs URL OUT.png   of a run
//   node tests/page/shoot.mjs FOLDER        of five states (healthy, failing, refused save, canary, over), each light, dark and on a phone,
//                                           with THRONG as the program

import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { Scene, TOKEN, until } from "./scene.mjs";

const THRONG = resolve(process.env.THRONG ?? join(dirname(fileURLToPath(import.meta.url)), "../../target/debug/throng"));
const LOOKS = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }, wide: { viewport: { width: 2560, height: 1400 } } };
const RULES = ["--fail-if", "failed > 3%", "--fail-if", "p95 > 600ms over 10s", "--fail-if", "step{browse} p95 > 4s"];

/** What is done to a run after its first seconds, until it is in its state, and the view that shows it. */
const STATES = {
  healthy: { view: "overview" },
  failing: { view: "failures", words: ["--breaker", "10", "--stop-if", "errors > 99% for 10m"], async act(made, seen) {
    made.target.kill("SIGKILL");
    await until("was unavailable", async () => (await seen()).status[0].level === "critical");
    await pause(4);
  } },
  refused: { view: "scripts", async act(made, seen) {
    made.write("scripts/active.lua", made.read("scripts/active.lua").replace(/\n {4}\{/, "\n    { 4, = },\n    {"));
    await until("was refused", async () => (await seen()).reload_status.refusal !== null);
  } },
  canary: { view: "scripts", words: ["--canary", "30%/60s"], async act(made, seen) {
    made.write("scripts/active.lua", `-- thinks less\n${made.read("scripts/active.lua")}`);
    await until("was a canary", async () => ((await seen()).reload_status.canary?.steps ?? 0) > 20);
  } },
  over: { view: "overview", words: ["--linger", "60"], async act(made) {
    await made.api("stop", "POST");
    await until("was over", async () => /the run is over/.test(made.run.told));
  } },
};

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1e3));

async function picture(browser, url, out, options, view = "overview", token = "") {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, ...options });
  if (token) await page.addInitScript((kept) => sessionStorage.setItem("throng-token", kept), token);
  await page.goto(`${url}#${view}`);
  await page.waitForFunction(() => Number(document.body.dataset.points) > 1);
  if (view === "failures") await page.locator("#failures summary").first().click();
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: out, fullPage: !options.viewport || options.viewport.width > 500 });
  await page.close();
}

async function states(browser, folder) {
  mkdirSync(folder, { recursive: true });
  for (const [name, { view, words = [], act }] of Object.entries(STATES)) {
    const made = new Scene(THRONG);
    try {
      await made.begin(40, "--trace-context", ...RULES, ...words);
      await pause(12);
      await made.api("run", "PATCH", { users: 60 });
      await pause(8);
      await act?.(made, () => made.api("run"));
      for (const [look, options] of Object.entries(LOOKS)) {
        await picture(browser, made.page, join(folder, `${name}-${look}.png`), options, "overview", TOKEN);
        if (view !== "overview") await picture(browser, made.page, join(folder, `${name}-${view}-${look}.png`), options, view, TOKEN);
      }
    } finally {
      made.end();
    }
  }
}

const [place, out] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  if (out) await picture(browser, place, out, { viewport: { width: 1360, height: 1000 }, colorScheme: "light" });
  else await states(browser, place);
} finally {
  await browser.close();
}
