/**
 * The module's two streams. They are made on first use, because the compiler meets the abort handler before any statement; that takes a decorator which TypeScript's
 * own parsers refuse on a variable, so they stand in this folder.
 *
 * @module
 */
import { Output } from "../console/output";

/** Descriptor 1. */
// @ts-ignore: decorator
@lazy
export const stdout: Output = new Output(1);
/** Descriptor 2. */
// @ts-ignore: decorator
@lazy
export const stderr: Output = new Output(2);
