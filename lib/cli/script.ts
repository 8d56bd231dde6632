/**
 * Commands as people and scripts write them, one a line, with payloads after `<<` (management guide, 9.3: "the payload
 * starts with a << and ends with an empty line").
 */
import { UsageError } from "./usage_error.ts";

/** One command, with the lines that follow it where it announces some. */
export interface ScriptCommand {
  readonly command: string;
  readonly payload?: string;
}

/** Puts lines together to commands; fed line by line, so that it serves a terminal too. */
export class ScriptReader {
  #command: string | undefined;
  #end = "";
  #payload: string[] = [];

  /** Whether the next line belongs to a payload. */
  get isInPayload(): boolean {
    return this.#command !== undefined;
  }

  /**
   * Takes one line.
   *
   * @returns the command that is complete with it; `undefined` for an empty line, a comment, and while a payload goes on
   */
  add(line: string): ScriptCommand | undefined {
    if (this.#command !== undefined) {
      if (line !== this.#end) {
        this.#payload.push(line);
        return undefined;
      }
      const done = { command: this.#command, payload: this.#payload.join("\n") };
      this.reset();
      return done;
    }
    const bare = line.trim();
    if (bare === "" || bare.startsWith("#")) return undefined;
    const opening = /^(.*\S)[ \t]+<<(\S*)$/.exec(bare);
    if (!opening) return { command: bare };
    this.#command = opening[1] ?? "";
    this.#end = opening[2] ?? "";
    return undefined;
  }

  /**
   * Says that no line follows.
   *
   * @returns the command whose payload ended with the input
   * @throws {UsageError} when its payload has a terminator of its own, and that has not come
   */
  end(): ScriptCommand | undefined {
    if (this.#command === undefined) return undefined;
    if (this.#end !== "") {
      throw new UsageError(`Cannot send "${this.#command}": its payload does not end with "${this.#end}"`);
    }
    return this.add("");
  }

  /** Forgets a command that is not complete. */
  reset(): void {
    this.#command = undefined;
    this.#payload = [];
  }
}

/**
 * Reads commands from lines.
 *
 * @param lines the lines, without their line feeds
 */
export async function* readScript(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<ScriptCommand> {
  const reader = new ScriptReader();
  for await (const line of lines) {
    const command = reader.add(line);
    if (command) yield command;
  }
  const last = reader.end();
  if (last) yield last;
}
