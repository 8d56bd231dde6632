/**
 * Certificates and crt-lists: whether HAProxy has them as they are remembered, and how they are put back (management guide,
 * 9.3 "show ssl cert", "set ssl cert", "commit ssl cert", "add ssl crt-list").
 */
import { X509Certificate } from "node:crypto";
import { type Client, type CrtListEntry, NotFound } from "../../client/mod.ts";
import type { CertificateDocument, CrtListDocument, CrtListLine } from "./document.ts";
import type { Plan } from "./plan.ts";

const NOTHING: Plan = { lines: [], why: [] };

/** What has to be done to one certificate. A newer one than the remembered is left alone: somebody has renewed the file. */
export async function planCertificate(client: Client, document: CertificateDocument): Promise<Plan> {
  const { name, is_new: isNew, parts } = document;
  if (!isNew && Object.keys(parts).length === 0) return NOTHING;
  const found = await client.getCertificate(name).catch((thrown: unknown) => {
    if (thrown instanceof NotFound) return undefined;
    throw thrown;
  });
  if (found === undefined) {
    return isNew ? { ...NOTHING, why: ["it was added"], isApart: true } : { ...NOTHING, missing: MISSING };
  }
  const wanted = leafOf(parts[name]);
  if (wanted === undefined) return { ...NOTHING, why: [], isApart: true };
  const isSame = found.sha1_fingerprint === wanted.fingerprint.replaceAll(":", "");
  const notBefore = Date.parse(found.not_before ?? "");
  if (!isSame && notBefore > Date.parse(wanted.validFrom)) {
    return { ...NOTHING, superseded: `its file is newer: valid since ${found.not_before}` };
  }
  // Its parts beside the certificate (OCSP response, issuer) are shown nowhere.
  const hasMore = Object.keys(parts).length > 1;
  return { ...NOTHING, why: isSame ? [] : ["another one is served"], ...(isSame && !hasMore ? {} : { isApart: true }) };
}

/** Puts a certificate in. */
export async function putCertificate(client: Client, { name, is_new: isNew, parts }: CertificateDocument) {
  const { files } = await client.getCertificates();
  const { [name]: whole, ...others } = parts;
  const isThere = files.includes(name);
  if (whole !== undefined && (isThere || !isNew)) await client.replaceCertificate(name, whole);
  else if (whole !== undefined) await client.addCertificate(name, whole);
  else if (isNew && !isThere) await client.newCertificate(name);
  if (Object.keys(others).length === 0) return;
  try {
    for (const [part, content] of Object.entries(others)) await client.setCertificate(part, content);
    await client.commitCertificate(name);
  } catch (thrown) {
    await client.abortCertificate(name).catch(() => {});
    throw thrown;
  }
}

/** What has to be done to one crt-list. */
export async function planCrtList(client: Client, document: CrtListDocument): Promise<Plan> {
  try {
    const { added, removed } = await linesOf(client, document);
    const why = [
      ...added.map(({ certificate }) => `"${certificate}" is not in it`),
      ...removed.map(({ filename }) => `"${filename}" is in it`),
    ];
    return why.length === 0 ? NOTHING : { ...NOTHING, why, isApart: true };
  } catch (thrown) {
    if (thrown instanceof NotFound) return { ...NOTHING, missing: "there is no such crt-list" };
    throw thrown;
  }
}

/** Puts the lines of a crt-list in, and takes those out that were removed. */
export async function putCrtList(client: Client, document: CrtListDocument): Promise<void> {
  const { added, removed } = await linesOf(client, document);
  for (const { certificate, ssl, filters } of added) {
    const options = { ...(ssl === undefined ? {} : { ssl }), ...(filters === undefined ? {} : { filters }) };
    await client.addToCrtList(document.name, certificate, options);
  }
  for (const { filename, line } of removed) await client.delFromCrtList(document.name, filename, line);
}

/** Lines that are lacking, and lines that should not be there. */
async function linesOf(client: Client, document: CrtListDocument) {
  const { entries } = await client.getCrtList(document.name);
  const there = new Set(entries.map(({ filename, options, filters }) => wordsOf(filename, options, filters)));
  const isLacking = ({ certificate, ssl, filters }: CrtListLine) => !there.has(wordsOf(certificate, ssl, filters));
  const isRemoved = ({ filename }: CrtListEntry) =>
    document.removed.includes(filename) && !document.added.some(({ certificate }) => certificate === filename);
  return { added: document.added.filter(isLacking), removed: entries.filter(isRemoved) };
}

function wordsOf(certificate: string, ssl = "", filters: readonly string[] = []): string {
  return [certificate, ssl.trim(), ...filters].join(" ");
}

const MISSING = "HAProxy holds no such certificate";

/** The certificate that is served; `undefined` where there is none that can be read. */
function leafOf(pem: string | undefined): X509Certificate | undefined {
  const [text] = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(pem ?? "") ?? [];
  if (text === undefined) return undefined;
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}
