/**
 * Makes a source of what the configuration says of it.
 */
import type { Source } from "../source.ts";
import { type ConsulOptions, consulSource } from "./consul.ts";
import { type DnsOptions, dnsSource } from "./dns.ts";
import { type EtcdOptions, etcdSource } from "./etcd.ts";
import { type FileOptions, fileSource } from "./file.ts";
import { httpSource, type HttpSourceOptions } from "./http.ts";
import { type StaticOptions, staticSource } from "./static.ts";

/** The options of each kind of source. */
export interface SourceKinds {
  readonly static: StaticOptions;
  readonly file: FileOptions;
  readonly dns: DnsOptions;
  readonly http: HttpSourceOptions;
  readonly consul: ConsulOptions;
  readonly etcd: EtcdOptions;
}

/** A source as the configuration describes it. */
export type SourceConfig = {
  readonly [Kind in keyof SourceKinds]: {
    readonly name: string;
    readonly kind: Kind;
    readonly options: SourceKinds[Kind];
  };
}[keyof SourceKinds];

/**
 * Makes it. It does nothing until it is started.
 *
 * @param config what it is
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeSource } from "./make.ts";
 * assert.equal(makeSource({ name: "own", kind: "file", options: { path: "services.json" } }).target, "services.json");
 * ```
 */
export function makeSource({ name, kind, options }: SourceConfig): Source {
  switch (kind) {
    case "static":
      return staticSource(name, options);
    case "file":
      return fileSource(name, options);
    case "dns":
      return dnsSource(name, options);
    case "http":
      return httpSource(name, options);
    case "consul":
      return consulSource(name, options);
    case "etcd":
      return etcdSource(name, options);
  }
}
