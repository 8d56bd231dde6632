/**
 * Files of environment variables: `KEY=VALUE` a line, as `.env` files are written. Pure.
 *
 * Quotes and comments mean what one expects; nothing is put in for `$`, and nothing is ever run.
 */
import { HappiError } from "../errors.ts";

/** A file of variables that cannot be used. */
export class InvalidEnvFile extends HappiError {
  /**
   * @param file its name
   * @param faults what is wrong, one a line; without values, which may be secrets
   */
  constructor(file: string, faults: readonly string[]) {
    super("invalid_env_file", `Cannot use "${file}": ${faults.join("; ")}`);
  }
}

/**
 * Reads variables. A later line goes before an earlier one of the same name.
 *
 * @param text the file: `KEY=VALUE`, `export KEY="two words"`, `KEY='as it is'`, `# comments`
 * @param file its name, for errors
 * @throws {InvalidEnvFile} which names every line that is wrong
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readEnvFile } from "./dotenv.ts";
 * assert.deepEqual(readEnvFile('# ours\nexport PORT=80 # http\nGREETING="hello\\nworld"\nRAW=\'$5\'\n'), {
 *   PORT: "80",
 *   GREETING: "hello\nworld",
 *   RAW: "$5",
 * });
 * assert.throws(() => readEnvFile("a line\n"), /line 1 must be "KEY=VALUE"/);
 * ```
 */
export function readEnvFile(text: string, file = ".env"): Record<string, string> {
  const found: [string, string][] = [];
  const faults: string[] = [];
  for (const [index, line] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, given] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || given === undefined) {
      faults.push(`line ${index + 1} must be "KEY=VALUE"`);
      continue;
    }
    const value = readValue(given);
    if (value === undefined) faults.push(`line ${index + 1}, "${name}", has a quote that is not closed on it`);
    else if (value.includes("\0")) faults.push(`line ${index + 1}, "${name}", has a NUL byte`);
    else found.push([name, value]);
  }
  if (faults.length > 0) throw new InvalidEnvFile(file, faults);
  return Object.fromEntries(found);
}

function readValue(given: string): string | undefined {
  const [, single] = /^'([^']*)'(?:\s+#.*)?$/.exec(given) ?? [];
  if (single !== undefined) return single;
  const [, double] = /^"((?:[^"\\]|\\.)*)"(?:\s+#.*)?$/.exec(given) ?? [];
  if (double !== undefined) return double.replace(/\\(.)/g, (_, one: string) => ESCAPES[one] ?? `\\${one}`);
  if (/^["']/.test(given)) return undefined;
  // The seed takes all double quotes out, wherever they are.
  return given.replace(/(?:^|\s+)#.*$/, "").replaceAll('"', "");
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", $: "$" };
