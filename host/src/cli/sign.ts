import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { HostError, messageOf, UsageError } from "../errors.js";
import { ExitCode, say } from "./report.js";

const SIGN_EXAMPLES = `
Examples:
  openssl genpkey -algorithm ed25519 -out platform.pem    once: a key, to be kept secret
  openssl pkey -in platform.pem -pubout -out platform.pub.pem
  wbpf sign tool.wasm --key platform.pem                  writes tool.wasm.sig
  wbpf verify tool.wasm --key platform.pub.pem

docs/permissions/roles.md tells what signatures are for.`;

/** Adds `wbpf sign` and `wbpf verify`. */
export function registerSign(program: Command): void {
  program
    .command("sign")
    .description("sign a module, so that roles can name its signer")
    .argument("<module.wasm>", "the module")
    .requiredOption("--key <key.pem>", "the private key: Ed25519, PEM")
    .option("-o, --output <file>", "where the signature goes (default: MODULE.sig)")
    .addHelpText("after", SIGN_EXAMPLES)
    .action(async (file: string, flags: { key: string; output?: string }) => {
      const { privateKey, signDigest } = await import("../policy/roles/signature.js");
      const key = readKey(flags.key, privateKey);
      const output = flags.output ?? `${file}.sig`;
      const signature = signDigest(await digestOf(file), key);
      try {
        writeFileSync(output, signature);
      } catch (cause) {
        throw new HostError(`cannot write ${output}: ${messageOf(cause)}`, { cause });
      }
      process.stdout.write(`${output}\n`);
    });
  program
    .command("verify")
    .description("say whether a key signed a module; exit code 1 if not")
    .argument("<module.wasm>", "the module")
    .requiredOption("--key <key.pem>", "the public key: Ed25519, PEM")
    .option("--signature <file>", "the signature (default: MODULE.sig)")
    .addHelpText("after", SIGN_EXAMPLES)
    .action(async (file: string, flags: { key: string; signature?: string }) => {
      const { isSigned, parseSignature, publicKey } = await import("../policy/roles/signature.js");
      const key = readKey(flags.key, publicKey);
      const from = flags.signature ?? `${file}.sig`;
      const signature = parseSignature(readText(from));
      if (signature === undefined) {
        throw new HostError(`${from} is no signature, which is a line of Base64`);
      }
      if (isSigned(await digestOf(file), signature, key)) {
        process.stdout.write(`${file}: signed by the key of ${flags.key}\n`);
        return;
      }
      say(`${file} was not signed by the key of ${flags.key}, or was changed since`);
      process.exitCode = ExitCode.failure;
    });
}

async function digestOf(file: string): Promise<string> {
  const { Module } = await import("../module/module.js");
  return (await Module.load(file)).digest;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new HostError(`cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

function readKey<T>(file: string, parse: (pem: string) => T): T {
  const pem = readText(file);
  try {
    return parse(pem);
  } catch (cause) {
    throw new UsageError(`--key ${file}: ${messageOf(cause)}`, { cause });
  }
}
