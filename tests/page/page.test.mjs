// node --test tests/page: with THRONG as the program (default target/debug/throng) and SHOTS as a folder for pictures.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import * as figures from "../../src/page/assets/format.js";
import { Scene, TOKEN, sum, until } from "./scene.mjs";
import { aMomentLater, chart, go, legend, number, open as watch, ready, requests, standingStill, text, tile, unlock, violations } from "./watch.mjs";

const THRONG = resolve(process.env.THRONG ?? join(dirname(fileURLToPath(import.meta.url)), "../../target/debug/throng"));
const SHOTS = process.env.SHOTS;

let browser;
const scenes = [];

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(() => browser?.close());

/** Ends the runs and closes the pages that there are: those that go on take the time of the tests that come later. */
async function close() {
  for (const context of browser.contexts()) await context.close();
  for (const scene of scenes.splice(0)) scene.end();
}

/** A test with runs and pages of its own. */
const alone = (name, check) => test(name, async (at) => {
  at.after(close);
  await check(at);
});

async function scene(users, ...words) {
  const made = new Scene(THRONG);
  scenes.push(made);
  await made.begin(users, ...words);
  return made;
}

const open = (made, options) => watch(browser, made, options);

async function shot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

describe("a run that is watched", () => {
  let made;
  let page;

  after(close);
  before(async () => {
    made = await scene(20);
    page = await open(made);
    await ready(page);
  });

  test("figures are those of /metrics, to the last request", async () => {
    await until("had begun", async () => {
      const metrics = await made.metrics();
      const steps = metrics.match(/^throng_steps_total\{type="[^"]*",step="[^"]*"/gm) ?? [];
      return sum(metrics, "throng_requests_total") > 50 && new Set(steps).size > 4;
    });
    await standingStill(made, page, async () => {
      const metrics = await made.metrics();
      const counted = sum(metrics, "throng_requests_total");
      assert.equal(await requests(page), counted);
      assert.equal(Number(await page.evaluate(() => document.body.dataset.counted)), counted, "in the charts");
      assert.equal(number(await tile(page, "Users")), sum(metrics, "throng_users"));
      for (const row of await page.locator("#types tbody tr").all()) {
        const [type, , away, , , , requests] = (await row.locator("th, td").allTextContents()).map((words) => words.trim());
        assert.equal(number(away), sum(metrics, "throng_users_away", `type="${type}"`), type);
        assert.equal(number(requests), sum(metrics, "throng_requests_total", `type="${type}"`), type);
      }
      await go(page, "steps");
      const steps = await page.locator("#step-table tbody tr").all();
      assert.ok(steps.length > 4, `${steps.length} steps`);
      for (const row of steps) {
        const [step, type, ended] = await row.locator("th, td").allTextContents();
        assert.equal(number(ended), sum(metrics, "throng_steps_total", `type="${type}",step="${step}"`), `${type} ${step}`);
      }
      assert.match(await text(page, "#journeys"), /No script names a journey/);
      await go(page, "endpoints");
      for (const row of (await page.locator("#endpoints tbody tr").all()).slice(0, 5)) {
        const [request, requests] = await row.locator("th, td").allTextContents();
        const [, method, name] = /^([A-Z]+)(\/.*)$/.exec(request);
        const lines = metrics.split("\n").filter((line) => line.startsWith("throng_requests_total") && line.includes(`name="${name}"`) && line.includes(`method="${method}"`));
        assert.equal(number(requests), lines.reduce((all, line) => all + Number(line.slice(line.lastIndexOf(" "))), 0), request);
      }
      await go(page, "overview");
    });
  });

  test("the strip says how it is, and leads there", async () => {
    const strip = page.locator("#strip");
    assert.match(await strip.getAttribute("class"), /^(ok|info|warning|critical)$/);
    assert.ok((await strip.locator("p").innerText()).length > 10);
    const link = await strip.locator("a").last().getAttribute("href");
    assert.match(link, /^#(overview|endpoints|steps|failures|scripts|events|controls)(\/[\w-]+)?$/);
    await until("ran again", async () => (await text(page, "#phase")) === "Running", () => text(page, "#phase"));
  });

  test("views have addresses and the arrow keys", async () => {
    await go(page, "overview");
    await page.locator("#tab-overview").focus();
    for (const view of ["endpoints", "steps", "failures", "people", "scripts", "events", "controls", "overview"]) {
      await page.keyboard.press("ArrowRight");
      await page.waitForSelector(`#${view}:not([hidden])`);
      assert.equal(await page.evaluate(() => location.hash), `#${view}`);
      assert.equal(await page.evaluate(() => document.activeElement.id), `tab-${view}`);
      assert.equal(await page.locator(".panel:not([hidden])").count(), 1);
    }
  });

  test("endpoints are sorted, filtered and opened", async () => {
    await go(page, "endpoints");
    const names = () => page.locator("#endpoints tbody tr:not(.sub)").evaluateAll((all) => all.map((one) => one.dataset.of));
    const column = (place) => page.locator("#endpoints tbody tr:not(.sub)").evaluateAll((all, at) => all.map((one) => Number(one.cells[at].textContent.replace(/,/g, ""))), place);
    assert.equal(await page.locator("#endpoints th[aria-sort]").innerText(), "failed");
    await page.locator("#endpoints th button", { hasText: "requests" }).click();
    const counts = await column(1);
    assert.deepEqual(counts, [...counts].sort((one, other) => other - one));
    const all = (await names()).length;
    await page.getByLabel("Filter endpoints").fill("auth");
    await until("filtered", async () => (await names()).length < all);
    assert.ok((await names()).every((name) => name.includes("auth")), String(await names()));
    await page.locator("#endpoints button.opens").first().click();
    await until("drew its course", async () => (await page.locator("#endpoints tr.sub path.l-p95").count()) === 1, () => text(page, "#endpoints tr.sub"));
    assert.match(await text(page, "#endpoints tr.sub"), /200 × /);
    await page.getByLabel("Filter endpoints").fill("");
    await go(page, "overview");
  });

  test("a drag chooses a part on all charts, a double click shows the whole again", async () => {
    await until("had some seconds", async () => Number(await page.evaluate(() => document.body.dataset.points)) > 8);
    const times = (title) => chart(page, title).locator(".plot svg text[text-anchor=middle]").allTextContents();
    const plot = chart(page, "Users").locator(".plot");
    const box = await plot.boundingBox();
    const [left, right] = [box.x + 60, box.x + box.width - 16];
    await page.mouse.move(left + (right - left) * 0.25, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(left + (right - left) * 0.75, box.y + 80, { steps: 5 });
    await page.mouse.up();
    await until("offered the part", async () => /part/.test(await text(page, "#span")), () => text(page, "#span"));
    assert.ok(!(await times("Users")).includes("0:00"));
    assert.deepEqual(await times("Requests/s"), await times("Users"));
    await plot.dblclick();
    await until("showed all", async () => !/part/.test(await text(page, "#span")));
  });

  test("pointing reads all charts, and so do the arrow keys", async () => {
    const plot = chart(page, "Users").locator(".plot");
    await plot.hover({ position: { x: 120, y: 60 } });
    for (const title of ["Users", "Requests/s", "Latency", "Load generator"]) assert.match(await chart(page, title).locator(".when").innerText(), /\d:\d\d · \d\d:\d\d:\d\d$/, title);
    await page.mouse.move(1, 1);
    await until("read the newest again", async () => /now$/.test(await chart(page, "Users").locator(".when").innerText()));
    await plot.focus();
    await page.keyboard.press("ArrowLeft");
    assert.match(await chart(page, "Requests/s").locator(".when").innerText(), /\d:\d\d · /);
    await page.keyboard.press("Tab");
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
    const shots = ["overview", "endpoints", "steps", "failures", "scripts", "events", "controls"];
    for (const [name, options] of [["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["phone", { colorScheme: "light", viewport: { width: 360, height: 740 } }]]) {
      const one = await open(made, options);
      await ready(one);
      await unlock(one);
      for (const view of shots) {
        await go(one, view);
        if (view === "scripts") await one.waitForSelector("#script:not([hidden]) pre");
        if (view === "failures" && (await one.locator("#failures summary").count())) {
          await one.locator("#failures summary").first().click();
          await one.waitForSelector("#failures details[open] pre");
        }
        assert.deepEqual(await violations(one), [], `${name} ${view}`);
        assert.equal(await one.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, `${name} ${view} is wider than the screen`);
        await shot(one, `${name}-${view}`);
      }
      assert.deepEqual(one.faults, []);
      await one.context().close();
    }
  });

  test("a slider changes the crowd, as the run says itself", async () => {
    await go(page, "controls");
    await page.locator("#dial-users").focus();
    const before = Number(await page.locator("#dial-users").inputValue());
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await until("had more users", async () => sum(await made.metrics(), "throng_users") === before + 3, async () => made.metrics());
    await go(page, "events");
    await until("told who did it", async () => (await page.locator("#log").textContent()).includes(`-> ${before + 3}`), () => page.locator("#log").textContent());
    await go(page, "controls");
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
    await until("said so", async () => (await text(page, "#phase")) === "Paused");
    await page.keyboard.press("Enter");
    await until("went on", async () => (await made.api("run")).phase === "running");
  });

  test("what was done has a numbered mark on every chart, which leads to its event", async () => {
    await go(page, "overview");
    await until("marked it", async () => (await chart(page, "Users").locator(".mark").count()) > 0);
    const per = await page.locator("#charts .chart:not([hidden]) .plot").evaluateAll((all) => all.map((one) => one.querySelectorAll(".mark").length));
    assert.ok(per.length >= 5 && per.every((marks) => marks > 0), String(per));
    const first = chart(page, "Users").locator(".mark").first();
    const href = await first.getAttribute("href");
    await first.click();
    await page.waitForSelector("#events:not([hidden])");
    assert.match(await page.locator(href.replace("#events/", "#")).getAttribute("class"), /found/);
    assert.ok((await page.locator("#charts .band.pause").count()) > 0, "the pause is a band");
  });

  test("the header steers: users at hand, and Stop asks first", async () => {
    const before = (await made.api("run")).settings.users;
    await page.getByLabel("A tenth more users").click();
    await until("had more", async () => (await made.api("run")).settings.users === before + Math.max(1, Math.round(before / 10)));
    await page.locator("#stop").click();
    assert.equal(await text(page, "#stop"), "Press again to stop the run");
    assert.equal((await made.api("run")).phase, "running");
    await made.api("run", "PATCH", { users: before });
  });

  test("a broken edit shows the line, a good one makes a version", async () => {
    await go(page, "scripts");
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
    // On a busy machine something worse may come first.
    const strip = () => page.locator("#strip").textContent();
    await until("said so", async () => /refused: .*new\.lua:1/.test(await strip()), strip);
    assert.equal((await made.api("run")).reload_status.release, 1);
    for (const key of ["Control+Home", "Shift+ArrowDown", "Delete"]) await page.keyboard.press(key);
    await page.keyboard.insertText("-- edited on the page\n");
    await page.keyboard.press("Control+s");
    await until("was taken", async () => (await made.api("run")).reload_status.release === 2, () => text(page, "#saved"));
    assert.equal(made.read("scripts/new.lua"), `-- edited on the page\n${original}`);
    await until("stood beside the old one", async () => /new\s+v1 previous\s+v2 current\s+difference/.test(await text(page, "#versions")), () => text(page, "#versions"));
    const { events } = (await made.api("run")).reload_status;
    assert.ok(events.some((event) => event.what === "edit" && event.by === "page" && event.text.includes("scripts/new.lua")), JSON.stringify(events));
  });

  test("of two people who edit one file the second is told", async () => {
    const other = await open(made);
    await ready(other);
    await unlock(other);
    await go(other, "scripts");
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
    await go(other, "controls");
    await other.fill("#token", "not-the-token-at-all");
    await other.click("#key button");
    await until("was refused", async () => (await text(other, "#answer")).includes("not the token"), () => text(other, "#answer"));
    assert.ok(await other.locator("#steer").isHidden());
    // The buttons go with the next message of the feed.
    await until("the buttons are gone", async () => (await other.locator("#pause").count()) === 0);
    assert.equal(await other.evaluate(() => sessionStorage.length), 0);
    assert.equal(other.url().includes("token"), false);
    await other.context().close();
  });

  test("failures are grouped by reason and endpoint, as counted, with an example", async () => {
    await go(page, "failures");
    await page.waitForSelector("#failures summary", { timeout: 30_000 });
    await standingStill(made, page, async () => {
      const { groups } = await made.api("failures");
      const shown = await page.locator("#failures summary > b.end").allInnerTexts();
      assert.deepEqual(shown.map(number), groups.map((one) => one.count));
      const counted = sum(await made.metrics(), "throng_requests_total", 'outcome="unexpected"') + sum(await made.metrics(), "throng_requests_total", 'outcome="error"');
      assert.equal(groups.reduce((all, one) => all + one.count, 0), counted);
    });
    const statuses = page.locator("#failures summary", { hasText: /^\s*[45]\d\d / });
    await (await statuses.count() ? statuses : page.locator("#failures summary")).first().click();
    await page.waitForSelector("#failures details[open] pre");
    const [request] = await page.locator("#failures details[open] pre").allInnerTexts();
    assert.match(request, /^(?:GET|POST|PUT|DELETE) http:\/\/127\.0\.0\.1:\d+\//);
    assert.ok(!/Bearer [A-Za-z0-9]/.test(request), request);
    const facts = await page.locator("#failures details[open] dl").innerText();
    assert.match(facts, /(active|admin|new|power) #\d+ session \d+/);
    assert.match(facts, /scripts\/\w+\.lua:\d+/);
    assert.match(await page.locator("#failures details[open] pre").last().innerText(), /^curl -i -X [A-Z]+ 'http:/);
    await page.locator("#failures details[open] summary").click();
  });

  test("nothing went wrong in silence", () => assert.deepEqual(page.faults, []));

  test("each button and the dial of a canary do what the run says that they did", async () => {
    const answer = (pattern) => until(`answered ${pattern}`, async () => pattern.test(await text(page, "#answer")), () => text(page, "#answer"));
    const press = (name) => page.locator("#steer button", { hasText: name }).first().click();
    await go(page, "controls");
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
    const strip = () => page.locator("#strip").textContent();
    await until("said so", async () => /Canary: /.test(await strip()), strip);
    await shot(page, "canary");
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
  const press = (name) => page.locator("#script > header button", { hasText: name }).click();
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

  after(close);
  before(async () => {
    made = await scene(5);
    page = await open(made);
    await ready(page);
    await unlock(page);
    await go(page, "scripts");
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

alone("the host of an open circuit breaker is named", async () => {
  const made = await scene(10, "--breaker", "5", "--fail-if", "failed > 99%");
  const page = await open(made);
  await ready(page);
  await go(page, "events");
  made.target.kill("SIGKILL");
  await until("named it", async () => (await page.locator("#health").textContent()).includes(made.service), () => page.locator("#health").textContent());
  await until("said so first", async () => /critical/.test(await page.locator("#strip").getAttribute("class")), () => text(page, "#strip"));
  assert.ok(!(await page.locator("#strip").getAttribute("class")).includes("ok"), "a dead target is never green");
  const failures = page.locator('#tiles .tile[data-name="Failures"]');
  assert.equal(await failures.locator(".mark").innerText(), "no response", "its tile is not either, while its threshold still passes");
  assert.match(await failures.getAttribute("class"), /\bbad\b/);
  await shot(page, "dead");
  assert.ok(!(await page.locator("body").textContent()).includes("undefined"));
  assert.deepEqual(page.faults, []);
});

alone("a run that ends says so and keeps its last picture", async () => {
  const made = await scene(5);
  const page = await open(made);
  await ready(page);
  await made.stop();
  await until("said so", async () => (await text(page, "#phase")) === "Over", () => text(page, "#phase"));
  const summary = JSON.parse(made.read("summary.json"));
  assert.equal(await requests(page), summary.requests.total);
  assert.equal(number(await tile(page, "Requests")), summary.requests.total);
  assert.equal(Number(await page.evaluate(() => document.body.dataset.counted)), summary.requests.total);
  assert.ok(!/\bnow\b/.test(await text(page, "#charts")), "after the end there is no now");
  assert.equal(await page.locator("#stop").count(), 0);
  assert.equal(await text(page, "#download"), "Download report");
  // Nothing more comes: who points at a chart reads it, and who leaves it reads nothing.
  await chart(page, "Users").locator(".plot").hover({ position: { x: 120, y: 60 } });
  assert.ok((await legend(page, "Users")).every(([, value]) => /\d/.test(value)));
  await page.mouse.move(1, 1);
  await until("read nothing again", async () => (await legend(page, "Users")).every(([, value]) => value === ""));
  await shot(page, "over");
});

describe("the page in one file", () => {
  let made;
  let file;

  after(close);
  before(async () => {
    made = await scene(10, "--report", "run.html", "--fail-if", "p95 > 1ms", "--trace-context");
    await until("had failed", async () => (await made.api("failures")).groups.length > 0);
    const now = await fetch(`${made.page}api/v1/report.html`);
    assert.equal(now.status, 200);
    assert.match(now.headers.get("content-disposition"), /^attachment; filename="throng-\w+\.html"$/);
    made.write("now.html", await now.text());
    await made.stop();
    file = join(made.folder, "run.html");
  });

  async function offline(path, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...options });
    const page = await context.newPage();
    page.faults = [];
    page.asked = [];
    page.on("pageerror", (error) => page.faults.push(String(error)));
    page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
    page.on("request", (request) => page.asked.push(request.url()));
    await page.goto(`file://${path}`);
    await page.waitForFunction(() => Number(document.body.dataset.points) > 1);
    return page;
  }

  test("opens without network and has the figures of the summary", async () => {
    const page = await offline(file);
    const summary = JSON.parse(made.read("summary.json"));
    assert.equal(await requests(page), summary.requests.total);
    assert.equal(Number(await page.evaluate(() => document.body.dataset.counted)), summary.requests.total);
    assert.equal(await text(page, "#phase"), "Over");
    assert.match(await text(page, "#thresholds"), /0 of 1 pass/);
    assert.deepEqual(page.asked.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")), []);
    assert.equal(await page.locator("#acts > *").count(), 0);
    assert.equal(await page.locator("#tab-controls").count(), 0);
    await go(page, "failures");
    await page.locator("#failures summary").first().click();
    await page.waitForSelector("#failures details[open] pre");
    assert.ok(!made.read("run.html").includes(TOKEN));
    assert.deepEqual(page.faults, []);
  });

  test("axe finds nothing in any view, light, dark and on a phone", async () => {
    for (const [name, options] of [["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["phone", { viewport: { width: 390, height: 844 } }]]) {
      const page = await offline(file, { ...options, bypassCSP: true });
      for (const view of ["overview", "endpoints", "steps", "failures", "scripts", "events"]) {
        await go(page, view);
        assert.deepEqual(await violations(page), [], `${name} ${view}`);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, `${name} ${view} is wider than the screen`);
      }
      await go(page, "overview");
      await shot(page, `report-${name}`);
      await page.context().close();
    }
  });

  test("prints all views below each other", async () => {
    const page = await offline(file);
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator(".panel:visible").count(), 6);
    assert.ok((await page.locator("#chart-users .plot svg path").count()) > 0);
    assert.ok((await page.locator("#endpoints tbody tr").count()) > 5);
    assert.ok(await page.locator("#tabs").isHidden());
    if (SHOTS) await page.pdf({ path: join(SHOTS, "report.pdf"), format: "A4" });
  });

  test("that of a run under way says what was so far", async () => {
    const page = await offline(join(made.folder, "now.html"));
    assert.ok((await requests(page)) > 0);
    assert.deepEqual(page.faults, []);
  });
});

alone("--open signs the browser in, once", async () => {
  const made = new Scene(THRONG);
  scenes.push(made);
  // What the system's opener would be given.
  made.write("xdg-open", `#!/bin/sh\necho "$1" > ${join(made.folder, "opened")}\n`);
  chmodSync(join(made.folder, "xdg-open"), 0o755);
  made.environment = { PATH: `${made.folder}:${process.env.PATH}`, DISPLAY: ":none" };
  await made.begin(5, "--open");
  await until("opened it", () => made.exists("opened") && made.read("opened").includes("\n"));
  const url = made.read("opened").trim();
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/#code=[0-9a-f]{32}$/);
  assert.ok(!made.run.told.includes(url.split("=")[1]), "the log does not have the code");
  const page = await open({ page: url });
  await ready(page);
  await until("signed in", async () => (await page.locator("#pause").count()) === 1, () => text(page, "#answer"));
  assert.equal(await page.evaluate(() => location.href), made.page, "the code is gone from the address");
  await page.locator("#pause").click();
  await until("paused", async () => (await made.api("run")).phase === "paused");
  const second = await open({ page: url });
  await until("was refused", async () => /not valid/.test(await text(second, "#answer")), () => text(second, "#answer"));
  assert.equal(await second.locator("#pause").count(), 0);
  assert.deepEqual(page.faults, []);
});

alone("a run of another version asks to reload the page", async () => {
  const made = await scene(3);
  const page = await open(made);
  await ready(page);
  await page.evaluate(() => { document.body.dataset.version = "0.0.1"; });
  await until("said so", async () => /of throng .* and this page of 0\.0\.1: reload/.test(await text(page, "#notice")), () => text(page, "#notice"));
  assert.ok(await page.locator("#notice button").isVisible());
});

alone("a run is compared with one of the history", async () => {
  const made = await scene(5);
  await until("had begun", async () => sum(await made.metrics(), "throng_requests_total") > 20);
  await made.stop();
  const [first] = (await (await made.begin(5), made.api("runs"))).runs.filter((one) => one.state !== "running");
  const page = await open(made);
  await ready(page);
  await go(page, "events");
  await page.waitForSelector("#compare:not([hidden])");
  assert.equal(await page.getByLabel("Run to compare with").inputValue(), first.id);
  await until("compared them", async () => {
    await page.locator("#compare button").click();
    return page.locator("#compare tbody tr", { hasText: "all requests" }).isVisible();
  }, () => text(page, "#compare"));
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(page.faults, []);
});

alone("a run that is killed is missed, and one that comes back is followed", async () => {
  const made = await scene(5);
  const page = await open(made);
  await ready(page);
  await until("had begun", async () => (await requests(page)) > 0);
  made.run.kill("SIGKILL");
  await until("missed it", async () => (await text(page, "#phase")) === "Lost", () => text(page, "#phase"));
  assert.match(await text(page, "#notice"), /these are its last figures/);
  assert.ok((await requests(page)) > 0);
  const port = new URL(made.page).port;
  made.start(["run", "--builtin", "--base-url", made.service, "--users", "3", "--continuous", "--think-factor", "0.3", "--listen", `127.0.0.1:${port}`, "--state-dir", join(made.folder, "other")]);
  await until("followed the new one", async () => (await tile(page, "Users")) === "3", () => text(page, "#notice"));
  await until("counted only that", async () => {
    const counted = Number(await page.evaluate(() => document.body.dataset.counted));
    return counted > 0 && counted === (await requests(page));
  });
});

alone("a page that is opened before the first sample says so", async () => {
  const made = await scene(3);
  const page = await open(made);
  await until("said something", async () => /just started/.test(await text(page, "#notice")) || Number(await page.evaluate(() => document.body.dataset.points)) > 0);
  await ready(page);
  assert.ok(await page.locator("#notice").isHidden());
  assert.deepEqual(page.faults, []);
});
