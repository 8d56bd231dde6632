/**
 * What the house rules need to know of a source file, read from its syntax tree (comments and strings cannot mislead).
 *
 * It stands on `Deno.lint.runPlugin`, which works in `deno test` only.
 *
 * @module
 */

/** One import or re-export: static, dynamic, or of a type. */
export interface Import {
  /** As it is written: `./socket.ts`, `hono`, `node:sqlite`. */
  readonly specifier: string;
  /** The names taken from it; empty where all or none are. */
  readonly names: readonly string[];
}

/** A source file as the rules see it. */
export interface Source {
  /** From the root of the repository: `lib/socket/mod.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
  /** Uses of `Deno` and `console`, as `Deno.exit`; bare `Deno` where the object itself is taken. */
  readonly globals: readonly string[];
  /** Uses of `as unknown as`. */
  readonly doubleCasts: number;
}

const WATCHED_GLOBALS = new Set(["Deno", "console"]);

/** Reads one file's text. */
export function readSource(path: string, text: string): Source {
  const imports: Import[] = [];
  const globals: string[] = [];
  let doubleCasts = 0;
  const rule: Deno.lint.Rule = {
    create: () => ({
      ImportDeclaration(node) {
        const names = node.specifiers.map((one) => one.type === "ImportSpecifier" ? nameOf(one.imported) : "*");
        imports.push({ specifier: node.source.value, names });
      },
      ExportNamedDeclaration(node) {
        if (node.source) imports.push({ specifier: node.source.value, names: [] });
      },
      ExportAllDeclaration(node) {
        imports.push({ specifier: node.source.value, names: [] });
      },
      ImportExpression(node) {
        const specifier = node.source.type === "Literal" ? String(node.source.value) : "(computed)";
        imports.push({ specifier, names: [] });
      },
      TSImportType(node) {
        imports.push({ specifier: specifierOf(node), names: [] });
      },
      TSQualifiedName(node) {
        if (node.left.type === "Identifier" && node.left.name === "Deno") globals.push(`Deno.${node.right.name}`);
      },
      Identifier(node) {
        if (!WATCHED_GLOBALS.has(node.name)) return;
        const { parent } = node;
        if (parent.type === "TSQualifiedName") return;
        if (parent.type !== "MemberExpression") globals.push(node.name);
        else if (parent.object.range[0] !== node.range[0]) globals.push(`${node.name} (through another object)`);
        else globals.push(`${node.name}.${nameOf(parent.property)}`);
      },
      TSAsExpression(node) {
        const inner = node.expression;
        if (inner.type === "TSAsExpression" && inner.typeAnnotation.type === "TSUnknownKeyword") doubleCasts++;
      },
    }),
  };
  Deno.lint.runPlugin({ name: "house", rules: { read: rule } }, path, text);
  return { path, imports, globals, doubleCasts };
}

/** Reads every TypeScript file below the given folders and files of the repository; what does not exist is empty. */
export async function readSources(root: URL, paths: readonly string[]): Promise<Source[]> {
  const files = (await Promise.all(paths.map((path) => typeScriptFiles(root, path)))).flat().sort();
  return await Promise.all(files.map(async (path) => readSource(path, await Deno.readTextFile(new URL(path, root)))));
}

/** The TypeScript files at or below a path, as paths from the root. */
export async function typeScriptFiles(root: URL, path: string): Promise<string[]> {
  const found = await Deno.stat(new URL(path, root)).catch((thrown) => {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  });
  if (found === undefined) return [];
  if (found.isFile) return path.endsWith(".ts") ? [path] : [];
  const entries = await Array.fromAsync(Deno.readDir(new URL(path, root)));
  return (await Promise.all(entries.map((entry) => typeScriptFiles(root, `${path}/${entry.name}`)))).flat();
}

function nameOf(node: Deno.lint.Node): string {
  return node.type === "Identifier" ? node.name : "(computed)";
}

/** The quoted part of `import("./file.ts").Name`. */
function specifierOf(node: Deno.lint.TSImportType): string {
  const { argument } = node;
  if (argument.type === "TSLiteralType" && argument.literal.type === "Literal") return String(argument.literal.value);
  return "(computed)";
}
