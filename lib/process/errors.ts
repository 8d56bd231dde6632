/**
 * What can go wrong with processes.
 */
import { HappiError } from "../errors.ts";

/** A definition that cannot be used. */
export class InvalidDefinition extends HappiError {
  /**
   * @param name the definition's, as far as it is known
   * @param why the field, its value in quotes, and what it must be
   */
  constructor(name: string, why: string) {
    super("invalid_definition", `Cannot define process "${name}": ${why}`);
  }
}

/** There is no definition, process or group of this name or number. */
export class ProcessNotFound extends HappiError {
  constructor(kind: "process" | "pid" | "group", name: string | number) {
    super("process_not_found", `Cannot find ${kind} "${name}": there is none`);
  }
}

/** There is a definition of this name already. */
export class ProcessExists extends HappiError {
  constructor(name: string) {
    super("process_exists", `Cannot define process "${name}": there is one already`);
  }
}

/** A process could not be started. */
export class CannotStart extends HappiError {
  constructor(name: string, why: string, cause?: unknown) {
    super("cannot_start", `Cannot start process "${name}": ${why}`, cause === undefined ? undefined : { cause });
  }
}

/** Nothing can be written to the process. */
export class NoInput extends HappiError {
  constructor(name: string, why: string) {
    super("no_input", `Cannot write to process "${name}": ${why}`);
  }
}

/** A process has an input, and does not read it. */
export class InputFull extends HappiError {
  constructor(name: string, why: string) {
    super("input_full", `Cannot write to process "${name}": ${why}`);
  }
}

/** A signal that is none. */
export class InvalidSignal extends HappiError {
  constructor(given: string) {
    super(
      "invalid_signal",
      `Cannot send signal "${given}": write a number from 1 to 31 or a name such as TERM or SIGHUP`,
    );
  }
}

/** There is no user or group of this name on this host. */
export class UnknownAccount extends HappiError {
  constructor(kind: "user" | "group", given: number | string, why: string) {
    super("unknown_account", `Cannot find ${kind} "${given}": ${why}`);
  }
}
