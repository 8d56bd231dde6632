/**
 * The haproxy charm's services as services of happi: each server is a unit. Pure.
 */
import { HappiError } from "../../errors.ts";
import { mergePictures } from "../merge.ts";
import { isName, readUnit } from "../read_unit.ts";
import type { Service, Unit } from "../service.ts";
import type { LegacyServer, LegacyService } from "./legacy_service.ts";

/**
 * Services with their servers as units; further backends of a service are services of their own name.
 *
 * @param legacy as `legacyServices` gives them
 * @returns by name; servers whose name or address HAProxy could not use are left out
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { legacyPicture } from "./legacy_picture.ts";
 * const servers = [{ name: "s1", host: "10.0.0.1", port: 80, options: ["check weight 10"] }];
 * const rest = { service_host: "0.0.0.0", service_port: 80, service_options: [], server_options: [], backends: [] };
 * assert.deepEqual(legacyPicture([{ service_name: "app", servers, ...rest }]), [
 *   { service: "app", units: [{ unit: "s1", hosts: [{ hostname: "10.0.0.1", port: 80 }], weight: 10 }] },
 * ]);
 * ```
 */
export function legacyPicture(legacy: readonly LegacyService[]): Service[] {
  const named = legacy.flatMap(({ service_name, servers, backends }) => [
    { name: service_name, servers },
    ...backends.map((backend) => ({ name: backend.backend_name, servers: backend.servers })),
  ]);
  return mergePictures(
    named.filter(({ name }) => isName(name)).map(({ name, servers }) => new Map([[name, servers.flatMap(unitOf)]])),
  );
}

function unitOf({ name, host, port, options }: LegacyServer): Unit[] {
  const words = options.join(" ");
  const number = (option: string) => new RegExp(`(?:^|\\s)${option}\\s+(\\d{1,9})(?:\\s|$)`).exec(words)?.[1];
  const [weight, maxconn] = [number("weight"), number("maxconn")];
  try {
    return [readUnit(name, {
      hostname: host,
      port,
      ...(weight === undefined ? {} : { weight: Number(weight) }),
      ...(maxconn === undefined ? {} : { maxconn: Number(maxconn) }),
    })];
  } catch (thrown) {
    if (thrown instanceof HappiError) return [];
    throw thrown;
  }
}
