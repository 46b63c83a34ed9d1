import type { BackendMap, MapElements } from "../backend/backend.js";

/** What is called for each element: past whoever guards the map, because after a system call each function on the way costs. */
export const elementsOf = (map: BackendMap): MapElements => map.elements ?? map;
