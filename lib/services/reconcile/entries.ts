/**
 * Entries of maps and ACLs that routes ask for, such as host to backend. Pure.
 */
import type { DesiredBackend, DesiredServer, Problem } from "./desired.ts";
import type { Route } from "./route.ts";
import type { RouteEntry } from "./route_options.ts";
import { fill, isPerUnit, isSayable } from "./template.ts";

/** An entry of a map, or of an ACL. */
export interface Entry {
  readonly kind: "map" | "acl";
  /** The file as HAProxy shows it. */
  readonly file: string;
  readonly key: string;
  /** `null` in an ACL. */
  readonly value: string | null;
  /** The backend of its route. */
  readonly backend: string;
}

/** What an entry is known by. */
export function entryName({ kind, file, key }: Pick<Entry, "kind" | "file" | "key">): string {
  return `${kind} ${file} ${key}`;
}

/** The entries of all routes; the first of those that contradict each other. Keys with blanks are problems. */
export function desiredEntries(
  routes: readonly Route[],
  backends: ReadonlyMap<string, DesiredBackend>,
  problems: Problem[],
): Entry[] {
  const entries = new Map<string, Entry>();
  for (const route of routes) {
    const servers = (backends.get(route.backend)?.servers ?? []).filter(({ service }) => service === route.service);
    for (const [kind, wanted] of [["map", route.map], ["acl", route.acl]] as const) {
      for (const entry of wanted.flatMap((one) => filled(kind, one, servers, problems))) {
        const first = entries.get(entryName(entry));
        if (first === undefined) entries.set(entryName(entry), entry);
        else if (first.value !== entry.value) {
          const why = `Cannot give "${entry.key}" the value "${entry.value}" in "${entry.file}": it has ` +
            `"${first.value}" for backend "${first.backend}"`;
          problems.push({ about: entry.file, why });
        }
      }
    }
  }
  return [...entries.values()].sort((a, b) => entryName(a) < entryName(b) ? -1 : 1);
}

/** One entry for the service, or one a unit; none where the service has no unit. */
function filled(
  kind: Entry["kind"],
  wanted: RouteEntry,
  servers: readonly DesiredServer[],
  problems: Problem[],
): Entry[] {
  const isForEach = isPerUnit(wanted.key) || isPerUnit(wanted.value ?? "");
  return (isForEach ? servers : servers.slice(0, 1)).flatMap((server): Entry[] => {
    const { service, backend, unit, server: name, hostname, addresses: [address], port, meta } = server;
    const values = { ...meta, service, backend, unit, server: name, hostname, address, port: String(port) };
    const key = fill(wanted.key, values);
    const value = wanted.value === undefined ? null : fill(wanted.value, values);
    if (key === undefined || value === undefined) return []; // Its source has not said that of this unit.
    if (value !== null && !isSayable(value)) {
      const why = `Cannot give "${key}" the value "${value}" in "${wanted.file}": it is empty or no line of text`;
      problems.push({ about: wanted.file, why });
      return [];
    }
    if (!/^[^\s#][^\s]*$/.test(key) || !isSayable(key)) {
      const why = `Cannot keep key "${key}" in "${wanted.file}": it has blanks, or begins with "#"`;
      problems.push({ about: wanted.file, why });
      return [];
    }
    return [{ kind, file: wanted.file, key, value, backend }];
  });
}
