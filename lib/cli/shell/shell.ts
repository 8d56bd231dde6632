/**
 * The interactive shell: HAProxy's commands with line editing, history, completion, and a prompt that says which HAProxy
 * it is. Each command has a connection of its own, so the shell outlives a reload.
 */
import { HappiError } from "../../errors.ts";
import { CommandRefused, type SendOptions, type Socket } from "../../socket/mod.ts";
import type { Connection } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { paint } from "../paint.ts";
import { type ScriptCommand, ScriptReader } from "../script.ts";
import { complete } from "./completion.ts";
import { openHistory } from "./history.ts";
import { Knowledge } from "./knowledge.ts";
import { LineEditor } from "./line_editor.ts";

/** The modes that unlock commands, as the CLI calls them. */
type Modes = NonNullable<SendOptions["modes"]>;

/**
 * Runs the shell until its user leaves.
 *
 * @param environment the terminal, the history's place
 * @param connection which HAProxy
 * @param modes the modes to begin with
 * @returns the exit status
 * @throws {SocketError} when HAProxy cannot be reached at the start
 */
export async function runShell(environment: Environment, connection: Connection, modes: Modes = []): Promise<number> {
  const version = await connectedBranch(connection.socket, environment.signal);
  const shell = new Shell(environment, connection.socket, promptName(connection, version), modes);
  return await shell.run();
}

class Shell {
  readonly #environment: Environment;
  readonly #socket: Socket;
  readonly #name: string;
  readonly #knowledge: Knowledge;
  readonly #reader = new ScriptReader();
  #modes: Modes;
  #running: AbortController | undefined;

  constructor(environment: Environment, socket: Socket, name: string, modes: Modes) {
    this.#environment = environment;
    this.#socket = socket;
    this.#name = name;
    this.#modes = modes;
    this.#knowledge = new Knowledge((command) => socket.send(command, { modes: this.#modes, timeoutMs: 2_000 }));
  }

  async run(): Promise<number> {
    const history = await openHistory(this.#environment);
    using editor = new LineEditor(await this.#environment.openTerminal(), {
      history: history.lines,
      remembers: (line) => !this.#reader.isInPayload && !/^\s|^(?:quit|exit)$/.test(line),
      onInterrupt: () => this.#interrupt(),
      complete: (line) => complete(line, this.#knowledge),
    });
    this.#environment.signal.addEventListener("abort", () => editor.close(), { once: true });
    editor.write(this.#dim(`${WELCOME}\n`));
    for (;;) {
      const line = await editor.ask(this.#prompt());
      this.#environment.signal.throwIfAborted();
      if (line === undefined) {
        editor.write("\n");
        return EXIT.done;
      }
      if (!this.#reader.isInPayload) {
        if (/^\s*(?:quit|exit)\s*$/.test(line)) return EXIT.done;
        if (/^\S/.test(line)) await history.add(line);
      }
      const command = this.#reader.add(line);
      if (command) await this.#carryOut(editor, command);
    }
  }

  #prompt(): string {
    if (this.#reader.isInPayload) return "> ";
    const modes = this.#modes.length === 0 ? "" : ` (${this.#modes.join(", ")})`;
    return `${this.#name}${modes}> `;
  }

  /** Ctrl-C: ends what runs, or forgets the payload that is being typed. */
  #interrupt(): boolean {
    if (this.#running) {
      this.#running.abort(new CommandCancelled());
      return true;
    }
    this.#reader.reset();
    return false;
  }

  async #carryOut(editor: LineEditor, { command, payload }: ScriptCommand): Promise<void> {
    const mode = /^(expert|experimental)-mode(?: (on|off))?$/.exec(command);
    if (mode) return this.#setMode(editor, mode[1] === "expert" ? "expert" : "experimental", mode[2]);
    this.#running = new AbortController();
    const signal = AbortSignal.any([this.#running.signal, this.#environment.signal]);
    try {
      if (keepsTalking(command)) {
        for await (const line of this.#socket.stream(command, { signal })) editor.write(`${line}\n`);
      } else {
        const options = { modes: this.#modes, signal, ...(payload === undefined ? {} : { payload }) };
        editor.write(wholeLines(await this.#socket.send(command, options)));
      }
    } catch (thrown) {
      editor.write(this.#explain(thrown));
    } finally {
      this.#running = undefined;
    }
    if (command === "help") editor.write(this.#dim(`${SHELL_HELP}\n`));
  }

  #setMode(editor: LineEditor, mode: Modes[number], value: string | undefined): void {
    if (value === undefined) return editor.write(`${mode}-mode is ${this.#modes.includes(mode) ? "ON" : "OFF"}\n`);
    const others = this.#modes.filter((one) => one !== mode);
    this.#modes = value === "on" ? [...others, mode] : others;
  }

  #explain(thrown: unknown): string {
    const { hasColours } = this.#environment.stdout;
    if (thrown instanceof CommandCancelled) return "^C\n";
    if (thrown instanceof CommandRefused) return `${paint("red", thrown.answer, hasColours)}\n`;
    if (thrown instanceof HappiError) return `${paint("red", "happi:", hasColours)} ${thrown.message}\n`;
    throw thrown;
  }

  #dim(text: string): string {
    return paint("dim", text, this.#environment.stdout.hasColours);
  }
}

/** Ctrl-C while a command ran. */
class CommandCancelled extends HappiError {
  constructor() {
    super("command_cancelled", "Cannot wait for the answer: Ctrl-C was pressed");
  }
}

const WELCOME = "Tab completes, Ctrl-C cancels, Ctrl-D or quit leaves.";

const SHELL_HELP =
  'This shell: Tab completes words and names; a line that ends in "<<" takes lines until an empty one; ' +
  "a line that starts with a blank stays out of the history; quit, exit or Ctrl-D leaves.";

/** Commands that answer until they are stopped. */
function keepsTalking(command: string): boolean {
  return /^show\s+events\s+\S+.*\s(?:-[a-z]*w[a-z]*|--wait)\b/.test(command);
}

function wholeLines(answer: string): string {
  const text = answer.replace(/\n+$/, "");
  return text === "" ? "" : `${text}\n`;
}

async function connectedBranch(socket: Socket, signal: AbortSignal): Promise<string> {
  const answer = await socket.send("show version", { signal });
  return /^\d+\.\d+/.exec(answer)?.[0] ?? "";
}

function promptName({ socket: { address }, master }: Connection, version: string): string {
  const place = address.transport === "unix"
    ? address.path.slice(address.path.lastIndexOf("/") + 1)
    : `${address.hostname}:${address.port}`;
  const who = master === "master" ? "master" : "haproxy";
  const process = typeof master === "object" ? `pid ${master.pid}` : "";
  return [who, version, place, process].filter((part) => part !== "").join(" ");
}
