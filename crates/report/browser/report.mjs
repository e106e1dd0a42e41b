// The pages in a real browser: `cargo xtask check report` writes them, installs what this needs, and runs it.
// usage: node report.mjs PAGES SCREENSHOTS
// With BEGAT_SHORT nothing is timed and no screenshot taken: machines of CI differ.
import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const [pages, screenshots] = process.argv.slice(2);
const isShort = Boolean(process.env.BEGAT_SHORT);
mkdirSync(screenshots, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.BEGAT_CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
const address = (name) => pathToFileURL(join(pages, name)).href;
const failures = [];

/** A page opened from disk with the network cut; what its policy refused or its scripts threw is kept. */
async function opened(name, options = {}) {
  const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 900 }, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", async (dialog) => { complaints.push(`dialog: ${dialog.message()}`); await dialog.dismiss(); });
  await page.goto(address(name));
  return { context, page, complaints };
}

async function test(name, run) {
  try {
    await run();
    console.log(`ok      ${name}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAILED  ${name}\n${error.stack || error}`);
  }
}

const openAll = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((it) => { it.open = true; }));
const shown = (page) => page.locator("main details.case:not([hidden])").count();

await test("it opens from disk, offline, and nothing is refused or thrown", async () => {
  for (const name of ["stories.html", "hostile.html", "records.html", "case.html", "thousand.html", "demo.html", "readiness.html", "document.html", "site/index.html", "site/AN1235.html"]) {
    const { context, complaints } = await opened(name);
    assert.deepEqual(complaints, [], name);
    await context.close();
  }
});

await test("what a log holds runs nothing and breaks nothing", async () => {
  for (const name of ["hostile.html", "records.html", "demo.html", "readiness.html", "document.html", "site/index.html", "site/AN1235.html"]) {
    const { context, page, complaints } = await opened(name);
    await openAll(page);
    assert.deepEqual(complaints, []);
    assert.ok(!(await page.title()).includes("run"));
    assert.equal(await page.locator("img, iframe, object, embed").count(), 0);
    for (const width of [320, 720, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const over = await page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);
      assert.ok(over <= 0, `${name}: ${over} pixels too wide at ${width}`);
    }
    await context.close();
  }
});

await test("filters narrow the list, and the address keeps them", async () => {
  const { context, page } = await opened("stories.html");
  const all = await shown(page);
  await page.selectOption("[name=verdict]", "unknown");
  const some = await shown(page);
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  assert.match(page.url(), /verdict=unknown/);
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  assert.equal(await shown(page), some);
  await page.fill("[name=q]", "no such text anywhere");
  assert.equal(await shown(page), 0);
  await context.close();
});

await test("from a host and from a case there is a way to the cases they share", async () => {
  const { context, page } = await opened("demo.html");
  const all = await shown(page);
  await page.locator("#hosts a[data-by=host]").first().click();
  const some = await shown(page);
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  assert.match(page.url(), /host=/);
  await page.click("button[type=reset]");
  assert.equal(await shown(page), all);
  assert.equal(await page.inputValue("[name=host]"), "");
  await context.close();
});

await test("a part of a name is looked for, a whole one meant", async () => {
  const { context, page } = await opened("thousand.html");
  await page.fill("[name=account]", "svc1");
  assert.equal(await shown(page), 1);
  await page.fill("[name=account]", "vc99");
  assert.equal(await shown(page), 11);
  await context.close();
});

await test("a link to a case opens it", async () => {
  const { context, page } = await opened("stories.html");
  const link = page.locator("ol.urgent a").first();
  const id = (await link.getAttribute("href")).slice(1);
  await link.click();
  assert.ok(await page.evaluate((it) => document.getElementById(it).open, id));
  await context.close();
});

await test("keys move, open and filter", async () => {
  const { context, page } = await opened("stories.html");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const focused = () => page.evaluate(() => document.activeElement.closest("details")?.id);
  const first = await page.locator("main details.case").first().getAttribute("id");
  assert.equal(await focused(), first);
  await page.keyboard.press("Enter");
  assert.ok(await page.evaluate((it) => document.getElementById(it).open, first));
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.name), "q");
  await context.close();
});

await test("commands are copied as they stand", async () => {
  const { context, page } = await opened("stories.html");
  await openAll(page);
  const box = page.locator("ol.steps > li").first();
  const command = await box.locator("code").textContent();
  await box.locator("button").click();
  await page.waitForFunction((it) => /Copied|Ctrl/.test(it.textContent), await box.locator("button").elementHandle());
  assert.equal(await box.locator("button").count(), 1);
  const copied = await page.evaluate(() => navigator.clipboard.readText()).catch(() => null);
  if (copied !== null) assert.equal(copied, command);
  await context.close();
});

await test("times are shown in the reader's zone on a switch", async () => {
  const { context, page } = await opened("stories.html", { timezoneId: "Asia/Tokyo" });
  const before = await page.locator("time").first().textContent();
  await page.click("[data-switch=zone]");
  assert.notEqual(await page.locator("time").first().textContent(), before);
  await page.click("[data-switch=zone]");
  assert.equal(await page.locator("time").first().textContent(), before);
  await context.close();
});

for (const colorScheme of ["light", "dark"]) {
  await test(`no barrier that axe knows, all open, ${colorScheme}`, async () => {
    for (const name of ["stories.html", "records.html", "demo.html", "readiness.html", "document.html", "site/index.html", "site/AN1235.html", "site/T1136.001.html"]) {
      const { context, page } = await opened(name, { colorScheme });
      await openAll(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(violations.map((it) => `${name}: ${it.id}: ${it.nodes[0].html} ${it.nodes[0].failureSummary}`), []);
      await context.close();
    }
  });
}

await test("on a phone what is drawn can be read", async () => {
  const { context, page } = await opened("stories.html", { viewport: { width: 390, height: 844 } });
  await openAll(page);
  const small = await page.evaluate(() => Array.from(document.querySelectorAll(".timeline svg text"))
    .filter((it) => getComputedStyle(it).display !== "none")
    .map((it) => parseFloat(getComputedStyle(it).fontSize) * it.getScreenCTM().a)
    .filter((size) => size < 9));
  assert.deepEqual(small, []);
  await context.close();
});

await test("the library's index is filtered, and read without a script", async () => {
  const { context, page } = await opened("site/index.html");
  const rows = () => page.locator("tbody tr:not([hidden])").count();
  const all = await rows();
  await page.selectOption("[name=kind]", "technique");
  const some = await rows();
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  await page.fill("[name=text]", "no such text anywhere");
  assert.equal(await rows(), 0);
  await context.close();
  const plain = await opened("site/index.html", { javaScriptEnabled: false });
  assert.ok(await plain.page.locator("tbody tr").first().isVisible());
  assert.ok(!(await plain.page.locator("form").isVisible()));
  await plain.context.close();
});

await test("without a script all of it is there to read", async () => {
  const { context, page } = await opened("stories.html", { javaScriptEnabled: false });
  assert.ok(await page.locator("main details.case summary").first().isVisible());
  assert.ok(!(await page.locator("#filters").isVisible()));
  await page.locator("main details.case > summary").first().click();
  assert.ok(await page.locator("main details.case .tree").first().isVisible());
  await context.close();
});

await test("on paper nothing stays folded", async () => {
  const { context, page } = await opened("stories.html");
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("details:not([open])").count(), 0);
  const pdf = await page.pdf({ path: join(screenshots, "print.pdf"), format: "A4" });
  assert.ok(pdf.length > 10_000);
  await context.close();
});

if (!isShort) await test("a thousand cases open in under two seconds", async () => {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const took = [];
  for (let round = 0; round < 3; round += 1) {
    await page.goto("about:blank");
    const began = performance.now();
    await page.goto(address("thousand.html"), { waitUntil: "load" });
    await page.locator("main details.case").first().isVisible();
    took.push(performance.now() - began);
  }
  took.sort((one, other) => one - other);
  console.log(`        ${Math.round(took[1])} ms (median of three), ${statSync(join(pages, "thousand.html")).size} bytes`);
  assert.ok(took[1] < 2_000, `${took} ms`);
  await context.close();
});

if (!isShort) await test("screenshots for a person to look at", async () => {
  const looks = [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }],
  ];
  for (const [name, options] of looks) {
    const { context, page } = await opened("demo.html", options);
    await page.screenshot({ path: join(screenshots, `first-${name}.png`) });
    await page.locator("main details.case > summary").first().click();
    await page.locator("main details.case").first().screenshot({ path: join(screenshots, `case-${name}.png`) });
    await context.close();
    for (const site of ["index", "AN1235"]) {
      const library = await opened(`site/${site}.html`, options);
      await library.page.screenshot({ path: join(screenshots, `site-${site}-${name}.png`), fullPage: site !== "index" });
      await library.context.close();
    }
  }
});

await browser.close();
if (failures.length) {
  console.log(`${failures.length} failed`);
  process.exit(1);
}
