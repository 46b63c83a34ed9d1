#include "describe.h"

#include "failure.h"
#include "map.h"

namespace wbpf {
js::Object DescribeMap(napi_env env, const bpf_map* map) {
  const Libbpf& lib = Lib();
  const MapFacts facts{static_cast<uint32_t>(lib.bpf_map__type(map)), lib.bpf_map__key_size(map),
                       lib.bpf_map__value_size(map), lib.bpf_map__max_entries(map),
                       lib.bpf_map__map_flags(map)};
  js::Object object(env);
  object.Set("name", js::Text(env, lib.bpf_map__name(map)));
  object.Set("internal", lib.bpf_map__is_internal(map));
  object.Set("type", facts.type);
  object.Set("typeName", js::Text(env, lib.libbpf_bpf_map_type_str(lib.bpf_map__type(map))));
  object.Set("keySize", facts.key_size);
  object.Set("valueSize", facts.value_size);
  object.Set("maxEntries", facts.max_entries);
  object.Set("flags", facts.flags);
  object.Set("valueBytes", static_cast<double>(ValueBytes(facts)));
  object.Set("pinPath", js::Text(env, lib.bpf_map__pin_path(map)));
  return object;
}

js::Object DescribeProgram(napi_env env, const bpf_program* program) {
  const Libbpf& lib = Lib();
  const enum bpf_attach_type attach = lib.bpf_program__expected_attach_type(program);
  js::Object object(env);
  object.Set("name", js::Text(env, lib.bpf_program__name(program)));
  object.Set("section", js::Text(env, lib.bpf_program__section_name(program)));
  object.Set("type", static_cast<uint32_t>(lib.bpf_program__type(program)));
  object.Set("typeName",
             js::Text(env, lib.libbpf_bpf_prog_type_str(lib.bpf_program__type(program))));
  object.Set("attachType", static_cast<uint32_t>(attach));
  object.Set("attachTypeName", js::Text(env, lib.libbpf_bpf_attach_type_str(attach)));
  object.Set("instructions", static_cast<double>(lib.bpf_program__insn_cnt(program)));
  object.Set("autoload", lib.bpf_program__autoload(program));
  return object;
}

js::Value TypeName(const js::Call& info) {
  const napi_env env = info.env();
  if (!RequireLibbpf(env)) return {};
  const Libbpf& lib = Lib();
  const int number = info[1].Int32();
  switch (info[0].Uint32()) {
    case 1:
      return js::Text(env, lib.libbpf_bpf_prog_type_str(static_cast<bpf_prog_type>(number)));
    case 2:
      return js::Text(env, lib.libbpf_bpf_map_type_str(static_cast<bpf_map_type>(number)));
    case 3:
      return js::Text(env, lib.libbpf_bpf_attach_type_str(static_cast<bpf_attach_type>(number)));
    case 4:
      return js::Text(env, lib.libbpf_bpf_link_type_str(static_cast<bpf_link_type>(number)));
    default:
      return {};
  }
}

}  // namespace wbpf
