/**
 * A terminal's line with editing, history and Tab (node:readline), as the shell uses it.
 */
import { createInterface, type Interface } from "node:readline";
import type { Terminal } from "../environment.ts";
import type { Completion } from "./completion.ts";

/** What the editor tells and asks. */
export interface EditorOptions {
  /** The history, the newest first. */
  readonly history: readonly string[];
  /** Whether a line goes into the history. */
  remembers(line: string): boolean;
  /** Ctrl-C. @returns whether something was running that it has ended */
  onInterrupt(): boolean;
  complete(line: string): Promise<Completion>;
}

/** A line editor; closing it gives the terminal back. */
export class LineEditor implements Disposable {
  readonly #editor: Interface;
  readonly #terminal: Terminal;
  readonly #typed: string[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(terminal: Terminal, options: EditorOptions) {
    this.#terminal = terminal;
    this.#editor = createInterface({
      ...terminal,
      terminal: true,
      history: [...options.history],
      historySize: 1_000,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: Error | null, result: [string[], string]) => void) => {
        options.complete(line).then(
          ([candidates, partial]) => done(null, [candidates, partial]),
          (error) => done(error, [[], ""]),
        );
      },
    });
    this.#editor.on("history", (lines: string[]) => {
      if (lines[0] !== undefined && !options.remembers(lines[0])) lines.shift();
    });
    this.#editor.on("SIGINT", () => {
      if (!options.onInterrupt()) this.#cancelLine();
    });
    this.#editor.on("line", (line: string) => {
      this.#typed.push(line);
      this.#wake?.();
    });
    this.#editor.on("close", () => {
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  /**
   * Asks for a line.
   *
   * @returns the line; `undefined` after Ctrl-D, or when the editor was closed
   */
  async ask(prompt: string): Promise<string | undefined> {
    if (this.#typed.length === 0 && !this.#isClosed) {
      this.#editor.setPrompt(prompt);
      this.#editor.prompt();
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
    return this.#typed.shift();
  }

  /** Writes text above the line. */
  write(text: string): void {
    this.#terminal.output.write(text);
  }

  /** Ends the editing; a line that is asked for is `undefined`. */
  close(): void {
    if (!this.#isClosed) this.#editor.close();
  }

  [Symbol.dispose](): void {
    this.close();
    this.#terminal.input.destroy();
  }

  /** Throws the line away; to whoever asked for it, it is an empty one. */
  #cancelLine(): void {
    this.#editor.write(null, { ctrl: true, name: "e" });
    this.write("^C\n");
    this.#editor.write(null, { ctrl: true, name: "u" });
    this.#typed.push("");
    this.#wake?.();
  }
}
