// What every page is asked, in every state, light and dark, wide and narrow: axe finds nothing (no rule switched
// off), nothing sticks out to the side at 320 px, and a picture is kept for the contact sheet.
import fs from "node:fs";
import path from "node:path";

import { packages } from "../e2e/support/twin.mjs";

const axe_source = fs.readFileSync(
  path.join(path.dirname(packages.resolve("axe-core")), "axe.min.js"), "utf8");

/** Where the pictures of one side go; its contact sheet lies beside the folder. */
export function pictures_folder(side) {
  return path.join(process.env.TILLIT_PICTURES ?? path.join(process.env.TILLIT_BUILD, "pictures"), side);
}

export function open_browser() {
  return packages("playwright-core").chromium.launch({
    executablePath: process.env.TILLIT_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-dev-shm-usage"],
  });
}

export const views = [
  { name: "light", width: 1280, scheme: "light" },
  { name: "dark", width: 1280, scheme: "dark" },
  { name: "phone-light", width: 320, scheme: "light" },
  { name: "phone-dark", width: 320, scheme: "dark" },
];

/** Shows `page` (a playwright page that is where it should be) in one view and says what is wrong. */
export async function inspect(page, view, picture) {
  await page.setViewportSize({ width: view.width, height: 900 });
  await page.emulateMedia({ colorScheme: view.scheme, reducedMotion: "reduce" });
  const inside = await page.context().newCDPSession(page);
  // Asked by the debugger, so that a page with a strict policy, or without scripts, stays as it is.
  const ask = async (expression) => {
    const { result, exceptionDetails } = await inside.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const problems = [];
  const wide = await ask("document.documentElement.scrollWidth - innerWidth");
  if (wide > 0) problems.push(`${wide} px stick out at ${view.width} px`);
  if (!(await ask("typeof axe === 'object'"))) await ask(axe_source + "; 0");
  const found = await ask("axe.run(document, { resultTypes: ['violations'] })");
  for (const violation of found.violations) {
    problems.push(`axe ${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  }
  if (picture) await page.screenshot({ path: picture, fullPage: true });
  await inside.detach();
  return problems;
}

/** One page that holds all pictures of a folder, small, with their names. */
export async function contact_sheet(browser, folder, target) {
  const pictures = fs.readdirSync(folder).filter((name) => name.endsWith(".png")).sort();
  const cells = pictures.map((name) =>
    `<figure><img src="data:image/png;base64,${fs.readFileSync(path.join(folder, name)).toString("base64")}">` +
    `<figcaption>${name.slice(0, -4)}</figcaption></figure>`);
  const page = await browser.newPage({ viewport: { width: 1800, height: 1000 } });
  await page.setContent(`<style>body{margin:8px;font:11px sans-serif;display:grid;grid-template-columns:repeat(8,1fr);gap:8px;background:#ccc}
    figure{margin:0}img{width:100%;max-height:420px;object-fit:cover;object-position:top}
    </style>${cells.join("")}`);
  await page.screenshot({ path: target, fullPage: true });
  await page.close();
  return pictures.length;
}
