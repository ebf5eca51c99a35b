// The strict JSON profile of signed statements (docs/protocol.md §5.1): one object, no duplicate
// keys, integers 0…2^53−1, no null, no NUL, no lone surrogates, depth <= 4. JSON.parse keeps the last
// of two equal keys, which is how two readers of one signed text come to believe two things.
import { CryptoError, fromUtf8, utf8, fromBase64url } from "./bytes.ts";

export type Json = string | number | boolean | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

const maxDepth = 4;
const escapes: Record<string, string> = {
  '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t",
};

class Parser {
  private at = 0;
  private depth = 0;
  constructor(private readonly text: string) {}

  whole(): JsonObject {
    this.space();
    const root = this.value();
    this.space();
    if (this.at !== this.text.length) throw new CryptoError("not_json");
    return root as JsonObject;
  }

  private space(): void {
    while (/[ \t\n\r]/.test(this.text[this.at] ?? "")) this.at += 1;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private expect(character: string): void {
    if (!this.take(character)) throw new CryptoError("not_json");
  }

  private value(): Json {
    const first = this.text[this.at];
    if (first === "{") return this.object();
    if (first === "[") return this.list();
    const scalar = this.scalar(first);
    if (this.depth === 0) throw new CryptoError("not_an_object");
    return scalar;
  }

  private scalar(first: string | undefined): Json {
    if (first === '"') return this.string();
    for (const [word, value] of [["true", true], ["false", false]] as const) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    return this.number();
  }

  private number(): number {
    const pattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match || !Number.isFinite(Number(match[0]))) throw new CryptoError("not_json");
    this.at += match[0].length;
    const value = Number(match[0]);
    const isPlain = /^[0-9]+$/.test(match[0]);
    // Past 2^53 Number rounds; every such text is longer or compares greater, so none slips in.
    if (!isPlain || !Number.isSafeInteger(value)) throw new CryptoError("bad_number");
    return value;
  }

  private string(): string {
    this.expect('"');
    let out = "";
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || character < " ") throw new CryptoError("not_json");
      this.at += 1;
      if (character === '"') break;
      out += character === "\\" ? this.escape() : character;
    }
    if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(out)) {
      throw new CryptoError("not_json");
    }
    if (out.includes("\0")) throw new CryptoError("nul");
    return out;
  }

  private escape(): string {
    const character = this.text[this.at] ?? "";
    this.at += 1;
    if (character !== "u") {
      const plain = escapes[character];
      if (plain === undefined) throw new CryptoError("not_json");
      return plain;
    }
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new CryptoError("not_json");
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private open(): void {
    if (this.depth === maxDepth) throw new CryptoError("too_deep");
    this.depth += 1;
    this.at += 1;
    this.space();
  }

  private object(): JsonObject {
    const out: JsonObject = new Map();
    this.open();
    if (!this.take("}")) {
      do {
        this.space();
        const key = this.string();
        if (out.has(key)) throw new CryptoError("duplicate_key");
        this.space();
        this.expect(":");
        this.space();
        out.set(key, this.value());
        this.space();
      } while (this.take(","));
      this.expect("}");
    }
    this.depth -= 1;
    return out;
  }

  private list(): Json[] {
    if (this.depth === 0) throw new CryptoError("not_an_object");
    const out: Json[] = [];
    this.open();
    if (!this.take("]")) {
      do {
        this.space();
        out.push(this.value());
        this.space();
      } while (this.take(","));
      this.expect("]");
    }
    this.depth -= 1;
    return out;
  }
}

export function parseStrictJson(bytes: Uint8Array): JsonObject {
  const text = fromUtf8(bytes);
  if (text.includes("\0")) throw new CryptoError("nul");
  return new Parser(text).whole();
}

/**
 * Reads the fields of one statement. done() throws if a field was missing, of the wrong type or left
 * unread (an unknown key), so that a reader is a list of reads and one check.
 */
export class FieldReader {
  private reads = 0;
  private failed: boolean;
  private readonly fields: JsonObject;

  constructor(value: Json) {
    this.failed = !(value instanceof Map);
    this.fields = value instanceof Map ? value : new Map();
  }

  private find(name: string): Json | undefined {
    const value = this.fields.get(name);
    if (value !== undefined) this.reads += 1;
    return value;
  }

  private wrong<T>(instead: T): T {
    this.failed = true;
    return instead;
  }

  has(name: string): boolean {
    return this.fields.has(name);
  }

  text(name: string, maxBytes: number): string {
    const value = this.find(name);
    return typeof value === "string" && utf8(value).length <= maxBytes ? value : this.wrong("");
  }

  integer(name: string, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.find(name);
    return typeof value === "number" && value <= max ? value : this.wrong(0);
  }

  boolean(name: string): boolean {
    const value = this.find(name);
    return typeof value === "boolean" ? value : this.wrong(false);
  }

  bytes(name: string, length: number): Uint8Array {
    try {
      return fromBase64url(this.text(name, 2 * length + 4), length);
    } catch {
      return this.wrong(new Uint8Array(length));
    }
  }

  list(name: string, maxItems: number): Json[] {
    const value = this.find(name);
    return Array.isArray(value) && value.length <= maxItems ? value : this.wrong<Json[]>([]);
  }

  /** One of the listed words. */
  word<T extends string>(name: string, words: readonly T[]): T {
    const value = this.text(name, 64);
    return words.includes(value as T) ? (value as T) : this.wrong(words[0]!);
  }

  object(name: string): Json {
    const value = this.find(name);
    return value instanceof Map ? value : this.wrong<Json>(new Map());
  }

  done(): void {
    if (this.failed || this.reads !== this.fields.size) throw new CryptoError("malformed");
  }
}
