/**
 * Text from standard input and from files that are named on the command line.
 */
import { HappiError, reason } from "../errors.ts";
import type { Input } from "./environment.ts";

/** A file that the command line names cannot be read. */
export class UnreadableFile extends HappiError {
  /**
   * @param path the file
   * @param thrown what the system said
   */
  constructor(path: string, thrown: unknown) {
    const why = thrown instanceof Deno.errors.NotFound ? "there is no such file" : reason(thrown);
    super("unreadable_file", `Cannot read "${path}": ${why}`, { cause: thrown });
  }
}

/** The whole text of a file; `-` is standard input. @throws {UnreadableFile} */
export async function readText(stdin: Input, path: string): Promise<string> {
  try {
    return path === "-" ? await new Response(stdin.open()).text() : await Deno.readTextFile(path);
  } catch (thrown) {
    throw new UnreadableFile(path, thrown);
  }
}

/** The lines of standard input as they come, without their line feeds. */
export async function* readLines(stdin: Input): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stdin.open()) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  if (rest !== "") yield rest;
}
