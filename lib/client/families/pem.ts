/**
 * PEM text on its way to HAProxy: certificates, keys, revocation lists (RFC 7468).
 *
 * A payload of HAProxy before 2.9 ends at the first empty line, and what follows is run as commands: lines of a private
 * key would be. So only the blocks themselves are sent, without blank lines. No error here shows what it was given.
 */
import { InvalidArgument } from "../errors.ts";
import type { Parameter } from "../parameter.ts";

/**
 * PEM text with at least one block of a kind.
 *
 * @param name the parameter's name
 * @param description what it is, in one line
 * @param label the block it must have, such as `CERTIFICATE`
 * @returns a parameter whose value is the blocks alone, ready to be sent
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pem } from "./pem.ts";
 *
 * const chain = pem("chain", "a chain", "CERTIFICATE");
 * const block = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
 * assert.equal(chain.check(`Bag Attributes\r\n\r\n${block}`), block);
 * ```
 */
export function pem(name: string, description: string, label: string): Parameter<string> {
  const check = (value: unknown) => {
    if (typeof value !== "string") throw new InvalidArgument(name, HIDDEN, "it must be PEM text");
    const blocks = pemBlocks(name, value);
    if (!blocks.some((block) => block.label === label)) {
      throw new InvalidArgument(name, HIDDEN, `it has no block "-----BEGIN ${label}-----"`);
    }
    return blocks.map((block) => block.text).join("");
  };
  return { name, description, optional: false, metavar: name.toUpperCase(), form: "file", check, read: check };
}

/**
 * What one part of a certificate store takes: PEM as {@linkcode pem} gives it, or the base64 of an OCSP response or a
 * list of SCTs, without blank lines.
 *
 * @param name the parameter's name
 * @param description what it is, in one line
 */
export function pemOrBase64(name: string, description: string): Parameter<string> {
  const check = (value: unknown) => {
    if (typeof value !== "string") throw new InvalidArgument(name, HIDDEN, "it must be text");
    if (value.includes(BEGIN)) return pemBlocks(name, value).map((block) => block.text).join("");
    const base64 = value.replace(/\s+/g, "");
    if (!isBase64(base64)) throw new InvalidArgument(name, HIDDEN, "it is neither PEM nor base64");
    return base64;
  };
  return { name, description, optional: false, metavar: name.toUpperCase(), form: "file", check, read: check };
}

/**
 * A secret in base64 that HAProxy takes as one word.
 *
 * @param name the parameter's name
 * @param description what it is, in one line
 */
export function base64(name: string, description: string): Parameter<string> {
  const check = (value: unknown) => {
    const text = typeof value === "string" ? value.replace(/\s+/g, "") : "";
    if (!isBase64(text)) throw new InvalidArgument(name, HIDDEN, "it must be base64");
    return text;
  };
  return { name, description, optional: false, metavar: "BASE64", form: "file", check, read: check };
}

/**
 * The SHA-1 fingerprint of the first certificate, which is the one that HAProxy serves.
 *
 * @param text PEM text
 * @returns upper-case hexadecimal as in `show ssl cert`; `undefined` when there is no certificate that can be decoded
 */
export async function leafFingerprint(text: string): Promise<string | undefined> {
  const match = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/.exec(text);
  if (!match) return undefined;
  try {
    const der = Uint8Array.fromBase64(match[1] ?? "");
    return new Uint8Array(await crypto.subtle.digest("SHA-1", der)).toHex().toUpperCase();
  } catch {
    return undefined;
  }
}

/** What stands for the value in errors: it may be a private key. */
const HIDDEN = "(not shown)";
const BEGIN = "-----BEGIN ";

/** The blocks of PEM text, each with a line feed at its end; what stands between them is left out. */
function pemBlocks(name: string, text: string): { label: string; text: string }[] {
  const blocks: { label: string; text: string }[] = [];
  let open: { label: string; lines: string[] } | undefined;
  for (const line of text.split(/\r\n|\r|\n/).map((one) => one.trim())) {
    const [, begin] = /^-----BEGIN ([A-Z0-9 ]+)-----$/.exec(line) ?? [];
    if (open === undefined) {
      if (begin !== undefined) open = { label: begin, lines: [line] };
      continue;
    }
    if (begin !== undefined) throw new InvalidArgument(name, HIDDEN, `a block "${open.label}" has no end`);
    if (line === "") continue;
    if (/^(?:Proc-Type|DEK-Info):/.test(line)) throw new InvalidArgument(name, HIDDEN, "its private key is encrypted");
    open.lines.push(line);
    if (line === `-----END ${open.label}-----`) {
      blocks.push({ label: open.label, text: `${open.lines.join("\n")}\n` });
      open = undefined;
    } else if (!isBase64Line(line)) {
      throw new InvalidArgument(name, HIDDEN, `a line of its "${open.label}" is no base64`);
    }
  }
  if (open !== undefined) throw new InvalidArgument(name, HIDDEN, `its block "${open.label}" has no end`);
  const encrypted = blocks.find((block) => block.label === "ENCRYPTED PRIVATE KEY");
  if (encrypted) throw new InvalidArgument(name, HIDDEN, "its private key is encrypted");
  return blocks;
}

function isBase64Line(line: string): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(line);
}

function isBase64(text: string): boolean {
  return text.length > 0 && text.length % 4 === 0 && isBase64Line(text);
}
