import { loadPolicy } from "../file/load.js";
import type { Comparable } from "./compare.js";

/**
 * What a file grants.
 * @throws PolicyError
 */
export const loadComparable = (file: string): Promise<Comparable> => loadPolicy(file);
