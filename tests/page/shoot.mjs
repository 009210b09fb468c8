// Takes the picture of the page of a run:
//   node tests/page/shoot.mjs URL OUT.png

import { chromium } from "playwright-core";

const [url, out] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1360, height: 1000 }, colorScheme: "light" });
  await page.goto(url);
  // The page has the run's whole history with its first message, and draws it with the next.
  await page.waitForSelector("#charts canvas");
  await page.waitForTimeout(2_500);
  await page.screenshot({ path: out });
} finally {
  await browser.close();
}
