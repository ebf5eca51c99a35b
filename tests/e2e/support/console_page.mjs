// The console in a real browser, as somebody works in it.
//
//   const desk = await ConsolePage.open(service);
//   const passphrase = await desk.enrol(link);          // an invitation's, to its end
//   await desk.log_in({ login, passphrase });
import { launch } from "./browsers.mjs";

export class ConsolePage {
  static async open(service) {
    const desk = new ConsolePage();
    desk.address = service.console;
    desk.browser = await launch("chromium", { scripts: true });
    desk.page = (await desk.browser.page()).raw;
    return desk;
  }
  press(name) {
    return this.page.getByRole("button", { name, exact: true }).click();
  }
  /** Waits until this text is there. */
  see(selector, text) {
    return this.page.locator(selector).filter({ hasText: text }).first().waitFor();
  }
  async words() {
    await this.page.waitForSelector(".words");
    return (await this.page.locator(".words li").allTextContents()).join(" ");
  }
  async enrol(link) {
    await this.page.goto(this.address + link);
    await this.press("Make my keys");
    const passphrase = await this.words();
    await this.press("I have written them down");
    await this.page.fill("[name=again]", passphrase);
    await this.press("Continue");
    const code = await this.words();
    await this.press("I have it on paper");
    await this.page.fill("[name=again]", code);
    await this.press("Finish");
    await this.see("h1", "One call is left");
    return passphrase;
  }
  async log_in({ login, passphrase }) {
    await this.page.goto(this.address + "/");
    await this.page.fill("[name=login]", login);
    await this.page.fill("[name=secret]", passphrase);
    await this.press("Log in");
    await this.page.waitForSelector("tillit-inbox, tillit-log");
  }
  close() {
    return this.browser.close();
  }
}
