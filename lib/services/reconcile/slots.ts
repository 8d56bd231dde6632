/**
 * Prepared servers (`server-template`): which unit sits on which. Pure.
 *
 * Nothing has to be remembered: a server's address tells who sits on it, and one in maintenance is free.
 */
import type { ActualServer } from "./actual.ts";
import type { DesiredServer } from "./desired.ts";

/** Who sits where. */
export interface Seating {
  /** Units that have their server already, ready or draining. */
  readonly seated: readonly { readonly wanted: DesiredServer; readonly slot: ActualServer }[];
  /** Units that take a free server. */
  readonly taking: readonly { readonly wanted: DesiredServer; readonly slot: ActualServer }[];
  /** Units for which there is no server left. */
  readonly waiting: readonly DesiredServer[];
  /** Servers in traffic, or draining, on which no unit sits; none as long as the address of a unit is not known. */
  readonly leaving: readonly ActualServer[];
}

/** Whether a server is one of those that `server-template PREFIX` makes. */
export function isOfTemplate(template: string, server: string): boolean {
  return server.startsWith(template) && /^\d+$/.test(server.slice(template.length));
}

/**
 * Seats the units of a backend on its prepared servers; who sits stays.
 *
 * @param template the prefix
 * @param wanted the units that go there
 * @param servers all servers of the backend
 */
export function seat(template: string, wanted: readonly DesiredServer[], servers: Iterable<ActualServer>): Seating {
  const number = ({ server }: ActualServer) => Number(server.slice(template.length));
  const slots = [...servers].filter(({ server }) => isOfTemplate(template, server))
    .sort((a, b) => number(a) - number(b));
  const byPlace = Map.groupBy(slots, ({ address, port }) => `${address} ${port}`);
  const placed = new Map<DesiredServer, ActualServer>();
  const used = new Set<ActualServer>();
  const place = (one: DesiredServer, slot: ActualServer | undefined) => {
    if (slot === undefined) return;
    placed.set(one, slot);
    used.add(slot);
  };
  const isInUse = ({ state }: ActualServer) => state !== "maint";
  for (const one of wanted) {
    const there = one.addresses.flatMap((address) => byPlace.get(`${address} ${one.port}`) ?? []);
    const left = there.filter((slot) => !used.has(slot));
    place(one, left.find(({ state }) => state === "ready") ?? left.find(isInUse));
  }
  const free = slots.filter((slot) => !isInUse(slot));
  for (const one of wanted.filter((each) => !placed.has(each) && each.state === "ready" && each.addresses.length > 0)) {
    place(one, free.find((slot) => !used.has(slot)));
  }
  const pairs = wanted.flatMap((one) => {
    const slot = placed.get(one);
    return slot === undefined ? [] : [{ wanted: one, slot }];
  });
  // Who cannot be looked up may sit on any of them.
  const isSure = wanted.every(({ addresses }) => addresses.length > 0);
  return {
    seated: pairs.filter(({ slot }) => isInUse(slot)),
    taking: pairs.filter(({ slot }) => !isInUse(slot)),
    waiting: wanted.filter((one) => !placed.has(one) && one.state === "ready" && one.addresses.length > 0),
    leaving: isSure ? slots.filter((slot) => isInUse(slot) && !used.has(slot)) : [],
  };
}
