// The reporter's script: takes over the form and the return page, which work without it.
import { fromBase64url } from "../crypto/bytes.ts";
import { enhanceReturn } from "./case.ts";
import { watchLeaving } from "./leaving.ts";
import { enhanceReport } from "./report.ts";
import { tellScriptsRun } from "./view.ts";

const report = document.querySelector<HTMLFormElement>("#report-form");
const comeBack = document.querySelector<HTMLFormElement>("#return-form");

watchLeaving();
if (report) enhanceReport(report);
if (comeBack) {
  const script = document.querySelector<HTMLScriptElement>("script[data-org]")!;
  enhanceReturn(comeBack, fromBase64url(script.dataset["org"]!, 16));
}
tellScriptsRun(); // last: only now it is true
