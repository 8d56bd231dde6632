import assert from "node:assert/strict";
import fc from "fast-check";
import { httpInterface } from "../../lib/services/http_interface.ts";
import { mergePictures } from "../../lib/services/merge.ts";
import { picture } from "./pictures.ts";

for (const isPrivate of [false, true]) {
  const fields = isPrivate ? ["hostname", "port", "private-address"] : ["hostname", "port"];
  Deno.test(`httpInterface() gives exactly service_name and hosts of ${fields.join(", ")}, without doubles`, () => {
    fc.assert(fc.property(fc.array(picture, { maxLength: 3 }), (pictures) => {
      const services = httpInterface(mergePictures(pictures), isPrivate);
      assert.deepEqual(services.map((one) => one.service_name), services.map((one) => one.service_name).toSorted());
      for (const service of services) {
        assert.deepEqual(Object.keys(service), ["service_name", "hosts"]);
        assert.ok(service.hosts.length > 0);
        for (const one of service.hosts) assert.deepEqual(Object.keys(one).sort(), fields);
        const texts = service.hosts.map((one) => JSON.stringify(one));
        assert.equal(new Set(texts).size, texts.length);
      }
    }));
  });
}

Deno.test("httpInterface() leaves out drained units, and services that have no others", () => {
  const hosts = [{ hostname: "a", port: 1 }];
  assert.deepEqual(httpInterface([{ service: "web", units: [{ unit: "web/0", hosts, state: "drain" }] }]), []);
});

Deno.test("httpInterface() gives the hostname as private-address where there is no other", () => {
  const web = { service: "web", units: [{ unit: "web/0", hosts: [{ hostname: "a", port: 1 }] }] };
  assert.deepEqual(httpInterface([web], true)[0]?.hosts, [{ hostname: "a", "private-address": "a", port: 1 }]);
});
