// A line between browser and service that can be cut and that remembers what was sent over it.
//
// It puts the service's own address into each request and the line's into each answer (both are of one length), so that
// neither end notices.
import net from "node:net";

import { free_port } from "./service.mjs";

export class Line {
  /** host is the name that the browser uses: "127.0.0.1" or "localhost". */
  static async to(url) {
    const line = new Line();
    line.target = new URL(url);
    line.target_text = line.target.host;
    do line.port = await free_port();
    while (String(line.port).length !== line.target.port.length);
    line.own_text = `${line.target.hostname}:${line.port}`;
    line.url = `http://${line.own_text}`;
    line.requests = []; // the head of each request, as sent by the browser
    line.cut_after = undefined;
    line.cuts = 0;
    line.recorded = []; // every byte of both directions, where record() was called
    line.is_recording = false;
    line.sent = 0; // bytes from the browser
    line.cuts_at = []; // cut when so many bytes were sent, in rising order
    line.sockets = new Set();
    line.server = net.createServer((client) => line.connect(client));
    await new Promise((done) => line.server.listen(line.port, "127.0.0.1", done));
    return line;
  }

  /** Cuts the next exchange whose request begins like this ("POST /report "), when its answer has begun. */
  cut_answer_of(request) {
    this.cut_after = request;
  }

  record() {
    this.is_recording = true;
    return this;
  }

  /** What of these bytes still passes before a cut falls; all of them if none falls here. */
  passes(bytes) {
    const before = this.sent;
    const at = this.cuts_at[0];
    if (at === undefined || before + bytes.length < at) {
      this.sent += bytes.length;
      return bytes;
    }
    this.cuts_at.shift();
    this.sent = at;
    return bytes.subarray(0, at - before);
  }

  connect(client) {
    const service = net.connect({ host: "127.0.0.1", port: Number(this.target.port) });
    this.sockets.add(client).add(service);
    let is_doomed = false;
    const replace = (bytes, from, to) => {
      const at = bytes.indexOf(from);
      return at < 0 ? bytes : Buffer.from(bytes.toString("latin1").replaceAll(from, to), "latin1");
    };
    client.on("data", (bytes) => {
      const head = /^(GET|POST|PUT|HEAD|DELETE) [^\r]* HTTP\/1\.1\r\n/.exec(bytes.subarray(0, 4096).toString("latin1"));
      if (head) {
        this.requests.push(bytes.toString("latin1").split("\r\n\r\n")[0]);
        if (this.cut_after && head[0].startsWith(this.cut_after)) is_doomed = true;
      }
      if (this.is_recording) this.recorded.push(Buffer.from(bytes));
      // Only heads name the address; a file must pass as it is.
      const passing = this.passes(head ? replace(bytes, this.own_text, this.target_text) : bytes);
      service.write(passing);
      if (passing.length < bytes.length) {
        this.cuts += 1;
        client.resetAndDestroy();
        service.destroy();
      }
    });
    service.on("data", (bytes) => {
      if (is_doomed) {
        this.cut_after = undefined;
        this.cuts += 1;
        client.resetAndDestroy();
        service.destroy();
        return;
      }
      if (this.is_recording) this.recorded.push(Buffer.from(bytes));
      client.write(replace(bytes, this.target_text, this.own_text));
    });
    for (const [socket, other] of [[client, service], [service, client]]) {
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.sockets.delete(socket);
        other.end();
      });
    }
  }

  close() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((done) => this.server.close(done));
  }
}
