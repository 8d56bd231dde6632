/**
 * What a method of the client is, as data: one row says how a command is written, what it needs and how its answer is
 * read. The typed face of each family is an interface; {@linkcode Rows} holds the two together.
 */
import type { Answer, SendOptions } from "../socket/mod.ts";
import type { Branch, Version } from "./formats/version.ts";
import type { Parameter } from "./parameter.ts";

/** What every row says. */
export interface Row<Args extends readonly unknown[]> {
  /** One line for the help, without a full stop. */
  readonly summary: string;
  /** The first HAProxy branch that has it; `2.6` is the oldest that happi knows. */
  readonly since: Branch;
  /** What HAProxy asks of the socket. */
  readonly level: "user" | "operator" | "admin";
  /** Whether it only looks, or changes something. */
  readonly effect: "read" | "change";
  /** Its parameters, in order. */
  readonly parameters: { readonly [I in keyof Args]-?: Parameter<Exclude<Args[I], undefined>> };
  /** The branch that these arguments need, where it is newer than `since`: older ones would ignore them. */
  needs?(...args: Args): Branch | undefined;
  /** Runs on the master, not on a worker. */
  readonly onMaster?: true;
}

/** One command, one answer. */
export interface CommandMethod<Args extends readonly unknown[], Result> extends Row<Args> {
  /** Tells it from the other kinds. */
  readonly kind: "command";
  /** The command's line, written with `cli`. */
  command(...args: Args): string;
  /** What goes with the command: payload, modes, limits. */
  send?(...args: Args): SendOptions;
  /** Reads the answer. Changes are judged first: what is no known success is a refusal. */
  parse(answer: string, ...args: Args): Result;
}

/** Several commands, or a decision between them. */
export interface RunMethod<Args extends readonly unknown[], Result> extends Row<Args> {
  /** Tells it from the other kinds. */
  readonly kind: "run";
  /** Does what the method does, with checked arguments. */
  run(caller: Caller, ...args: Args): Promise<Result>;
}

/** A command that keeps talking. */
export interface FollowMethod<Args extends readonly unknown[], Item> extends Row<Args> {
  /** Tells it from the other kinds. */
  readonly kind: "follow";
  /** Gives the items as they come; leaving the loop ends it. */
  follow(caller: Caller, ...args: Args): AsyncIterable<Item>;
}

/** One row of the table of methods. */
export type Method<Args extends readonly unknown[], Result> = Result extends Promise<infer R>
  ? CommandMethod<Args, R> | RunMethod<Args, R>
  : Result extends AsyncIterable<infer Item> ? FollowMethod<Args, Item>
  : never;

/** The rows of a family: one for each method of its interface, with the same arguments and result. */
export type Rows<Family> = {
  readonly [Name in keyof Family]-?: Family[Name] extends (...args: infer Args) => infer Result ? Method<Args, Result>
    : never;
};

/** Any row, for code that treats them all alike. */
export type AnyMethod =
  | CommandMethod<unknown[], unknown>
  | RunMethod<unknown[], unknown>
  | FollowMethod<unknown[], unknown>;

/** What rows may use of the client that runs them. */
export interface Caller {
  /** Sends one command; refusals, also those that only the words tell, are errors. */
  send(command: string, options?: SendOptions): Promise<string>;
  /** Sends one command that only reads; shares a connection with others. */
  read(command: string): Promise<string>;
  /** Sends one command that changes something and judges the answer; gives HAProxy's words. */
  change(command: string, options?: SendOptions): Promise<string>;
  /** Sends many commands in one round trip. */
  batch(commands: readonly string[]): Promise<Answer[]>;
  /** Lines of a command that keeps talking. */
  stream(command: string): AsyncIterable<string>;
  /** The connected HAProxy's version; asked once. */
  version(): Promise<Version>;
  /** Waits; ends early with the signal that the client was given. */
  sleep(ms: number): Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

/** The answer of a change that says nothing but yes. */
export function nothing(): void {}

/** HAProxy's words, without blank lines around them. */
export function words(answer: string): string {
  return answer.trim();
}
