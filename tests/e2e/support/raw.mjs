// HTTP by hand, for what no well-behaved client sends.
import net from "node:net";

/**
 * Sends bytes over a fresh connection and collects what comes back until the server closes or `seconds` are over.
 * `send` is text, a Buffer, or an async function that gets the socket. Returns {status, headers, body, text, seconds,
 * was_closed}. A connection cut without an answer has status 0.
 */
export function raw(url, send, { seconds = 30, end = false } = {}) {
  const { hostname, port } = new URL(url);
  const started = Date.now();
  return new Promise((done) => {
    const chunks = [];
    const socket = net.connect({ host: hostname, port: Number(port) });
    let was_closed = false;
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      const text = Buffer.concat(chunks).toString("latin1");
      const at = text.indexOf("\r\n\r\n");
      const head = at < 0 ? text : text.slice(0, at);
      const headers = Object.fromEntries(head.split("\r\n").slice(1).map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }));
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      const body = at < 0 ? "" : Buffer.from(text.slice(at + 4), "latin1").toString();
      done({ status, headers, body, text, was_closed, seconds: (Date.now() - started) / 1000 });
    };
    const timer = setTimeout(finish, seconds * 1000);
    socket.on("data", (d) => {
      chunks.push(d);
      const text = Buffer.concat(chunks).toString("latin1");
      const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
      const at = text.indexOf("\r\n\r\n");
      if (at > 0 && length !== undefined && text.length >= at + 4 + Number(length) && /^HTTP\/1\.1 [2-5]/.test(text)) finish();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      was_closed = true;
      finish();
    });
    socket.on("connect", async () => {
      if (typeof send === "function") await send(socket);
      else socket.write(send);
      if (end) socket.end();
    });
  });
}

/** The head of a request. */
export function head(url, method, path, headers = {}) {
  const lines = { Host: new URL(url).host, ...headers };
  const text = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${method} ${path} HTTP/1.1\r\n${text}\r\n`;
}
