// The timeline of one user: of `throng try --html`, a file of its own, and on the page of a run.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import * as shared from "../../src/page/assets/moments.js";
import { Scene, until } from "./scene.mjs";
import { go, open as watch, ready, unlock, violations } from "./watch.mjs";

const THRONG = resolve(process.env.THRONG ?? join(dirname(fileURLToPath(import.meta.url)), "../../target/debug/throng"));
const SHOTS = process.env.SHOTS;
const SHOPPER = `return { weight = 100, requests = 3, think = 0.05,
  on_start = function(user) user.state.basket = {} end,
  steps = {
    { 1, name = "look", next = { pay = 1 }, function(user)
      http.get("/", { headers = { Authorization = "Bearer s3cret-s3cret" } })
      user.state.basket[1] = { item = 7, price = 3 }
      log.info("looked")
    end },
    { 0.000001, name = "pay", next = { look = 1 }, function(user)
      local res = http.get("/nowhere")
      user.state.basket[1].price = 4
      metrics.check("is there", res.status == 200)
    end },
  } }
`;

let browser;
let made;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  made = new Scene(THRONG);
  made.write("scripts/shopper.lua", SHOPPER);
  await made.begin(20);
});
after(async () => {
  await browser?.close();
  made?.end();
});

async function shot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

describe("the page of a trace", () => {
  let page;
  const file = () => join(made.folder, "trace.html");

  before(async () => {
    const tried = made.start(["try", "shopper", "--base-url", made.service, "--script-dir", join(made.folder, "scripts"), "--state-dir", join(made.folder, "state"), "--seed", "1", "--html", file()]);
    await new Promise((done) => tried.once("exit", done));
    assert.match(tried.told, /session completed/);
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.faults = [];
    page.on("pageerror", (error) => page.faults.push(String(error)));
    page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
    page.on("request", (request) => request.url().startsWith("http") && page.faults.push(`it loads ${request.url()}`));
    await page.goto(pathToFileURL(file()).href);
    await page.waitForFunction(() => Number(document.body.dataset.events) > 5);
  });

  const detail = () => page.locator(".moment").first().innerText();
  const state = () => page.locator(".moment").last().innerText();
  const at = (name) => page.locator(".moment-row", { hasText: name }).first();

  test("begins at the first failure, with its call in full", async () => {
    assert.match(await detail(), /GET \/nowhere/);
    assert.match(await detail(), /404/);
    await page.locator(".moment summary", { hasText: "Request headers" }).click();
    assert.match(await detail(), /unexpected/);
  });

  test("a row shows its moment, and secrets are masked", async () => {
    await at("GET /").click();
    await page.locator(".moment summary", { hasText: "Request headers" }).click();
    assert.match(await detail(), /Authorization: Bearer \*\*\*/);
    assert.ok(!(await page.content()).includes("s3cret-s3cret"));
  });

  test("the keys go through the events, with the state of each", async () => {
    await page.locator("input[type=range]").focus();
    await page.keyboard.press("Home");
    assert.match(await detail(), /session began/);
    const states = [];
    const last = Number(await page.locator("input[type=range]").getAttribute("max"));
    for (let moment = 0; moment < last; moment += 1) {
      await page.keyboard.press("ArrowRight");
      states.push(await state());
    }
    assert.match(await detail(), /session completed/);
    assert.ok(states.some((one) => /\+ basket\[1\] = \{"item":7,"price":3\}/.test(one)), states.join("\n"));
    assert.ok(states.some((one) => /~ basket\[1\]\.price = 3 → 4/.test(one)), states.join("\n"));
  });

  test("a request is copied as curl", async () => {
    await at("GET /nowhere").click();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
    await page.locator("button", { hasText: "Copy as curl" }).click();
    await page.locator("button", { hasText: "Copied" }).waitFor();
  });

  test("axe finds nothing, light, dark and on a phone, and nothing is wider than the screen", async () => {
    for (const [name, options] of Object.entries({ light: {}, dark: { colorScheme: "dark" }, phone: { viewport: { width: 390, height: 844 } } })) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: true, ...options });
      const one = await context.newPage();
      await one.goto(pathToFileURL(file()).href);
      await one.waitForFunction(() => Number(document.body.dataset.events) > 5);
      assert.deepEqual(await violations(one), [], name);
      assert.equal(await one.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, `${name} is wider than the screen`);
      await shot(one, `trace-${name}`);
      await context.close();
    }
    assert.deepEqual(page.faults, []);
  });
});

describe("a user of a run", () => {
  let page;

  before(async () => {
    page = await watch(browser, made);
    await ready(page);
  });

  const said = () => page.locator("#people .ask [role=status]").innerText();

  test("needs the token", async () => {
    await go(page, "people");
    await page.locator("#who").fill("shopper");
    await page.locator("#who").press("Enter");
    await page.waitForFunction(() => location.hash === "#controls/token");
  });

  test("is followed until its session ends", async () => {
    await unlock(page);
    await go(page, "people");
    await page.locator("#who").fill("shopper");
    await page.locator("#who").press("Enter");
    await until("was recorded", async () => Number(await page.locator("#people > div").getAttribute("data-events")) > 2, said);
    await until("was over", async () => (await said()) === "the session is over", said);
    assert.match(await page.locator("#people .session-line h2").first().innerText(), /^shopper #\d+, session \d+$/);
    await shot(page, "users");
    assert.deepEqual(await violations(page), []);
  });

  test("whose session is over is shown at once", async () => {
    await page.locator("#who").fill("shopper");
    const last = page.locator("#people .ask button", { hasText: "Last session" });
    await until("was kept", async () => {
      await last.click();
      await page.waitForTimeout(200);
      return /^the last session of user \d+, over for /.test(await said());
    }, said);
    assert.match(await page.locator("#people .session-line h2").first().innerText(), /^shopper #\d+, session \d+$/);
    assert.ok(await page.locator("#people .moment-row", { hasText: "session completed" }).count());
  });

  test("whose earlier sessions are kept, too, can be chosen", async () => {
    const last = page.locator("#people .ask button", { hasText: "Last session" });
    const kept = page.locator("#people .ask select");
    await until("were kept", async () => {
      await last.click();
      await page.waitForTimeout(200);
      return (await kept.locator("option").count()) > 1;
    }, said);
    const options = await kept.locator("option").allInnerTexts();
    assert.ok(options.length <= 10, options.join("\n"));
    for (const one of options) assert.match(one, /^user \d+, session \d+: \w+, .+ ago$/);
    await kept.selectOption("2");
    await until("was shown", async () => /^session \d+ of user \d+, over for /.test(await said()), said);
    const [, session, user] = (await said()).match(/^session (\d+) of user (\d+)/);
    assert.equal(await page.locator("#people .session-line h2").first().innerText(), `shopper #${user}, session ${session}`);
    assert.equal(await kept.inputValue(), "2");
    assert.deepEqual(await violations(page), []);
  });

  test("that there is not is said", async () => {
    await page.locator("#who").fill("9999");
    await page.locator("#who").press("Enter");
    await until("was refused", async () => /user 9999 is not in the crowd; give a number from 0 to 19/.test(await said()), said);
    await page.locator("#who").fill("shoper");
    await page.locator("#who").press("Enter");
    await until("was refused", async () => /did you mean shopper\?/.test(await said()), said);
    assert.deepEqual(page.faults, []);
  });
});

test("a difference names the path of each value", () => {
  const found = shared.differences({ id: 1, cart: [{ price: 3 }, 7], gone: true }, { id: 1, cart: [{ price: 4 }, 7, 8], name: "Ann" });
  assert.deepEqual(shared.differences({ cart: {} }, { cart: [7] }), [{ path: "cart[1]", after: 7 }]);
  assert.deepEqual(found, [{ path: "cart[1].price", before: 3, after: 4 }, { path: "cart[3]", after: 8 }, { path: "gone", before: true }, { path: "name", after: "Ann" }]);
});
