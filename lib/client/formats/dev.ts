/**
 * Build, platform and process of HAProxy, for developers (management guide, "show dev", 2.9 and later). Free text: the sections are
 * read with certainty, their lines stay as they are; only the build's features are taken apart.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectMatch } from "./expect.ts";

/** One section. */
export interface DevSection {
  /** Its title, such as `Process info`. */
  title: string;
  /** Its lines, without the two blanks that indent them. */
  lines: string[];
}

/** What HAProxy tells its developers. */
export interface DevInfo {
  /** Its version. */
  version: string;
  /** Features of the build, such as `{ LUA: true, QUIC: false }`. */
  features: Record<string, boolean>;
  /** All sections, `Features` among them. */
  sections: DevSection[];
}

/**
 * Reads the answer to `show dev`.
 *
 * @param answer the whole answer
 * @returns version, features, sections
 * @throws {UnexpectedAnswer} when the answer does not start with HAProxy's version
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDevInfo } from "./dev.ts";
 *
 * const info = parseDevInfo("HAProxy version 3.4.0\nFeatures:\n  +EPOLL -QUIC\nProcess info:\n  pid: 42\n\n");
 * assert.deepEqual(info.features, { EPOLL: true, QUIC: false });
 * assert.deepEqual(info.sections[1], { title: "Process info", lines: ["pid: 42"] });
 * ```
 */
export function parseDevInfo(answer: string): DevInfo {
  const [first, ...lines] = answerLines(answer);
  const [version = ""] = expectMatch(COMMAND, '"HAProxy version <version>"', /^HAProxy version (\S+)$/, first, answer);
  const sections: DevSection[] = [];
  for (const line of lines) {
    const section = sections.at(-1);
    // 3.4 puts a colon behind the titles.
    if (/^[^\s]/.test(line)) sections.push({ title: line.endsWith(":") ? line.slice(0, -1) : line, lines: [] });
    else if (section !== undefined) section.lines.push(line.startsWith("  ") ? line.slice(2) : line);
    else throw new UnexpectedAnswer(COMMAND, "the title of a section", answer, line);
  }
  const features = sections.find(({ title }) => title === "Features")?.lines.join(" ") ?? "";
  const words = features.split(" ").filter((word) => word.startsWith("+") || word.startsWith("-"));
  return {
    version,
    features: Object.fromEntries(words.map((word) => [word.slice(1), word.startsWith("+")])),
    sections,
  };
}

const COMMAND = "show dev";
