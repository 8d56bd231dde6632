/**
 * Users and groups by name, from the system's own files.
 */
import { reason } from "../errors.ts";
import { UnknownAccount } from "./errors.ts";

/** Who a process runs as, in numbers. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
  /** `HOME`, `USER` and `LOGNAME` of a user that is known by name: happi's own would lead it to somebody else's files. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Where the system keeps its names. */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
}

const SYSTEM: AccountFiles = { passwd: "/etc/passwd", group: "/etc/group" };

/**
 * Finds out who a process is to run as. A user without a group gets the user's own group; a number that is no known user's
 * has none, and needs one said: otherwise it would keep happi's own, which may be root's.
 *
 * @param wanted numbers or names
 * @throws {UnknownAccount} when there is no such user or group
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findAccount } from "./accounts.ts";
 * const env = { HOME: "/root", USER: "root", LOGNAME: "root" };
 * assert.deepEqual(await findAccount({ uid: "root" }), { uid: 0, gid: 0, env });
 * assert.deepEqual(await findAccount({}), {});
 * ```
 */
export async function findAccount(
  { uid, gid }: { readonly uid?: number | string; readonly gid?: number | string },
  files: AccountFiles = SYSTEM,
): Promise<Account> {
  const user = uid === undefined ? undefined : await find("user", files.passwd, uid);
  const group = gid === undefined ? undefined : await find("group", files.group, gid);
  const ownGroup = group?.id ?? user?.group;
  if (uid !== undefined && ownGroup === undefined) {
    throw new UnknownAccount("user", uid, `it is not in "${files.passwd}", and so its gid has to be said too`);
  }
  return {
    ...(user === undefined ? {} : { uid: user.id }),
    ...(ownGroup === undefined ? {} : { gid: ownGroup }),
    ...(user?.env === undefined ? {} : { env: user.env }),
  };
}

interface Entry {
  readonly id: number;
  /** A user's own group. */
  readonly group?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Both files have the name first and the number third; the fourth of a user is its group, the sixth its home. */
async function find(kind: "user" | "group", file: string, wanted: number | string): Promise<Entry> {
  const column = typeof wanted === "number" ? 2 : 0;
  const found = (await linesOf(kind, file, wanted)).find((line) => line[column] === String(wanted));
  if (found !== undefined) {
    const [name = "", , id, group, , home = "/"] = found;
    if (kind === "group") return { id: Number(id) };
    return { id: Number(id), group: Number(group), env: { HOME: home, USER: name, LOGNAME: name } };
  }
  // A number needs no name.
  if (typeof wanted === "number") return { id: wanted };
  throw new UnknownAccount(kind, wanted, `it is not in "${file}"`);
}

async function linesOf(kind: "user" | "group", file: string, wanted: number | string): Promise<string[][]> {
  try {
    return (await Deno.readTextFile(file)).split("\n").map((line) => line.split(":"));
  } catch (thrown) {
    // A container may have no such file: numbers do without.
    if (typeof wanted === "number") return [];
    throw new UnknownAccount(kind, wanted, reason(thrown));
  }
}
