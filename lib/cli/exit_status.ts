/**
 * What the exit status says, as a table: from an error's stable code to a number that scripts can rely on.
 */
import { HappiError } from "../errors.ts";
import { Interrupted } from "./environment.ts";

/** The statuses that happi ends with, besides 128 and a signal's number. */
export const EXIT = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  unsupported: 4,
  unreadable: 5,
  fault: 70,
  unwritable: 74,
} as const;

/** The statuses for the help, in order. */
export const EXIT_HELP: readonly (readonly [number, string])[] = [
  [EXIT.done, "done"],
  [EXIT.refused, "HAProxy said no, or what was named is not there"],
  [EXIT.usage, "the command line, an argument or the configuration is wrong; nothing was sent"],
  [
    EXIT.unreachable,
    "no socket, no permission, no answer in time, connection lost; or the address to listen on is taken",
  ],
  [EXIT.unsupported, "the connected HAProxy does not have the command"],
  [EXIT.unreadable, "the answer is not what HAProxy is known to say"],
  [EXIT.fault, "a fault of happi itself"],
  [EXIT.unwritable, "the output cannot be written: the disk is full, the terminal is gone"],
];

/** Each error's code and its status; a code that is not here is a fault. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  command_refused: EXIT.refused,
  not_found: EXIT.refused,
  not_applied: EXIT.refused,
  transaction_open: EXIT.refused,

  usage: EXIT.usage,
  unreadable_file: EXIT.usage,
  invalid_argument: EXIT.usage,
  invalid_command: EXIT.usage,
  invalid_address: EXIT.usage,
  dangerous_command: EXIT.usage,
  no_master: EXIT.usage,
  non_loopback_listener: EXIT.usage,
  invalid_config: EXIT.usage,
  invalid_policy: EXIT.usage,
  invalid_database: EXIT.usage,
  invalid_rules: EXIT.usage,
  source_failed: EXIT.usage,
  unusable_script: EXIT.usage,
  unusable_keys: EXIT.usage,
  unusable_secrets: EXIT.usage,
  unusable_users: EXIT.usage,
  cannot_generate: EXIT.usage,
  invalid_haproxy_version: EXIT.usage,
  invalid_value: EXIT.usage,
  invalid_recording: EXIT.usage,

  invalid_check: EXIT.usage,
  invalid_reply: EXIT.usage,
  invalid_target_rules: EXIT.usage,

  invalid_definition: EXIT.usage,
  invalid_signal: EXIT.usage,
  invalid_webhook: EXIT.usage,
  invalid_procfile: EXIT.usage,
  invalid_snapshot: EXIT.usage,
  invalid_env_file: EXIT.usage,
  unusable_token: EXIT.usage,
  process_not_found: EXIT.refused,
  process_exists: EXIT.refused,
  cannot_start: EXIT.refused,

  invalid_unit: EXIT.usage,
  invalid_route: EXIT.usage,
  service_not_found: EXIT.refused,

  api_refused: EXIT.refused,
  api_unreachable: EXIT.unreachable,
  agent_unreachable: EXIT.unreachable,

  hook_tool_missing: EXIT.refused,
  hook_tool_failed: EXIT.refused,
  no_ingress_address: EXIT.refused,
  flag_failed: EXIT.refused,
  command_not_run: EXIT.refused,

  no_socket: EXIT.unreachable,
  socket_forbidden: EXIT.unreachable,
  not_a_socket: EXIT.unreachable,
  socket_timeout: EXIT.unreachable,
  socket_closed: EXIT.unreachable,
  connection_lost: EXIT.unreachable,
  listen_failed: EXIT.unreachable,
  cannot_listen: EXIT.unreachable,
  state_in_use: EXIT.unreachable,
  spop_closed: EXIT.unreachable,
  spop_timeout: EXIT.unreachable,

  unsupported_command: EXIT.unsupported,

  answer_too_large: EXIT.unreadable,
  not_haproxy: EXIT.unreadable,
  spop_violation: EXIT.unreadable,
  unexpected_answer: EXIT.unreadable,

  output_failed: EXIT.unwritable,
};

/**
 * The exit status that an error deserves.
 *
 * @param thrown what a command ended with
 */
export function exitStatus(thrown: unknown): number {
  if (thrown instanceof Interrupted) return thrown.status;
  if (!(thrown instanceof HappiError)) return EXIT.fault;
  return STATUS_BY_CODE[thrown.code] ?? EXIT.fault;
}
