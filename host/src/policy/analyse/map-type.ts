import { MAP_TYPES } from "../../probe/map-types.js";

/** A map's type as libbpf and a policy name it; `kernel type 77` for one that this host does not know, which no policy grants. */
export const mapTypeName = (type: number): string =>
  MAP_TYPES.find(({ id }) => id === type)?.name ?? `kernel type ${type}`;
