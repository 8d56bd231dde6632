/**
 * TLS beside certificates: ticket keys, OpenSSL's providers, certificates for JWT, encrypted client hello (management guide,
 * 9.3 "show tls-keys", "set ssl tls-key", "show ssl providers", "show ssl jwt", "show ssl ech").
 */
import { cli } from "../../socket/mod.ts";
import { parseJwtCertificates } from "../formats/jwt.ts";
import { parseSslProviders } from "../formats/ssl_providers.ts";
import { parseTlsKeyFiles, parseTlsKeys, type TlsKeyFile, type TlsKeys } from "../formats/tls_keys.ts";
import { nothing, type Rows, words } from "../method.ts";
import { file as fileName, integer, optional, text } from "../parameter.ts";
import { base64, pem } from "./pem.ts";
import { changeWithSecret } from "./secret.ts";

/** Methods for ticket keys, providers, JWT and ECH. */
export interface TlsMethods {
  /** Reads which files of TLS ticket keys there are. HAProxy 3.4 and later ask for the level admin. */
  getTlsKeyFiles(): Promise<TlsKeyFile[]>;

  /**
   * Reads TLS ticket keys. **They are secrets**: keep the answer out of logs. HAProxy 3.4 and later ask for the level
   * admin.
   *
   * @param file only this file's: its path, or `#` and its id
   * @returns the files with their keys, the oldest key first
   */
  getTlsKeys(file?: string): Promise<TlsKeys[]>;

  /**
   * Adds the next TLS ticket key to a file's keys, which rotates them: the oldest is dropped. HAProxy 3.4 and later ask
   * for the level admin.
   *
   * @param file the file: its path, or `#` and its id
   * @param key 48 or 80 random bytes in base64, as the file's other keys
   * @returns HAProxy's words
   */
  setTlsKey(file: string, key: string): Promise<string>;

  /** Reads the names of the OpenSSL providers that are loaded. */
  getSslProviders(): Promise<string[]>;

  /** Reads which certificates may validate JWT signatures. Since HAProxy 3.3. */
  getJwtCertificates(): Promise<string[]>;

  /** Lets a certificate validate JWT signatures. Since HAProxy 3.3. @param certificate the certificate's name */
  addJwtCertificate(certificate: string): Promise<void>;

  /** Takes that away again. Since HAProxy 3.3. @param certificate the certificate's name */
  delJwtCertificate(certificate: string): Promise<void>;

  /**
   * Reads the ECH keys, in HAProxy's own words: they are experimental. Since HAProxy 3.3, in builds with ECH.
   *
   * @param bind only this bind line's: `frontend/name`
   */
  getEch(bind?: string): Promise<string>;

  /**
   * Adds an ECH key to a bind line. Since HAProxy 3.3, in builds with ECH.
   *
   * @param bind the bind line: `frontend/name`
   * @param pem private key and ECH configuration, in PEM
   * @returns HAProxy's words
   */
  addEch(bind: string, pem: string): Promise<string>;

  /**
   * Replaces all ECH keys of a bind line. Since HAProxy 3.3, in builds with ECH.
   *
   * @param bind the bind line: `frontend/name`
   * @param pem private key and ECH configuration, in PEM
   * @returns HAProxy's words
   */
  setEch(bind: string, pem: string): Promise<string>;

  /**
   * Removes ECH keys of a bind line. Since HAProxy 3.3, in builds with ECH.
   *
   * @param bind the bind line: `frontend/name`
   * @param age only those that are older, in seconds
   * @returns HAProxy's words
   */
  delEch(bind: string, age?: number): Promise<string>;
}

const keyFile = text("file", "the file's path, or # and its id", "FILE|#ID");
const certificate = fileName("certificate", "the certificate's name");
const bind = text("bind", "the bind line, as frontend/name", "FRONTEND/NAME");
const echKey = pem("pem", "private key and ECH configuration, in PEM", "ECHCONFIG");
const EXPERIMENTAL = { modes: ["experimental"] } as const;
const SINCE_3_3 = { since: "3.3", level: "admin", effect: "change" } as const;

/** The rows of {@linkcode TlsMethods}. */
export const tlsMethods: Rows<TlsMethods> = {
  getTlsKeyFiles: {
    kind: "command",
    summary: "The files of TLS ticket keys",
    since: "2.6",
    level: "admin",
    effect: "read",
    parameters: [],
    command: () => "show tls-keys",
    parse: parseTlsKeyFiles,
  },
  getTlsKeys: {
    kind: "command",
    summary: "TLS ticket keys, which are secrets",
    since: "2.6",
    level: "admin",
    effect: "read",
    parameters: [optional(keyFile)],
    command: (name) => cli`show tls-keys ${name ?? "*"}`,
    parse: parseTlsKeys,
  },
  setTlsKey: {
    kind: "run",
    summary: "Add the next TLS ticket key; the oldest is dropped",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [keyFile, base64("key", "48 or 80 random bytes in base64")],
    run: (caller, name, key) => changeWithSecret(caller, cli`set ssl tls-key ${name} ${key}`, key),
  },
  getSslProviders: {
    kind: "command",
    summary: "The OpenSSL providers that are loaded",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [],
    command: () => "show ssl providers",
    parse: parseSslProviders,
  },
  getJwtCertificates: {
    kind: "command",
    summary: "Which certificates may validate JWT signatures",
    since: "3.3",
    level: "user",
    effect: "read",
    parameters: [],
    command: () => "show ssl jwt",
    parse: parseJwtCertificates,
  },
  addJwtCertificate: {
    ...SINCE_3_3,
    kind: "command",
    summary: "Let a certificate validate JWT signatures",
    parameters: [certificate],
    command: (name) => cli`add ssl jwt ${name}`,
    parse: nothing,
  },
  delJwtCertificate: {
    ...SINCE_3_3,
    kind: "command",
    summary: "Let a certificate validate JWT signatures no more",
    parameters: [certificate],
    command: (name) => cli`del ssl jwt ${name}`,
    parse: nothing,
  },
  getEch: {
    kind: "command",
    summary: "The ECH keys, in HAProxy's own words",
    since: "3.3",
    level: "admin",
    effect: "read",
    parameters: [optional(bind)],
    command: (name) => cli`show ssl ech ${name}`,
    send: () => EXPERIMENTAL,
    parse: words,
  },
  addEch: {
    ...SINCE_3_3,
    kind: "run",
    summary: "Add an ECH key to a bind line",
    parameters: [bind, echKey],
    // Its words of success are not known well enough to be judged, so only a refusal that is marked is one.
    run: async (caller, name, payload) =>
      words(await caller.send(cli`add ssl ech ${name}`, { ...EXPERIMENTAL, payload })),
  },
  setEch: {
    ...SINCE_3_3,
    kind: "run",
    summary: "Replace all ECH keys of a bind line",
    parameters: [bind, echKey],
    run: async (caller, name, payload) =>
      words(await caller.send(cli`set ssl ech ${name}`, { ...EXPERIMENTAL, payload })),
  },
  delEch: {
    ...SINCE_3_3,
    kind: "run",
    summary: "Remove ECH keys of a bind line",
    parameters: [bind, optional(integer("age", "only those that are older, in seconds", 0, 0x7fffffff))],
    run: async (caller, name, age) => words(await caller.send(cli`del ssl ech ${name} ${age}`, EXPERIMENTAL)),
  },
};
