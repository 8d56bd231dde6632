/**
 * CRL files: which client and server certificates must not be trusted any more (management guide, 9.3 "show ssl crl-file",
 * "new ssl crl-file", "set ssl crl-file", "commit ssl crl-file", "abort ssl crl-file", "del ssl crl-file").
 *
 * Nothing here is written to disk: after a reload HAProxy has what its files say.
 */
import { cli } from "../../socket/mod.ts";
import { type CrlFile, parseCrlFile, parseCrlFiles } from "../formats/ssl_crl.ts";
import type { TransactionList } from "../formats/transaction_list.ts";
import { type Rows, words } from "../method.ts";
import { flag, integer, settings, text } from "../parameter.ts";
import { pem } from "./pem.ts";
import { putContent, replaceContent } from "./transaction.ts";
import { ADMIN_CHANGE } from "./change.ts";

/** Methods that read and change CRL files. A file is named as `show ssl crl-file` names it: by its full path. */
export interface CrlFileMethods {
  /** Reads the names of all CRL files; that of the open transaction apart. */
  getCrlFiles(): Promise<TransactionList>;

  /**
   * Reads the revocation lists of a CRL file.
   *
   * @param file the file's name
   * @param options one list only, or the open transaction
   * @throws {NotFound} when there is no such file
   */
  getCrlFile(file: string, options?: GetCrlFileOptions): Promise<CrlFile>;

  /**
   * Replaces a CRL file in one call: set, commit, and abort when HAProxy refuses.
   *
   * @param file the file's name
   * @param pem revocation lists in PEM
   * @returns the file as HAProxy has it then
   * @throws {TransactionOpen} when the transaction of another CRL file is open; nothing was changed
   */
  replaceCrlFile(file: string, pem: string): Promise<CrlFile>;

  /** Makes an empty CRL file. @param file the new file's name, a path @returns HAProxy's words */
  newCrlFile(file: string): Promise<string>;

  /**
   * Opens a CRL file's transaction with new content, or replaces the content of the one that is open.
   *
   * @param file the file's name
   * @param pem revocation lists in PEM
   * @returns HAProxy's words
   * @throws {TransactionOpen} when the open transaction is another file's; nothing was changed
   */
  setCrlFile(file: string, pem: string): Promise<string>;

  /** Makes a CRL file's transaction count. @param file the file's name @returns HAProxy's words */
  commitCrlFile(file: string): Promise<string>;

  /** Throws a CRL file's transaction away. @param file the file's name @returns HAProxy's words */
  abortCrlFile(file: string): Promise<string>;

  /** Removes a CRL file that nothing uses. @param file the file's name @returns HAProxy's words */
  delCrlFile(file: string): Promise<string>;
}

/** Settings of {@linkcode CrlFileMethods.getCrlFile}. */
export interface GetCrlFileOptions {
  /** Only the list with this number, from 1. */
  readonly index?: number;
  /** The open transaction of this name, instead of what is in use. */
  readonly pending?: boolean;
}

const file = text("file", "the CRL file's name, as get_crl_files lists it", "FILE");
const lists = pem("pem", "revocation lists in PEM", "X509 CRL");

/** A method that does one word to one file. */
const verb = (summary: string, line: (name: string) => string) => ({
  ...ADMIN_CHANGE,
  kind: "command" as const,
  summary,
  parameters: [file] as const,
  command: line,
  parse: words,
});

/** The rows of {@linkcode CrlFileMethods}. */
export const crlFileMethods: Rows<CrlFileMethods> = {
  getCrlFiles: {
    kind: "command",
    summary: "Names of all CRL files",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [],
    command: () => "show ssl crl-file",
    parse: parseCrlFiles,
  },
  getCrlFile: {
    kind: "command",
    summary: "The revocation lists of a CRL file",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [
      file,
      settings<GetCrlFileOptions>({
        index: integer("index", "only the list with this number, from 1", 1, 1_000_000),
        pending: flag("pending", "the open transaction of this name"),
      }),
    ],
    command: (name, { index, pending } = {}) =>
      cli`show ssl crl-file ${`${pending ? "*" : ""}${name}${index === undefined ? "" : `:${index}`}`}`,
    parse: parseCrlFile,
  },
  replaceCrlFile: {
    ...ADMIN_CHANGE,
    kind: "run",
    summary: "Replace a CRL file: set and commit; abort when HAProxy refuses",
    parameters: [file, lists],
    async run(caller, name, content) {
      await replaceContent(caller, "crl-file", name, content);
      return parseCrlFile(await caller.read(cli`show ssl crl-file ${name}`));
    },
  },
  newCrlFile: verb("Make an empty CRL file", (name) => cli`new ssl crl-file ${name}`),
  setCrlFile: {
    ...ADMIN_CHANGE,
    kind: "run",
    summary: "Put content into a CRL file's transaction",
    parameters: [file, lists],
    run: (caller, name, content) => putContent(caller, "crl-file", "set", name, content),
  },
  commitCrlFile: verb("Make a CRL file's transaction count", (name) => cli`commit ssl crl-file ${name}`),
  abortCrlFile: verb("Throw a CRL file's transaction away", (name) => cli`abort ssl crl-file ${name}`),
  delCrlFile: verb("Remove a CRL file that nothing uses", (name) => cli`del ssl crl-file ${name}`),
};
