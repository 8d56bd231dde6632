/**
 * The check `file`: a flag that a deployment script or a person sets with `touch`, and takes away with `rm`.
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../check.ts";
import { CheckFailed } from "../errors.ts";
import type { Reply } from "../reply.ts";
import { oneOf, optional, optionHelp, readOptions, required, text } from "./options.ts";

/** What is said while the file exists. */
const PRESENT: Readonly<Record<"maint" | "drain" | "down", Reply>> = {
  maint: { admin: "maint" },
  drain: { admin: "drain", health: "up" },
  down: { health: "down" },
};

/** Of a reason so many bytes are read. */
const MOST_BYTES = 1024;

const OPTIONS = {
  path: required(text(4096), "the file; its first line is the reason"),
  present: optional(oneOf(["maint", "drain", "down"]), "what is said while it exists", "maint"),
};

/** The kind `file`. */
export const FILE: CheckKind = {
  name: "file",
  summary: "a flag: maint, drain or down while a file exists",
  isOnWire: false,
  wireFields: [],
  options: optionHelp(OPTIONS),
  make: makeFile,
};

function makeFile(given: CheckOptions, { origin }: CheckContext): Check {
  const { path, present } = readOptions("file", given, OPTIONS, origin);
  return {
    kind: "file",
    target: path,
    async run(): Promise<Finding> {
      const said = await firstLine(path);
      // That HAProxy has to hear `ready` after `maint` and `drain` is the agent's business, for every kind of check.
      if (said === undefined) return { reply: { health: "up" }, reason: "", facts: { present: false } };
      return { reply: PRESENT[present], reason: said === "" ? `"${path}" exists` : said, facts: { present: true } };
    },
  };
}

/** The first line of a file, empty for a folder and for what cannot be read; `undefined` when there is none. */
async function firstLine(path: string): Promise<string | undefined> {
  try {
    const { isFile } = await Deno.stat(path);
    return isFile ? await beginningOf(path) : "";
  } catch (thrown) {
    // A path whose folder is a file leads nowhere either.
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory) return undefined;
    const why = thrown instanceof Deno.errors.PermissionDenied ? "it may not be read" : "the disk does not give it";
    throw new CheckFailed(`Cannot look for "${path}": ${why}`, thrown);
  }
}

async function beginningOf(path: string): Promise<string> {
  try {
    using file = await Deno.open(path);
    const bytes = new Uint8Array(MOST_BYTES);
    const length = await file.read(bytes) ?? 0;
    return new TextDecoder().decode(bytes.subarray(0, length)).trimStart().split(/[\r\n]/, 1)[0]?.trim() ?? "";
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) throw thrown;
    // It is there, and so the flag is up, whatever is in it.
    return "";
  }
}
