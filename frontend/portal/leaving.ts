// What a page that shows a key or a thread does when it is left: it empties itself, so that neither
// Back nor a stored copy of the page shows it to the next person.
let forget: (() => void) | undefined;

const ask = (event: BeforeUnloadEvent) => event.preventDefault();

/** From now on the page holds something: `onLeaving` wipes it. With `asks` the browser asks before it goes. */
export function holdSecret(onLeaving: () => void, asks: boolean): void {
  forget = onLeaving;
  if (asks) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
}

export function releaseSecret(): void {
  forget = undefined;
  removeEventListener("beforeunload", ask);
}

export function watchLeaving(): void {
  let isExit = false;
  document.querySelector(".bar__exit")?.addEventListener("submit", () => {
    isExit = true;
    removeEventListener("beforeunload", ask);
  });
  addEventListener("pagehide", () => {
    if (!forget && !isExit) return;
    forget?.();
    document.querySelectorAll<HTMLFormElement>("main form").forEach((form) => form.reset());
    document.querySelector("main")!.replaceChildren();
    releaseSecret();
    addEventListener("pageshow", () => location.reload(), { once: true });
  });
}
