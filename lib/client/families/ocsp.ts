/**
 * OCSP responses that HAProxy staples to its certificates (management guide, 9.3 "show ssl ocsp-response",
 * "show ssl ocsp-updates", "set ssl ocsp-response", "update ssl ocsp-response").
 */
import { cli } from "../../socket/mod.ts";
import {
  type OcspResponse,
  type OcspResponseId,
  type OcspUpdate,
  parseOcspBase64,
  parseOcspResponse,
  parseOcspResponses,
  parseOcspUpdates,
} from "../formats/ssl_ocsp.ts";
import { nothing, type Rows, words } from "../method.ts";
import { file, text } from "../parameter.ts";
import { base64 } from "./pem.ts";

/** Methods that read and change OCSP responses. HAProxy 3.4 and later ask for the level admin for all of them. */
export interface OcspMethods {
  /** Reads which OCSP responses HAProxy holds, and for which certificates. */
  getOcspResponses(): Promise<OcspResponseId[]>;

  /**
   * Reads one OCSP response: its status, its dates, and OpenSSL's text of it.
   *
   * @param id the response's id, or, since HAProxy 2.8, the certificate's path
   */
  getOcspResponse(id: string): Promise<OcspResponse>;

  /**
   * Gives one OCSP response in base64, as {@linkcode OcspMethods.setOcspResponse} takes it. Since HAProxy 2.8.
   *
   * @param id the response's id, or the certificate's path
   */
  getOcspResponseBase64(id: string): Promise<string>;

  /** Reads when each OCSP response was and will be updated, and how that went. Since HAProxy 2.8. */
  getOcspUpdates(): Promise<OcspUpdate[]>;

  /**
   * Sets an OCSP response; HAProxy knows from its content which certificate it is for.
   *
   * @param response the response's DER form in base64
   * @returns HAProxy's words
   * @throws {CommandRefused} when no certificate matches, or it is out of date
   */
  setOcspResponse(response: string): Promise<string>;

  /**
   * Has HAProxy ask the certificate's OCSP responder now. It answers before that is done: see `getOcspUpdates`. Since
   * HAProxy 2.8.
   *
   * @param certificate a certificate that has an OCSP response already
   */
  updateOcspResponse(certificate: string): Promise<void>;
}

const id = text("id", "the response's id, or the certificate's path", "ID|FILE");

/** The rows of {@linkcode OcspMethods}. */
export const ocspMethods: Rows<OcspMethods> = {
  getOcspResponses: {
    kind: "command",
    summary: "The OCSP responses that HAProxy holds",
    since: "2.6",
    level: "admin",
    effect: "read",
    parameters: [],
    command: () => "show ssl ocsp-response",
    parse: parseOcspResponses,
  },
  getOcspResponse: {
    kind: "command",
    summary: "One OCSP response: status, dates, text",
    since: "2.6",
    level: "admin",
    effect: "read",
    parameters: [id],
    // Older ones take ids only, and these are hexadecimal.
    needs: (which) => /^[0-9a-fA-F]+$/.test(which) ? undefined : "2.8",
    command: (which) => cli`show ssl ocsp-response ${which}`,
    parse: parseOcspResponse,
  },
  getOcspResponseBase64: {
    kind: "command",
    summary: "One OCSP response in base64",
    since: "2.8",
    level: "admin",
    effect: "read",
    parameters: [id],
    needs: () => "2.8",
    command: (which) => cli`show ssl ocsp-response base64 ${which}`,
    parse: parseOcspBase64,
  },
  getOcspUpdates: {
    kind: "command",
    summary: "When each OCSP response was and will be updated",
    since: "2.8",
    level: "admin",
    effect: "read",
    parameters: [],
    command: () => "show ssl ocsp-updates",
    parse: parseOcspUpdates,
  },
  setOcspResponse: {
    kind: "command",
    summary: "Set an OCSP response; its content says for which certificate",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [base64("response", "the response's DER form in base64")],
    command: () => "set ssl ocsp-response",
    send: (response) => ({ payload: response }),
    parse: words,
  },
  updateOcspResponse: {
    kind: "command",
    summary: "Have HAProxy ask a certificate's OCSP responder now",
    since: "2.8",
    level: "admin",
    effect: "change",
    parameters: [file("certificate", "a certificate that has an OCSP response already")],
    command: (certificate) => cli`update ssl ocsp-response ${certificate}`,
    parse: nothing,
  },
};
