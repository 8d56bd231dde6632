/**
 * Transactions on certificates, CA files and CRL files: HAProxy has one of each kind for the whole process, whoever opened
 * it (management guide, "set ssl cert", "set ssl ca-file", "set ssl crl-file").
 *
 * HAProxy 2.6 does not check the name on `set`: with a transaction of another file open, it would change that file. So the
 * open one is looked for first.
 */
import { cli } from "../../socket/mod.ts";
import { TransactionOpen } from "../errors.ts";
import { parseCaFiles } from "../formats/ssl_ca.ts";
import { parseCertificates } from "../formats/ssl_cert.ts";
import { parseCrlFiles } from "../formats/ssl_crl.ts";
import type { Caller } from "../method.ts";

/** What there can be a transaction of, as HAProxy's commands name it. */
export type StoreKind = "cert" | "ca-file" | "crl-file";

/**
 * The file that a transaction is open for.
 *
 * @returns its name; `undefined` when none is open
 */
export async function openTransaction(caller: Caller, kind: StoreKind): Promise<string | undefined> {
  return PENDING[kind](await caller.read(`show ssl ${kind}`));
}

/**
 * Puts content into a file's transaction, which is opened when none is.
 *
 * @param verb `set` replaces what the transaction holds, `add` adds to it
 * @param file the file, or a part of a certificate such as `site.pem.ocsp`
 * @param payload the content, without blank lines
 * @returns HAProxy's words
 * @throws {TransactionOpen} when the open transaction is another file's
 */
export async function putContent(
  caller: Caller,
  kind: StoreKind,
  verb: "set" | "add",
  file: string,
  payload: string,
): Promise<string> {
  const pending = await openTransaction(caller, kind);
  if (pending !== undefined && !isPartOf(file, pending)) throw new TransactionOpen(kind, file, pending);
  return await caller.change(cli`${[verb, "ssl", kind, file]}`, { payload });
}

/**
 * Replaces a file's content in one go: set and commit, and abort when HAProxy refuses, so that nothing is left open.
 *
 * A transaction of the same file that somebody left open is thrown away first.
 *
 * @param file the file's name
 * @param payload the content, without blank lines
 * @throws {TransactionOpen} when the open transaction is another file's
 * @throws {CommandRefused} with HAProxy's words; the file is as it was
 */
export async function replaceContent(caller: Caller, kind: StoreKind, file: string, payload: string): Promise<void> {
  const pending = await openTransaction(caller, kind);
  if (pending !== undefined && pending !== file) throw new TransactionOpen(kind, file, pending);
  if (pending !== undefined) await caller.change(cli`${["abort", "ssl", kind, file]}`);
  try {
    await caller.change(cli`${["set", "ssl", kind, file]}`, { payload });
    await caller.change(cli`${["commit", "ssl", kind, file]}`);
  } catch (thrown) {
    await abortQuietly(caller, kind, file);
    throw thrown;
  }
}

/** Adds an empty file and fills it; when HAProxy refuses the content, the file is gone again. */
export async function addWithContent(caller: Caller, kind: StoreKind, file: string, payload: string): Promise<void> {
  const pending = await openTransaction(caller, kind);
  if (pending !== undefined) throw new TransactionOpen(kind, file, pending);
  await caller.change(cli`${["new", "ssl", kind, file]}`);
  try {
    await replaceContent(caller, kind, file, payload);
  } catch (thrown) {
    await caller.change(cli`${["del", "ssl", kind, file]}`).catch(() => {});
    throw thrown;
  }
}

const PENDING: Readonly<Record<StoreKind, (answer: string) => string | undefined>> = {
  "cert": (answer) => parseCertificates(answer).transactions[0],
  "ca-file": (answer) => parseCaFiles(answer).transactions[0]?.filename,
  "crl-file": (answer) => parseCrlFiles(answer).transactions[0],
};

/** Aborts what the failed change may have left; why it failed is what the caller wants to hear, not that this did too. */
async function abortQuietly(caller: Caller, kind: StoreKind, file: string): Promise<void> {
  await caller.change(cli`${["abort", "ssl", kind, file]}`).catch(() => {});
}

/** Whether it is the store itself or one of its parts: `site.pem.ocsp`, or `site.key` beside `site.crt`. */
function isPartOf(file: string, store: string): boolean {
  if (file === store || file.startsWith(`${store}.`)) return true;
  const [, stem] = /^(.+)\.(?:key|issuer|ocsp|sctl)$/.exec(file) ?? [];
  return stem !== undefined && store.startsWith(`${stem}.`);
}
