/**
 * Messages, the payload of NOTIFY (SPOE.txt, "NOTIFY"): a name and named arguments, to the end of the payload.
 *
 * This is the plain form, for the client's side, recordings and tests. The agent reads messages in place: see `../shape.ts`.
 */
import { type Invalid, invalid } from "./outcome.ts";
import type { Reader } from "./reader.ts";
import { InvalidValue, readTyped, type Sendable, type Typed, writeValue } from "./typed.ts";
import type { Writer } from "./writer.ts";

/** An argument; its name is empty where HAProxy's configuration gives it none. */
export type Argument<V = Typed> = readonly [name: string, value: V];

/** A message as it came. */
export interface PlainMessage {
  readonly name: string;
  readonly args: readonly Argument[];
}

/** A message to send; arguments as pairs, or as an object. */
export interface OutgoingMessage {
  readonly name: string;
  readonly args?: Readonly<Record<string, Sendable>> | readonly Argument<Sendable>[];
}

/** A message has at most this many arguments: their count is one byte. */
export const MOST_ARGUMENTS = 255;

/** Reads messages to the end of the payload. */
export function readMessages(reader: Reader): PlainMessage[] | Invalid {
  const messages: PlainMessage[] = [];
  while (!reader.isDone) {
    const name = reader.text();
    const args: Argument[] = [];
    for (let count = reader.byte(); count > 0 && !reader.broken; count--) args.push([reader.text(), readTyped(reader)]);
    messages.push({ name, args });
  }
  return reader.broken ? invalid(4, "NOTIFY is no list of messages") : messages;
}

/**
 * Writes a message.
 *
 * @throws {InvalidValue} when an argument cannot be sent, or there are more than 255
 */
export function writeMessage(writer: Writer, message: OutgoingMessage): void {
  const { args = [] } = message;
  const pairs = isPairs(args) ? args : Object.entries(args);
  if (pairs.length > MOST_ARGUMENTS) {
    throw new InvalidValue(`message "${message.name}"`, `it has ${pairs.length} arguments and may have 255`);
  }
  writer.text(message.name);
  writer.byte(pairs.length);
  for (const [name, value] of pairs) {
    writer.text(name);
    writeValue(writer, value);
  }
}

function isPairs(args: NonNullable<OutgoingMessage["args"]>): args is readonly Argument<Sendable>[] {
  return Array.isArray(args);
}
