// Reads what our own pages hold: forms with their fields, and text. Not a parser for the world's HTML.
const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

export function decode(text) {
  return text.replace(/&(#x[0-9a-f]+|#[0-9]+|[a-z]+);/gi, (all, name) => {
    if (name[0] !== "#") return entities[name.toLowerCase()] ?? all;
    return String.fromCodePoint(/^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10));
  });
}

function attributes(tag) {
  const found = {};
  for (const [, name, quoted, bare] of tag.matchAll(/\s([a-z-]+)(?:="([^"]*)"|=([^\s">]+))?/gi)) {
    found[name.toLowerCase()] = decode(quoted ?? bare ?? "");
  }
  return found;
}

/** [{action, method, enctype, fields: [[name, value]], files: [name]}]; unticked boxes are left out. */
export function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, tag, body]) => {
    const { action, method, enctype } = attributes(tag);
    const form = { action, method, enctype, fields: [], files: [], boxes: [] };
    for (const match of body.matchAll(/<(input)\b([^>]*)>|<(textarea)\b([^>]*)>\n?([\s\S]*?)<\/textarea>/gi)) {
      const at = attributes(match[2] ?? match[4]);
      if (!at.name) continue;
      const is_box = at.type === "checkbox" || at.type === "radio";
      if (match[3]) form.fields.push([at.name, decode(match[5])]);
      else if (at.type === "file") form.files.push(at.name);
      else if (is_box) form.boxes.push([at.name, at.value, "checked" in at]);
      if (match[1] && at.type !== "file" && (!is_box || "checked" in at)) form.fields.push([at.name, at.value ?? ""]);
    }
    return form;
  });
}

export const form_for = (html, action) => forms(html).find((form) => form.action === action);

export function text_of(html) {
  return decode(html.replace(/<(style|script)[\s\S]*?<\/\1>/gi, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ")).trim();
}

/** Twelve words from the key page, or nothing. */
export function words_of(html) {
  const list = /<ol class="words"[^>]*>([\s\S]*?)<\/ol>/.exec(html)?.[1] ?? "";
  const words = [...list.matchAll(/<li>([^<]*)<\/li>/g)].map((m) => decode(m[1]).trim());
  return words.length === 12 ? words.join(" ") : undefined;
}

/** Twelve numbers from the key page, or nothing. */
export function numbers_of(html) {
  return /class="numbers">((?:\d{4}\s*){12})</.exec(html)?.[1].trim();
}

/** The messages of a case page: [{author, body, files: [{href, name}]}]. */
export function messages_of(html) {
  const thread = /<ul class="thread"[\s\S]*?>([\s\S]*)/.exec(html)?.[1] ?? "";
  return thread.split(/<li class="msg/).slice(1).map((item) => ({
    is_mine: item.startsWith(" msg--mine"),
    author: decode(/<bdi>([\s\S]*?)<\/bdi>/.exec(item)?.[1] ?? ""),
    body: decode(/<p class="said"[^>]*>([\s\S]*?)<\/p>/.exec(item)?.[1] ?? ""),
    files: [...item.matchAll(/href="(\/case\/file\/[^"]+)"[^>]*><bdi>([\s\S]*?)<\/bdi>/g)]
      .map((m) => ({ href: decode(m[1]), name: decode(m[2]) })),
  }));
}
