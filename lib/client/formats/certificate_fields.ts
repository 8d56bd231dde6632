/**
 * The `Key: value` lines by which HAProxy describes one certificate, in `show ssl cert <file>` and for each certificate of
 * `show ssl ca-file <file>` (management guide, "show ssl cert").
 *
 * @module
 */

import { parseCertificateDate } from "./certificate_date.ts";

/** What HAProxy says about one X.509 certificate. What it did not say is absent. */
export interface CertificateFields {
  /** Serial number, upper-case hexadecimal. */
  serial?: string;
  /** Start of validity, ISO 8601 in UTC. */
  not_before?: string;
  /** Start of validity as OpenSSL printed it. */
  not_before_text?: string;
  /** End of validity, ISO 8601 in UTC. */
  not_after?: string;
  /** End of validity as OpenSSL printed it. */
  not_after_text?: string;
  /** Subject alternative names as HAProxy prints them, such as `DNS:www.example.test`. */
  subject_alternative_names?: string[];
  /** Key type and size in bits in one word, such as `RSA2048` or `EC256`. */
  algorithm?: string;
  /** Kind of key: the letters of `algorithm`. */
  key_type?: string;
  /** Size of the key in bits: the digits of `algorithm`. */
  key_bits?: number;
  /** SHA-1 fingerprint, upper-case hexadecimal. */
  sha1_fingerprint?: string;
  /** Subject, in OpenSSL's one-line form. */
  subject?: string;
  /** Issuer, in OpenSSL's one-line form. */
  issuer?: string;
  /** File that the chain comes from (`issuers-chain-path`). */
  chain_filename?: string;
  /** Certificates between this one and the root, from the leaf up. */
  chain?: ChainLink[];
}

/** One certificate of a chain. */
export interface ChainLink {
  /** Subject, in OpenSSL's one-line form. */
  subject: string;
  /** Issuer, in OpenSSL's one-line form. */
  issuer: string;
}

/**
 * Takes one line into the description.
 *
 * @param fields the description so far; the line's value is put into it
 * @param key what is before `: `
 * @param value what is behind it
 * @returns whether this key belongs to a certificate and its value has the shape of it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type CertificateFields, takeCertificateField } from "./certificate_fields.ts";
 *
 * const fields: CertificateFields = {};
 * assert.equal(takeCertificateField(fields, "Algorithm", "RSA2048"), true);
 * assert.deepEqual(fields, { algorithm: "RSA2048", key_type: "RSA", key_bits: 2048 });
 * assert.equal(takeCertificateField(fields, "Filename", "/etc/site.pem"), false);
 * ```
 */
export function takeCertificateField(fields: CertificateFields, key: string, value: string): boolean {
  return TAKE.get(key)?.(fields, value) ?? false;
}

const TAKE: ReadonlyMap<string, (fields: CertificateFields, value: string) => boolean> = new Map([
  ["Serial", taken((fields, value) => fields.serial = value)],
  ["notBefore", (fields, value) => {
    const date = parseCertificateDate(value);
    if (date === undefined) return false;
    fields.not_before = date;
    fields.not_before_text = value;
    return true;
  }],
  ["notAfter", (fields, value) => {
    const date = parseCertificateDate(value);
    if (date === undefined) return false;
    fields.not_after = date;
    fields.not_after_text = value;
    return true;
  }],
  // "DNS:a, DNS:b, " with or without the last comma.
  ["Subject Alternative Name", taken((fields, value) => fields.subject_alternative_names = splitNames(value))],
  [
    "Algorithm",
    taken((fields, value) => {
      fields.algorithm = value;
      const match = /^([A-Za-z-]+)(\d{1,6})$/.exec(value);
      if (match === null) return;
      fields.key_type = match[1] ?? "";
      fields.key_bits = Number(match[2]);
    }),
  ],
  ["SHA1 FingerPrint", taken((fields, value) => fields.sha1_fingerprint = value)],
  ["Subject", taken((fields, value) => fields.subject = value)],
  ["Issuer", taken((fields, value) => fields.issuer = value)],
  ["Chain Filename", taken((fields, value) => fields.chain_filename = value)],
  ["Chain Subject", taken((fields, value) => (fields.chain ??= []).push({ subject: value, issuer: "" }))],
  ["Chain Issuer", (fields, value) => {
    const link = fields.chain?.at(-1);
    if (link === undefined || link.issuer !== "") return false;
    link.issuer = value;
    return true;
  }],
]);

/** A field that takes any value. */
function taken(take: (fields: CertificateFields, value: string) => unknown) {
  return (fields: CertificateFields, value: string): boolean => {
    take(fields, value);
    return true;
  };
}

function splitNames(value: string): string[] {
  return value.split(", ").map((name) => name.trim()).filter((name) => name !== "");
}
