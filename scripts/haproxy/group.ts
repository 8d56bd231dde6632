/**
 * Whether processes that are not our children are still there, as Linux tells it in /proc.
 *
 * One that has ended stays in /proc as a zombie until its parent asks for it, which may be never in a container; and a
 * zombie may still have threads that hold its sockets. Both are told apart here.
 *
 * @module
 */

const TIMEOUT_MS = 10_000;
const POLL_MS = 5;

/** Whether this process runs, or one of its threads does. */
export function isAlive(pid: number): boolean {
  return readStat(pid)?.isAlive ?? false;
}

/** Returns when no process of the group is left. */
export async function groupEnded(group: number): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (processes().some((pid) => belongs(pid, group))) {
    if (Date.now() > deadline) throw new Error(`Cannot end process group "${group}": a process of it does not go`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function belongs(pid: number, group: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.group === group && stat.isAlive;
}

function processes(): number[] {
  return [...Deno.readDirSync("/proc")].map((entry) => Number(entry.name)).filter((pid) => pid > 0);
}

/** Reads `/proc/<pid>/stat` (proc(5)); the fields are counted from behind the name, which may hold anything. */
function readStat(pid: number): { readonly group: number; readonly isAlive: boolean } | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    // Gone, or going: the kernel has several words for that.
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields;
  const isZombie = state === "Z" || state === "X";
  return { group: Number(group), isAlive: !isZombie || Number(fields[17]) > 1 };
}
