/**
 * Actions, the payload of ACK (SPOE.txt, "ACK"): variables that HAProxy sets or unsets.
 */
import type { Reader } from "./reader.ts";
import { readTyped, type Sendable, type Typed, writeValue } from "./typed.ts";
import type { Writer } from "./writer.ts";

/** The scopes of variables at the place of their number; in HAProxy's configuration `proc`, `sess`, `txn`, `req`, `res`. */
export const SCOPES = ["process", "session", "transaction", "request", "response"] as const;

/** How long a variable lives. */
export type Scope = typeof SCOPES[number];

/** A variable set, or unset. */
export type Action =
  | { readonly type: "set_var"; readonly scope: Scope; readonly name: string; readonly value: Typed }
  | { readonly type: "unset_var"; readonly scope: Scope; readonly name: string };

/** Set-var: its number and its count of arguments. */
export const SET_VAR = { type: 1, arguments: 3 } as const;
/** Unset-var. */
export const UNSET_VAR = { type: 2, arguments: 2 } as const;

/**
 * Reads actions to the end of the payload. HAProxy stops at the first that is wrong and keeps those before; so does this.
 *
 * @param reader at the payload of an ACK; `broken` afterwards when one was wrong
 */
export function readActions(reader: Reader): Action[] {
  const actions: Action[] = [];
  while (!reader.isDone) {
    const type = reader.byte();
    const count = reader.byte();
    const scope = SCOPES[reader.byte()];
    const name = reader.text();
    if (scope === undefined) reader.fail();
    else if (type === SET_VAR.type && count === SET_VAR.arguments) {
      const value = readTyped(reader);
      if (!reader.broken) actions.push({ type: "set_var", scope, name, value });
    } else if (type === UNSET_VAR.type && count === UNSET_VAR.arguments) {
      if (!reader.broken) actions.push({ type: "unset_var", scope, name });
    } else reader.fail();
  }
  return actions;
}

/** Writes a set-var. */
export function writeSetVar(writer: Writer, scope: Scope, name: string, value: Sendable): void {
  writer.byte(SET_VAR.type);
  writer.byte(SET_VAR.arguments);
  writer.byte(SCOPES.indexOf(scope));
  writer.text(name);
  writeValue(writer, value);
}

/** Writes an unset-var: two arguments, no value. */
export function writeUnsetVar(writer: Writer, scope: Scope, name: string): void {
  writer.byte(UNSET_VAR.type);
  writer.byte(UNSET_VAR.arguments);
  writer.byte(SCOPES.indexOf(scope));
  writer.text(name);
}
