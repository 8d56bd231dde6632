/**
 * On which line of a TOML file each key stands. The parser gives values without their places; this reads the file's
 * skeleton again: headers, keys, and strings, brackets and comments as far as they can hide them.
 *
 * The text has been parsed before: it is TOML.
 */

/** A key, or the index of a table in a list of tables. */
export type PathPart = string | number;

/** Lines of a file by the paths of its keys. */
export class Positions {
  readonly #lines = new Map<string, number>();

  /** @param text a TOML file */
  constructor(text: string) {
    const counts = new Map<string, number>();
    let table: PathPart[] = [];
    for (const { line, header, key, elements } of statements(text)) {
      if (header !== undefined) {
        table = resolve(header.path, counts);
        if (header.isList) {
          const index = counts.get(keyOf(table)) ?? 0;
          counts.set(keyOf(table), index + 1);
          this.#note(table, line);
          table = [...table, index];
        }
        this.#note(table, line);
      } else if (key !== undefined) {
        this.#note([...table, ...key], line);
        elements.forEach((at, index) => this.#note([...table, ...key, index], at));
      }
    }
  }

  /** The line of a key, or of the nearest that it stands in; `undefined` when there is none. */
  lineOf(path: readonly PathPart[]): number | undefined {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(keyOf(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return undefined;
  }

  #note(path: readonly PathPart[], line: number): void {
    for (let length = 1; length <= path.length; length++) {
      const key = keyOf(path.slice(0, length));
      if (!this.#lines.has(key)) this.#lines.set(key, line);
    }
  }
}

/** A path as people write it: `spoa.limit.rate`, `spoa.lists[2].source`. */
export function formatPath(path: readonly PathPart[]): string {
  return path.map((part, index) => {
    if (typeof part === "number") return `[${part}]`;
    const written = /^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part);
    return index === 0 ? written : `.${written}`;
  }).join("");
}

interface Statement {
  readonly line: number;
  readonly header?: { readonly path: string[]; readonly isList: boolean };
  readonly key?: string[];
  /** The lines on which the tables of a list begin. */
  readonly elements: number[];
}

/** Headers and keys of the top level, with their lines. */
function* statements(text: string): Generator<Statement> {
  const scanner = new Scanner(text);
  for (scanner.skipBlank(); !scanner.isDone; scanner.skipBlank()) {
    const { line } = scanner;
    if (scanner.take("[")) {
      const isList = scanner.take("[");
      const path = scanner.key();
      scanner.skipLine();
      yield { line, header: { path, isList }, elements: [] };
    } else {
      const key = scanner.key();
      scanner.take("=");
      yield { line, key, elements: scanner.skipValue() };
    }
  }
}

/** A header below a list of tables means the last of them. */
function resolve(header: readonly string[], counts: ReadonlyMap<string, number>): PathPart[] {
  const path: PathPart[] = [];
  for (const [index, part] of header.entries()) {
    path.push(part);
    const count = counts.get(keyOf(path));
    if (count !== undefined && index < header.length - 1) path.push(count - 1);
  }
  return path;
}

function keyOf(path: readonly PathPart[]): string {
  return JSON.stringify(path);
}

/** Reads a TOML text character by character, as coarsely as will do. */
class Scanner {
  readonly #text: string;
  #at = 0;
  line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  get isDone(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Blanks, line ends and comments. */
  skipBlank(): void {
    for (; !this.isDone; this.#step()) {
      const one = this.#text[this.#at];
      if (one === "#") { while (!this.isDone && this.#text[this.#at] !== "\n") this.#at++; }
      if (!this.isDone && !/\s/.test(this.#text[this.#at] ?? "")) return;
    }
  }

  take(one: string): boolean {
    this.#skipSpaces();
    if (this.#text[this.#at] !== one) return false;
    this.#at++;
    return true;
  }

  /** A key with its dots. */
  key(): string[] {
    const parts: string[] = [];
    do {
      this.#skipSpaces();
      const quote = this.#text[this.#at];
      if (quote === '"' || quote === "'") {
        const from = this.#at;
        this.#skipString();
        const written = this.#text.slice(from, this.#at);
        parts.push(quote === '"' ? unescape(written) : written.slice(1, -1));
      } else {
        const [bare = ""] = /^[A-Za-z0-9_-]+/.exec(this.#text.slice(this.#at, this.#at + 256)) ?? [];
        parts.push(bare);
        this.#at += bare.length;
      }
    } while (this.take("."));
    return parts;
  }

  skipLine(): void {
    while (!this.isDone && this.#text[this.#at] !== "\n") this.#at++;
  }

  /** To the end of a value; gives the lines where the elements of a list begin, if they are tables. */
  skipValue(): number[] {
    const elements: number[] = [];
    for (let depth = 0; !this.isDone; this.#step()) {
      const one = this.#text[this.#at] ?? "";
      if (one === '"' || one === "'") {
        this.#skipString();
        this.#at--;
      } else if (one === "#") {
        while (this.#text[this.#at + 1] !== "\n" && this.#at + 1 < this.#text.length) this.#at++;
      } else if (one === "[" || one === "{") {
        if (one === "{" && depth === 1) elements.push(this.line);
        depth++;
      } else if (one === "]" || one === "}") depth--;
      else if (one === "\n" && depth === 0) break;
    }
    return elements;
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++;
  }

  #step(): void {
    if (this.#text[this.#at] === "\n") this.line++;
    this.#at++;
  }

  /** Behind a string of any of the four kinds. */
  #skipString(): void {
    const quote = this.#text[this.#at] ?? "";
    const isLong = this.#text.startsWith(quote.repeat(3), this.#at);
    const end = isLong ? quote.repeat(3) : quote;
    for (this.#at += end.length; !this.isDone && !this.#text.startsWith(end, this.#at); this.#step()) {
      if (quote === '"' && this.#text[this.#at] === "\\") this.#step();
    }
    this.#at += end.length;
    // Up to two quotes may stand before the closing three.
    while (isLong && this.#text[this.#at] === quote) this.#at++;
  }
}

function unescape(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
