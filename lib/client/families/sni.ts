/**
 * Which certificate answers which server name, and until when each is valid (management guide, 9.3 "show ssl sni",
 * "show ssl cert").
 */
import { cli } from "../../socket/mod.ts";
import { type Certificate, parseCertificate, parseCertificates } from "../formats/ssl_cert.ts";
import { parseSni, type SniEntry } from "../formats/ssl_sni.ts";
import type { Rows } from "../method.ts";
import { integer, proxy, settings } from "../parameter.ts";

/** Methods that tell about server names and expiry. */
export interface SniMethods {
  /**
   * Reads which server name is answered with which certificate, on each bind line. Since HAProxy 3.2.
   *
   * @param options one frontend only, or only what expires
   */
  getSni(options?: GetSniOptions): Promise<SniEntry[]>;

  /**
   * Reads until when each certificate is valid, the one that expires first in front. On every version.
   *
   * @param options only what expires soon
   * @returns one entry a certificate; empty ones are left out
   */
  getCertificateExpiry(options?: CertificateExpiryOptions): Promise<CertificateExpiry[]>;
}

/** Settings of {@linkcode SniMethods.getSni}. */
export interface GetSniOptions {
  /** Only this frontend's. */
  readonly frontend?: string;
  /** Only what expires within so many days; 0 for what has expired. */
  readonly days?: number;
}

/** Settings of {@linkcode SniMethods.getCertificateExpiry}. */
export interface CertificateExpiryOptions {
  /** Only what expires within so many days; 0 for what has expired. */
  readonly days?: number;
}

/** Until when a certificate is valid. */
export interface CertificateExpiry {
  /** The certificate's name. */
  filename: string;
  /** `Used` or `Unused`. */
  status: string;
  /** Start of validity, ISO 8601 in UTC. */
  not_before?: string;
  /** End of validity, ISO 8601 in UTC. */
  not_after: string;
  /** Whole days until then by this machine's clock; negative when it has expired. */
  days_left: number;
  /** Subject, in OpenSSL's one-line form. */
  subject?: string;
  /** Names such as `DNS:www.example.test`. */
  subject_alternative_names?: string[];
}

const days = integer("days", "only what expires within so many days; 0 for what has expired", 0, 20_000);

/** The rows of {@linkcode SniMethods}. */
export const sniMethods: Rows<SniMethods> = {
  getSni: {
    kind: "command",
    summary: "Which server name is answered with which certificate",
    since: "3.2",
    level: "user",
    effect: "read",
    parameters: [settings<GetSniOptions>({
      frontend: proxy("frontend", "only this frontend's"),
      days,
    })],
    command: ({ frontend, days: within } = {}) =>
      cli`show ssl sni ${[
        ...(frontend === undefined ? [] : ["-f", frontend]),
        ...(within === undefined ? [] : ["-A"]),
        ...(within ? ["-t", `${within}d`] : []),
      ]}`,
    parse: parseSni,
  },
  getCertificateExpiry: {
    kind: "run",
    summary: "Until when each certificate is valid, the first to expire in front",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [settings<CertificateExpiryOptions>({ days })],
    async run(caller, { days: within } = {}) {
      const { files } = parseCertificates(await caller.read("show ssl cert"));
      const answers = await caller.batch(files.map((name) => cli`show ssl cert ${name}`));
      const certificates: Certificate[] = [];
      for (const [index, answer] of answers.entries()) {
        if (!answer.ok && GONE.test(answer.error.message)) continue;
        // What was refused is asked once more alone: the certificates may have been locked for a moment.
        const text = answer.ok ? answer.text : await caller.read(cli`show ssl cert ${files[index]}`);
        certificates.push(parseCertificate(text));
      }
      const all = expiryOf(certificates);
      return within === undefined ? all : all.filter((one) => one.days_left < within);
    },
  },
};

/** Removed since the list was made. */
const GONE = /Can't display the certificate/;

const DAY_MS = 86_400_000;

/**
 * Sorts certificates by the end of their validity.
 *
 * @param certificates as `show ssl cert <file>` describes them
 * @param now the clock, in milliseconds since 1970
 * @returns one entry a certificate that has an end; the first to expire in front
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { expiryOf } from "./sni.ts";
 *
 * const certificate = { filename: "a.pem", is_transaction: false, status: "Used", options: {}, others: [] };
 * const [first] = expiryOf([{ ...certificate, not_after: "2030-01-02T00:00:00Z" }], Date.parse("2030-01-01T00:00:00Z"));
 * assert.equal(first?.days_left, 1);
 * ```
 */
export function expiryOf(certificates: readonly Certificate[], now: number = Date.now()): CertificateExpiry[] {
  const dated = certificates.flatMap((one) => one.not_after === undefined ? [] : [expiry(one, one.not_after, now)]);
  return dated.sort((a, b) => Date.parse(a.not_after) - Date.parse(b.not_after));
}

function expiry(certificate: Certificate, notAfter: string, now: number): CertificateExpiry {
  const { filename, status, not_before, subject, subject_alternative_names } = certificate;
  return {
    filename,
    status,
    ...(not_before === undefined ? {} : { not_before }),
    not_after: notAfter,
    days_left: Math.floor((Date.parse(notAfter) - now) / DAY_MS),
    ...(subject === undefined ? {} : { subject }),
    ...(subject_alternative_names === undefined ? {} : { subject_alternative_names }),
  };
}
