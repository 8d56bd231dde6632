/**
 * Services, their units and where these can be reached: what all sources of truth say, in one form.
 */

/** A place where a unit of a service answers. */
export interface Host {
  /** A name or an address that clients and proxies use. */
  readonly hostname: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** The address within the network of the hosts, where it is another. */
  readonly private_address?: string;
}

/** One instance of a service: `web/0`. */
export interface Unit {
  /** Its name, such as `web/0`: unique within the service and its source. */
  readonly unit: string;
  /** Where it answers, one or several; sorted and without doubles. */
  readonly hosts: readonly Host[];
  /** HAProxy's weight, 0 to 256; the rule's or HAProxy's own if not said. */
  readonly weight?: number;
  /** HAProxy's `maxconn`; the rule's or none if not said. */
  readonly maxconn?: number;
  /** `drain`: no new traffic, soon gone. `ready` if not said. */
  readonly state?: "ready" | "drain";
  /** Whatever else its source knows, as texts. */
  readonly meta?: Readonly<Record<string, string>>;
}

/** All units of a service, of all sources together. */
export interface Service {
  readonly service: string;
  readonly units: readonly Unit[];
}

/**
 * Everything that one source knows: whole pictures come in, never changes, so that a picture that was missed costs nothing.
 * For each service its units.
 */
export type Picture = ReadonlyMap<string, readonly Unit[]>;

/** The services as Juju's http interface gives them. */
export interface HttpInterfaceService {
  readonly service_name: string;
  readonly hosts: readonly { readonly hostname: string; readonly port: number; readonly "private-address"?: string }[];
}
