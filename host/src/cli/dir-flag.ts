import { UsageError } from "../errors.js";
import type { FileGrant } from "../wasi/files/grant.js";

/**
 * Adds the grant that a `--dir HOST[::GUEST][:ro]` asks for to those before it.
 *
 * @throws {@link UsageError} for one without a path
 */
export function addDirectory(text: string, before: readonly FileGrant[]): readonly FileGrant[] {
  const readOnly = text.endsWith(":ro");
  const paths = readOnly ? text.slice(0, -":ro".length) : text;
  const at = paths.indexOf("::");
  const host = at < 0 ? paths : paths.slice(0, at);
  const guest = at < 0 ? paths : paths.slice(at + 2);
  if (host === "" || guest === "") {
    throw new UsageError(
      `--dir '${text}': HOST[::GUEST][:ro] was expected, such as /var/lib/tool::/data:ro`,
    );
  }
  return [...before, { guest, host, access: readOnly ? "read" : "write" }];
}
