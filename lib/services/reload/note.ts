/**
 * Notes: what a call of the client changes in what is remembered. One row a method, as in the client's own tables.
 */
import type { Client, Methods } from "../../client/mod.ts";
import type { RunTimeDocument } from "./document.ts";

/** A change of one document. */
export interface Edit {
  readonly kind: RunTimeDocument["kind"];
  readonly name: string;
  /** Gives the document as it is then; `undefined` when there is nothing to remember any more. */
  apply(before: RunTimeDocument | undefined): RunTimeDocument | undefined;
}

/** How a method is noted. */
export interface Note<Args extends readonly unknown[], Result> {
  /** What its first argument names, where HAProxy takes a number (`#12`) for it. */
  readonly names?: "server" | "map" | "acl";
  /** What has to be read before HAProxy carries the call out, as it cannot be known afterwards. */
  before?(client: Client, args: Args): Promise<readonly string[]>;
  /** What is to be remembered once it is carried out; `seen` is what was read before. */
  edits(args: Args, result: Result, seen: readonly string[], client: Client): Edit[] | Promise<Edit[]>;
  /** Whether it may have changed the server's state although it failed: it was waiting for sessions to end. */
  readonly mayHaveBegun?: true;
}

/** Notes by the names of methods. */
export type Notes = {
  readonly [Name in keyof Methods]?: Note<Parameters<Methods[Name]>, Awaited<ReturnType<Methods[Name]>>>;
};

/** A note of any method. */
export type AnyNote = Note<readonly unknown[], unknown>;
