export { LiveArrayMap, ScalarLiveArrayMap } from "./live_array_map";
