// node --test tests/page: with THRONG as the program (default target/debug/throng) and SHOTS as a folder for pictures.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import * as figures from "../../src/page/assets/format.js";
import { Scene, sum, until } from "./scene.mjs";
import { aMomentLater, number, open as watch, ready, standingStill, text, tile, unlock } from "./watch.mjs";

const THRONG = resolve(process.env.THRONG ?? join(dirname(fileURLToPath(import.meta.url)), "../../target/debug/throng"));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.SHOTS;

let browser;
const scenes = [];

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  for (const scene of scenes) scene.end();
});

async function scene(users, ...words) {
  const made = new Scene(THRONG);
  scenes.push(made);
  await made.begin(users, ...words);
  return made;
}

const open = (made, options) => watch(browser, made, options);

async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ").slice(0, 300)}`);
}

async function shot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

describe("a run that is watched", () => {
  let made;
  let page;

  before(async () => {
    made = await scene(20);
    page = await open(made);
    await ready(page);
  });

  test("figures are those of /metrics, to the last request", async () => {
    await until("had begun", async () => sum(await made.metrics(), "throng_requests_total") > 50);
    await standingStill(made, page, async () => {
      const metrics = await made.metrics();
      const counted = sum(metrics, "throng_requests_total");
      assert.equal(number(await tile(page, "Requests")), counted);
      assert.equal(Number(await page.evaluate(() => document.body.dataset.counted)), counted, "in the charts");
      assert.equal(number(await tile(page, "Users")), sum(metrics, "throng_users"));
      for (const row of await page.locator("#types tbody tr").all()) {
        const [type, , away, requests] = await row.locator("td").allInnerTexts();
        assert.equal(number(away), sum(metrics, "throng_users_away", `type="${type}"`), type);
        assert.equal(number(requests), sum(metrics, "throng_requests_total", `type="${type}"`), type);
      }
      const steps = await page.locator("#steps tbody tr").all();
      assert.ok(steps.length > 4, `${steps.length} steps`);
      for (const row of steps) {
        const [type, step, ended] = await row.locator("td").allInnerTexts();
        assert.equal(number(ended), sum(metrics, "throng_steps_total", `type="${type}",step="${step}"`), `${type} ${step}`);
      }
      assert.equal(await page.locator("#journeys").isHidden(), true, "there are none");
      for (const row of (await page.locator("#endpoints tbody tr").all()).slice(0, 5)) {
        const [request, requests] = await row.locator("td").allInnerTexts();
        const [method, name] = request.split(" ");
        const lines = metrics.split("\n").filter((line) => line.startsWith("throng_requests_total") && line.includes(`name="${name}"`) && line.includes(`method="${method}"`));
        assert.equal(number(requests), lines.reduce((all, line) => all + Number(line.slice(line.lastIndexOf(" "))), 0), request);
      }
    });
  });

  test("figures are written as in the summary", () => {
    const words = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), "../view/format.json")));
    for (const [of, rows] of Object.entries(words)) {
      assert.deepEqual(rows.map(([figure]) => [figure, figures[of](figure)]), rows, of);
    }
  });

  test("a page that is opened late shows the whole history", async () => {
    await until("went on", async () => Number(await page.evaluate(() => document.body.dataset.points)) > 4);
    await standingStill(made, page, async () => {
      const late = await open(made);
      await ready(late);
      const [first, points] = await late.evaluate(() => [Number(document.body.dataset.counted), Number(document.body.dataset.points)]);
      assert.equal(first, sum(await made.metrics(), "throng_requests_total"));
      assert.ok(points > 4, `${points}`);
      await late.context().close();
    });
  });

  test("axe finds nothing, light, dark and on a phone", async () => {
    await unlock(page);
    for (const [name, options] of [["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["phone", { colorScheme: "light", viewport: { width: 360, height: 740 } }]]) {
      const one = await open(made, options);
      await ready(one);
      await unlock(one);
      await one.locator("#files button").first().click();
      await one.waitForSelector("#script:not([hidden]) pre");
      assert.deepEqual(await violations(one), [], name);
      assert.equal(await one.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, `${name} is wider than the screen`);
      await shot(one, name);
      assert.deepEqual(one.faults, []);
      await one.context().close();
    }
  });

  test("a slider changes the crowd, as the run says itself", async () => {
    await page.locator("#dial-users").focus();
    const before = Number(await page.locator("#dial-users").inputValue());
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await until("had more users", async () => sum(await made.metrics(), "throng_users") === before + 3, async () => made.metrics());
    await until("told who did it", async () => (await text(page, "#log")).includes(`users ${before + 2} -> ${before + 3} by page`) || (await text(page, "#log")).includes(`-> ${before + 3} by page`), () => text(page, "#log"));
    const { events } = (await made.api("run")).reload_status;
    assert.ok(events.some((event) => event.what === "set" && event.by === "page"), JSON.stringify(events));
  });

  test("what a hand asked for stays while the run has not taken it", async () => {
    let letGo;
    const held = new Promise((done) => (letGo = done));
    await page.route("**/api/v1/run", async (route) => {
      if (route.request().method() === "PATCH") await held;
      await route.continue();
    });
    const shown = () => page.locator("#dial-users").inputValue();
    const before = Number(await shown());
    await page.locator("#dial-users").focus();
    await page.keyboard.press("ArrowRight");
    await aMomentLater(page);
    assert.equal(await shown(), String(before + 1), "a moment with the old number took it back");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    letGo();
    await until("had more users", async () => sum(await made.metrics(), "throng_setting_users") === before + 3);
    await aMomentLater(page);
    assert.equal(await shown(), String(before + 3));
    await page.unroute("**/api/v1/run");
    // What somebody else sets is followed.
    await made.api("run", "PATCH", { users: before });
    await until("followed", async () => (await shown()) === String(before));
  });

  test("the keyboard alone does it: pause and resume", async () => {
    await page.locator(".skip").focus();
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    for (let presses = 0; presses < 60 && (await focused()) !== "Pause"; presses += 1) await page.keyboard.press("Tab");
    assert.equal(await focused(), "Pause");
    await page.keyboard.press("Enter");
    await until("was paused", async () => (await made.api("run")).phase === "paused");
    await until("said so", async () => (await text(page, "#phase")) === "paused");
    await page.keyboard.press("Enter");
    await until("went on", async () => (await made.api("run")).phase === "running");
  });

  test("a broken edit shows the line, a good one makes a version", async () => {
    await page.locator("#files button", { hasText: "scripts/new.lua" }).click();
    await page.locator("#script button", { hasText: "Edit" }).click();
    await page.waitForSelector(".cm-content");
    const original = made.read("scripts/new.lua");
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.insertText("local x = = 1\n");
    await page.keyboard.press("Control+s");
    await until("told the fault", async () => /scripts\/new\.lua:1/.test(await text(page, "#saved")), () => text(page, "#saved"));
    assert.equal(made.read("scripts/new.lua"), `local x = = 1\n${original}`);
    await page.waitForSelector(".cm-lint-marker-error");
    await until("listed it", async () => (await text(page, "#errors")).includes("scripts/new.lua:1"));
    assert.equal((await made.api("run")).reload_status.release, 1);
    for (const key of ["Control+Home", "Shift+ArrowDown", "Delete"]) await page.keyboard.press(key);
    await page.keyboard.insertText("-- edited on the page\n");
    await page.keyboard.press("Control+s");
    await until("was taken", async () => (await made.api("run")).reload_status.release === 2, () => text(page, "#saved"));
    assert.equal(made.read("scripts/new.lua"), `-- edited on the page\n${original}`);
    await until("stood beside the old one", async () => /new\s+2\s+current/.test(await text(page, "#versions")), () => text(page, "#versions"));
    const { events } = (await made.api("run")).reload_status;
    assert.ok(events.some((event) => event.what === "edit" && event.by === "page" && event.text.includes("scripts/new.lua")), JSON.stringify(events));
  });

  test("of two people who edit one file the second is told", async () => {
    const other = await open(made);
    await ready(other);
    await unlock(other);
    for (const one of [page, other]) {
      await one.locator("#files button", { hasText: "lib/api.lua" }).click();
      await one.locator("#script button", { hasText: "Edit" }).click();
      await one.waitForSelector(".cm-content");
    }
    for (const [one, words] of [[page, "-- first\n"], [other, "-- second\n"]]) {
      await one.locator(".cm-content").click();
      await one.keyboard.insertText(words);
    }
    await page.keyboard.press("Control+s");
    await until("saved the first", async () => made.read("lib/api.lua").includes("-- first"));
    await other.keyboard.press("Control+s");
    await until("told the second", async () => (await text(other, "#saved")).includes("changed by someone else"), () => text(other, "#saved"));
    assert.ok(!made.read("lib/api.lua").includes("-- second"));
    await other.context().close();
  });

  test("a wrong token opens nothing", async () => {
    const other = await open(made);
    await ready(other);
    await other.fill("#token", "not-the-token-at-all");
    await other.click("#key button");
    await until("was refused", async () => (await text(other, "#answer")).includes("not the token"), () => text(other, "#answer"));
    assert.ok(await other.locator("#controls").isHidden());
    assert.equal(await other.evaluate(() => sessionStorage.length), 0);
    assert.equal(other.url().includes("token"), false);
    await other.context().close();
  });

  test("a failure shows its request and its answer", async () => {
    await page.waitForSelector("#failures details", { timeout: 30_000 });
    await page.locator("#failures summary").first().click();
    const [request] = await page.locator("#failures details[open] pre").allInnerTexts();
    assert.match(request, /^(?:GET|POST|PUT|DELETE) http:\/\/127\.0\.0\.1:\d+\//);
    assert.ok(!/Bearer [A-Za-z0-9]/.test(request), request);
  });

  test("nothing went wrong in silence", () => assert.deepEqual(page.faults, []));

  test("each button and the dial of a canary do what the run says that they did", async () => {
    const answer = (pattern) => until(`answered ${pattern}`, async () => pattern.test(await text(page, "#answer")), () => text(page, "#answer"));
    const press = (name) => page.locator("#controls button", { hasText: name }).first().click();
    const share = async (value) => {
      const number = page.getByLabel("canary, %, as a number");
      await number.fill(String(value));
      await number.press("Enter");
    };
    await share(50);
    await answer(/^canary 0 -> 50$/);
    const original = made.read("scripts/power.lua");
    made.write("scripts/power.lua", `-- tried\n${original}`);
    await until("was on trial", async () => (await made.api("run")).reload_status.canary !== null);
    await press("Promote canary");
    await answer(/is promoted to all users: power \d+ -> \d+$/);
    await share(0);
    await answer(/^canary 50 -> 0$/);
    await press("Roll back");
    await answer(/^from release \d+ to release \d+, by command$/);
    await press("Reload scripts");
    await answer(/^release \d+|^the scripts are/);
    const { events } = (await made.api("run")).reload_status;
    const done = events.filter((event) => event.by === "page").map((event) => event.what);
    assert.deepEqual(done.slice(-5), ["set", "promote", "set", "rollback", "reload"], JSON.stringify(events));
  });
});

describe("a text that is not saved", () => {
  let made;
  let page;
  const files = (name) => page.locator("#files button", { hasText: name });
  const press = (name) => page.locator("#script button", { hasText: name }).click();
  const typed = () => page.locator(".cm-content").innerText();
  const told = (pattern) => until(`told ${pattern}`, async () => pattern.test(await text(page, "#saved")), () => text(page, "#saved"));

  async function edit(name, words) {
    const shown = page.locator(`#script h2:text-is("${name}")`);
    if (!(await shown.isVisible()) || !(await page.locator(".cm-content").isVisible())) {
      await files(name).click();
      await shown.waitFor();
      await press("Edit");
    }
    await page.waitForSelector(".cm-content");
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.insertText(words);
  }

  before(async () => {
    made = await scene(5);
    page = await open(made);
    await ready(page);
    await unlock(page);
  });

  test("stays while other scripts are opened and saved", async () => {
    const original = made.read("scripts/new.lua");
    await edit("scripts/new.lua", "-- unsaved one\n");
    await edit("scripts/power.lua", "-- saved\n");
    await until("marked the first", async () => /not saved/.test(await page.locator("#files li", { hasText: "scripts/new.lua" }).innerText()));
    await page.keyboard.press("Control+s");
    await told(/^release \d+: power \d+ -> \d+$/);
    await shot(page, "draft");
    await files("scripts/new.lua").click();
    await until("showed it again", async () => (await typed()).startsWith("-- unsaved one"));
    await told(/not saved yet/);
    assert.equal(made.read("scripts/new.lua"), original);
  });

  test("stays over a reload of the page, which asks first", async () => {
    await edit("scripts/new.lua", "-- and two\n");
    const asked = [];
    const answer = (dialog) => (asked.push(dialog.type()), dialog.accept());
    page.on("dialog", answer);
    await page.reload();
    page.off("dialog", answer);
    assert.deepEqual(asked, ["beforeunload"]);
    await ready(page);
    await files("scripts/new.lua").click();
    await until("showed it again", async () => (await typed()).startsWith("-- and two\n-- unsaved one"));
    await page.keyboard.press("Control+s");
    await told(/^release \d+: new \d+ -> \d+$/);
    assert.ok(made.read("scripts/new.lua").startsWith("-- and two\n-- unsaved one\n"));
    await until("was no draft any more", async () => (await page.evaluate(() => sessionStorage.getItem("throng-drafts"))) === null);
  });

  test("stays when someone else saves the file, and goes only on request", async () => {
    const path = "lib/api.lua";
    const original = made.read(path);
    await edit(path, "-- mine\n");
    made.write(path, `-- theirs\n${original}`);
    await told(/changed the file meanwhile/);
    assert.ok((await typed()).startsWith("-- mine"));
    await page.keyboard.press("Control+s");
    await told(/changed by someone else/);
    assert.ok(made.read(path).startsWith("-- theirs"));
    await shot(page, "conflict");
    await press("Overwrite theirs");
    await until("overwrote it", async () => made.read(path).startsWith("-- mine"));
    await until("hid the button", () => page.locator("#script button", { hasText: "Overwrite" }).isHidden());
    await edit(path, "-- to be discarded\n");
    await press("Discard my text");
    await press("Press again to discard it");
    await until("showed what is on disk", async () => (await page.locator("#script pre.lines").innerText()).startsWith("-- mine"));
    assert.ok(!made.read(path).includes("to be discarded"));
    const asked = [];
    page.on("dialog", (dialog) => (asked.push(dialog.type()), dialog.accept()));
    await page.reload();
    assert.deepEqual(asked, [], "nothing is lost, so nothing is asked");
    await ready(page);
  });

  test("an untouched text follows the file", async () => {
    const path = "scripts/admin.lua";
    await edit(path, "");
    made.write(path, `-- from elsewhere\n${made.read(path)}`);
    await until("followed", async () => (await typed()).startsWith("-- from elsewhere"));
    assert.deepEqual(page.faults, []);
  });
});

test("the host of an open circuit breaker is named", async () => {
  const made = await scene(10, "--breaker", "5");
  const page = await open(made);
  await ready(page);
  made.target.kill("SIGKILL");
  await until("named it", async () => (await text(page, "#health")).includes(`Circuit breakers: ${made.service} `), () => text(page, "#health"));
  assert.ok(!(await text(page, "#health")).includes("undefined"));
  assert.deepEqual(page.faults, []);
});

test("a run that ends says so and keeps its last picture", async () => {
  const made = await scene(5);
  const page = await open(made);
  await ready(page);
  await made.stop();
  await until("said so", async () => (await text(page, "#phase")) === "over", () => text(page, "#phase"));
  const summary = JSON.parse(made.read("summary.json"));
  assert.equal(number(await tile(page, "Requests")), summary.requests.total);
  assert.equal(Number(await page.evaluate(() => document.body.dataset.counted)), summary.requests.total);
  assert.match(await text(page, "#notice"), /is over/);
  // Nothing more comes: whoever points at a chart and leaves it sees the last values again.
  const values = async (chart) => (await chart.locator(".u-series .u-value").allInnerTexts()).map((words) => words.trim());
  for (const title of ["Users", "Requests/s", "Service time", "Load generator"]) {
    const chart = page.locator("#charts .chart", { has: page.locator("h2", { hasText: title }) }).first();
    const last = await values(chart);
    assert.ok(last.length > 1 && last.every((words) => /\d/.test(words)), `${title}: ${last}`);
    await chart.locator(".u-over").hover({ position: { x: 5, y: 20 } });
    await page.mouse.move(1, 1);
    await until("showed the last values again", async () => JSON.stringify(await values(chart)) === JSON.stringify(last), async () => `${title}: ${await values(chart)} for ${last}`);
  }
});

test("a run that is killed is missed, and one that comes back is followed", async () => {
  const made = await scene(5);
  const page = await open(made);
  await ready(page);
  await until("had begun", async () => number(await tile(page, "Requests")) > 0);
  made.run.kill("SIGKILL");
  await until("missed it", async () => (await text(page, "#phase")) === "lost", () => text(page, "#phase"));
  assert.match(await text(page, "#notice"), /these are its last figures/);
  assert.ok(number(await tile(page, "Requests")) > 0);
  const port = new URL(made.page).port;
  made.start(["run", "--builtin", "--base-url", made.service, "--users", "3", "--continuous", "--think-factor", "0.3", "--listen", `127.0.0.1:${port}`, "--state-dir", join(made.folder, "other")]);
  await until("followed the new one", async () => (await tile(page, "Users")) === "3", () => text(page, "#notice"));
  await until("counted only that", async () => {
    const counted = Number(await page.evaluate(() => document.body.dataset.counted));
    return counted > 0 && Math.abs(counted - number(await tile(page, "Requests"))) === 0;
  });
});

test("a page that is opened before the first sample says so", async () => {
  const made = await scene(3);
  const page = await open(made);
  await until("said something", async () => /just started/.test(await text(page, "#notice")) || Number(await page.evaluate(() => document.body.dataset.points)) > 0);
  await ready(page);
  assert.ok(await page.locator("#notice").isHidden());
  assert.deepEqual(page.faults, []);
});
