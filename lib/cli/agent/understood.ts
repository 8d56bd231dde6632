/**
 * What HAProxy makes of an agent's line, in sentences for people (configuration manual, 5.2 "agent-check").
 */
import type { ParsedReply, Reply } from "../../agent/mod.ts";

/** A sentence for each thing that the line says; one that nothing changes where it says nothing. */
export function understood({ reply, unknown, warnings }: ParsedReply): string[] {
  const sentences = [
    ...ADMIN[reply.admin ?? ""] ?? [],
    ...HEALTH[reply.health ?? ""] ?? [],
    ...weightSentence(reply),
    ...(reply.maxconn === undefined ? [] : [maxconnSentence(reply.maxconn)]),
    ...(reply.text === undefined ? [] : [`It shows "${reply.text}" beside the server.`]),
    ...unknown.map((word) => `It does not know "${word}", and shows it as an error.`),
    ...warnings.map((warning) => `It warns: ${warning}`),
  ];
  return sentences.length === 0 ? ["It changes nothing."] : sentences;
}

const ADMIN: Readonly<Record<string, readonly string[]>> = {
  ready: ["It ends drain and maintenance, also those that were set on its socket."],
  drain: ["It sends the server no new sessions (DRAIN) until the agent says ready."],
  maint: ["It takes the server out (MAINT), and pauses its health checks, until the agent says ready."],
};

const HEALTH: Readonly<Record<string, readonly string[]>> = {
  up: ["The agent says up: the server is UP as far as its own health check says so too."],
  down: ["The server is DOWN until the agent says up."],
  fail: ["The server is DOWN (fail) until the agent says up."],
  stopped: ["The server is DOWN (stopped) until the agent says up."],
};

function weightSentence({ weight }: Reply): string[] {
  if (weight === undefined) return [];
  if ("absolute" in weight) return [`The server's weight becomes ${weight.absolute} (HAProxy 3.1 and later).`];
  const hint = weight.percent > 0 && weight.percent < 100 ? "; of a weight of 1 that may be 0" : "";
  return [`The server's weight becomes ${weight.percent} % of the configured one, rounded down${hint}.`];
}

function maxconnSentence(maxconn: number): string {
  return maxconn === 0
    ? "The server's connections are no longer limited."
    : `The server gets ${maxconn} connections at once at most.`;
}
