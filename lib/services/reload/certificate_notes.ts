/**
 * Notes of what changes certificates and crt-lists. What is put into a transaction counts when it is committed.
 */
import type { CertificateDocument, CrtListDocument } from "./document.ts";
import type { Edit, Notes } from "./note.ts";

/** The notes of certificates and crt-lists. */
export const CERTIFICATE_NOTES: Notes = {
  replaceCertificate: {
    edits: ([file, pem]) => [
      certificateEdit(file, ({ staged: _, ...before }) => ({ ...before, parts: { [file]: pem } })),
    ],
  },
  addCertificate: {
    edits: ([file, pem]) => [
      certificateEdit(file, () => ({ kind: "certificate", name: file, is_new: true, parts: { [file]: pem } })),
    ],
  },
  newCertificate: {
    edits: ([file]) => [certificateEdit(file, () => ({ kind: "certificate", name: file, is_new: true, parts: {} }))],
  },
  setCertificate: {
    // Which certificate a part such as "site.key" belongs to, the transaction that is open tells.
    async edits([file, content], _result, _seen, client) {
      const [store = file] = (await client.getCertificates()).transactions;
      return [certificateEdit(store, (before) => ({ ...before, staged: { ...before.staged, [file]: content } }))];
    },
  },
  commitCertificate: {
    edits: ([file]) => [certificateEdit(file, ({ staged = {}, ...before }) => {
      // A whole certificate comes with everything that belongs to it.
      const kept = Object.hasOwn(staged, file) ? {} : before.parts;
      return { ...before, parts: { ...kept, ...staged } };
    })],
  },
  abortCertificate: { edits: ([file]) => [certificateEdit(file, ({ staged: _, ...before }) => before)] },
  delCertificate: { edits: ([file]) => [{ kind: "certificate", name: file, apply: () => undefined }] },

  addToCrtList: {
    edits: ([list, certificate, options]) => [crtListEdit(list, (before) => {
      const { ssl, filters } = options ?? {};
      const line = { certificate, ...(ssl ? { ssl } : {}), ...(filters?.length ? { filters } : {}) };
      const isThere = before.added.some((one) => JSON.stringify(one) === JSON.stringify(line));
      return isThere ? before : { ...before, added: [...before.added, line] };
    })],
  },
  delFromCrtList: {
    edits: ([list, certificate]) => [crtListEdit(list, (before) => {
      const added = before.added.filter((one) => one.certificate !== certificate);
      const isOfTheFile = added.length === before.added.length && !before.removed.includes(certificate);
      return { ...before, added, removed: isOfTheFile ? [...before.removed, certificate] : before.removed };
    })],
  },
};

function certificateEdit(name: string, change: (before: CertificateDocument) => CertificateDocument): Edit {
  return {
    ...{ kind: "certificate", name },
    apply(known) {
      const document = change(known?.kind === "certificate" ? known : { kind: "certificate", name, parts: {} });
      const isEmpty = Object.keys({ ...document.parts, ...document.staged }).length === 0 && !document.is_new;
      return isEmpty ? undefined : document;
    },
  };
}

function crtListEdit(name: string, change: (before: CrtListDocument) => CrtListDocument): Edit {
  return {
    ...{ kind: "crt_list", name },
    apply(known) {
      const document = change(known?.kind === "crt_list" ? known : { kind: "crt_list", name, added: [], removed: [] });
      return document.added.length + document.removed.length === 0 ? undefined : document;
    },
  };
}
