/**
 * What the help says of a method: which command it sends, since when, and what it asks of the socket.
 */
import type { AnyMethod } from "../client/mod.ts";
import { positionalOf } from "./method_arguments.ts";
import type { Section } from "./page.ts";

/** The paragraphs below a method's usage. */
export function methodSection(method: AnyMethod): Section {
  const command = commandText(method);
  const facts: (readonly [string, string])[] = [
    ...(command === undefined ? [] : [["Command", command] as const]),
    ["Since", `HAProxy ${method.since}${method.since === "2.6" ? " or older" : ""}`],
    ["Socket level", `${method.level}${method.effect === "change" ? "; it changes something" : ""}`],
    ...(method.onMaster ? [["Needs", "the master's socket (haproxy -S)"] as const] : []),
  ];
  return { title: "In HAProxy", entries: facts };
}

/** The command with placeholders for its arguments; `undefined` where several are sent. */
export function commandText(method: AnyMethod): string | undefined {
  if (method.kind !== "command") return undefined;
  const placeholders = method.parameters.map((parameter) => {
    if (parameter.fields) return undefined;
    return parameter.metavar.endsWith("...") ? [parameter.metavar] : parameter.metavar;
  });
  try {
    const line = method.command(...placeholders);
    return positionalOf(method).every((parameter) => line.includes(parameter.metavar)) ? line : undefined;
  } catch {
    return undefined; // the command is built from values, and a placeholder is none
  }
}
