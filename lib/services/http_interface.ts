/**
 * Services as Juju's http interface gives them to who requires them: `services()`. Pure.
 */
import { sortHosts } from "./merge.ts";
import type { HttpInterfaceService, Service } from "./service.ts";

/**
 * Services with their hosts: no units, none that is empty or drained, sorted and without doubles.
 *
 * @param services all there are
 * @param privateAddress whether each host has its `private-address` too, as the interface's later version gives it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { httpInterface } from "./http_interface.ts";
 * const web = { service: "web", units: [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] }] };
 * assert.deepEqual(httpInterface([web]), [{ service_name: "web", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]);
 * ```
 */
export function httpInterface(services: readonly Service[], privateAddress = false): HttpInterfaceService[] {
  return services.flatMap(({ service, units }) => {
    const served = units.filter(({ state }) => state !== "drain").flatMap((unit) => unit.hosts);
    // What is not shown must not make doubles of what is.
    const shown = served.map(({ hostname, port, private_address = hostname }) => ({
      hostname,
      port,
      ...(privateAddress ? { private_address } : {}),
    }));
    const hosts = sortHosts(shown).map(({ hostname, port, private_address }) => ({
      hostname,
      ...(private_address === undefined ? {} : { "private-address": private_address }),
      port,
    }));
    return hosts.length === 0 ? [] : [{ service_name: service, hosts }];
  });
}
