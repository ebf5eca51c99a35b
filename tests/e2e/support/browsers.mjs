// Debian's Chromium (playwright-core) and Firefox ESR (puppeteer-core over WebDriver BiDi) behind one small
// set of verbs, with scripts off or on. Nothing of a test depends on scripts running in the page.
//
//   const browser = await launch("firefox", { scripts: false });
//   const page = await browser.page();
//   await page.go(url); await page.fill("#text", "…"); await page.press_button('form[action="/report"] button');
//   await page.html(); await page.value("#text"); await page.back(); await page.reload();
//   const { name, file } = await page.download('a[href^="/case/file/"]');
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { sleep, until } from "./service.mjs";
import { packages } from "./twin.mjs";

const chromium_path = process.env.TILLIT_CHROMIUM ?? "/usr/bin/chromium";
const firefox_path = process.env.TILLIT_FIREFOX ?? "/usr/bin/firefox-esr";

export const names = ["chromium", "firefox"];

export function launch(name, options = {}) {
  return name === "firefox" ? launch_firefox(options) : launch_chromium(options);
}

// --- Chromium ---
async function launch_chromium({ scripts = false } = {}) {
  const { chromium } = packages("playwright-core");
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-chromium-"));
  const browser = await chromium.launch({
    executablePath: chromium_path,
    headless: true,
    downloadsPath: path.join(profile, "downloads"),
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
  });
  let context;
  return {
    name: "chromium",
    async page() {
      context ??= await browser.newContext({ javaScriptEnabled: scripts, acceptDownloads: true });
      context.setDefaultTimeout(30_000);
      return new ChromiumPage(await context.newPage());
    },
    async close() {
      await browser.close();
      fs.rmSync(profile, { recursive: true, force: true });
    },
  };
}

class ChromiumPage {
  constructor(raw) {
    this.raw = raw;
  }
  async go(url) {
    return (await this.raw.goto(url))?.status();
  }
  /** Empty while one page gives way to the next. */
  html() {
    return this.raw.content().catch(() => "");
  }
  url() {
    return this.raw.url();
  }
  fill(selector, text) {
    return this.raw.fill(selector, text);
  }
  value(selector) {
    return this.raw.inputValue(selector);
  }
  has(selector) {
    return this.raw.locator(selector).count().then((n) => n > 0);
  }
  choose(selector, file) {
    return this.raw.setInputFiles(selector, file);
  }
  tick(selector, is_ticked) {
    return this.raw.setChecked(selector, is_ticked);
  }
  /** Presses and waits for the page that comes. */
  async press_button(selector, seconds = 60) {
    await Promise.all([
      this.raw.waitForEvent("load", { timeout: seconds * 1000 }),
      this.raw.click(selector, { noWaitAfter: true }),
    ]);
  }
  /** Presses without waiting for anything. */
  press_only(selector, times = 1) {
    return this.raw.locator(selector).click({ clickCount: times, delay: 5, noWaitAfter: true });
  }
  async back() {
    await this.raw.goBack({ timeout: 10_000 }).catch(() => {});
    await sleep(500); // an error page ("confirm resubmission") comes after the answer to goBack
  }
  /** Back to a page that has this; where it may not be kept, the browser asks, and the person says "send again". */
  async back_to(selector) {
    await this.back();
    if (!(await this.has(selector))) await this.reload();
    return this.has(selector);
  }
  async reload() {
    await this.raw.reload();
  }
  async download(selector) {
    const [download] = await Promise.all([this.raw.waitForEvent("download", { timeout: 120_000 }), this.raw.click(selector)]);
    const file = await download.path();
    return { name: download.suggestedFilename(), file };
  }
  settle(seconds = 1) {
    return sleep(seconds * 1000);
  }
  close() {
    return this.raw.close();
  }
}

// --- Firefox ---
/** What Tor Browser sets at its level "Safer", as far as it touches how scripts run. */
const like_tor_browser = {
  "javascript.options.ion": false,
  "javascript.options.baselinejit": false,
  "javascript.options.native_regexp": false,
  "javascript.options.asmjs": false,
  "javascript.options.wasm": false,
  "privacy.resistFingerprinting": true,
  "privacy.firstparty.isolate": true,
  "browser.privatebrowsing.autostart": true,
  "network.http.referer.XOriginPolicy": 2,
  "dom.indexedDB.enabled": false,
};

async function launch_firefox({ scripts = false, like_tor = false } = {}) {
  const puppeteer = packages("puppeteer-core");
  const downloads = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-firefox-"));
  const browser = await (puppeteer.default ?? puppeteer).launch({
    browser: "firefox",
    executablePath: firefox_path,
    headless: true,
    protocol: "webDriverBiDi",
    protocolTimeout: 120_000,
    extraPrefsFirefox: {
      ...(like_tor ? like_tor_browser : {}),
      "javascript.enabled": scripts,
      "browser.download.dir": downloads,
      "browser.download.folderList": 2,
      "browser.download.useDownloadDir": true,
      "browser.download.alwaysOpenPanel": false,
      "browser.helperApps.neverAsk.saveToDisk": "application/octet-stream",
      "dom.confirm_repost.testing.always_accept": true,
      "app.update.enabled": false,
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
    },
  });
  return {
    name: "firefox",
    async page() {
      const page = await browser.newPage();
      // An onion address without a certificate is no secure context in most browsers.
      if (like_tor) await page.evaluateOnNewDocument(() => Object.defineProperty(crypto, "subtle", { value: undefined }));
      return new FirefoxPage(page, downloads);
    },
    async close() {
      await browser.close();
      fs.rmSync(downloads, { recursive: true, force: true });
    },
  };
}

/**
 * While a page gives way to one of another process, Firefox's driver may refuse to run anything ("cross-origin object");
 * nothing has run then, so it is asked again.
 */
const patiently = (act) => async (...args) => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act(...args);
    } catch (error) {
      if (tries === 50 || !/cross-origin object/.test(String(error))) throw error;
      await sleep(100);
    }
  }
};

class FirefoxPage {
  constructor(raw, downloads) {
    this.raw = raw;
    this.downloads = downloads;
    for (const name of ["$", "$eval", "evaluate"]) raw[name] = patiently(raw[name].bind(raw));
  }
  /**
   * Acts and waits for another document. puppeteer's own waiting misses pages that come from the back/forward cache, after
   * a download or after Clear-Site-Data; a mark on the old document does not.
   */
  async to_another_document(act, seconds) {
    // A page that is just coming may have no root element yet.
    const mark = (name) => document.documentElement?.toggleAttribute(name, true) ?? false;
    const state = (name) => (document.documentElement.hasAttribute(name) ? "old" : document.readyState);
    await until(() => this.raw.evaluate(mark, "data-left"), "a document", 10);
    await act();
    const is_new = () => this.raw.evaluate(state, "data-left").then((s) => s === "complete", () => false);
    await until(is_new, `another page than ${this.url()}`, seconds);
  }
  async go(url) {
    await this.to_another_document(async () => {
      this.raw.goto(url, { timeout: 10_000 }).catch(() => {});
    }, 30);
  }
  /** Empty only if no page comes: the driver may refuse for a moment to read one that has just come. */
  async html() {
    for (let tries = 1; tries <= 20; tries += 1) {
      const content = await this.raw.content().catch(() => "");
      if (content !== "") return content;
      await sleep(50);
    }
    return "";
  }
  url() {
    return this.raw.url();
  }
  fill(selector, text) {
    return this.raw.$eval(selector, (element, value) => {
      element.value = value;
    }, text);
  }
  value(selector) {
    return this.raw.$eval(selector, (element) => element.value);
  }
  async has(selector) {
    return (await this.raw.$(selector)) !== null;
  }
  async choose(selector, file) {
    await patiently(async () => (await this.raw.$(selector)).uploadFile(...(Array.isArray(file) ? file : [file])))();
  }
  async tick(selector, is_ticked) {
    await this.raw.$eval(selector, (element, value) => {
      element.checked = value;
    }, is_ticked);
  }
  // puppeteer's own click() waits for a promise in the page, which never comes where scripts are off.
  async press_only(selector, times = 1) {
    const element = await this.raw.$(selector);
    if (!element) throw new Error(`no ${selector} on ${this.url()}`);
    const at = await patiently(() => element.evaluate((e) => {
      e.scrollIntoView({ block: "center", behavior: "instant" });
      const box = e.getClientRects()[0];
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }))();
    await this.raw.mouse.click(at.x, at.y, { count: times });
  }
  async press_button(selector, seconds = 60) {
    await this.to_another_document(() => this.press_only(selector), seconds);
  }
  // From the back/forward cache comes no load event; so it asks, and looks until the address has changed.
  async back() {
    const before = this.url();
    this.raw.goBack({ timeout: 2500 }).catch(() => {});
    await until(() => this.url() !== before, "the page before", 5).catch(() => {});
    await sleep(300);
  }
  async back_to(selector) {
    await this.back();
    if (!(await this.has(selector))) await this.reload();
    return this.has(selector);
  }
  async reload() {
    await this.to_another_document(async () => {
      this.raw.reload({ timeout: 10_000 }).catch(() => {});
    }, 20);
  }
  async download(selector) {
    const before = new Set(fs.readdirSync(this.downloads));
    await this.press_only(selector);
    const fresh = () => fs.readdirSync(this.downloads).filter((n) => !before.has(n));
    // Firefox writes NAME.part beside an empty NAME and renames when it is whole.
    await until(() => fresh().length > 0 && !fresh().some((n) => n.endsWith(".part")), "a download ends", 120);
    const [name] = fresh();
    return { name, file: path.join(this.downloads, name) };
  }
  settle(seconds = 1) {
    return sleep(seconds * 1000);
  }
  close() {
    return this.raw.close();
  }
}
