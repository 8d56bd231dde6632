/**
 * The secrets that requests may be signed with: several while one is being changed.
 */
import { HappiError, reason } from "../../../errors.ts";
import { InvalidPolicy } from "../policy.ts";
import type { Outside } from "../sources/outside.ts";
import { readTextFile } from "../text_file.ts";

/** The secrets of a policy cannot be read. */
export class UnusableSecrets extends HappiError {
  /**
   * @param where the file
   * @param why what is wrong with it
   * @param cause the error underneath
   */
  constructor(where: string, why: string, cause?: unknown) {
    super(
      "unusable_secrets",
      `Cannot use the secrets of "${where}": ${why}`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** Where the secrets are: one of the first two. */
export interface SecretsOptions {
  /** The secret; several while it is being changed. */
  readonly secrets?: readonly string[];
  /** A file with a secret a line. */
  readonly secretsFile?: string;
}

/**
 * Reads them.
 *
 * @param policy the policy's name, for the message
 * @param options where they are
 * @param outside reads the file
 * @throws {InvalidPolicy} when the options name no secret
 * @throws {UnusableSecrets} when the file cannot be read or is empty
 */
export async function readSecrets(
  policy: string,
  options: SecretsOptions,
  outside: Outside,
): Promise<readonly string[]> {
  const { secrets, secretsFile } = options;
  if (secretsFile === undefined) {
    const good = (secrets ?? []).filter((one) => typeof one === "string" && one !== "");
    if (good.length === 0) throw new InvalidPolicy(policy, 'option "secrets" has no secret');
    return good;
  }
  let content: string;
  try {
    content = await readTextFile(secretsFile, outside);
  } catch (thrown) {
    throw new UnusableSecrets(secretsFile, reason(thrown), thrown);
  }
  const found = content.split(/\r?\n/).filter((line) => line !== "");
  if (found.length === 0) throw new UnusableSecrets(secretsFile, "it is empty");
  return found;
}
