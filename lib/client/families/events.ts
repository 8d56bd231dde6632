/**
 * What happened: rings that take log lines, and invalid messages that HAProxy kept (management guide, 9.3 "show events",
 * "show errors").
 */
import { cli, CommandRefused } from "../../socket/mod.ts";
import { type CapturedErrors, parseErrors } from "../formats/errors_captured.ts";
import { type EventSink, parseEventSinks } from "../formats/event_sinks.ts";
import { parseEvent, parseEvents, type RingEvent } from "../formats/events.ts";
import type { Rows } from "../method.ts";
import { choice, proxy, settings, text } from "../parameter.ts";

/** Methods that read events and errors. */
export interface EventMethods {
  /** Reads where events go: rings and other sinks, and how many events each has lost. */
  getEventSinks(): Promise<EventSink[]>;

  /**
   * Reads what is in a ring now.
   *
   * @param sink the ring's name
   * @returns its lines, oldest first
   * @throws {NotFound} when there is no such sink
   * @throws {CommandRefused} when the sink keeps nothing, such as `stdout`
   */
  getEvents(sink: string): Promise<RingEvent[]>;

  /**
   * Follows a ring: its lines as they come. Leaving the loop, or the client's signal, ends it; HAProxy ends it when it
   * stops. Over a master socket since HAProxy 3.2.
   *
   * @param sink the ring's name
   * @param options where it begins
   * @throws {NotFound} when there is no such sink
   * @throws {CommandRefused} when the sink keeps nothing, such as `stdout`
   */
  followEvents(sink: string, options?: FollowEventsOptions): AsyncIterable<RingEvent>;

  /**
   * Reads the last invalid request and response of each proxy, with the bytes that HAProxy saw.
   *
   * @param filter only those of a proxy, only requests or responses
   * @throws {NotFound} when there is no such proxy
   */
  getErrors(filter?: ErrorFilter): Promise<CapturedErrors>;
}

/** Settings of {@linkcode EventMethods.followEvents}. */
export interface FollowEventsOptions {
  /** `start` (the default) gives what is in the ring first, `now` only what comes. */
  readonly from?: "start" | "now";
}

/** Which errors {@linkcode EventMethods.getErrors} reads. */
export interface ErrorFilter {
  /** Only those that this proxy is part of. */
  readonly proxy?: string;
  /** Only requests, or only responses. */
  readonly direction?: "request" | "response";
}

const sink = text("sink", "the ring's name");

/** The rows of {@linkcode EventMethods}. */
export const eventMethods: Rows<EventMethods> = {
  getEventSinks: {
    kind: "command",
    summary: "Where events go: rings and other sinks",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [],
    command: () => "show events",
    parse: parseEventSinks,
  },
  getEvents: {
    kind: "command",
    summary: "What is in a ring now, oldest first",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [sink],
    command: (name) => cli`show events ${name}`,
    parse: parseEvents,
  },
  followEvents: {
    kind: "follow",
    summary: "Follow a ring: its lines as they come",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [
      sink,
      settings<FollowEventsOptions>({
        from: choice("from", "what is there already comes first, or not", ["start", "now"]),
      }),
    ],
    async *follow(caller, name, options) {
      const command = cli`show events ${name} -w ${options?.from === "now" ? "-n" : undefined}`;
      for await (const line of caller.stream(command)) {
        if (/^Nothing to report for this sink$/.test(line)) throw new CommandRefused(command, line);
        yield parseEvent(line);
      }
    },
  },
  getErrors: {
    kind: "command",
    summary: "The last invalid request and response of each proxy",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [
      settings<ErrorFilter>({
        proxy: proxy("proxy", "only those that this proxy is part of"),
        direction: choice("direction", "only requests, or only responses", ["request", "response"]),
      }),
    ],
    command: ({ proxy: name, direction } = {}) =>
      cli`show errors ${name ?? (direction === undefined ? undefined : "-1")} ${direction}`,
    parse: parseErrors,
  },
};
