// The page of a run with a plan: incidents, shapes, traces, steps and journeys, who is away and who arrives.

import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { nights } from "../../src/page/assets/bands.js";
import * as figures from "../../src/page/assets/format.js";
import { Scene, sum, until } from "./scene.mjs";
import { below, chart, fine, marked, number, open, ready, standingStill, text, tile, unlock } from "./watch.mjs";

const THRONG = resolve(process.env.THRONG ?? join(dirname(fileURLToPath(import.meta.url)), "../../target/debug/throng"));
const PLAN = `
fail_if = ["failed > 99%", "rate > 0.01/s"]

[[incident]]
name = "rush"
for = "5m"
users = "200%"
`;
// Half of the purchases are lost at an error of the script; who is through goes away for a while.
const BUYER = `
local function buy()
  journey("purchase", function()
    http.get("/health")
    if random.int(1, 2) == 1 then error("sold out") end
    http.get("/health")
  end)
end

return { weight = 30, think = 0.1, requests = { 2, 4 }, away = { 1, 2 }, returns = 0.5, steps = { { 1, buy } } }
`;

let browser;
const scenes = [];

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  for (const scene of scenes) scene.end();
});

function scene() {
  const made = new Scene(THRONG);
  scenes.push(made);
  return made;
}

const legend = async (page, title) => (await chart(page, title).locator(".u-series .u-label").allInnerTexts()).map((words) => words.trim());

describe("a run with a plan", () => {
  let made;
  let page;
  const answered = (pattern) => until(`answered ${pattern}`, async () => pattern.test(await text(page, "#answer")), () => text(page, "#answer"));
  const incident = () => page.locator('[aria-label="Incidents"] button');

  before(async () => {
    made = scene();
    made.write("scripts/throng.toml", PLAN);
    made.write("scripts/buyer.lua", BUYER);
    await made.begin(20, "--trace-context", "--trace-url", "https://traces.example/{trace_id}");
    page = await open(browser, made);
    await ready(page);
    await unlock(page);
  });

  test("journeys and steps have the figures of /metrics", async () => {
    const of = async (name, more = "") => sum(await made.metrics(), name, `type="buyer",journey="purchase"${more}`);
    await until("lost some", async () => (await of("throng_journeys_total", ',result="error"')) > 3 && (await of("throng_journeys_finished_total")) > 3);
    await standingStill(made, page, async () => {
      const row = page.locator("#journeys tbody tr", { hasText: "purchase" });
      const [type, , begun, underWay, finished, , lost, places] = await row.locator("td").allInnerTexts();
      assert.equal(type, "buyer");
      assert.equal(number(begun), await of("throng_journeys_begun_total"));
      assert.equal(number(finished), await of("throng_journeys_finished_total"));
      const cancelled = await of("throng_journeys_total", ',result="cancelled"');
      assert.equal(number(begun), number(finished) + number(lost) + number(underWay) + cancelled);
      assert.match(places, /^GET \/health \d+/);
      const [, step, steps] = await page.locator("#steps tbody tr", { hasText: "buyer" }).locator("td").allInnerTexts();
      assert.equal(step, "buy");
      assert.equal(number(steps), sum(await made.metrics(), "throng_steps_total", 'type="buyer"'));
    });
  });

  test("thresholds stand with their figures", async () => {
    const rows = () => page.locator("#thresholds tbody tr").all();
    const cells = async (row) => (await row.locator("td").allInnerTexts()).map((words) => words.trim());
    await until("judged both", async () => (await rows()).length === 2);
    const [failed, rate] = await Promise.all((await rows()).map(cells));
    assert.deepEqual([failed[0], failed[1]], ["failed > 99%", "passed"]);
    assert.deepEqual([rate[0], rate[1]], ["rate > 0.01", "failed"]);
    assert.match(rate[3], /^[\d.,]+\/s \([\d,]+ requests\)$/);
  });

  test("who is away is in the tile and in the chart of users", async () => {
    await until("had some away", async () => sum(await made.metrics(), "throng_users_away") > 0);
    await until("said so", async () => / away$/.test(await below(page, "Users")), () => below(page, "Users"));
    await until("drew them", async () => (await legend(page, "Users")).includes("away"), async () => String(await legend(page, "Users")));
    const { points } = await page.evaluate(async () => {
      const reader = (await fetch("/api/v1/feed")).body.pipeThrough(new TextDecoderStream()).getReader();
      let said = "";
      while (!said.includes("\n\n")) said += (await reader.read()).value;
      await reader.cancel();
      return JSON.parse(/^data: (.*)$/m.exec(said)[1]);
    });
    assert.ok(points.some((point) => point.away > 0));
  });

  test("who is away and who came back is in the table of types", async () => {
    const people = async (kind) => sum(await made.metrics(), "throng_people_total", `type="buyer",kind="${kind}"`);
    await until("had some back", async () => (await people("returning")) > 0);
    await standingStill(made, page, async () => {
      const cells = await page.locator("#types tbody tr", { hasText: "buyer" }).locator("td").allInnerTexts();
      assert.equal(number(cells[2]), sum(await made.metrics(), "throng_users_away", 'type="buyer"'));
      const [back, fresh] = [await people("returning"), await people("new")];
      assert.equal(cells.at(-2), figures.share(back / (back + fresh)));
    });
  });

  test("the button of an incident begins it, every chart shows it, and the button ends it", async () => {
    const holds = async () => sum(await made.metrics(), "throng_incident", 'incident="rush"');
    const alive = async () => (await made.api("run")).users;
    assert.equal(await incident().innerText(), "Begin rush");
    assert.equal(await holds(), 0);
    const unmarked = await marked(page);
    assert.ok(unmarked.length >= 5, `${unmarked.length} charts`);
    await incident().click();
    await answered(/rush/);
    await until("held", async () => (await holds()) === 1);
    await until("had twice the users", async () => (await alive()).planned === 40, async () => JSON.stringify(await alive()));
    await until("offered its end", async () => /^End rush \(until \d+:\d\d\)$/.test(await incident().innerText()), () => incident().innerText());
    const wider = async () => (await marked(page)).every((pixels, place) => pixels > unmarked[place] + 100);
    const labels = await page.locator("#charts .chart:not([hidden])").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    assert.ok(labels.every((label) => label.endsWith("; under way: rush")), labels.join("\n"));
    await until("marked every chart", wider, async () => `${unmarked} and then ${await marked(page)}`);
    await incident().click();
    await until("was over", async () => (await holds()) === 0);
    await until("offered its begin", async () => (await incident().innerText()) === "Begin rush");
    await until("had the users of before", async () => (await alive()).planned === 20);
    assert.ok(await wider(), "what held stays on the charts");
    const log = await text(page, "#log");
    assert.match(log, /rush begins.* by page/);
    assert.match(log, /rush is over.* by page/);
  });

  test("a failure has a link to its trace", async () => {
    await page.waitForSelector("#failures details", { timeout: 30_000 });
    await page.locator("#failures summary").first().click();
    const link = page.locator("#failures details[open] .trace a").first();
    const id = await link.innerText();
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.equal(await link.getAttribute("href"), `https://traces.example/${id}`);
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
    // Each example is itself, also where another one has the same words.
    const keys = await page.locator("#failures details").evaluateAll((all) => all.map((one) => one.dataset.of));
    assert.equal(new Set(keys).size, keys.length);
    assert.ok(keys.some((key) => key.includes(id)));
  });

  test("the form of shapes sets a curve and stages, and says why it refuses", async () => {
    const set = async (part, value) => {
      await page.getByLabel("Part of the shape").selectOption(part);
      await page.getByLabel("Value of the shape").fill(value);
      await page.getByRole("button", { name: "Set from now on" }).click();
    };
    await set("arrivals", "5/s");
    await answered(/arrivals 5\/s: .*set users or stages/);
    await set("stages", "nonsense");
    await answered(/nonsense/);
    await set("curve", "office");
    await answered(/^curve office from now on$/);
    await until("drew the plan", async () => (await legend(page, "Users")).includes("planned"), async () => String(await legend(page, "Users")));
    await set("curve", "none");
    await answered(/^curve none from now on$/);
    await set("stages", "0s:12,5m:12");
    await answered(/^stages 0s:12,5m:12 from now on; the run ends in 5m$/);
    await until("had twelve", async () => (await made.api("run")).users.planned === 12);
    await until("showed it", async () => /^of 12\b/.test(await below(page, "Users")), () => below(page, "Users"));
    fine(page);
  });
});

test("an open crowd shows who arrives, and no users that nobody planned", async () => {
  const made = scene();
  await made.begin(null, "--arrivals", "5/s", "--arrivals-even", "--max-users", "2");
  const page = await open(browser, made);
  await ready(page);
  await until("dropped some", async () => ((await made.api("run")).arrivals?.dropped ?? 0) > 0);
  await until("said so", async () => /^\d.* arrivals\/s of 5\.00, \d+ dropped$/.test(await below(page, "Users")), () => below(page, "Users"));
  assert.ok(number(await tile(page, "Users")) <= 2);
  assert.equal(await chart(page, "Arrivals/s").isVisible(), true);
  assert.deepEqual((await legend(page, "Arrivals/s")).slice(1), ["arrivals", "dropped", "planned"]);
  assert.ok(!(await legend(page, "Users")).includes("planned"));
  assert.equal(sum(await made.metrics(), "throng_setting_arrivals"), 5);
  // What is set on the page is the plan then.
  await unlock(page);
  await page.getByLabel("Part of the shape").selectOption("arrivals");
  await page.getByLabel("Value of the shape").fill("8/s");
  await page.getByRole("button", { name: "Set from now on" }).click();
  await until("followed", async () => /arrivals\/s of 8\.00/.test(await below(page, "Users")), () => below(page, "Users"));
  fine(page);
});

test("nights are those of the curve's clock, and none where a point is longer than they", () => {
  const days = (step, length) => Array.from({ length }, (_, n) => ({ at_seconds: n + 1, seconds: 1, time_of_day_seconds: ((n + 1) * step) % 86_400 }));
  // An hour each second: from the midnight at the beginning, and from 22:00 on.
  assert.deepEqual(nights(days(3_600, 48)).map(({ from, to }) => [from, to]), [[0, 5], [21, 29], [45, 48]]);
  assert.deepEqual(nights(days(43_000, 48)).filter(({ from }) => from > 1), []);
  assert.deepEqual(nights([{ at_seconds: 1, seconds: 1, time_of_day_seconds: null }]), []);
});
