/**
 * Messages of DNS (RFC 1035, RFC 2782), as far as looking up addresses and services needs them. Pure.
 *
 * Deno's own resolver says the same of a name that does not exist, and of a server that refuses or has failed; and it does
 * not tell how long an answer holds. Both matter here.
 */
import { SourceFailed } from "../errors.ts";

/** What can be looked up, by its number. */
export const RECORD_TYPES = { A: 1, AAAA: 28, SRV: 33 } as const;

/** What can be looked up. */
export type RecordType = keyof typeof RECORD_TYPES;

/** A record: an address, or a service's place. */
export type DnsRecord =
  | { readonly type: "A" | "AAAA"; readonly address: string }
  | {
    readonly type: "SRV";
    readonly priority: number;
    readonly weight: number;
    readonly port: number;
    readonly target: string;
  };

/** What a server answered. */
export interface DnsAnswer {
  /** None when there is no such name, or it has none of the kind. */
  readonly records: readonly DnsRecord[];
  /** How long they hold, in seconds; `undefined` without records. */
  readonly ttl?: number;
}

/** Why a server did not say anything about a name (RFC 1035, section 4.1.1). */
const CODES: Readonly<Record<number, string>> = { 1: "FORMERR", 2: "SERVFAIL", 4: "NOTIMP", 5: "REFUSED" };
const NAME_ERROR = 3;

/**
 * A question, to be answered recursively.
 *
 * @param id from 0 to 65535, chosen by chance
 * @param name such as `_http._tcp.web.example`
 * @param type what is looked up
 * @throws {SourceFailed} when it is no name
 */
export function encodeQuestion(id: number, name: string, type: RecordType): Uint8Array<ArrayBuffer> {
  const labels = name.replace(/\.$/, "").split(".").map((label) => new TextEncoder().encode(label));
  const length = labels.reduce((sum, { length }) => sum + 1 + length, 1);
  if (length > 255 || labels.some((label) => label.length < 1 || label.length > 63)) {
    throw new SourceFailed(name, "it is no name of DNS");
  }
  const message = new Uint8Array(12 + length + 4);
  const view = new DataView(message.buffer);
  view.setUint16(0, id);
  // Recursion is desired; one question.
  view.setUint16(2, 0x0100);
  view.setUint16(4, 1);
  let at = 12;
  for (const label of labels) {
    message[at++] = label.length;
    message.set(label, at);
    at += label.length;
  }
  view.setUint16(at + 1, RECORD_TYPES[type]);
  view.setUint16(at + 3, 1);
  return message;
}

/**
 * Reads an answer.
 *
 * @param message what came
 * @param question what was asked
 * @param name for the error
 * @param type what was looked up
 * @returns `undefined` when it answers another question, `"truncated"` when it has to be asked over TCP
 * @throws {SourceFailed} when the server could not say, or what it said is broken
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeAnswer, encodeQuestion } from "./message.ts";
 * const question = encodeQuestion(7, "a.test", "A");
 * const answer = Uint8Array.from(question);
 * answer[2] = 0x81;
 * answer[3] = 3;
 * assert.deepEqual(decodeAnswer(answer, question, "a.test", "A"), { records: [] });
 * answer[3] = 2;
 * assert.throws(() => decodeAnswer(answer, question, "a.test", "A"), /answered SERVFAIL/);
 * ```
 */
export function decodeAnswer(
  message: Uint8Array,
  question: Uint8Array,
  name: string,
  type: RecordType,
): DnsAnswer | "truncated" | undefined {
  if (!isAnswerTo(message, question)) return undefined;
  const reader = new Reader(message, name);
  const flags = reader.uint16(2);
  if ((flags & 0x0200) !== 0) return "truncated";
  const code = flags & 0x000f;
  if (code === NAME_ERROR) return { records: [] };
  if (code !== 0) throw new SourceFailed(name, `its server answered ${CODES[code] ?? `code ${code}`}`);
  const records: DnsRecord[] = [];
  let ttl = Infinity;
  let at = question.length;
  for (let left = reader.uint16(6); left > 0; left--) {
    at = reader.name(at).next;
    const length = reader.uint16(at + 8);
    // What stands between the name and the addresses (CNAME) counts for how long the whole holds.
    ttl = Math.min(ttl, reader.uint32(at + 4));
    if (reader.uint16(at) === RECORD_TYPES[type]) records.push(reader.record(type, at + 10, length));
    at += 10 + length;
  }
  return records.length === 0 ? { records } : { records, ttl };
}

/** Whether a message is an answer with the question's number and the question in it. */
function isAnswerTo(message: Uint8Array, question: Uint8Array): boolean {
  const isAnswer = message.length >= question.length && ((message[2] ?? 0) & 0x80) !== 0;
  return isAnswer && [0, 1].every((at) => message[at] === question[at]) &&
    // Letters may come back in another case; no other byte of a name differs from its like in that bit alone.
    question.subarray(12).every((byte, index) => lower(byte) === lower(message[12 + index] ?? 0));
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Reads the parts of a message; never beyond its end. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #asked: string;

  constructor(bytes: Uint8Array, asked: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#asked = asked;
  }

  uint16(at: number): number {
    this.#mustHave(at, 2);
    return this.#view.getUint16(at);
  }

  uint32(at: number): number {
    this.#mustHave(at, 4);
    return this.#view.getUint32(at);
  }

  record(type: RecordType, at: number, length: number): DnsRecord {
    this.#mustHave(at, length);
    if (type === "SRV") {
      const [priority, weight, port] = [this.uint16(at), this.uint16(at + 2), this.uint16(at + 4)];
      return { type, priority, weight, port, target: this.name(at + 6).name };
    }
    if (length !== (type === "A" ? 4 : 16)) throw this.#broken();
    const bytes = this.#bytes.subarray(at, at + length);
    return { type, address: type === "A" ? bytes.join(".") : ipv6(bytes) };
  }

  /** A name, and where what follows it begins. A pointer leads to an earlier place only, so that there is an end. */
  name(start: number): { readonly name: string; readonly next: number } {
    const labels: string[] = [];
    let [at, next, before] = [start, -1, start];
    for (;;) {
      this.#mustHave(at, 1);
      const length = this.#bytes[at] ?? 0;
      if (length === 0) return { name: labels.join("."), next: next < 0 ? at + 1 : next };
      if (length >= 0xc0) {
        const target = this.uint16(at) & 0x3fff;
        if (next < 0) next = at + 2;
        if (target >= before) throw this.#broken();
        [at, before] = [target, target];
      } else {
        this.#mustHave(at + 1, length);
        labels.push(new TextDecoder().decode(this.#bytes.subarray(at + 1, at + 1 + length)));
        at += 1 + length;
      }
    }
  }

  #mustHave(at: number, length: number): void {
    if (at + length > this.#bytes.length) throw this.#broken();
  }

  #broken(): SourceFailed {
    return new SourceFailed(this.#asked, "what its server answered is no DNS");
  }
}

/** As RFC 5952 writes it. */
function ipv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => {
    const [high = 0, low = 0] = bytes.subarray(index * 2);
    return (high * 256 + low).toString(16);
  });
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}
