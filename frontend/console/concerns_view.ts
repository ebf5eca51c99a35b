// Above every page of who is logged in: what has to be seen to.
import { html, nothing } from "lit";

import { concernsAbout, type Concern } from "./concerns.ts";
import { session } from "./session.ts";
import { t } from "./text.ts";
import { alertBox, View } from "./view.ts";

export class ConcernsView extends View {
  static override properties = { concerns: { state: true } };
  private concerns: Concern[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.concerns = concernsAbout(await session.directory(), Math.floor(Date.now() / 86_400_000));
    } catch {
      // Without the directory the pages below say what is wrong.
    }
  }

  protected override render() {
    if (this.concerns.length === 0) return nothing;
    return html`<section class="concerns" aria-label=${t("concern.title")}>
      ${this.concerns.map(({ worry, text, colour }) => html`<div data-worry=${worry}>${alertBox(text, colour)}</div>`)}
    </section>`;
  }
}

customElements.define("tillit-concerns", ConcernsView);
