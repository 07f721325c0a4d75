/** A piece of a text as WhatsApp formats it. */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "mention"; text: string }
  | { kind: "bold"; parts: Inline[] }
  | { kind: "italic"; parts: Inline[] }
  | { kind: "strike"; parts: Inline[] }
  | { kind: "link"; url: string; text: string };

/** A part of a text that has lines of its own. */
export type Block =
  | { kind: "lines"; parts: Inline[] }
  | { kind: "quote"; parts: Inline[] }
  | { kind: "list"; ordered: boolean; start: number; items: Inline[][] }
  | { kind: "code"; text: string };

/** Somebody whom a text names as "@" and a token. */
export interface Named {
  token: string;
  name: string;
}

type Mark = "bold" | "italic" | "strike";
const MARKS: Record<string, Mark> = { "*": "bold", _: "italic", "~": "strike" };
const WORD = /[\p{L}\p{N}]/u;
const LINK = /https:\/\/[^\s<>"'`]+/iuy;
const ITEM = /^(?:[-*]|(\d{1,4})\.) (.+)$/u;
const FENCE = "```";

/** How a text is shown: *bold*, _italic_, ~struck~, `code`, lists, quotes, links, and the people who are named in it. */
export function blocksOf(text: string, people: readonly Named[] = []): Block[] {
  const out: Block[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf(FENCE, at);
    const close = open < 0 ? -1 : text.indexOf(FENCE, open + FENCE.length);
    if (close < 0) break;
    const code = text.slice(open + FENCE.length, close);
    if (code.trim() === "") {
      out.push(...lines(text.slice(at, close + FENCE.length), people));
    } else {
      out.push(...lines(text.slice(at, open).replace(/\n$/u, ""), people));
      out.push({ kind: "code", text: code.replace(/^\n|\n$/gu, "") });
    }
    at = close + FENCE.length;
    if (text[at] === "\n" && code.trim() !== "") at++;
  }
  out.push(...lines(text.slice(at), people));
  return out;
}

/** The same without blocks: the words of one line. */
export function inlineOf(text: string, people: readonly Named[] = []): Inline[] {
  return new Line(text, people).parts(0, text.length);
}

function lines(text: string, people: readonly Named[]): Block[] {
  const out: Block[] = [];
  if (text === "") return out;
  for (const line of text.split("\n")) {
    const last = out.at(-1);
    const item = ITEM.exec(line);
    if (item !== null) {
      const ordered = item[1] !== undefined;
      const words = inlineOf(item[2] ?? "", people);
      if (last?.kind === "list" && last.ordered === ordered) last.items.push(words);
      else out.push({ kind: "list", ordered, start: Number(item[1] ?? 1), items: [words] });
      continue;
    }
    const kind = line.startsWith("> ") ? "quote" : "lines";
    const parts = inlineOf(kind === "quote" ? line.slice(2) : line, people);
    if (last?.kind === kind) last.parts.push({ kind: "text", text: "\n" }, ...parts);
    else out.push({ kind, parts });
  }
  return out;
}

/** One line on its way. A mark without an end is looked for once, so that the time is in proportion to the length. */
class Line {
  #endless = new Set<string>();

  constructor(
    private text: string,
    private people: readonly Named[],
  ) {}

  parts(from: number, to: number): Inline[] {
    const out: Inline[] = [];
    let plain = from;
    for (let i = from; i < to;) {
      const found = this.#at(i, to);
      if (found === undefined) {
        i++;
        continue;
      }
      if (i > plain) out.push({ kind: "text", text: this.text.slice(plain, i) });
      out.push(found.part);
      i = plain = found.end;
    }
    if (to > plain) out.push({ kind: "text", text: this.text.slice(plain, to) });
    return out;
  }

  #at(i: number, to: number): { part: Inline; end: number } | undefined {
    const c = this.text.charAt(i);
    if (c === "@") return this.#mention(i, to);
    if (c === "h" || c === "H") return this.#link(i, to);
    if (c !== "`" && MARKS[c] === undefined) return undefined;
    const end = this.#end(c, i, to);
    if (end === undefined) return undefined;
    const kind = MARKS[c];
    if (kind === undefined) return { part: { kind: "code", text: this.text.slice(i + 1, end) }, end: end + 1 };
    return { part: { kind, parts: this.parts(i + 1, end) }, end: end + 1 };
  }

  // Where what begins with a mark ends: marks stand at the edges of words.
  #end(mark: string, at: number, to: number): number | undefined {
    const key = `${mark}${to}`;
    if (this.#endless.has(key) || this.#inWord(at - 1) || this.#blank(at + 1)) return undefined;
    if (this.text.charAt(at + 1) === mark) return undefined;
    for (let i = this.text.indexOf(mark, at + 2); i >= 0 && i < to; i = this.text.indexOf(mark, i + 1))
      if (!this.#blank(i - 1) && !this.#inWord(i + 1)) return i;
    this.#endless.add(key);
    return undefined;
  }

  #inWord(i: number): boolean {
    return WORD.test(this.text.charAt(i));
  }

  #blank(i: number): boolean {
    return this.text.charAt(i).trim() === "";
  }

  #link(i: number, to: number): { part: Inline; end: number } | undefined {
    if (this.#inWord(i - 1)) return undefined;
    LINK.lastIndex = i;
    const found = LINK.exec(this.text)?.[0].slice(0, to - i);
    const url = found?.replace(/[.,;:!?)\]}*_~]+$/u, "");
    if (url === undefined || !URL.canParse(url)) return undefined;
    return { part: { kind: "link", url, text: url }, end: i + url.length };
  }

  #mention(i: number, to: number): { part: Inline; end: number } | undefined {
    const named = this.people.find(({ token }) => token !== "" && this.text.startsWith(token, i + 1));
    if (named === undefined || i + 1 + named.token.length > to) return undefined;
    return { part: { kind: "mention", text: `@${named.name}` }, end: i + 1 + named.token.length };
  }
}
