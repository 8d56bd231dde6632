/**
 * Certificates that HAProxy serves: what it holds, and their change without a reload (management guide, 9.3 "show ssl cert",
 * "new ssl cert", "set ssl cert", "commit ssl cert", "abort ssl cert", "del ssl cert", "dump ssl cert").
 *
 * Nothing here is written to disk: after a reload HAProxy has what its files say.
 */
import { cli } from "../../socket/mod.ts";
import { NotApplied } from "../errors.ts";
import { UnexpectedAnswer } from "../formats/errors.ts";
import { type Certificate, parseCertificate, parseCertificates } from "../formats/ssl_cert.ts";
import type { TransactionList } from "../formats/transaction_list.ts";
import { type Caller, type Rows, words } from "../method.ts";
import { file as fileName, flag, settings } from "../parameter.ts";
import { leafFingerprint, pem, pemOrBase64 } from "./pem.ts";
import { addWithContent, putContent, replaceContent } from "./transaction.ts";
import { ADMIN_CHANGE } from "./change.ts";

/** Methods that read and change certificates. A certificate is named as `show ssl cert` names it: by its full path. */
export interface CertificateMethods {
  /**
   * Reads the names of all certificates, and of the one whose change is not committed yet.
   *
   * @returns names; those of the open transaction apart
   */
  getCertificates(): Promise<TransactionList>;

  /**
   * Reads one certificate: subject, names, validity, key, fingerprint. Not its private key.
   *
   * @param file the certificate's name
   * @param options whether it is the open transaction that is asked for
   * @throws {NotFound} when there is no such certificate, or it is a bundle of several
   */
  getCertificate(file: string, options?: GetCertificateOptions): Promise<Certificate>;

  /**
   * Replaces a certificate in one call: set, commit, and a look at what is served then. When HAProxy refuses, nothing is
   * left open and the old certificate stays.
   *
   * @param file the certificate's name
   * @param pem certificate, private key and chain, in PEM
   * @returns the certificate as HAProxy has it then
   * @throws {TransactionOpen} when the transaction of another certificate is open; nothing was changed
   * @throws {NotFound} when the configuration does not use such a certificate
   * @throws {CommandRefused} when the key does not belong to the certificate, or the PEM cannot be read
   */
  replaceCertificate(file: string, pem: string): Promise<Certificate>;

  /**
   * Adds a certificate in one call: new, set, commit. It is served once a crt-list names it: see `addToCrtList`.
   *
   * @param file the new certificate's name, a path
   * @param pem certificate, private key and chain, in PEM
   * @returns the certificate as HAProxy has it then
   * @throws {TransactionOpen} when another transaction is open; nothing was changed
   * @throws {CommandRefused} when there is one of this name, or the PEM cannot be used; nothing is left of it then
   */
  addCertificate(file: string, pem: string): Promise<Certificate>;

  /**
   * Makes an empty certificate, to be filled by {@linkcode CertificateMethods.setCertificate}.
   *
   * @param file the new certificate's name, a path
   * @returns HAProxy's words
   */
  newCertificate(file: string): Promise<string>;

  /**
   * Opens the transaction of a certificate, or goes on with it; {@linkcode CertificateMethods.commitCertificate} makes it
   * count.
   *
   * @param file the certificate's name, or one of its parts such as `site.pem.key`, `site.pem.issuer`, `site.pem.ocsp`
   * @param content PEM; base64 for an OCSP response or SCTs
   * @returns HAProxy's words
   * @throws {TransactionOpen} when the open transaction is another certificate's; nothing was changed
   */
  setCertificate(file: string, content: string): Promise<string>;

  /**
   * Makes a certificate's transaction count: new connections get it at once. When HAProxy refuses, the transaction stays
   * open.
   *
   * @param file the certificate's name
   * @returns HAProxy's words
   */
  commitCertificate(file: string): Promise<string>;

  /**
   * Throws a certificate's transaction away.
   *
   * @param file the certificate's name
   * @returns HAProxy's words
   */
  abortCertificate(file: string): Promise<string>;

  /**
   * Removes a certificate that no bind line and no crt-list uses.
   *
   * @param file the certificate's name
   * @returns HAProxy's words
   * @throws {NotFound} when there is no such certificate
   */
  delCertificate(file: string): Promise<string>;

  /**
   * Gives a certificate in PEM, **with its private key**: keep the answer out of logs. Since HAProxy 3.1.
   *
   * @param file the certificate's name
   * @param options whether it is the open transaction that is asked for
   * @returns key, certificate, chain
   */
  dumpCertificate(file: string, options?: GetCertificateOptions): Promise<string>;
}

/** Settings of {@linkcode CertificateMethods.getCertificate}. */
export interface GetCertificateOptions {
  /** The open transaction of this name, instead of what is in use. */
  readonly pending?: boolean;
}

const file = fileName("file", "the certificate's name, as get_certificates lists it");
const newFile = fileName("file", "the new certificate's name, a path");
const whole = pem("pem", "certificate, private key and chain, in PEM", "CERTIFICATE");
const which = settings<GetCertificateOptions>({ pending: flag("pending", "the open transaction of this name") });

/** The rows of {@linkcode CertificateMethods}. */
export const certificateMethods: Rows<CertificateMethods> = {
  getCertificates: {
    kind: "command",
    summary: "Names of all certificates, and of the one that is being changed",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [],
    command: () => "show ssl cert",
    parse: parseCertificates,
  },
  getCertificate: {
    kind: "command",
    summary: "One certificate: subject, names, validity, fingerprint",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [file, which],
    command: (name, options) => cli`show ssl cert ${starred(name, options)}`,
    parse: parseCertificate,
  },
  replaceCertificate: {
    ...ADMIN_CHANGE,
    kind: "run",
    summary: "Replace a certificate: set, commit, and look; abort when HAProxy refuses",
    parameters: [file, whole],
    async run(caller, name, text) {
      await replaceContent(caller, "cert", name, text);
      return await proven(caller, `replace certificate "${name}"`, name, text);
    },
  },
  addCertificate: {
    ...ADMIN_CHANGE,
    kind: "run",
    summary: "Add a certificate: new, set, commit; crt-lists can name it then",
    parameters: [newFile, whole],
    async run(caller, name, text) {
      await addWithContent(caller, "cert", name, text);
      return await proven(caller, `add certificate "${name}"`, name, text);
    },
  },
  newCertificate: {
    ...ADMIN_CHANGE,
    kind: "command",
    summary: "Make an empty certificate",
    parameters: [newFile],
    command: (name) => cli`new ssl cert ${name}`,
    parse: words,
  },
  setCertificate: {
    ...ADMIN_CHANGE,
    kind: "run",
    summary: "Put content into a certificate's transaction",
    parameters: [
      fileName("file", "the certificate's name, or a part such as site.pem.key"),
      pemOrBase64("content", "PEM; base64 for an OCSP response or SCTs"),
    ],
    run: (caller, name, content) => putContent(caller, "cert", "set", name, content),
  },
  commitCertificate: {
    ...ADMIN_CHANGE,
    kind: "command",
    summary: "Make a certificate's transaction count",
    parameters: [file],
    command: (name) => cli`commit ssl cert ${name}`,
    parse: words,
  },
  abortCertificate: {
    ...ADMIN_CHANGE,
    kind: "command",
    summary: "Throw a certificate's transaction away",
    parameters: [file],
    command: (name) => cli`abort ssl cert ${name}`,
    parse: words,
  },
  delCertificate: {
    ...ADMIN_CHANGE,
    kind: "command",
    summary: "Remove a certificate that nothing uses",
    parameters: [file],
    command: (name) => cli`del ssl cert ${name}`,
    parse: words,
  },
  dumpCertificate: {
    kind: "command",
    summary: "A certificate in PEM, with its private key",
    since: "3.1",
    level: "admin",
    effect: "read",
    parameters: [file, which],
    command: (name, options) => cli`dump ssl cert ${starred(name, options)}`,
    parse: readDump,
  },
};

function starred(name: string, options: GetCertificateOptions | undefined): string {
  return options?.pending ? `*${name}` : name;
}

/** The certificate as HAProxy has it now, when it is the one that was sent. */
async function proven(caller: Caller, what: string, name: string, text: string): Promise<Certificate> {
  const certificate = parseCertificate(await caller.read(cli`show ssl cert ${name}`));
  const wanted = await leafFingerprint(text);
  if (wanted === undefined || certificate.sha1_fingerprint === wanted) return certificate;
  throw new NotApplied(what, `the fingerprint ${certificate.sha1_fingerprint ?? "of none"}, not ${wanted}`);
}

/** The answer holds a private key, so no error carries it. */
function readDump(answer: string): string {
  if (answer.startsWith("-----BEGIN ")) return `${answer.trimEnd()}\n`;
  throw new UnexpectedAnswer("dump ssl cert", "PEM text", "(not shown)");
}
