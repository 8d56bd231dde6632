import assert from "node:assert/strict";
import { fileSource } from "../../../lib/services/mod.ts";
import { pause as realPause } from "../../../lib/services/reconcile/pause.ts";
import { Heard } from "./heard.ts";

const QUICK = { settleMs: 30, throttleMs: 1, retryMs: 20 };

function json(port: number, service = "web"): string {
  return JSON.stringify({ services: { [service]: { "u/0": { hostname: "10.0.0.1", port } } } });
}

/** Writes a file as a careful program does. */
async function replace(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text);
  await Deno.rename(`${path}.new`, path);
}

for (const watch of [true, false]) {
  // Without a watch it has to be looked at often; with one, a minute shows that it was not looked at but told.
  const options = { ...QUICK, watch, intervalMs: watch ? 60_000 : 20 };

  Deno.test(`fileSource() follows a file that is replaced, emptied and removed [watch: ${watch}]`, async () => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/services.json`;
    await Deno.writeTextFile(path, json(80));
    {
      await using heard = new Heard(fileSource("own", { ...options, path }));
      await heard.untilHosts("web: 10.0.0.1:80");
      await replace(path, json(81));
      await heard.untilHosts("web: 10.0.0.1:81");
      await Deno.writeTextFile(path, "");
      await heard.untilTrouble(/services\.json": it is no JSON/);
      assert.equal(heard.hosts, "web: 10.0.0.1:81");
      await Deno.writeTextFile(path, json(82));
      await heard.untilHosts("web: 10.0.0.1:82");
      assert.equal(heard.troubles.at(-1), undefined);
      await Deno.remove(path);
      await heard.untilTrouble(/there is no such file/);
      assert.equal(heard.hosts, "web: 10.0.0.1:82");
      await replace(path, json(82));
      await heard.untilTrouble(undefined);
    }
    await Deno.remove(folder, { recursive: true });
  });

  Deno.test(`fileSource() follows the files of a folder [watch: ${watch}]`, async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/a.json`, json(80, "a"));
    await Deno.writeTextFile(`${folder}/.hidden.json`, "?");
    await Deno.writeTextFile(`${folder}/README.md`, "?");
    {
      await using heard = new Heard(fileSource("own", { ...options, path: folder }));
      await heard.untilHosts("a: 10.0.0.1:80");
      await replace(`${folder}/b.yml`, "services:\n  b: {u/0: {hostname: 10.0.0.2, port: 80}}\n");
      await heard.untilHosts("a: 10.0.0.1:80\nb: 10.0.0.2:80");
      await replace(`${folder}/c.toml`, '[services.c."u/0"]\nhostname = "10.0.0.3"\nport = 80\n');
      await heard.untilHosts("a: 10.0.0.1:80\nb: 10.0.0.2:80\nc: 10.0.0.3:80");
      await replace(`${folder}/b.yml`, "services: [");
      await heard.untilTrouble(/b\.yml": it is no YAML: .* at line 1/);
      await Deno.remove(`${folder}/a.json`);
      await heard.untilHosts("b: 10.0.0.2:80\nc: 10.0.0.3:80");
      await Deno.remove(`${folder}/b.yml`);
      await heard.untilHosts("c: 10.0.0.3:80");
      await heard.untilTrouble(undefined);
    }
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("fileSource() does not believe a file that is being written", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/services.toml`;
  const [one = "", two = "", three = ""] = [1, 2, 3].map((unit) =>
    `[services.web."u/${unit}"]\nhostname = "10.0.0.${unit}"\nport = 80\n`
  );
  await Deno.writeTextFile(path, `${one}${two}`);
  let clock = Date.now() + 10_000;
  const looks: (() => void)[] = [];
  const pause = (ms: number, signal: AbortSignal) => {
    looks.shift()?.();
    return realPause(Math.min(ms, 5), signal);
  };
  {
    await using heard = new Heard(
      fileSource("own", { path, settleMs: 30_000, throttleMs: 0, now: () => clock, pause }),
    );
    clock += 60_000;
    await heard.untilHosts("web: 10.0.0.1:80 10.0.0.2:80");
    // Half of it is good TOML, with half of the units. Nobody knows for how long it has been so while the clock stands.
    clock = Date.now();
    await Deno.writeTextFile(path, one);
    for (let look = 0; look < 5; look++) await new Promise<void>((resolve) => looks.push(resolve));
    assert.equal(heard.pictures.length, 1);
    await Deno.writeTextFile(path, `${one}${two}${three}`);
    clock += 60_000;
    await heard.untilHosts("web: 10.0.0.1:80 10.0.0.2:80 10.0.0.3:80");
    assert.equal(heard.pictures.length, 2);
    assert.deepEqual(heard.troubles, []);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("fileSource() tells nothing of a folder before each of its files has been read", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/a.json`, json(80, "a"));
  await Deno.writeTextFile(`${folder}/b.json`, "{");
  {
    await using heard = new Heard(fileSource("own", { ...QUICK, path: folder }));
    await heard.untilTrouble(/b\.json": it is no JSON/);
    assert.equal(heard.hosts, "nothing");
    await replace(`${folder}/b.json`, json(81, "b"));
    await heard.untilHosts("a: 10.0.0.1:80\nb: 10.0.0.1:81");
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("fileSource() waits for what is not there yet, and refuses what is too large", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/later.json`;
  {
    await using heard = new Heard(fileSource("own", { ...QUICK, path, maxBytes: 1000 }));
    await heard.untilTrouble(/there is no such file/);
    await replace(path, json(80) + " ".repeat(1000));
    await heard.untilTrouble(/larger than 1000 bytes/);
    await replace(path, json(80));
    await heard.untilHosts("web: 10.0.0.1:80");
  }
  await Deno.remove(folder, { recursive: true });
});
