export { DataSection } from "./data_section";
