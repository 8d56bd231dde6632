/**
 * The peers sections and their peers (management guide, "show peers"). The output is free text for developers: what names a
 * section or a peer is read with certainty, the rest stays in `lines`. The date of a section is wrong in 3.2 and 3.4 and is
 * not read.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

/** One peer. */
export interface Peer {
  /** Its name. */
  id: string;
  /** `local` is this process itself. */
  location: "local" | "remote";
  /** Whether a session with it is open. */
  state: "active" | "inactive";
  /** `key=value` words of its first two lines, such as `addr`, `last_status`, `last_hdshk`, `new_conn`, as HAProxy prints them. */
  fields: Record<string, string>;
  /** All lines behind the first, as they are. */
  lines: string[];
}

/** One peers section. */
export interface PeersSection {
  /** Its name. */
  id: string;
  /** `key=value` words of its line, such as `disabled`, `flags`, `resync_timeout`. */
  fields: Record<string, string>;
  /** Its peers. */
  peers: Peer[];
}

/**
 * Reads the answer to `show peers` and `show peers dict`.
 *
 * @param answer the whole answer; blank when there is no peers section
 * @returns the sections with their peers
 * @throws {UnexpectedAnswer} when the answer does not start with a section
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parsePeers } from "./peers.ts";
 *
 * const [section] = parsePeers(
 *   "0x562a: [21/Nov/2026:00:20:03] id=mesh disabled=0 flags=0x33\n" +
 *     "  0x562b: id=lb3(remote,inactive) addr=10.0.0.3:1024 last_status=CONN\n" +
 *     "        reconnect=1s heartbeat=<NEVER>\n\n",
 * );
 * assert.equal(section?.id, "mesh");
 * assert.equal(section?.peers[0]?.state, "inactive");
 * assert.equal(section?.peers[0]?.fields["reconnect"], "1s");
 * ```
 */
export function parsePeers(answer: string): PeersSection[] {
  const sections: PeersSection[] = [];
  for (const line of answerLines(answer)) {
    const [, id, words = ""] = SECTION.exec(line) ?? [];
    if (id !== undefined) {
      sections.push({ id, fields: readFields(words), peers: [] });
      continue;
    }
    const section = sections.at(-1);
    if (section === undefined) throw new UnexpectedAnswer("show peers", "a peers section", answer, line);
    const peer = readPeer(line);
    if (peer !== undefined) {
      section.peers.push(peer);
      continue;
    }
    const current = section.peers.at(-1);
    if (current === undefined) throw new UnexpectedAnswer("show peers", "a peer of the section", answer, line);
    if (current.lines.length === 0) current.fields = { ...current.fields, ...readFields(line) };
    current.lines.push(line);
  }
  return sections;
}

const SECTION = /^0x[0-9a-f]+: \[[^\]]*\] id=(\S+)(.*)$/;
const PEER = /^ {2}0x[0-9a-f]+: id=(\S+)\((local|remote),(active|inactive)\)(.*)$/;

function readPeer(line: string): Peer | undefined {
  const [, id, location, state, words = ""] = PEER.exec(line) ?? [];
  if (id === undefined) return undefined;
  return {
    id,
    location: location === "local" ? "local" : "remote",
    state: state === "active" ? "active" : "inactive",
    fields: readFields(words),
    lines: [],
  };
}

/** The words of the form `key=value`. */
function readFields(text: string): Record<string, string> {
  const words = text.split(" ").filter((word) => word.indexOf("=") > 0);
  return Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]));
}
