/**
 * The table of all methods: what the command line, the server and the help are made from.
 */
import type { AnyMethod } from "./method.ts";
import { type AcmeMethods, acmeMethods } from "./families/acme.ts";
import { type BackendMethods, backendMethods } from "./families/backends.ts";
import { type CaFileMethods, caFileMethods } from "./families/ca_files.ts";
import { type CacheMethods, cacheMethods } from "./families/caches.ts";
import { type CertificateMethods, certificateMethods } from "./families/certificates.ts";
import { type CliMethods, cliMethods } from "./families/cli.ts";
import { type CrlFileMethods, crlFileMethods } from "./families/crl_files.ts";
import { type CrtListMethods, crtListMethods } from "./families/crt_lists.ts";
import { type DebuggingMethods, debuggingMethods } from "./families/debugging.ts";
import { type FrontendMethods, frontendMethods } from "./families/frontends.ts";
import { type LimitMethods, limitMethods } from "./families/limits.ts";
import { type MasterMethods, masterMethods } from "./families/master.ts";
import { type OcspMethods, ocspMethods } from "./families/ocsp.ts";
import { type PeerMethods, peerMethods } from "./families/peers.ts";
import { type ProfilingMethods, profilingMethods } from "./families/profiling.ts";
import { type ResolverMethods, resolverMethods } from "./families/resolvers.ts";
import { type SniMethods, sniMethods } from "./families/sni.ts";
import { type StatsFileMethods, statsFileMethods } from "./families/stats_file.ts";
import { type TlsMethods, tlsMethods } from "./families/tls.ts";
import { type TraceMethods, traceMethods } from "./families/traces.ts";
import { type VariableMethods, variableMethods } from "./families/variables.ts";
import { type AclMethods, aclMethods } from "./families/acls.ts";
import { type DrainMethods, drainMethods } from "./families/drain.ts";
import { type DynamicServerMethods, dynamicServerMethods } from "./families/dynamic_servers.ts";
import { type EventMethods, eventMethods } from "./families/events.ts";
import { type InfoMethods, infoMethods } from "./families/info.ts";
import { type MapMethods, mapMethods } from "./families/maps.ts";
import { type ServerCheckMethods, serverCheckMethods } from "./families/server_checks.ts";
import { type ServerMethods, serverMethods } from "./families/servers.ts";
import { type SessionMethods, sessionMethods } from "./families/sessions.ts";
import { type StatMethods, statMethods } from "./families/stat.ts";
import { type TableMethods, tableMethods } from "./families/tables.ts";

/** Every method's typed face. */
export interface Methods
  extends
    AcmeMethods,
    BackendMethods,
    CaFileMethods,
    CacheMethods,
    CertificateMethods,
    CliMethods,
    CrlFileMethods,
    CrtListMethods,
    DebuggingMethods,
    FrontendMethods,
    LimitMethods,
    MasterMethods,
    OcspMethods,
    PeerMethods,
    ProfilingMethods,
    ResolverMethods,
    SniMethods,
    StatsFileMethods,
    TlsMethods,
    TraceMethods,
    VariableMethods,
    AclMethods,
    DrainMethods,
    DynamicServerMethods,
    EventMethods,
    InfoMethods,
    MapMethods,
    ServerCheckMethods,
    ServerMethods,
    SessionMethods,
    StatMethods,
    TableMethods {}

/** Every method's row by its name in code (`getServersState`). */
export const METHODS: { readonly [Name in keyof Methods]: AnyMethod } = {
  ...acmeMethods,
  ...backendMethods,
  ...caFileMethods,
  ...cacheMethods,
  ...certificateMethods,
  ...cliMethods,
  ...crlFileMethods,
  ...crtListMethods,
  ...debuggingMethods,
  ...frontendMethods,
  ...limitMethods,
  ...masterMethods,
  ...ocspMethods,
  ...peerMethods,
  ...profilingMethods,
  ...resolverMethods,
  ...sniMethods,
  ...statsFileMethods,
  ...tlsMethods,
  ...traceMethods,
  ...variableMethods,
  ...aclMethods,
  ...drainMethods,
  ...dynamicServerMethods,
  ...eventMethods,
  ...infoMethods,
  ...mapMethods,
  ...serverCheckMethods,
  ...serverMethods,
  ...sessionMethods,
  ...statMethods,
  ...tableMethods,
};

/** A method's name on the command line and in JSON: `get_servers_state` for `getServersState`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Finds a method by its name, in either spelling.
 *
 * @param name `get_servers_state` or `getServersState`
 * @returns its name in code and its row; `undefined` when there is none
 */
export function findMethod(name: string): { name: keyof Methods; method: AnyMethod } | undefined {
  const wanted = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return isMethodName(wanted) ? { name: wanted, method: METHODS[wanted] } : undefined;
}

function isMethodName(name: string): name is keyof Methods {
  return Object.hasOwn(METHODS, name);
}
