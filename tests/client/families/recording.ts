/** A HAProxy made of answers: it keeps what it was sent, word for word. */

import assert from "node:assert/strict";
import { bindPositional } from "../../../lib/client/binding.ts";
import { judgeAnswer } from "../../../lib/client/formats/outcome.ts";
import { type Branch, parseVersion, type Version } from "../../../lib/client/formats/version.ts";
import { invoke } from "../../../lib/client/invoke.ts";
import type { Caller } from "../../../lib/client/method.ts";
import { METHODS, type Methods, toSnakeCase } from "../../../lib/client/methods.ts";
import { type Answer, CommandRefused, type SendOptions } from "../../../lib/socket/mod.ts";

/** What it answers to a command: a text, a failure, or whatever a function gives. */
export type Scripted = string | Error | ((command: string) => string | Error);

/** Answers by the command's whole line or the beginning of it; the longest that fits counts. A lone line feed else. */
export type Script = Readonly<Record<string, Scripted>>;

/** One command as it was sent. */
export interface Sent {
  readonly command: string;
  readonly options: SendOptions;
}

/** The {@linkcode Caller} of a made-up HAProxy. */
export class RecordingCaller implements Caller {
  readonly sent: Sent[] = [];
  readonly slept: number[] = [];
  readonly #script: Script;
  readonly #version: Branch;

  constructor(script: Script = {}, version: Branch = "3.4") {
    this.#script = script;
    this.#version = version;
  }

  /** The lines that were sent. */
  get commands(): string[] {
    return this.sent.map((one) => one.command);
  }

  send(command: string, options: SendOptions = {}): Promise<string> {
    this.sent.push({ command, options });
    const key =
      Object.keys(this.#script).filter((one) => command.startsWith(one)).sort((a, b) => b.length - a.length)[0];
    const scripted = key === undefined ? "\n" : this.#script[key] ?? "\n";
    const answer = typeof scripted === "function" ? scripted(command) : scripted;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }

  read(command: string): Promise<string> {
    return this.send(command);
  }

  async change(command: string, options: SendOptions = {}): Promise<string> {
    const outcome = judgeAnswer(command, await this.send(command, options));
    if (!outcome.ok) throw new CommandRefused(command, outcome.reason);
    return outcome.message;
  }

  async batch(commands: readonly string[]): Promise<Answer[]> {
    return await Promise.all(commands.map(async (command): Promise<Answer> => {
      try {
        return { ok: true, text: await this.send(command) };
      } catch (thrown) {
        assert.ok(thrown instanceof Error);
        return { ok: false, error: thrown };
      }
    }));
  }

  async *stream(command: string): AsyncIterable<string> {
    yield* (await this.send(command)).split("\n");
  }

  version(): Promise<Version> {
    return Promise.resolve(parseVersion(`${this.#version}.0`));
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    return Promise.resolve();
  }

  now(): number {
    return this.slept.reduce((sum, ms) => sum + ms, 0);
  }
}

/** Calls a method on a made-up HAProxy. */
export async function call(caller: RecordingCaller, name: keyof Methods, ...args: unknown[]): Promise<unknown> {
  const method = METHODS[name];
  return await invoke(method, () => ({ caller, args: bindPositional(toSnakeCase(name), method, args) }));
}

/**
 * The one command that a method sends; its answer need not be one that can be read.
 *
 * @param args the method's arguments
 * @returns the line, and what goes with it
 */
export async function lineOf(name: keyof Methods, ...args: unknown[]): Promise<Sent> {
  const caller = new RecordingCaller();
  await call(caller, name, ...args).catch((thrown) => {
    const isAboutTheAnswer = ["unexpected_answer", "command_refused"].includes(thrown.code);
    if (!isAboutTheAnswer) throw thrown;
  });
  assert.equal(caller.sent.length, 1, `${name} sends one command`);
  const [sent] = caller.sent;
  assert.ok(sent);
  return sent;
}
