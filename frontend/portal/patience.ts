// What happens when a connection breaks: wait, longer each time, and go on where it broke off.
import { ApiError, ConnectionLost } from "./api.ts";

export class Cancelled extends Error {}

export interface Watcher {
  /** Called with the seconds until the next try, and with 0 once the connection is back. */
  waiting(seconds: number): void;
  /** Resolves when the person does not want to wait any longer for the next try. */
  tryNow(): Promise<void>;
  signal: AbortSignal;
}

const waits = [1, 2, 4, 8, 15];
const busy = new Set([408, 429, 500, 502, 503, 504]);

// The piece before is still being stored: what was asked for will be right in a moment.
const unsettled = new Set(["piece_order", "incomplete"]);
const unsettledTries = 5;

// All room for files is taken. It may pass in a moment, or not today.
const fullTries = 5;
const isFull = (error: unknown, tries: number) => error instanceof ApiError && error.code === "full" && tries >= fullTries;

const mayPass = (error: unknown, tries: number): boolean =>
  (error instanceof ApiError && unsettled.has(error.code) && tries < unsettledTries) ||
  error instanceof ConnectionLost ||
  (error instanceof ApiError && busy.has(error.status) && error.code !== "not_receiving" && !isFull(error, tries));

function delay(seconds: number, watcher: Watcher): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    const cancel = () => {
      clearTimeout(timer);
      reject(new Cancelled());
    };
    watcher.signal.addEventListener("abort", cancel, { once: true });
    void watcher.tryNow().then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Rejects when the person stops, also while a request hangs. */
function stopped(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  let listener: () => void = () => undefined;
  const promise = new Promise<never>((_, reject) => {
    listener = () => reject(new Cancelled());
    signal.addEventListener("abort", listener, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, forget: () => signal.removeEventListener("abort", listener) };
}

/**
 * Tries until it works or cannot: `attempt` is told whether it follows one whose answer was lost, so
 * that it can ask first what has arrived.
 */
export async function persist<T>(watcher: Watcher, attempt: (isAgain: boolean) => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    if (watcher.signal.aborted) throw new Cancelled();
    const stop = stopped(watcher.signal);
    try {
      const result = await Promise.race([attempt(tries > 0), stop.promise]);
      if (tries > 0) watcher.waiting(0);
      return result;
    } catch (error) {
      if (!mayPass(error, tries)) throw error;
      const seconds = waits[Math.min(tries, waits.length - 1)]!;
      watcher.waiting(seconds);
      await delay(seconds, watcher);
    } finally {
      stop.forget();
    }
  }
}
