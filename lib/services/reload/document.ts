/**
 * What is remembered of one thing in HAProxy: its latest state as it was made at run time, never a log. Plain JSON: the same
 * shapes are kept in the store and written into snapshots.
 */

/** How servers are checked and used, as far as it can be changed at run time. What was not changed is absent. */
export interface ServerSettings {
  readonly address?: string;
  readonly port?: number;
  readonly fqdn?: string;
  readonly ssl?: "on" | "off";
  /** A number, or a percentage of the weight that the configuration gives. */
  readonly weight?: number | string;
  readonly maxconn?: number;
  readonly check_address?: string;
  readonly check_port?: number;
  readonly agent_address?: string;
  readonly agent_port?: number;
  readonly agent_send?: string;
  readonly state?: "ready" | "drain" | "maint";
  /** Whether health checks run. */
  readonly check?: "on" | "off";
  /** Whether agent checks run. */
  readonly agent?: "on" | "off";
  /** Health by hand: it holds where no check runs. */
  readonly health?: "up" | "stopping" | "down";
}

/** A server. */
export interface ServerDocument extends ServerSettings {
  readonly kind: "server";
  /** `backend/server`. */
  readonly name: string;
  /** The words of its `add server` line, where the configuration does not have it. */
  readonly made?: { readonly address: string; readonly keywords: readonly string[] };
  /** The configuration has it, and it was deleted. */
  readonly is_deleted?: true;
}

/** A map or an ACL. */
export interface PatternDocument {
  readonly kind: "map" | "acl";
  /** Its file, as HAProxy shows it. */
  readonly name: string;
  /** What the entries are put upon: what the file has, or nothing at all. */
  readonly base: "file" | "empty";
  /** Keys with their values, in order; an ACL's keys have one value, "". */
  readonly entries: readonly (readonly [key: string, values: readonly string[]])[];
  /** Keys whose entries in the file do not count: they were set or deleted. */
  readonly without: readonly string[];
  /** There are more entries than are remembered: nothing of it can be made again. */
  readonly is_too_large?: true;
}

/** A certificate with its private key. */
export interface CertificateDocument {
  readonly kind: "certificate";
  /** Its name: a path. */
  readonly name: string;
  /** The configuration does not have it. */
  readonly is_new?: true;
  /** What was committed: for each name (the certificate's own, `site.pem.ocsp`, ...) its PEM or base64. */
  readonly parts: Readonly<Record<string, string>>;
  /** What was put into the transaction that is open. */
  readonly staged?: Readonly<Record<string, string>>;
}

/** The lines of a crt-list. */
export interface CrtListDocument {
  readonly kind: "crt_list";
  /** The list's name. */
  readonly name: string;
  readonly added: readonly CrtListLine[];
  /** Certificates whose lines were removed. */
  readonly removed: readonly string[];
}

/** A line of a crt-list. */
export interface CrtListLine {
  readonly certificate: string;
  readonly ssl?: string;
  readonly filters?: readonly string[];
}

/** A limit of the process or of a frontend, or a frontend that was stopped: the call that made it so. */
export interface LimitDocument {
  readonly kind: "limit";
  /** What it limits: `maxconn`, `rate connections`, `frontend web maxconn`, `frontend web`. */
  readonly name: string;
  readonly method: LimitMethod;
  readonly args: readonly (string | number)[];
}

/** The methods that change limits. */
export const LIMIT_METHODS = ["setGlobalMaxconn", "setRateLimit", "setFrontendMaxconn", "disableFrontend"] as const;

/** One of {@linkcode LIMIT_METHODS}. */
export type LimitMethod = typeof LIMIT_METHODS[number];

/** What is remembered of one thing. */
export type RunTimeDocument =
  & (ServerDocument | PatternDocument | CertificateDocument | CrtListDocument | LimitDocument)
  & {
    /** Since when HAProxy does not have it any more, in milliseconds since 1970. */
    readonly missing_since?: number;
  };

/** The document of a kind. */
export type DocumentOf<Kind extends RunTimeDocument["kind"]> = RunTimeDocument extends infer Document
  ? Document extends { readonly kind: infer Kinds } ? Kind extends Kinds ? Document : never : never
  : never;

/** What a document is known by: `server web/s1`, `map /etc/hosts.map`. */
export function subjectOf({ kind, name }: Pick<RunTimeDocument, "kind" | "name">): string {
  return `${kind} ${name}`;
}
