/**
 * Sessions, which HAProxy calls streams too: who is connected to what, and how to end them (management guide, 9.3
 * "show sess", "shutdown session", "shutdown sessions server").
 */
import { cli } from "../../socket/mod.ts";
import { parseSession, parseSessions, type Session, type SessionDetail } from "../formats/sessions.ts";
import { InvalidArgument, NotFound } from "../errors.ts";
import { ageInSeconds } from "../formats/age.ts";
import { nothing, type Rows } from "../method.ts";
import { flag, integer, proxy, server, settings } from "../parameter.ts";
import { reference } from "../parameter_values.ts";

/** Methods that read and end sessions. */
export interface SessionMethods {
  /**
   * Reads all sessions, in short. happi's own connection is among them.
   *
   * @param filter which ones; all but `olderThan` needs HAProxy 3.1, since older ones would ignore it and show all
   * @throws {NotFound} when there is no such frontend, backend or server
   */
  getSessions(filter?: SessionFilter): Promise<Session[]>;

  /**
   * Reads one session in full.
   *
   * @param id its reference, `0x...`
   * @throws {NotFound} when it has ended
   */
  getSession(id: string): Promise<SessionDetail>;

  /**
   * Reads sessions in full: their parts by name, and all lines as HAProxy wrote them.
   *
   * @param filter which ones; `suspicious` needs HAProxy 2.9, the others but `olderThan` need 3.1
   */
  getSessionsInFull(filter?: SessionDetailFilter): Promise<SessionDetail[]>;

  /**
   * Ends a session at once, on both sides.
   *
   * @param id its reference, `0x...`
   * @throws {NotFound} when it has ended already
   */
  shutdownSession(id: string): Promise<void>;

  /**
   * Ends all sessions of a server at once.
   *
   * @param server the server, as `backend/server`
   * @throws {NotFound} when there is no such server
   */
  shutdownServerSessions(server: string): Promise<void>;
}

/** Which sessions {@linkcode SessionMethods.getSessions} reads. HAProxy takes one of frontend, backend and server. */
export interface SessionFilter {
  /** Only those of this frontend. */
  readonly frontend?: string;
  /** Only those that are with this backend. */
  readonly backend?: string;
  /** Only those that are with this server, as `backend/server`. */
  readonly server?: string;
  /**
   * Only those that are older than this many seconds. happi looks at their age itself, because HAProxy's own filter lets
   * young ones through (seen on 3.0 and 3.2); HAProxy tells it to the minute after an hour, to the hour after a day.
   */
  readonly olderThan?: number;
  /** Only those that HAProxy finds suspicious: they run wild, or wait for what cannot come. */
  readonly suspicious?: boolean;
  /** The first line of the request comes with each. */
  readonly showUri?: boolean;
}

/** Which sessions {@linkcode SessionMethods.getSessionsInFull} reads. */
export type SessionDetailFilter = Omit<SessionFilter, "showUri">;

const fields = {
  frontend: proxy("frontend", "only those of this frontend"),
  backend: proxy("backend", "only those that are with this backend"),
  server: server("server", "only those that are with this server, as backend/server"),
  olderThan: integer("older_than", "only those that are older than this many seconds", 0, 0x7fffffff, "SECONDS"),
  suspicious: flag("suspicious", "only those that HAProxy finds suspicious"),
};

const row = { since: "2.6", level: "operator" } as const;

/** The rows of {@linkcode SessionMethods}. */
export const sessionMethods: Rows<SessionMethods> = {
  getSessions: {
    ...row,
    kind: "command",
    summary: "All sessions, or those of a frontend, a backend, a server, in short",
    effect: "read",
    parameters: [
      settings<SessionFilter>({
        ...fields,
        showUri: flag("show_uri", "the first line of the request comes with each"),
      }),
    ],
    needs: (filter = {}) => sessionWords(filter).length > 0 ? "3.1" : undefined,
    command: (filter = {}) => cli`show sess ${sessionWords(filter)}`,
    parse: (answer, { olderThan } = {}) => parseSessions(answer).filter(({ age }) => isOlder(age, olderThan)),
  },
  getSession: {
    ...row,
    kind: "command",
    summary: "One session in full",
    effect: "read",
    parameters: [reference("id", "the session's reference")],
    command: (id) => cli`show sess ${id}`,
    parse: (answer, id) => {
      const [session] = parseSession(answer);
      if (!session) throw new NotFound(`session "${id}"`, "HAProxy answered nothing");
      return session;
    },
  },
  getSessionsInFull: {
    ...row,
    kind: "command",
    summary: "Sessions in full, with all that HAProxy tells of them",
    effect: "read",
    parameters: [
      settings<SessionDetailFilter>(fields),
    ],
    needs: (filter = {}) => scopeWords(filter).length > 0 ? "3.1" : filter.suspicious ? "2.9" : undefined,
    command: (filter = {}) => cli`show sess ${detailWords(filter)}`,
    parse: (answer, { olderThan } = {}) => parseSession(answer).filter(({ lines }) => isOlder(ageIn(lines), olderThan)),
  },
  shutdownSession: {
    ...row,
    kind: "command",
    summary: "End a session at once, on both sides",
    level: "admin",
    effect: "change",
    parameters: [reference("id", "the session's reference")],
    command: (id) => cli`shutdown session ${id}`,
    parse: nothing,
  },
  shutdownServerSessions: {
    ...row,
    kind: "command",
    summary: "End all sessions of a server at once",
    level: "admin",
    effect: "change",
    parameters: [server()],
    command: (name) => cli`shutdown sessions server ${name}`,
    parse: nothing,
  },
};

/** The words of the short form. `susp` must not come first: it would make the answer a long one. */
function sessionWords(filter: SessionFilter): string[] {
  const { showUri, suspicious } = filter;
  const words = scopeWords(filter);
  if (showUri || (suspicious && words.length === 0)) words.unshift("show-uri");
  return suspicious ? [...words, "susp"] : words;
}

/** The words of the long form. */
function detailWords(filter: SessionDetailFilter): string[] {
  return [filter.suspicious ? "susp" : "all", ...scopeWords(filter)];
}

function scopeWords(filter: SessionFilter): string[] {
  const words = (["frontend", "backend", "server"] as const).map((word) => [word, filter[word]] as const);
  const [first, second] = words.filter(([, name]) => name !== undefined);
  if (second) throw new InvalidArgument(second[0], second[1], "HAProxy takes one of frontend, backend and server");
  return first?.[1] === undefined ? [] : [first[0], first[1]];
}

/** The age of a session of the long form: the line of its task has it. */
function ageIn(lines: readonly string[]): string {
  return lines.map((line) => / age=(\w+)\)/.exec(line)?.[1]).find((age) => age !== undefined) ?? "";
}

/** Whether an age is beyond a limit; one that cannot be read is kept. */
function isOlder(age: string, olderThan: number | undefined): boolean {
  return olderThan === undefined || (ageInSeconds(age) ?? Infinity) > olderThan;
}
