#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateError, create } from "./create.js";

const USAGE = `usage: npx create-wbpf FOLDER

Makes a new eBPF tool: FOLDER/FOLDER.bpf.c for the kernel, FOLDER/main.ts for its control plane.

example:
  npx create-wbpf my-tool
  cd my-tool && npm install && sudo npm start
`;

function main(args: readonly string[]): number {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [folder, ...rest] = args;
  if (folder === undefined || rest.length > 0 || folder.startsWith("-")) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { version } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  ) as { version: string };
  try {
    create(folder, fileURLToPath(new URL("../minimal", import.meta.url)), version);
  } catch (error) {
    if (error instanceof CreateError || (error instanceof Error && "syscall" in error)) {
      process.stderr.write(`create-wbpf: ${error.message}\n`);
      return error instanceof CreateError && error.code === "USAGE" ? 2 : 1;
    }
    throw error;
  }
  const manager = process.env.npm_config_user_agent?.split("/")[0] ?? "npm";
  process.stdout.write(
    `Made ${folder}. Now:\n\n  cd ${relative(".", folder) || "."}\n  ${manager} install\n  sudo ${manager} start\n`,
  );
  return 0;
}

process.exitCode = main(process.argv.slice(2));
