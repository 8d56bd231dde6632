import assert from "node:assert/strict";
import fc from "fast-check";
import { createBasicAuth } from "../../../lib/spop/policies/basic_auth.ts";
import {
  hashPassword,
  InvalidPasswordHash,
  parsePasswordHash,
} from "../../../lib/spop/policies/basic_auth/password_hash.ts";
import { shaCrypt } from "../../../lib/spop/policies/basic_auth/sha_crypt.ts";
import { parseUsers, UnusableUsers } from "../../../lib/spop/policies/basic_auth/users_file.ts";
import { InvalidPolicy } from "../../../lib/spop/policies/policy.ts";
import { defaultOf, filesOf, verdictAtOnce, verdictOf } from "./recorder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Made by others: openssl passwd, Python's passlib and hashlib. */
const STORED: readonly (readonly [string, string, string])[] = [
  [
    "openssl passwd -6",
    "secret",
    "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.",
  ],
  ["openssl passwd -5", "secret", "$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM."],
  [
    "openssl passwd -6",
    "a",
    "$6$s$OLVXgZEq4nUOMQHgvkWpsQlLxqSDvtVeUHgTshlKB5dG54bRawyIsWYkx6goXnC06BU0/38CkjhM1OkKDZRFK0",
  ],
  [
    "openssl passwd -6",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "$6$saltstringsaltst$Q19Pk7QgqyH2wCETucELuaWMNtplciIgtVbE6ttvDgffR03hko23OxmKgMTh1FX62uxA5hX1a9pzzKdYOiuyy0",
  ],
  ["openssl passwd -5", "pässwörd 🔑", "$5$ab/.9$mM8l5aSPqpsJu/6YH2AREZTjfUeTirBAE6WNLF.wFbA"],
  [
    "openssl passwd -5",
    "ppppppppppppppppppppppppppppppppp",
    "$5$0123456789abcdef$P78JOusHhapAx29tgsXsPJXutL6UGuFBDsOOBxEZSsD",
  ],
  [
    "openssl passwd -6 with rounds",
    "secret",
    "$6$rounds=6000$abcdefgh$oyRtsHb8OAnkAZfaESHu0fVl8scdV5TPBmm1gOjgdcgxCRNdCMLvSb5UVgN.niT/x2T9GYI76NUALSVAxhlnS.",
  ],
  [
    "hashlib.pbkdf2_hmac, sha256",
    "secret",
    "$pbkdf2-sha256$i=20000$MDEyMzQ1Njc4OWFiY2RlZg$WtdwTUAXUzKems+8d9SeNGl5l7J9ZYeBaWCl4kObL8U",
  ],
  [
    "passlib, sha256",
    "secret",
    "$pbkdf2-sha256$20000$MDEyMzQ1Njc4OWFiY2RlZg$WtdwTUAXUzKems.8d9SeNGl5l7J9ZYeBaWCl4kObL8U",
  ],
  [
    "hashlib.pbkdf2_hmac, sha512",
    "secret",
    "$pbkdf2-sha512$i=20000$MDEyMzQ1Njc4OWFiY2RlZg$ai2xBrYj3VkGcPTpMxfoGxqu/Yfi1++s2KRnS9Umxwp8QSod5wrAtU4MQVUbDjI6AdJXouQ4tP07cI+n3mTF6A",
  ],
  [
    "passlib, sha512",
    "secret",
    "$pbkdf2-sha512$20000$MDEyMzQ1Njc4OWFiY2RlZg$ai2xBrYj3VkGcPTpMxfoGxqu/Yfi1..s2KRnS9Umxwp8QSod5wrAtU4MQVUbDjI6AdJXouQ4tP07cI.n3mTF6A",
  ],
  [
    "hashlib.scrypt",
    "secret",
    "$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$41uBuEIHgVau41v1q9BTZzisnSi/olB0DbA83e36fiY",
  ],
];

for (const [maker, password, stored] of STORED) {
  Deno.test(`parsePasswordHash() knows what ${maker} made of "${password.slice(0, 20)}"`, async () => {
    const hash = parsePasswordHash(stored);
    assert.equal(await hash.verify(bytes(password)), true);
    for (const wrong of ["", `${password} `, password.slice(1), password.toUpperCase() + "x"]) {
      assert.equal(await hash.verify(bytes(wrong)), false, wrong);
    }
  });
}

Deno.test("shaCrypt() is the algorithm of its author's own vectors", async () => {
  // From "Unix crypt using SHA-256 and SHA-512", with the salt cut to 16 characters as it says.
  const vectors = [
    ["5", "Hello world!", "saltstringsaltst", 10000, "3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"],
    [
      "6",
      "Hello world!",
      "saltstringsaltst",
      10000,
      "OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
    ],
  ] as const;
  for (const [kind, password, salt, rounds, expected] of vectors) {
    assert.equal(await shaCrypt(kind, bytes(password), salt, rounds), expected);
  }
});

Deno.test("hashPassword() makes what parsePasswordHash() knows, with a salt of its own", async () => {
  const [one, other] = [await hashPassword("pässwörd"), await hashPassword("pässwörd")];
  assert.notEqual(one, other);
  assert.match(one, /^\$scrypt\$ln=15,r=8,p=1\$/);
  assert.equal(await parsePasswordHash(one).verify(bytes("pässwörd")), true);
  assert.equal(await parsePasswordHash(one).verify(bytes("passwort")), false);
});

/** Stored passwords that are not used, and why. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["secret", /plain password/],
  ["", /plain password/],
  ["$2y$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui", /bcrypt is not supported/],
  ["$apr1$abcdefgh$abc", /no protection/],
  ["{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", /no protection/],
  ["$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA", /it is none of/],
  ["$6$rounds=1000$abcdefgh$" + "a".repeat(86), /too cheap/],
  ["$6$rounds=999999999$abcdefgh$" + "a".repeat(86), /too dear/],
  ["$6$abcdefgh$" + "a".repeat(43), /not whole/],
  ["$pbkdf2-sha256$1000$AAAAAAAAAAAAAA$" + "A".repeat(43), /too cheap/],
  ["$pbkdf2-sha256$20000$AA$" + "A".repeat(43), /wrong size/],
  ["$scrypt$ln=5,r=8,p=1$AAAAAAAAAAAAAA$" + "A".repeat(43), /too cheap/],
  ["$scrypt$ln=20,r=32,p=1$AAAAAAAAAAAAAA$" + "A".repeat(43), /too dear/],
  ["$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAA$AAAA", /wrong size/],
];

for (const [stored, why] of REFUSED) {
  Deno.test(`parsePasswordHash() says ${why} of ${stored.slice(0, 20)}`, () => {
    const isRight = (thrown: unknown) =>
      thrown instanceof InvalidPasswordHash && why.test(thrown.message) && !thrown.message.includes("secret");
    assert.throws(() => parsePasswordHash(stored), isRight);
  });
}

const ANN = STORED[0]?.[2] ?? "";
const USERS = `# who may come in\r\n\nann:${ANN}\nbob : b:${STORED[1]?.[2]}\n`;

Deno.test("parseUsers() names the line that is wrong", () => {
  assert.deepEqual([...parseUsers(`ann:${ANN}\n#x\n`, "f").byName.keys()], ["ann"]);
  for (
    const [text, why] of [
      ["", /it names nobody/],
      [`ann:${ANN}\nann:${ANN}`, /line 2 names user "ann" again/],
      ["\nann", /line 2 is not "user:stored password"/],
      [`:${ANN}`, /line 1 is not/],
      ["ann:hunter2", /line 1: .*plain password/],
    ] as const
  ) assert.throws(() => parseUsers(text, "f"), (thrown) => thrown instanceof UnusableUsers && why.test(thrown.message));
});

Deno.test("parseUsers() and parsePasswordHash() throw nothing but their own errors", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(...STORED.map(([, , stored]) => stored), "$6$", "$5$", "a:"),
  );
  fc.assert(fc.property(fc.array(line).map((lines) => lines.join("")), fc.nat(60), (text, at) => {
    for (const one of [text, (STORED[2]?.[2] ?? "").slice(0, at) + text]) {
      try {
        parseUsers(one, "f");
      } catch (thrown) {
        assert.ok(thrown instanceof UnusableUsers, String(thrown));
      }
    }
  }));
});

const basic = (credentials: string) => ({ authorization: `Basic ${btoa(credentials)}` });

function policyWith(files: Record<string, string>, more: Partial<Parameters<typeof createBasicAuth>[0]> = {}) {
  return createBasicAuth({ usersFile: "users", outside: { read: filesOf(files), now: () => 0 }, ...more });
}

Deno.test("createBasicAuth() lets in who knows the password, and tells nobody else which part was wrong", async () => {
  await using policy = await policyWith({ users: `ann:${ANN}\n` });
  assert.deepEqual(await verdictOf(policy, basic("ann:secret")), {
    auth_ok: true,
    auth_user: "ann",
    auth_error: undefined,
  });
  const refused = { auth_ok: false, auth_user: undefined, auth_error: "credentials" };
  for (const wrong of ["ann:Secret", "ann:", ":secret", "eve:secret", "ANN:secret", "__proto__:x", "ann:secret:"]) {
    assert.deepEqual(await verdictOf(policy, basic(wrong)), refused, wrong);
  }
  assert.deepEqual(defaultOf(policy), { ...refused, auth_error: "unavailable" });
});

Deno.test("createBasicAuth() compares an unknown user's password too", async () => {
  await using policy = await policyWith({ users: `ann:${ANN}\n` }, { maxConcurrent: 1, maxWaiting: 0 });
  const working = verdictOf(policy, basic("nobody:secret"));
  assert.equal(policy.stats?.().in_flight, 1, "it works on it");
  assert.equal((await working).auth_error, "credentials");
});

Deno.test("createBasicAuth() says what is wrong with a header", async () => {
  await using policy = await policyWith({ users: `ann:${ANN}\n` });
  const error = async (authorization: string | null) => (await verdictOf(policy, { authorization })).auth_error;
  assert.equal(await error(`Basic ${btoa(`ann:${"x".repeat(256)}`)}`), "credentials");
  assert.equal(await error(null), "missing");
  assert.equal(await error(""), "missing");
  for (
    const header of [
      "Bearer x",
      "Basic",
      "Basic %%%",
      `Basic ${btoa("nocolon")}`,
      "Basic /////w==",
      "x".repeat(5000),
      `Basic ${btoa(`ann:${"x".repeat(257)}`)}`,
    ]
  ) {
    assert.equal(await error(header), "malformed", header.slice(0, 20));
  }
});

Deno.test("createBasicAuth() remembers good credentials for a while, and forgets them when the users change", async () => {
  const files: Record<string, string> = { users: `ann:${ANN}\n` };
  let now = 0;
  await using policy = await policyWith(files, { cacheSeconds: 10, outside: { read: filesOf(files), now: () => now } });
  await verdictOf(policy, basic("ann:secret"));
  assert.equal(verdictAtOnce(policy, basic("ann:secret")).auth_ok, true);
  assert.equal((await verdictOf(policy, basic("ann:wrong"))).auth_ok, false);
  now = 10_000;
  assert.equal((await verdictOf(policy, basic("ann:secret"))).auth_ok, true);
  assert.equal(policy.stats?.().cache_hits, 1, "its time was over");
  files.users = "ann:plain\n";
  await assert.rejects(async () => await policy.reload?.(), UnusableUsers);
  assert.equal(verdictAtOnce(policy, basic("ann:secret")).auth_ok, true, "a bad file changes nothing");
  files.users = `bob:${ANN}\n`;
  await policy.reload?.();
  assert.equal((await verdictOf(policy, basic("ann:secret"))).auth_ok, false);
  assert.equal((await verdictOf(policy, basic("bob:secret"))).auth_ok, true);
});

Deno.test("createBasicAuth() works on so many passwords at a time and refuses the rest", async () => {
  await using policy = await policyWith({ users: `ann:${ANN}\n` }, { maxConcurrent: 1, maxWaiting: 1 });
  const answers = await Promise.all(["a", "b", "c", "d"].map((one) => verdictOf(policy, basic(`ann:${one}`))));
  assert.deepEqual(answers.map((one) => one.auth_error), ["credentials", "credentials", "busy", "busy"]);
});

Deno.test("createBasicAuth() says what it cannot begin with", async () => {
  await assert.rejects(policyWith({}), /Cannot use the users of "users": there is no "users"/);
  await assert.rejects(policyWith({ users: USERS.replace("bob", "ann") }), UnusableUsers);
  await assert.rejects(createBasicAuth({ usersFile: "" }), InvalidPolicy);
  await assert.rejects(policyWith({ users: USERS }, { maxConcurrent: 0 }), /option "maxConcurrent"/);
});

Deno.test("parseUsers() gives unknown names stored passwords of every cost, each name always the same one", () => {
  const [cheap, dear] = [`ann:${ANN}`, `bob:${ANN.replace("$5$", "$5$rounds=9999$")}`];
  const users = parseUsers(`${cheap}\n${dear}\n`, "f");
  const names = Array.from({ length: 100 }, (_, index) => `user${index}`);
  const decoys = names.map((name) => users.decoyFor(name));
  assert.deepEqual(new Set(decoys), new Set(users.byName.values()));
  const again = parseUsers(`${cheap}\n${dear}\n`, "f");
  const place = (of: typeof users, name: string) => [...of.byName.values()].indexOf(of.decoyFor(name));
  assert.deepEqual(names.map((name) => place(again, name)), names.map((name) => place(users, name)));
});

Deno.test("createBasicAuth() lets in nobody who brings several passwords", async () => {
  await using policy = await policyWith({ users: `ann:${ANN}\n` });
  const error = async (authorizations: number) =>
    (await verdictOf(policy, { ...basic("ann:secret"), authorizations })).auth_error;
  assert.deepEqual([await error(1), await error(2)], [undefined, "ambiguous"]);
});

Deno.test("shaCrypt() rests before every 200 rounds, and nobody else hashes meanwhile", async () => {
  let rests = 0;
  let resting = 0;
  const rest = async () => {
    rests++;
    assert.equal(++resting, 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    resting--;
  };
  const hash = (password: string) => shaCrypt("5", new TextEncoder().encode(password), "abcdefgh", 5000, rest);
  const [first] = await Promise.all(["secret", "b", "c", "d"].map(hash));
  assert.equal(first, "gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.");
  assert.equal(rests, 4 * 25);
});
