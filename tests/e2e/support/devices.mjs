// People at the console, with a browser and without one; each known again by the device cookie of the last log-in.
import { launch } from "./browsers.mjs";
import { Member } from "./member.mjs";
import { twin } from "./twin.mjs";

export class Devices {
  /** `service`: gives the service, which may not be there yet. */
  constructor(service) {
    this.service = service;
    this.cookies = new Map();
  }

  async member_of(who) {
    const device = this.cookies.get(who.login);
    const member = await Member.log_in(this.service(), who, device && [["tillit_device", device]]);
    this.cookies.set(who.login, member.api.cookies.get("tillit_device"));
    return member;
  }

  /** The console of one person; open() opens this case. */
  async console_at(who, case_id) {
    const service = this.service();
    const browser = await launch("chromium", { scripts: true });
    const page = (await browser.page()).raw;
    page.setDefaultTimeout(30_000);
    await page.context().addCookies([{ name: "tillit_device", value: this.cookies.get(who.login), url: service.console }]);
    await page.goto(service.console + "/");
    await page.fill('[name="login"]', who.login);
    await page.fill('[name="secret"]', who.passphrase);
    const press = (name) => page.getByRole("button", { name, exact: true }).click();
    await press("Log in");
    const open = async () => {
      const name = twin.caseKey.shortCaseId(twin.bytes.fromBase64url(case_id));
      await page.locator(".inbox__item").filter({ hasText: name }).click();
      await page.waitForSelector("tillit-keys .holders");
    };
    await page.waitForSelector(".choose, tillit-inbox");
    return { browser, page, press, open, close: () => browser.close() };
  }
}
