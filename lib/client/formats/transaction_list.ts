/**
 * The list form that `show ssl cert`, `show ssl ca-file` and `show ssl crl-file` share: names under `# filename`, and the one
 * open transaction under `# transaction`, marked with a star (management guide, "show ssl cert").
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

/** What such a list holds, each line still as text. */
export interface TransactionList {
  /** Lines under `# transaction`, without their star: what has been set and not yet committed. */
  transactions: string[];
  /** Lines under `# filename`: what HAProxy uses or could use. */
  files: string[];
}

/**
 * Reads such a list.
 *
 * @param command the command that was answered
 * @param answer the whole answer
 * @returns the lines of both sections
 * @throws {UnexpectedAnswer} when the answer does not start with `# filename` or `# transaction`, or a line has the wrong mark
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTransactionList } from "./transaction_list.ts";
 *
 * const answer = "# transaction\n*site.pem\n# filename\n/etc/ec.pem\n/etc/site.pem\n\n";
 * assert.deepEqual(parseTransactionList("show ssl cert", answer), {
 *   transactions: ["site.pem"],
 *   files: ["/etc/ec.pem", "/etc/site.pem"],
 * });
 * ```
 */
export function parseTransactionList(command: string, answer: string): TransactionList {
  const list: TransactionList = { transactions: [], files: [] };
  let section: keyof TransactionList | undefined;
  for (const line of answerLines(answer)) {
    if (line === "# transaction" && section === undefined) section = "transactions";
    else if (line === "# filename" && section !== "files") section = "files";
    else if (section === "files" && line !== "") list.files.push(line);
    else if (section === "transactions" && line.startsWith("*")) list.transactions.push(line.slice(1));
    else throw new UnexpectedAnswer(command, 'names under "# transaction" or "# filename"', answer, line);
  }
  if (section !== "files") throw new UnexpectedAnswer(command, 'the header "# filename"', answer);
  return list;
}
