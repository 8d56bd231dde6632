import assert from "node:assert/strict";
import { findAccount } from "../../lib/process/accounts.ts";

async function withFiles(use: (files: { passwd: string; group: string }) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const files = { passwd: `${folder}/passwd`, group: `${folder}/group` };
  await Deno.writeTextFile(files.passwd, "root:x:0:0:root:/root:/bin/sh\n# a comment\nweb:x:33:34::/srv:/bin/false\n");
  await Deno.writeTextFile(files.group, "root:x:0:\nlogs:x:90:web\n");
  await use(files);
  await Deno.remove(folder, { recursive: true });
}

Deno.test("findAccount() finds users and groups by name and number", () =>
  withFiles(async (files) => {
    const env = { HOME: "/srv", USER: "web", LOGNAME: "web" };
    assert.deepEqual(await findAccount({ uid: "web" }, files), { uid: 33, gid: 34, env });
    assert.deepEqual(await findAccount({ uid: 33 }, files), { uid: 33, gid: 34, env });
    assert.deepEqual(await findAccount({ uid: "web", gid: "logs" }, files), { uid: 33, gid: 90, env });
    assert.deepEqual(await findAccount({ gid: 7 }, files), { gid: 7 });
    assert.deepEqual(await findAccount({ uid: 1234, gid: 7 }, files), { uid: 1234, gid: 7 });
  }));

Deno.test("findAccount() refuses names that are not there, and a number that would keep happi's group", () =>
  withFiles(async (files) => {
    await assert.rejects(findAccount({ uid: "nobody" }, files), { code: "unknown_account", message: /user "nobody"/ });
    await assert.rejects(findAccount({ gid: "web" }, files), { message: /group "web"/ });
    await assert.rejects(findAccount({ uid: 1234 }, files), { message: /user "1234".* its gid has to be said too/ });
  }));

Deno.test("findAccount() does without the files where numbers are given", async () => {
  const files = { passwd: "/nowhere/passwd", group: "/nowhere/group" };
  assert.deepEqual(await findAccount({ uid: 5, gid: 6 }, files), { uid: 5, gid: 6 });
  await assert.rejects(findAccount({ uid: "web" }, files), { code: "unknown_account", message: /nowhere/ });
});
