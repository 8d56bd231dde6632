/**
 * What a frontend does with the variables: a rule for those that are a verdict, a comment for all others.
 */
import type { VariableSpec } from "../policies/policy.ts";

/** A variable and the policy that sets it. */
export interface NamedVariable {
  readonly policy: string;
  readonly kind: string;
  readonly variable: VariableSpec;
  /** With scope and prefix: `sess.happi.ip_score`. */
  readonly name: string;
}

/**
 * The rules for a frontend.
 *
 * @param variables what the policies set
 * @param mode the frontend's mode
 * @returns lines: a rule for each verdict, a comment for each other variable
 */
export function frontendRules(variables: readonly NamedVariable[], mode: "http" | "tcp"): string[] {
  const found = variables.map((variable) => ({ variable, verdict: VERDICTS.find((one) => isAbout(one, variable)) }));
  // In the table's order: a service's redirect comes before the refusal that it replaces.
  const ranked = found.toSorted((a, b) => rank(a.verdict) - rank(b.verdict));
  return ranked.map(({ variable: { name, variable }, verdict }) =>
    verdict?.[mode]?.(name) ?? comment(`var(${name}) ${variable.type}: ${variable.description}`)
  );
}

/** A comment, which a line break in it must not end. */
function comment(text: string): string {
  return `# ${text.replaceAll(/\p{Cc}/gu, " ")}`;
}

/** A variable that is a verdict, and the rule that follows it. What must be there for a request to pass is asked with `unless`. */
interface Verdict {
  /** The policy that sets it. */
  readonly kind: string;
  /** The variable's usual name, for chains and scripts; of its own policy it may have another. */
  readonly name: string;
  /** Which of the policy's variables it is, where their names can be chosen. */
  readonly type?: VariableSpec["type"];
  readonly http: (variable: string) => string;
  readonly tcp?: (variable: string) => string;
}

const isLow = (name: string) => `if { var(${name}) -m int lt 20 }`;
const isFalse = (name: string) => `if { var(${name}) -m found } !{ var(${name}) -m bool }`;
const isNotTrue = (name: string) => `unless { var(${name}) -m bool }`;

const VERDICTS: readonly Verdict[] = [
  {
    kind: "ip_reputation",
    name: "ip_score",
    type: "integer",
    http: (name) => `http-request deny ${isLow(name)}`,
    tcp: (name) => `tcp-request content reject ${isLow(name)}`,
  },
  {
    kind: "rate",
    name: "rate_allowed",
    type: "boolean",
    http: (name) => `http-request deny deny_status 429 ${isFalse(name)}`,
    tcp: (name) => `tcp-request content reject ${isFalse(name)}`,
  },
  { kind: "jwt", name: "jwt_valid", http: (name) => `http-request deny deny_status 401 ${isNotTrue(name)}` },
  {
    kind: "forward_auth",
    name: "auth_location",
    http: (name) => `http-request redirect location %[var(${name})] if { var(${name}) -m found }`,
  },
  { kind: "forward_auth", name: "auth_ok", http: (name) => `http-request deny deny_status 401 ${isNotTrue(name)}` },
  { kind: "basic_auth", name: "auth_ok", http: (name) => `http-request auth realm happi ${isNotTrue(name)}` },
  {
    kind: "header_signature",
    name: "sig_valid",
    http: (name) => `http-request deny deny_status 403 ${isNotTrue(name)}`,
  },
];

const VERDICT_KINDS = new Set(VERDICTS.map((verdict) => verdict.kind));

function isAbout(verdict: Verdict, { kind, variable }: NamedVariable): boolean {
  if (kind === verdict.kind) {
    return verdict.type === undefined ? variable.name === verdict.name : variable.type === verdict.type;
  }
  return !VERDICT_KINDS.has(kind) && variable.name === verdict.name;
}

function rank(verdict: Verdict | undefined): number {
  return verdict === undefined ? VERDICTS.length : VERDICTS.indexOf(verdict);
}
