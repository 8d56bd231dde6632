/**
 * Throw-away certificates, the same in every run so that the tests need no OpenSSL. All are valid from 2020 to 2120, and none
 * is a secret.
 *
 * | file | what it is |
 * |---|---|
 * | `ca.pem` | the CA that signed the others, serial 1000 |
 * | `ec.pem`, `rsa.pem` | certificate and key for `happi.test`, `*.happi.test`, 127.0.0.1; serials 1001 and 1002 |
 * | `crl.pem` | the CA's revocation list, with serial 2001 on it |
 *
 * @module
 */

/** A certificate file's content. */
export function certificate(name: "ca" | "ec" | "rsa" | "crl"): string {
  return Deno.readTextFileSync(new URL(`./certificates/${name}.pem`, import.meta.url));
}

/** The certificate of one file with the private key of another, which do not belong together. */
export function mismatched(): string {
  const [leaf = ""] = certificate("rsa").split("-----BEGIN PRIVATE KEY-----");
  const [, key = ""] = certificate("ec").split("-----BEGIN PRIVATE KEY-----");
  return `${leaf}-----BEGIN PRIVATE KEY-----${key}`;
}

/** What must not be seen in any error or trace: the lines of a private key. */
export function keyLines(pem: string): string[] {
  const [, key = ""] = pem.split("-----BEGIN PRIVATE KEY-----");
  return key.split("\n").filter((line) => /^[A-Za-z0-9+/=]{8,}$/.test(line));
}
