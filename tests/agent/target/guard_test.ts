import assert from "node:assert/strict";
import { CheckFailed, TargetRefused } from "../../../lib/agent/errors.ts";
import { type ResolveName, TargetGuard } from "../../../lib/agent/target/guard.ts";
import { InvalidTargetRules, type TargetRules } from "../../../lib/agent/target/rules.ts";
import { forever } from "./peers.ts";

const EVERYTHING: TargetRules = { networks: ["0.0.0.0/0", "::/0"] };

/** A resolver that knows these names. */
function names(known: Readonly<Record<string, readonly string[]>>): ResolveName {
  return (name) => Promise.resolve(known[name] ?? []);
}

function refuses(guard: TargetGuard, host: string, why: RegExp, port = 80): Promise<void> {
  return assert.rejects(guard.resolve(host, port, "wire", forever()), (error) => {
    assert.ok(error instanceof TargetRefused, String(error));
    assert.match(error.message, why);
    return true;
  });
}

for (const host of ["10.0.0.1", "172.16.9.9", "192.168.1.1", "127.0.0.1", "127.9.9.9", "::1", "[fd12::1]", "0x7f.1"]) {
  Deno.test(`TargetGuard allows ${host} when nothing is configured`, async () => {
    const { address } = await new TargetGuard().resolve(host, 8888, "wire", forever());
    assert.notEqual(address, "");
  });
}

for (
  const host of [
    ["8.8.8.8", "172.15.0.1", "172.32.0.1", "192.169.0.1", "100.64.0.1", "11.0.0.1", "2001:db8::1", "0x08080808"],
    ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "::8.8.8.8", "134744072"],
  ].flat()
) {
  Deno.test(`TargetGuard refuses ${host} when nothing is configured`, async () => {
    await refuses(new TargetGuard(), host, /in none of the networks/);
  });
}

for (
  const host of [
    ["169.254.169.254", "169.254.170.2", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.43518"],
    ["169.254.169.254.", "::ffff:169.254.169.254", "[::ffff:a9fe:a9fe]", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"],
    ["::169.254.169.254", "::ffff:0:169.254.169.254", "64:ff9b:1::a9fe:a9fe", "2001::1", "fe80::1", "febf::1"],
    ["fd00:ec2::254", "fd20:ce::254", "fd00:42::42", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
    ["0.0.0.0", "0", "0.1.2.3", "::", "::ffff:0.0.0.0", "64:ff9b::", "224.0.0.1", "239.1.1.1", "ff02::1"],
    ["255.255.255.255", "240.0.0.1", "fec0::1", "１６９.２５４.１６９.２５４"],
    ["metadata", "metadata.google.internal", "METADATA.google.internal.", "instance-data"],
  ].flat()
) {
  Deno.test(`TargetGuard never allows ${host}, even where everything is allowed`, async () => {
    const resolve = names({ metadata: ["10.0.0.1"] });
    await refuses(new TargetGuard({ ...EVERYTHING, hosts: ["metadata"] }, resolve), host, /may never name/);
  });
}

Deno.test("TargetGuard judges a disguised IPv4 address by the networks of IPv4", async () => {
  for (const host of ["::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::1"]) {
    await new TargetGuard({ networks: ["10.0.0.0/8"] }).resolve(host, 80, "wire", forever());
    await refuses(new TargetGuard({ networks: ["::/0"] }), host, /in none/);
  }
});

Deno.test("TargetGuard hands back the address, IPv4 for a mapped one", async () => {
  const guard = new TargetGuard(EVERYTHING);
  const resolve = (host: string) => guard.resolve(host, 80, "wire", forever());
  assert.deepEqual(await resolve("::ffff:10.0.0.1"), { address: "10.0.0.1", port: 80, family: 4 });
  assert.deepEqual(await resolve("[2001:DB8::0:1]"), { address: "2001:db8::1", port: 80, family: 6 });
});

Deno.test("TargetGuard refuses a name as soon as one of its addresses may not be connected to", async () => {
  const resolve = names({ "both.example": ["10.0.0.1", "169.254.169.254"], "out.example": ["10.0.0.1", "8.8.8.8"] });
  const guard = new TargetGuard({}, resolve);
  await refuses(guard, "both.example", /leads to 169\.254\.169\.254, which is a link-local/);
  await refuses(guard, "out.example", /leads to 8\.8\.8\.8, which is in none/);
});

Deno.test("TargetGuard asks the resolver once a question, so that a name cannot change between look and use", async () => {
  const answers = [["10.0.0.1"], ["169.254.169.254"]];
  const guard = new TargetGuard({}, () => Promise.resolve(answers.shift() ?? []));
  assert.deepEqual((await guard.resolve("rebind.example", 80, "wire", forever())).address, "10.0.0.1");
  assert.equal(answers.length, 1);
  await refuses(guard, "rebind.example", /link-local/);
});

Deno.test("TargetGuard lets an allowed name lead out of the networks, but not to what is never allowed", async () => {
  const resolve = names({ "api.example.com": ["8.8.8.8"], "bad.example.com": ["169.254.169.254"] });
  const guard = new TargetGuard({ hosts: ["*.EXAMPLE.com."], networks: [] }, resolve);
  assert.equal((await guard.resolve("API.example.com.", 443, "wire", forever())).address, "8.8.8.8");
  await refuses(guard, "bad.example.com", /may never name/);
  await refuses(guard, "127.0.0.1", /in none/);
  await refuses(
    new TargetGuard({ hosts: ["example.com"] }, names({ "notexample.com": ["8.8.8.8"] })),
    "notexample.com",
    /in none/,
  );
});

Deno.test("TargetGuard answers for localhost itself", async () => {
  const asked: string[] = [];
  const guard = new TargetGuard({}, (name) => {
    asked.push(name);
    return Promise.resolve(["8.8.8.8"]);
  });
  for (const host of ["localhost", "LOCALHOST.", "a.b.localhost"]) {
    const addresses = await guard.resolveAll(host, 80, "wire", forever());
    assert.deepEqual(addresses.map(({ address }) => address), ["127.0.0.1", "::1"], host);
  }
  await refuses(guard, "localhost.example", /8\.8\.8\.8/);
  await refuses(new TargetGuard({ networks: ["10.0.0.0/8"] }, names({})), "localhost", /in none/);
  assert.deepEqual(asked, ["localhost.example"]);
});

Deno.test("TargetGuard holds to the ports, before it asks for a name", async () => {
  const guard = new TargetGuard({ ports: [443, "8000-8999"] }, () => Promise.reject(new Error("asked")));
  for (const port of [442, 444, 7999, 9000, 22]) await refuses(guard, "name.example", /may not name port/, port);
  assert.equal((await guard.resolve("10.0.0.1", 8999, "wire", forever())).port, 8999);
  for (const port of [0, -1, 65536, 1.5, NaN]) {
    await assert.rejects(guard.resolve("10.0.0.1", port, "config", forever()), /ports are 1 to 65535/);
  }
});

Deno.test("TargetGuard lets the operator's own targets through, pinned as well", async () => {
  const guard = new TargetGuard({ networks: [], ports: [] }, names({ "api.example.com": ["8.8.8.8", "2001:db8::1"] }));
  assert.equal((await guard.resolve("169.254.169.254", 80, "config", forever())).address, "169.254.169.254");
  assert.deepEqual(await guard.resolveAll("api.example.com", 443, "config", forever()), [
    { address: "8.8.8.8", port: 443, family: 4 },
    { address: "2001:db8::1", port: 443, family: 6 },
  ]);
});

Deno.test("TargetGuard says why there is no address", async () => {
  const cases: readonly (readonly [ResolveName, RegExp])[] = [
    [() => Promise.resolve([]), /^Cannot connect to "x\.example:80": the name has no address$/],
    [
      () => Promise.reject(new Error("ENOTFOUND")),
      /^Cannot connect to "x\.example:80": the name has no address \(ENOTFOUND\)$/,
    ],
    [() => Promise.resolve(["10.0.0.1", "0x7f.1"]), /the name led to "0x7f\.1"$/],
    [() => Promise.resolve(["fe80::1%eth0"]), /the name led to "fe80::1%eth0"$/],
  ];
  for (const [resolve, message] of cases) {
    await assert.rejects(new TargetGuard({}, resolve).resolve("x.example", 80, "wire", forever()), (error) => {
      assert.ok(error instanceof CheckFailed && !(error instanceof TargetRefused));
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("TargetGuard does not wait for a resolver longer than its signal", async () => {
  const controller = new AbortController();
  const guard = new TargetGuard({}, () => {
    controller.abort();
    return new Promise(() => {});
  });
  await assert.rejects(guard.resolve("slow.example", 80, "wire", controller.signal), /not resolved in time/);
});

for (
  const rules of [
    { hosts: ["http://a"] },
    { hosts: [""] },
    { hosts: ["*.10.0.0.1"] },
    { hosts: ["a*.example"] },
    { networks: ["10.0.0.0/33"] },
    { networks: ["localhost"] },
    { ports: [0] },
    { ports: [70000] },
    { ports: ["9000-8000"] },
    { ports: ["80,81"] },
    { ports: [1.5] },
  ] satisfies TargetRules[]
) {
  Deno.test(`TargetGuard refuses the rules ${JSON.stringify(rules)}`, () => {
    assert.throws(() => new TargetGuard(rules), InvalidTargetRules);
  });
}
