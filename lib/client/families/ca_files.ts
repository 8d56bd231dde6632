/**
 * CA files, which client and server certificates are verified against (management guide, 9.3 "show ssl ca-file",
 * "new ssl ca-file", "set ssl ca-file", "add ssl ca-file", "commit ssl ca-file", "abort ssl ca-file", "del ssl ca-file").
 *
 * Nothing here is written to disk: after a reload HAProxy has what its files say.
 */
import { cli } from "../../socket/mod.ts";
import { type CaFile, type CaFileList, parseCaFile, parseCaFiles } from "../formats/ssl_ca.ts";
import { type Rows, words } from "../method.ts";
import { flag, integer, settings, text } from "../parameter.ts";
import { pem } from "./pem.ts";
import { putContent, replaceContent } from "./transaction.ts";
import { ADMIN_CHANGE } from "./change.ts";

/** Methods that read and change CA files. A file is named as `show ssl ca-file` names it: by its full path. */
export interface CaFileMethods {
  /** Reads the names of all CA files and how many certificates each has; that of the open transaction apart. */
  getCaFiles(): Promise<CaFileList>;

  /**
   * Reads the certificates of a CA file.
   *
   * @param file the file's name; `@system-ca` for the system's own
   * @param options one certificate only, or the open transaction
   * @throws {NotFound} when there is no such file
   */
  getCaFile(file: string, options?: GetCaFileOptions): Promise<CaFile>;

  /**
   * Replaces a CA file in one call: set, commit, and abort when HAProxy refuses.
   *
   * @param file the file's name
   * @param pem certificates in PEM
   * @returns the file as HAProxy has it then
   * @throws {TransactionOpen} when the transaction of another CA file is open; nothing was changed
   */
  replaceCaFile(file: string, pem: string): Promise<CaFile>;

  /** Makes an empty CA file. @param file the new file's name, a path @returns HAProxy's words */
  newCaFile(file: string): Promise<string>;

  /**
   * Opens a CA file's transaction with new content, or replaces the content of the one that is open.
   *
   * @param file the file's name
   * @param pem certificates in PEM
   * @returns HAProxy's words
   * @throws {TransactionOpen} when the open transaction is another file's; nothing was changed
   */
  setCaFile(file: string, pem: string): Promise<string>;

  /**
   * Adds certificates to a CA file's transaction, which starts with what the file holds. Since HAProxy 2.7.
   *
   * @param file the file's name
   * @param pem certificates in PEM
   * @returns HAProxy's words
   * @throws {TransactionOpen} when the open transaction is another file's; nothing was changed
   */
  addToCaFile(file: string, pem: string): Promise<string>;

  /** Makes a CA file's transaction count. @param file the file's name @returns HAProxy's words */
  commitCaFile(file: string): Promise<string>;

  /** Throws a CA file's transaction away. @param file the file's name @returns HAProxy's words */
  abortCaFile(file: string): Promise<string>;

  /** Removes a CA file that nothing uses. @param file the file's name @returns HAProxy's words */
  delCaFile(file: string): Promise<string>;
}

/** Settings of {@linkcode CaFileMethods.getCaFile}. */
export interface GetCaFileOptions {
  /** Only the certificate with this number, from 1. */
  readonly index?: number;
  /** The open transaction of this name, instead of what is in use. */
  readonly pending?: boolean;
}

const file = text("file", "the CA file's name, as get_ca_files lists it", "FILE");
const certificates = pem("pem", "certificates in PEM", "CERTIFICATE");

/** A method that does one word to one file. */
const verb = (summary: string, line: (name: string) => string) => ({
  ...ADMIN_CHANGE,
  kind: "command" as const,
  summary,
  parameters: [file] as const,
  command: line,
  parse: words,
});

/** The rows of {@linkcode CaFileMethods}. */
export const caFileMethods: Rows<CaFileMethods> = {
  getCaFiles: {
    kind: "command",
    summary: "Names of all CA files and how many certificates each has",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [],
    command: () => "show ssl ca-file",
    parse: parseCaFiles,
  },
  getCaFile: {
    kind: "command",
    summary: "The certificates of a CA file",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [
      file,
      settings<GetCaFileOptions>({
        index: integer("index", "only the certificate with this number, from 1", 1, 1_000_000),
        pending: flag("pending", "the open transaction of this name"),
      }),
    ],
    command: (name, { index, pending } = {}) =>
      cli`show ssl ca-file ${`${pending ? "*" : ""}${name}${index === undefined ? "" : `:${index}`}`}`,
    parse: parseCaFile,
  },
  replaceCaFile: {
    ...ADMIN_CHANGE,
    kind: "run",
    summary: "Replace a CA file: set and commit; abort when HAProxy refuses",
    parameters: [file, certificates],
    async run(caller, name, content) {
      await replaceContent(caller, "ca-file", name, content);
      return parseCaFile(await caller.read(cli`show ssl ca-file ${name}`));
    },
  },
  newCaFile: verb("Make an empty CA file", (name) => cli`new ssl ca-file ${name}`),
  setCaFile: {
    ...ADMIN_CHANGE,
    kind: "run",
    summary: "Put content into a CA file's transaction",
    parameters: [file, certificates],
    run: (caller, name, content) => putContent(caller, "ca-file", "set", name, content),
  },
  addToCaFile: {
    ...ADMIN_CHANGE,
    kind: "run",
    summary: "Add certificates to a CA file's transaction",
    since: "2.7",
    parameters: [file, certificates],
    run: (caller, name, content) => putContent(caller, "ca-file", "add", name, content),
  },
  commitCaFile: verb("Make a CA file's transaction count", (name) => cli`commit ssl ca-file ${name}`),
  abortCaFile: verb("Throw a CA file's transaction away", (name) => cli`abort ssl ca-file ${name}`),
  delCaFile: verb("Remove a CA file that nothing uses", (name) => cli`del ssl ca-file ${name}`),
};
