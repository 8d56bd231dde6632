/** Whatever happens to units, HAProxy and happi: in the end HAProxy has the servers that it should have. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { route } from "../../../lib/services/reconcile/mod.ts";
import { memoryStore, type Store } from "../../../lib/store/mod.ts";
import type { Unit } from "../../../lib/services/service.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";
import { CONFIGURATION, Known, Setting, unitAt } from "./on_haproxy.ts";

/** What should be there, and what it is done with. */
class World {
  readonly units = new Map<string, Unit>();
  /** Servers that somebody else has added; a reload takes them away. */
  readonly foreign = new Set<string>();
  readonly known = new Known();
  setting: Setting;

  constructor(readonly haproxy: RunningHaproxy, readonly store: Store) {
    this.setting = this.start();
  }

  start(): Setting {
    const options = { service: "web", min_share: 0, drain_ms: 0 };
    const map = [{ file: this.haproxy.file("hosts.map"), key: "{unit}.test", value: "{port}" }];
    const routes = [
      route({ ...options, backend: "web", map }),
      route({ ...options, backend: "prepared", server_template: "slot" }),
    ];
    const setting = new Setting(this.haproxy, { services: this.known.registry, routes, store: this.store });
    setting.reconciler.start();
    return setting;
  }

  tell(): void {
    this.known.put(...this.units.values());
  }

  /** Waits until nothing is left to do. */
  async settle(): Promise<void> {
    const { reconciler } = this.setting;
    do {
      reconciler.wake("settle");
      await this.setting.next("pass");
    } while ((await reconciler.plan()).steps.length > 0 || reconciler.metrics.departing > 0);
  }
}

type Happening = (world: World) => void | Promise<void>;
const number = fc.integer({ min: 1, max: 5 });
const named = (name: string, happening: Happening): Happening => Object.assign(happening, { toString: () => name });

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(number, fc.integer({ min: 8001, max: 8003 }), fc.constantFrom("ready", "drain")).map(
      ([one, port, state]) =>
        named(`register ${one} at ${port}, ${state}`, (world) => {
          world.units.set(`web/${one}`, {
            ...unitAt(`web/${one}`, 0),
            ...{ state, weight: one, hosts: [{ hostname: `127.0.0.${one}`, port }] },
          });
          world.tell();
        }),
    ),
  },
  {
    weight: 3,
    arbitrary: number.map((one) =>
      named(`expire ${one}`, (world) => {
        world.units.delete(`web/${one}`);
        world.tell();
      })
    ),
  },
  {
    weight: 1,
    arbitrary: number.map((one) =>
      named(`somebody adds foreign-${one}`, async (world) => {
        await world.haproxy.ask(`add server web/foreign-${one} 192.0.2.${one}:80`);
        world.foreign.add(`foreign-${one}`);
      })
    ),
  },
  {
    weight: 2,
    arbitrary: number.map((one) =>
      named(`somebody changes server ${one}`, async (world) => {
        await world.haproxy.ask(`set server web/happi-web-${one} addr 192.0.2.9 port 9`);
        await world.haproxy.ask(`disable server web/happi-web-${one}`);
        await world.haproxy.ask(`del map ${world.haproxy.file("hosts.map")} web/${one}.test`);
      })
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(named("reload", async (world) => {
      await world.haproxy.reload();
      world.foreign.clear();
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant(named("HAProxy is killed", async (world) => {
      await world.haproxy.kill();
      await world.haproxy.start();
      world.foreign.clear();
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant(named("happi restarts", async (world) => {
      await world.setting[Symbol.asyncDispose]();
      world.setting = world.start();
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant(named("a pass", async (world) => {
      world.setting.reconciler.wake("pass");
      await world.setting.next("pass");
    })),
  },
);

testEachHaproxy(
  "Reconciler ends with the servers that should be there, whatever happens on the way",
  { ...CONFIGURATION, master: true },
  async (haproxy) => {
    await fc.assert(
      fc.asyncProperty(fc.array(happenings, { minLength: 1, maxLength: 14 }), async (sequence) => {
        await using store = memoryStore();
        const world = new World(haproxy, store);
        try {
          for (const happening of sequence) await happening(world);
          await world.settle();
          const { servers } = await world.setting.client.getServersState();
          const found = (backend: string) =>
            servers.filter(({ be_name }) => be_name === backend).map((one) => ({
              name: one.srv_name,
              at: `${one.srv_addr}:${one.srv_port}`,
              isReady: !one.admin_states.some((state) => state.startsWith("forced")),
              isDraining: one.admin_states.includes("forced_drain"),
              weight: one.srv_uweight,
            }));
          const ready = [...world.units.values()].filter(({ state }) => state === "ready");
          const web = found("web").filter(({ name }) => name.startsWith("happi-"));
          assert.deepEqual(
            web.filter(({ isReady }) => isReady).map(({ name, at, weight }) => `${name} ${at} ${weight}`).sort(),
            ready.map(({ unit, hosts: [host], weight }) =>
              `happi-web-${unit.slice(4)} ${host?.hostname}:${host?.port} ${weight}`
            ).sort(),
          );
          const draining = web.filter(({ isReady }) => !isReady).map(({ name }) =>
            `web/${name.slice("happi-web-".length)}`
          );
          assert.ok(draining.every((unit) => world.units.get(unit)?.state === "drain"), draining.join());
          const seated = found("prepared").filter(({ isReady }) => isReady).map(({ at }) => at);
          const places = ready.flatMap(({ hosts }) => hosts.map(({ hostname, port }) => `${hostname}:${port}`));
          const free = 3 - found("prepared").filter(({ isDraining }) => isDraining).length;
          assert.equal(new Set(seated).size, Math.min(free, places.length));
          assert.ok(seated.every((at) => places.includes(at)), seated.join());
          const foreign = found("web").filter(({ name }) => name.startsWith("foreign-")).map(({ name }) => name);
          assert.deepEqual(foreign.sort(), [...world.foreign].sort());
          const map = await world.setting.client.getMap(haproxy.file("hosts.map"));
          assert.deepEqual(
            map.map(({ key, value }) => `${key} ${value}`).sort(),
            ["file.test tcp", ...[...world.units.values()].map((one) => `${one.unit}.test ${one.hosts[0]?.port}`)]
              .sort(),
          );
        } finally {
          // What the next sequence must not find: its store is another one.
          world.units.clear();
          world.tell();
          await world.settle();
          await world.setting[Symbol.asyncDispose]();
          for (const name of world.foreign) await haproxy.ask(`del server web/${name}`);
        }
      }),
      { numRuns: 12 },
    );
  },
);
