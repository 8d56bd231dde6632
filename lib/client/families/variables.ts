/**
 * Variables of the whole process (management guide, 9.3 "get var", "set var").
 */
import { cli } from "../../socket/mod.ts";
import { InvalidArgument } from "../errors.ts";
import { parseVariable, type Variable } from "../formats/variable.ts";
import { nothing, type Rows } from "../method.ts";
import { choice, type Parameter, text } from "../parameter.ts";

/** Methods that read and change variables. */
export interface VariableMethods {
  /**
   * Reads a variable of the whole process.
   *
   * @param name its name, such as `proc.mode`
   * @throws {NotFound} when it has not been set
   */
  getVar(name: string): Promise<Variable>;

  /**
   * Sets a variable of the whole process. It is gone after a reload. HAProxy holds this for experimental.
   *
   * @param name its name, such as `proc.mode`
   * @param kind `expr` for an expression such as `int(5)` or `str(blue)`, `fmt` for a log format such as `%H`
   * @param value the expression or the format
   */
  setVar(name: string, kind: "expr" | "fmt", value: string): Promise<void>;
}

/** The rows of {@linkcode VariableMethods}. */
export const variableMethods: Rows<VariableMethods> = {
  getVar: {
    kind: "command",
    summary: "A variable of the whole process",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [variable()],
    command: (name) => cli`get var ${name}`,
    parse: parseVariable,
  },
  setVar: {
    kind: "command",
    summary: "Set a variable of the whole process from an expression or a log format",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      variable(),
      choice("kind", "what the value is", ["expr", "fmt"]),
      text("value", "an expression such as int(5), or a log format"),
    ],
    command: (name, kind, value) => cli`set var ${name} ${kind} ${value}`,
    send: () => ({ modes: ["experimental"] }),
    parse: nothing,
  },
};

/** A variable's name: other scopes than the process have no value outside of a stream. */
function variable(): Parameter<string> {
  const plain = text("name", "the variable, such as proc.mode", "PROC.NAME");
  const check = (value: unknown) => {
    const name = plain.check(value);
    if (!/^proc\.[A-Za-z0-9_.]+$/.test(name)) throw new InvalidArgument("name", name, 'it must begin with "proc."');
    return name;
  };
  return { ...plain, check, read: check };
}
