// Takes the picture of the page in the middle of a real run, for docs/pictures/make:
//   node tests/page/shoot.mjs THRONG OUT.png

import { chromium } from "playwright-core";

import { Scene, TOKEN, until } from "./scene.mjs";

const SECONDS = 60;
const [throng, out] = process.argv.slice(2);
const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1e3));

const scene = new Scene(throng);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  await scene.begin(60, "--canary", "10%/10s");
  const page = await browser.newPage({ viewport: { width: 1360, height: 860 }, colorScheme: "light" });
  await page.goto(scene.page);
  await wait(SECONDS / 3);
  scene.write("lib/api.lua", `-- a change for the picture\n${scene.read("lib/api.lua")}`);
  await wait(SECONDS / 3);
  await scene.api("run", "PATCH", { users: 90 });
  await wait(SECONDS / 3);
  await page.fill("#token", TOKEN);
  await page.click("#key button");
  await page.waitForSelector("#controls:not([hidden])");
  await until("had more users", async () => (await scene.api("run")).users.alive === 90);
  // The page scrolls smoothly, and a picture would be taken on the way.
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: "instant" }));
  await page.waitForFunction(() => window.scrollY === 0);
  await page.screenshot({ path: out });
} finally {
  await browser.close();
  await scene.stop();
  scene.end();
}
