/**
 * HELLO of both sides (SPOE.txt, "HAPROXY-HELLO", "AGENT-HELLO"), and what comes of them: version, the largest frame,
 * capabilities.
 */
import { beginFrame, endFrame, MIN_MAX_FRAME, writeNoIds } from "./frame.ts";
import { readKeyValues, writeKeyValues } from "./key_values.ts";
import { type Invalid, invalid } from "./outcome.ts";
import type { Reader } from "./reader.ts";
import { type Sendable, typed, type Value } from "./typed.ts";
import type { Writer } from "./writer.ts";

/** The one version of SPOP that there is. */
export const VERSION = "2.0";

/** What HAProxy says first. */
export interface HaproxyHello {
  readonly versions: readonly string[];
  readonly max_frame_size: number;
  /** `pipelining`, and up to 3.0 `async`. */
  readonly capabilities: readonly string[];
  /** One for each HAProxy process and engine; health checks have none. */
  readonly engine_id?: string;
  /** It only asks whether the agent is there. */
  readonly healthcheck: boolean;
}

/** What the agent answers. */
export interface AgentHello {
  readonly version: string;
  readonly max_frame_size: number;
  readonly capabilities: readonly string[];
}

/** Reads the payload of HAPROXY-HELLO. */
export function readHaproxyHello(reader: Reader): HaproxyHello | Invalid {
  const pairs = readKeyValues(reader);
  if (pairs === undefined) return invalid(4, "HAPROXY-HELLO is no list of keys and values");
  const versions = words(pairs.get("supported-versions"));
  const size = pairs.get("max-frame-size");
  const capabilities = words(pairs.get("capabilities"));
  const engine = pairs.get("engine-id");
  if (!pairs.has("supported-versions")) return invalid(5);
  if (versions === undefined) return invalid(4, "supported-versions is no string");
  if (!pairs.has("max-frame-size")) return invalid(6);
  if (typeof size !== "number") return invalid(4, "max-frame-size is no integer");
  if (!pairs.has("capabilities")) return invalid(7);
  if (capabilities === undefined) return invalid(4, "capabilities is no string");
  return {
    versions,
    max_frame_size: size,
    capabilities,
    ...(typeof engine === "string" ? { engine_id: engine } : {}),
    healthcheck: pairs.get("healthcheck") === true,
  };
}

/**
 * What an agent answers to HAProxy's HELLO.
 *
 * Pipelining is answered where it is asked for. Fragments are always taken: HAProxy never asks, up to 3.0 it sends them to
 * an agent that says so, later ones ignore the word. `async` is never promised: an ACK on another connection gains
 * nothing and makes of a lost connection a wait for the timeout.
 *
 * @param hello what HAProxy said
 * @param maxFrameSize the largest frame that the agent takes, in bytes
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { negotiate } from "./hello.ts";
 * const hello = { versions: ["2.0"], max_frame_size: 16380, capabilities: ["pipelining", "async"], healthcheck: false };
 * assert.deepEqual(negotiate(hello, 65536), {
 *   version: "2.0",
 *   max_frame_size: 16380,
 *   capabilities: ["pipelining", "fragmentation"],
 * });
 * ```
 */
export function negotiate(hello: HaproxyHello, maxFrameSize: number): AgentHello | Invalid {
  if (!hello.versions.includes(VERSION)) return invalid(8);
  const size = Math.min(hello.max_frame_size, maxFrameSize);
  if (size < MIN_MAX_FRAME) return invalid(9);
  const pipelining = hello.healthcheck || hello.capabilities.includes("pipelining");
  return {
    version: VERSION,
    max_frame_size: size,
    capabilities: pipelining ? ["pipelining", "fragmentation"] : ["fragmentation"],
  };
}

/** Writes a whole HAPROXY-HELLO. */
export function writeHaproxyHello(writer: Writer, hello: HaproxyHello): void {
  const start = beginFrame(writer, "haproxy_hello");
  writeNoIds(writer);
  const pairs: (readonly [string, Sendable])[] = [
    ["supported-versions", hello.versions.join(",")],
    ["max-frame-size", typed("uint32", hello.max_frame_size)],
    ["capabilities", hello.capabilities.join(",")],
  ];
  if (hello.healthcheck) pairs.push(["healthcheck", true]);
  if (hello.engine_id !== undefined) pairs.push(["engine-id", hello.engine_id]);
  writeKeyValues(writer, pairs);
  endFrame(writer, start);
}

/** Writes a whole AGENT-HELLO. */
export function writeAgentHello(writer: Writer, hello: AgentHello): void {
  const start = beginFrame(writer, "agent_hello");
  writeNoIds(writer);
  writeKeyValues(writer, [
    ["version", hello.version],
    ["max-frame-size", typed("uint32", hello.max_frame_size)],
    ["capabilities", hello.capabilities.join(",")],
  ]);
  endFrame(writer, start);
}

/**
 * Reads the payload of AGENT-HELLO as HAProxy would.
 *
 * @param reader at the payload
 * @param maxFrameSize what was offered
 */
export function readAgentHello(reader: Reader, maxFrameSize: number): AgentHello | Invalid {
  const pairs = readKeyValues(reader);
  if (pairs === undefined) return invalid(4, "AGENT-HELLO is no list of keys and values");
  const version = pairs.get("version");
  const size = pairs.get("max-frame-size");
  const capabilities = words(pairs.get("capabilities"));
  if (version === undefined) return invalid(5);
  if (typeof version !== "string") return invalid(4, "version is no string");
  if (version.trim() !== VERSION) return invalid(8);
  if (size === undefined) return invalid(6);
  if (typeof size !== "number") return invalid(4, "max-frame-size is no integer");
  if (size < MIN_MAX_FRAME || size > maxFrameSize) return invalid(9);
  if (capabilities === undefined) return invalid(7);
  return { version: VERSION, max_frame_size: size, capabilities };
}

function words(value: Value | undefined): string[] | undefined {
  if (typeof value !== "string") return undefined;
  return value.split(",").map((word) => word.trim()).filter((word) => word !== "");
}
