import assert from "node:assert/strict";
import { desired } from "../../../lib/services/reconcile/desired.ts";
import { formatPlan, route } from "../../../lib/services/reconcile/mod.ts";
import { makePlan } from "../../../lib/services/reconcile/plan.ts";
import { actualServer, ModelHaproxy } from "./model.ts";

Deno.test("formatPlan() shows what is done and why, with the commands, and what stands in the way", () => {
  const model = new ModelHaproxy().backend("web", [
    actualServer({ backend: "web", server: "happi-web-0", address: "10.0.0.1" }),
    actualServer({ backend: "web", server: "happi-web-1", address: "10.0.0.2" }),
  ]);
  const units = [1, 2].map((one) => ({ unit: `web/${one}`, hosts: [{ hostname: `10.0.0.${one + 1}`, port: 80 }] }));
  const routes = [route({ service: "web", backend: "web" }), route({ service: "web", backend: "gone" })];
  const wanted = desired([{ service: "web", units }], routes);
  const plan = makePlan({ desired: wanted, actual: model.actual(), owned: new Map(), prefix: "happi-" });
  assert.equal(
    formatPlan(plan),
    `Backend "web": 2 servers in traffic, 2 afterwards
  + add web/happi-web-2: unit "web/2" of "web" is at 10.0.0.3:80
      add server web/happi-web-2 10.0.0.3:80
      enable server web/happi-web-2
  - drain web/happi-web-0: no unit has it any more
      set server web/happi-web-0 state drain
  - delete web/happi-web-0: no unit has it any more (when its sessions have ended, or after 30 s)
      set server web/happi-web-0 state maint
      del server web/happi-web-0

Problem: Cannot fill backend "gone": HAProxy has none of that name
`,
  );
});
