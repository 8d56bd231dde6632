/**
 * The formats of files with services: JSON, TOML and YAML. What reads the latter two is loaded when the first such file is.
 */
import { reason } from "../../errors.ts";
import { SourceFailed } from "./errors.ts";

/** A format of files. */
export type FileFormat = "json" | "toml" | "yaml";

/** The formats by the ends of file names. */
const ENDS: Readonly<Record<string, FileFormat>> = { json: "json", toml: "toml", yaml: "yaml", yml: "yaml" };

/** What reads a text, each loaded once. */
const READERS: Readonly<Record<FileFormat, () => Promise<(text: string) => unknown>>> = {
  json: () => Promise.resolve((text) => JSON.parse(text)),
  toml: async () => (await import("smol-toml")).parse,
  yaml: async () => {
    const { isScalar, parseDocument, visit } = await import("yaml");
    return (text) => {
      // Its own look for doubles compares each key with all others: twelve seconds for a megabyte.
      const document = parseDocument(text, { uniqueKeys: false, prettyErrors: true, logLevel: "error" });
      const [fault] = document.errors;
      if (fault !== undefined) throw fault;
      visit(document, {
        Map(_, { items }) {
          const keys = items.flatMap(({ key }) => isScalar(key) ? [String(key.value)] : []);
          const twice = new Set(keys).size < keys.length && keys.find((key, index) => keys.indexOf(key) !== index);
          if (twice !== false && twice !== undefined) throw new SyntaxError(`the key "${twice}" is there twice`);
        },
      });
      // An alias of an alias makes a small file huge; so many are plenty.
      const value: unknown = document.toJS({ maxAliasCount: 100 });
      return value;
    };
  },
};

/** The format of a file by its name; `undefined` when it is none of ours. */
export function formatOf(path: string): FileFormat | undefined {
  const [, end = ""] = /\.([a-z]+)$/.exec(path.toLowerCase()) ?? [];
  return Object.hasOwn(ENDS, end) ? ENDS[end] : undefined;
}

/**
 * Reads a text.
 *
 * @param text what a file holds
 * @param format how it is written
 * @param target the file, for the error
 * @throws {SourceFailed} when it is written otherwise
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readFormat } from "./formats.ts";
 * assert.deepEqual(await readFormat("services:\n  web: {}\n", "yaml", "services.yaml"), { services: { web: {} } });
 * ```
 */
export async function readFormat(text: string, format: FileFormat, target: string): Promise<unknown> {
  const read = await READERS[format]();
  try {
    return read(text);
  } catch (thrown) {
    // What the parsers say goes on with a drawing of the place.
    const [first = ""] = reason(thrown).split("\n");
    const why = first.replace(/^Invalid TOML document: /, "").replace(/:$/, "");
    throw new SourceFailed(target, `it is no ${format.toUpperCase()}: ${why}${lineOf(thrown)}`, thrown);
  }
}

/** The line, where the parser tells it beside its message. */
function lineOf(thrown: unknown): string {
  return thrown instanceof Error && "line" in thrown && typeof thrown.line === "number" ? ` (line ${thrown.line})` : "";
}
