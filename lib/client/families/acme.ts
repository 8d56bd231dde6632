/**
 * Certificates that HAProxy gets by ACME itself (management guide, 9.3 "acme status", "acme renew",
 * "acme challenge_ready").
 */
import { cli } from "../../socket/mod.ts";
import { type AcmeStatus, parseAcmeStatus } from "../formats/acme.ts";
import { nothing, type Rows } from "../method.ts";
import { file, text } from "../parameter.ts";

/** Methods for ACME. Since HAProxy 3.2, in builds that have it. */
export interface AcmeMethods {
  /** Reads the state of every certificate that is renewed by ACME. */
  getAcmeStatus(): Promise<AcmeStatus[]>;

  /**
   * Starts the renewal of a certificate now. It goes on after the answer: see `getAcmeStatus`.
   *
   * @param certificate a certificate with an `acme` section
   * @throws {NotFound} when there is no such certificate
   */
  renewAcme(certificate: string): Promise<void>;

  /**
   * Says that the DNS record of a challenge is in place. Since HAProxy 3.3; Debian's 3.2 has it too.
   *
   * @param certificate the certificate that is being renewed
   * @param domain the domain that the challenge is about
   */
  readyAcmeChallenge(certificate: string, domain: string): Promise<void>;
}

const certificate = file("certificate", "the certificate's name");

/** The rows of {@linkcode AcmeMethods}. */
export const acmeMethods: Rows<AcmeMethods> = {
  getAcmeStatus: {
    kind: "command",
    summary: "State of the certificates that are renewed by ACME",
    since: "3.2",
    level: "admin",
    effect: "read",
    parameters: [],
    command: () => "acme status",
    parse: parseAcmeStatus,
  },
  renewAcme: {
    kind: "command",
    summary: "Start the renewal of a certificate by ACME",
    since: "3.2",
    level: "admin",
    effect: "change",
    parameters: [certificate],
    command: (name) => cli`acme renew ${name}`,
    parse: nothing,
  },
  readyAcmeChallenge: {
    kind: "command",
    summary: "Say that the DNS record of an ACME challenge is in place",
    since: "3.3",
    level: "admin",
    effect: "change",
    parameters: [certificate, text("domain", "the domain that the challenge is about")],
    command: (name, domain) => cli`acme challenge_ready ${name} domain ${domain}`,
    parse: nothing,
  },
};
