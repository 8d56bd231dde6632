/**
 * Output of several processes on one terminal: whole lines, each with the time and its process's name in a colour of its own.
 */
import type { Environment } from "../environment.ts";
import { type Paint, paint } from "../paint.ts";

/** Prints lines of processes. */
export class LinePrinter {
  readonly #to: Environment["stdout"];
  readonly #now: () => Date;
  readonly #colours = new Map<string, Paint>();
  #width = 0;

  /**
   * @param to where lines go
   * @param names those that are known beforehand: they stand in one column
   */
  constructor(to: Environment["stdout"], names: readonly string[] = [], now: () => Date = () => new Date()) {
    this.#to = to;
    this.#now = now;
    for (const name of names) this.#colourOf(name);
  }

  /** Prints what a process wrote, a line at a time; settles at its end. */
  async printAll(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of chunks) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > LONGEST) lines.push(rest.slice(0, rest.length)), rest = "";
      if (lines.length > 0) await this.#print(name, lines);
    }
    rest += decoder.decode();
    if (rest !== "") await this.#print(name, [rest]);
  }

  /** Prints a remark about a process. */
  async remark(name: string, text: string): Promise<void> {
    await this.#print(name, [paint("dim", text, this.#to.hasColours)]);
  }

  async #print(name: string, lines: readonly string[]): Promise<void> {
    const colour = this.#colourOf(name);
    const head = `${timeOf(this.#now())} ${name.padEnd(this.#width)} |`;
    const painted = paint(colour, head, this.#to.hasColours);
    await this.#to.write(lines.map((line) => `${painted} ${line.replace(/\r$/, "")}\n`).join(""));
  }

  #colourOf(name: string): Paint {
    const colour = this.#colours.get(name) ?? COLOURS[this.#colours.size % COLOURS.length] ?? "cyan";
    this.#colours.set(name, colour);
    this.#width = Math.min(WIDEST, Math.max(this.#width, name.length));
    return colour;
  }
}

/** What is longer is printed in pieces. */
const LONGEST = 64 * 1024;
const WIDEST = 32;
const COLOURS: readonly Paint[] = ["cyan", "yellow", "green", "magenta", "blue", "red"];

/** `HH:MM:SS`, local. */
function timeOf(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
