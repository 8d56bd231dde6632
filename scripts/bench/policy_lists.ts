/**
 * Lists of a million prefixes for `policies.ts`, written by a process of its own: its garbage is not to be collected while
 * pauses are measured.
 *
 * @module
 */

import { Cidr, Ip } from "../../lib/spop/codec/mod.ts";

/** Prefixes of a list. */
export const PREFIXES = 1_000_000;
/** Addresses that are asked for. */
export const ASKED = 65_536;

/**
 * Writes a list.
 *
 * @param path where to
 * @param name which of {@linkcode LISTS}
 * @returns addresses to ask for
 */
export async function writeListElsewhere(path: string, name: string): Promise<Asked> {
  const script = new URL(import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-lock", script, path, name] });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`Cannot write the list: ${new TextDecoder().decode(stderr)}`);
  const asked = await Deno.readFile(`${path}.asked`);
  return { bytes: asked.subarray(0, ASKED * 16), lengths: asked.subarray(ASKED * 16) };
}

/** A prefix of a list, as text. */
type MakePrefix = (index: number) => Cidr;

/** Numbers that are the same in every run (xorshift32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const random = randomNumbers(42);
const V4_LENGTHS = [32, 32, 32, 32, 32, 24, 24, 28, 22, 16];
const V6_LENGTHS = [128, 64, 64, 56, 48, 48, 40, 32];
const pick = (lengths: readonly number[]) => lengths[random() % lengths.length] ?? 0;
const v4: MakePrefix = () => new Cidr(Ip.v4(random()), pick(V4_LENGTHS));
/** As registries give it out: 16 blocks of a few thousand /32 each. */
const v6: MakePrefix = () =>
  new Cidr(
    Ip.v6(0x2a000000 + (random() % 16 << 16) + (random() % 4096 << 4), random(), random(), random()),
    pick(V6_LENGTHS),
  );
/** The worst: all in one /32. */
const crowded: MakePrefix = () =>
  new Cidr(Ip.v6(0x20010db8, random(), random(), random()), pick([48, 56, 64, 64, 128]));

/** The lists by their names. */
export const LISTS: Readonly<Record<string, MakePrefix>> = {
  "IPv4": v4,
  "IPv4 and IPv6, half and half": (index) => index % 2 === 0 ? v4(index) : v6(index),
  "IPv6": v6,
  "IPv6, all in one /32": crowded,
};

/** Addresses, 16 bytes apart, and how many bytes of them are used; no objects, which the garbage collector would visit. */
export interface Asked {
  readonly bytes: Uint8Array;
  readonly lengths: Uint8Array;
}

/** Writes a list; gives addresses to ask for: in turn one that is in it and one that is beside it. */
async function writeList(path: string, make: MakePrefix): Promise<Asked> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const asked = { bytes: new Uint8Array(ASKED * 16), lengths: new Uint8Array(ASKED) };
  let count = 0;
  const ask = (ip: Ip) => {
    asked.bytes.set(ip.bytes, count * 16);
    asked.lengths[count++] = ip.bytes.length;
  };
  const encoder = new TextEncoder();
  const every = Math.floor(PREFIXES / (ASKED / 2));
  for (let index = 0, lines = ""; index < PREFIXES; index++) {
    const cidr = make(index);
    lines += `${cidr},${index % 101}\n`;
    if (index % every === 0 && count < ASKED) {
      ask(cidr.address);
      ask(make(index).address);
    }
    if (lines.length > 1_000_000 || index === PREFIXES - 1) {
      await file.write(encoder.encode(lines));
      lines = "";
    }
  }
  return asked;
}

if (import.meta.main) {
  const [path = "", name = ""] = Deno.args;
  const make = LISTS[name];
  if (make === undefined) throw new Error(`Cannot write list "${name}": there is none of that name`);
  const { bytes, lengths } = await writeList(path, make);
  const all = new Uint8Array(bytes.length + lengths.length);
  all.set(bytes);
  all.set(lengths, bytes.length);
  await Deno.writeFile(`${path}.asked`, all);
}
