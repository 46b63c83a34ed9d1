export { ConstantSection } from "./constant_section";
export { DataSection } from "./data_section";
export { KernelConfig } from "./kernel_config";
