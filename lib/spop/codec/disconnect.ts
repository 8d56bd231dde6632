/**
 * DISCONNECT of both sides (SPOE.txt, "HAPROXY-DISCONNECT", "AGENT-DISCONNECT"): why the connection ends.
 */
import { beginFrame, endFrame, writeNoIds } from "./frame.ts";
import { readKeyValues, writeKeyValues } from "./key_values.ts";
import { type Invalid, invalid } from "./outcome.ts";
import type { Reader } from "./reader.ts";
import { type StatusCode, statusMessage } from "./status.ts";
import { typed } from "./typed.ts";
import type { Writer } from "./writer.ts";

/** Why a connection ends. */
export interface Disconnect {
  /** From the other side it may be any number. */
  readonly status_code: number;
  readonly message: string;
}

/** Writes a whole DISCONNECT. */
export function writeDisconnect(
  writer: Writer,
  type: "haproxy_disconnect" | "agent_disconnect",
  code: StatusCode,
  message: string = statusMessage(code),
): void {
  const start = beginFrame(writer, type);
  writeNoIds(writer);
  writeKeyValues(writer, [["status-code", typed("uint32", code)], ["message", message]]);
  endFrame(writer, start);
}

/** Reads the payload of a DISCONNECT. */
export function readDisconnect(reader: Reader): Disconnect | Invalid {
  const pairs = readKeyValues(reader);
  const code = pairs?.get("status-code");
  const message = pairs?.get("message");
  if (typeof code !== "number") return invalid(4, "DISCONNECT has no status-code");
  return { status_code: code, message: typeof message === "string" ? message : statusMessage(code) };
}
