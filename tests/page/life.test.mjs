// The page of a run with a plan: incidents, shapes, traces, steps and journeys, who is away and who arrives.

import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { nights } from "../../src/page/assets/bands.js";
import * as figures from "../../src/page/assets/format.js";
import { Scene, sum, until } from "./scene.mjs";
import { below, chart, fine, go, legend as shown, marked, number, open, ready, standingStill, text, tile, unlock } from "./watch.mjs";

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

const legend = async (page, title) => (await shown(page, title)).map(([name]) => name);

describe("a run with a plan", () => {
  let made;
  let page;
  const answered = (pattern) => until(`answered ${pattern}`, async () => pattern.test(await text(page, "#answer")), () => text(page, "#answer"));
  const incident = () => page.locator('[aria-label="Incidents"] button');
  const told = () => page.locator("#log").textContent();

  // A crowd that goes on takes the time of the tests that come later.
  after(async () => {
    await page?.context().close();
    made.end();
  });
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
      await go(page, "steps");
      const row = page.locator("#journeys tbody tr", { hasText: "purchase" });
      const [, type, begun, underWay, finished, , lost] = await row.locator("th, td").allTextContents();
      assert.equal(type, "buyer");
      assert.equal(number(begun), await of("throng_journeys_begun_total"));
      assert.equal(number(finished), await of("throng_journeys_finished_total"));
      const cancelled = await of("throng_journeys_total", ',result="cancelled"');
      assert.equal(number(begun), number(finished) + number(lost) + number(underWay) + cancelled);
      const funnel = await page.locator("#funnel li").allInnerTexts();
      const [, atHealth] = /^lost at GET \/health\s+([\d,]+)/.exec(funnel.find((words) => words.startsWith("lost at GET /health"))) ?? [];
      assert.equal(number(atHealth ?? ""), number(lost), funnel.join("; "));
      const [step, , steps] = await page.locator("#step-table tbody tr", { hasText: "buyer" }).locator("th, td").allTextContents();
      assert.equal(step, "buy");
      assert.equal(number(steps), sum(await made.metrics(), "throng_steps_total", 'type="buyer"'));
    });
  });

  test("thresholds stand with their figures", async () => {
    await go(page, "overview");
    const rows = () => page.locator("#thresholds li").allInnerTexts();
    await until("judged both", async () => (await rows()).length === 2);
    const [failed, rate] = await rows();
    assert.match(failed, /^failed\s+[\d.]+ %\s+max 99%$/);
    assert.match(rate, /^rate\s+[\d.,]+\/s\s+max 0\.01(?:\/s)?\s+(?:fails for \d+:\d\d|[\d.,]+\/s \([\d,]+ requests\))$/);
    assert.equal(await page.locator("#thresholds li.failing").count(), 1);
    assert.match(await text(page, "#thresholds header"), /1 of 2 pass/);
  });

  test("who is away is in the tile and in the chart of users", async () => {
    await until("had some away", async () => sum(await made.metrics(), "throng_users_away") > 0);
    await until("said so", async () => /\d away/.test(await below(page, "Users")), () => below(page, "Users"));
    await until("drew them", async () => (await go(page, "overview"), (await legend(page, "Users")).includes("away")), async () => String(await legend(page, "Users")));
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
      const cells = await page.locator("#types tbody tr", { hasText: "buyer" }).locator("th, td").allTextContents();
      assert.equal(number(cells[2]), sum(await made.metrics(), "throng_users_away", 'type="buyer"'));
      assert.match(await below(page, "Users"), new RegExp(`${figures.count(sum(await made.metrics(), "throng_people_total", 'kind="returning"'))} came back`));
      assert.deepEqual(await legend(page, "People"), ["new", "returning", "away"]);
    });
  });

  test("the button of an incident begins it, every chart shows it, and the button ends it", async () => {
    const holds = async () => sum(await made.metrics(), "throng_incident", 'incident="rush"');
    const alive = async () => (await made.api("run")).users;
    await go(page, "controls");
    assert.equal(await incident().innerText(), "Begin rush");
    assert.equal(await holds(), 0);
    await go(page, "overview");
    const unmarked = await marked(page);
    assert.ok(unmarked.length >= 6, `${unmarked.length} charts`);
    await go(page, "controls");
    await incident().click();
    await answered(/rush/);
    await until("held", async () => (await holds()) === 1);
    await until("had twice the users", async () => (await alive()).planned === 40, async () => JSON.stringify(await alive()));
    await until("offered its end", async () => (await incident().innerText()) === "End rush" && /holds until \d+:\d\d/.test(await text(page, '[aria-label="Incidents"]')), () => text(page, '[aria-label="Incidents"]'));
    await go(page, "overview");
    const wider = async () => (await marked(page)).every((bands, place) => bands === unmarked[place] + 1);
    const labels = await page.locator("#charts .chart:not([hidden]) .plot").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    assert.ok(labels.every((label) => label.includes("; under way: rush")), labels.join("\n"));
    await until("marked every chart", wider, async () => `${unmarked} and then ${await marked(page)}`);
    await go(page, "controls");
    await incident().click();
    await until("was over", async () => (await holds()) === 0);
    await until("offered its begin", async () => (await incident().innerText()) === "Begin rush");
    await until("had the users of before", async () => (await alive()).planned === 20);
    await go(page, "overview");
    await until("kept what held on the charts", wider);
    await go(page, "events");
    const log = await told();
    assert.match(log, /rush begins.* by page/);
    assert.match(log, /rush is over.* by page/);
  });

  test("a failure has a link to its trace", async () => {
    await go(page, "failures");
    await page.waitForSelector("#failures summary", { timeout: 30_000 });
    await page.locator("#failures summary").first().click();
    const link = page.locator("#failures details[open] a.trace").first();
    const id = (await link.innerText()).trim();
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.equal(await link.getAttribute("href"), `https://traces.example/${id}`);
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  });

  test("the form of shapes sets a curve and stages, and says why it refuses", async () => {
    const set = async (part, value) => {
      await page.getByLabel("Part of the shape").selectOption(part);
      await page.getByLabel("Value of the shape").fill(value);
      await page.getByRole("button", { name: "Set from now on" }).click();
    };
    await go(page, "controls");
    await set("arrivals", "5/s");
    await answered(/arrivals 5\/s: .*set users or stages/);
    await set("stages", "nonsense");
    await answered(/nonsense/);
    await set("curve", "office");
    await answered(/^curve office from now on$/);
    await go(page, "overview");
    await until("drew the plan", async () => (await legend(page, "Users")).includes("plan"), async () => String(await legend(page, "Users")));
    await go(page, "controls");
    await set("curve", "none");
    await answered(/^curve none from now on$/);
    await set("stages", "0s:12,5m:12");
    await answered(/^stages 0s:12,5m:12 from now on; the run ends in 5m$/);
    await until("had twelve", async () => (await made.api("run")).users.planned === 12);
    const unit = () => page.locator('.tile[data-name="Users"] .figure small').innerText();
    await until("showed it", async () => /of 12 planned/.test(await unit()), unit);
    fine(page);
  });
});

test("an open crowd shows who arrives, and no users that nobody planned", async () => {
  const made = scene();
  await made.begin(null, "--arrivals", "5/s", "--arrivals-even", "--max-users", "2");
  const page = await open(browser, made);
  await ready(page);
  await until("dropped some", async () => ((await made.api("run")).arrivals?.dropped ?? 0) > 0);
  await until("said so", async () => /^\d.* arrivals\/s of 5\.00 · \d+ dropped/.test(await below(page, "Users")), () => below(page, "Users"));
  assert.ok(number(await tile(page, "Users")) <= 2);
  assert.equal(await chart(page, "People").isVisible(), true);
  assert.deepEqual(await legend(page, "People"), ["arrivals", "dropped", "plan"]);
  assert.ok(!(await legend(page, "Users")).includes("plan"));
  assert.equal(sum(await made.metrics(), "throng_setting_arrivals"), 5);
  // What is set on the page is the plan then.
  await unlock(page);
  await go(page, "controls");
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
