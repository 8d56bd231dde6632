/**
 * The admin token: from a file that is its owner's alone, or from the environment.
 */
import { HappiError } from "../../errors.ts";
import type { Environment } from "../environment.ts";
import { UnreadableFile } from "../input.ts";

/** A file that holds no token, or shows it to others. */
export class UnusableToken extends HappiError {
  /**
   * @param path the file
   * @param why what is wrong with it
   */
  constructor(path: string, why: string) {
    super("unusable_token", `Cannot use the admin token in "${path}": ${why}`);
  }
}

/**
 * Reads the token.
 *
 * @param file where it is; else HAPPI_ADMIN_TOKEN is taken
 * @returns `undefined` when there is none
 * @throws {UnreadableFile} {@linkcode UnusableToken}
 */
export async function readAdminToken(
  { variable }: Pick<Environment, "variable">,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return variable("HAPPI_ADMIN_TOKEN")?.trim() || undefined;
  const [text, { mode }] = await Promise.all([Deno.readTextFile(file), Deno.stat(file)]).catch((thrown) => {
    throw new UnreadableFile(file, thrown);
  });
  if (mode !== null && (mode & OTHERS) !== 0) {
    throw new UnusableToken(file, `other users can read or change it; do: chmod 600 "${file}"`);
  }
  const token = text.trim();
  if (!/^[\x21-\x7e]{8,512}$/.test(token)) {
    throw new UnusableToken(file, "it must be one line of 8 to 512 characters without blanks");
  }
  return token;
}

/** Everybody's rights to read, write and execute. */
const OTHERS = 0o007;
