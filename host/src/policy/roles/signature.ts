import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { UsageError } from "../../errors.js";

/** What is signed: it says what it is, so that a signature of something else under the same key means nothing here. */
const statement = (digest: string): Buffer => Buffer.from(`wbpf module sha256:${digest}\n`);

/** @throws UsageError for anything but an Ed25519 key in PEM that is not encrypted */
export const privateKey = (pem: string): KeyObject => ed25519(() => createPrivateKey(pem));

/** A public key; of a private one, its public half. @throws UsageError */
export const publicKey = (pem: string): KeyObject => ed25519(() => createPublicKey(pem));

function ed25519(read: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(
      code === "ERR_MISSING_PASSPHRASE"
        ? "the key is encrypted; decrypt it first (openssl pkey)"
        : "it is no key as PEM; 'openssl genpkey -algorithm ed25519' makes one",
      { cause },
    );
  }
  if (key.asymmetricKeyType !== "ed25519") {
    throw new UsageError(`it is a key of type ${key.asymmetricKeyType}; ed25519 was expected`);
  }
  return key;
}

/** The content of `MODULE.wasm.sig`: one line of Base64. */
export const signDigest = (digest: string, key: KeyObject): string =>
  `${sign(null, statement(digest), key).toString("base64")}\n`;

/** The 64 bytes of a signature file. `undefined`: it is none. */
export function parseSignature(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]{86}==\s*$/.test(text)) return undefined;
  return Buffer.from(text.trim(), "base64");
}

/** Whether a key signed the module with that digest. */
export const isSigned = (digest: string, signature: Uint8Array, key: KeyObject): boolean =>
  verify(null, statement(digest), key, signature);
