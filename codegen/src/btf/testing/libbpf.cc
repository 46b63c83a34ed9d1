// An independent reader for the tests: what libbpf makes of the same BTF and the same objects, one
// line per fact.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>

namespace {

struct FreeBtf {
  void operator()(btf *value) const { btf__free(value); }
};
struct FreeDump {
  void operator()(btf_dump *value) const { btf_dump__free(value); }
};
struct FreeLinker {
  void operator()(bpf_linker *value) const { bpf_linker__free(value); }
};
struct FreeObject {
  void operator()(bpf_object *value) const { bpf_object__close(value); }
};

int silent(libbpf_print_level, const char *, va_list) { return 0; }

const char *orDash(const char *text) { return text ? text : "-"; }

void print(void *, const char *format, va_list args) { vprintf(format, args); }

// Field lines: name, bit offset, bits of a bitfield (0 if none), bytes of the type.
void walk(const btf *types, const btf_type *type, __u32 base) {
  const btf_member *member = btf_members(type);
  for (int i = 0; i < btf_vlen(type); i++, member++) {
    const __u32 offset = base + btf_member_bit_offset(type, i);
    const char *name = btf__name_by_offset(types, member->name_off);
    const btf_type *inner =
        btf__type_by_id(types, btf__resolve_type(types, member->type) < 0 ? 0 : member->type);
    while (btf_is_mod(inner) || btf_is_typedef(inner)) inner = btf__type_by_id(types, inner->type);
    if (*name == 0 && btf_is_composite(inner)) {
      walk(types, inner, offset);
      continue;
    }
    printf("f %s %u %u %lld\n", *name ? name : "-", offset, btf_member_bitfield_size(type, i),
           static_cast<long long>(btf__resolve_size(types, member->type)));
  }
}

int walkFile(const char *path, const char *basePath) {
  std::unique_ptr<btf, FreeBtf> base(basePath ? btf__parse(basePath, nullptr) : nullptr);
  std::unique_ptr<btf, FreeBtf> types(basePath ? btf__parse_split(path, base.get())
                                               : btf__parse(path, nullptr));
  if (!types) return 1;
  for (__u32 id = 1; id < btf__type_cnt(types.get()); id++) {
    const btf_type *type = btf__type_by_id(types.get(), id);
    if (!btf_is_composite(type) || type->name_off == 0) continue;
    printf("t %u %s %s %u\n", id, btf_is_struct(type) ? "STRUCT" : "UNION",
           btf__name_by_offset(types.get(), type->name_off), type->size);
    walk(types.get(), type, 0);
  }
  return 0;
}

int header(const char *path) {
  std::unique_ptr<btf, FreeBtf> types(btf__parse(path, nullptr));
  if (!types) return 1;
  std::unique_ptr<btf_dump, FreeDump> dump(btf_dump__new(types.get(), print, nullptr, nullptr));
  if (!dump) return 1;
  for (__u32 id = 1; id < btf__type_cnt(types.get()); id++)
    if (btf_dump__dump_type(dump.get(), id)) return 1;
  return 0;
}

int object(const char *path) {
  std::unique_ptr<bpf_object, FreeObject> object(bpf_object__open_file(path, nullptr));
  if (!object) return perror("open"), 1;
  bpf_map *map;
  bpf_object__for_each_map(map, object.get()) {
    size_t size = 0;
    const void *value = bpf_map__initial_value(map, &size);
    printf("m %s %s %u %u %u %u %llu %s %zu\n", bpf_map__name(map),
           orDash(libbpf_bpf_map_type_str(bpf_map__type(map))), bpf_map__key_size(map),
           bpf_map__value_size(map), bpf_map__max_entries(map), bpf_map__map_flags(map),
           static_cast<unsigned long long>(bpf_map__map_extra(map)),
           bpf_map__pin_path(map) ? "by_name" : "none", value ? size : 0);
  }
  bpf_program *program;
  bpf_object__for_each_program(program, object.get()) {
    printf("p %s %s %s %s %d %zu %d\n", bpf_program__name(program),
           bpf_program__section_name(program),
           orDash(libbpf_bpf_prog_type_str(bpf_program__type(program))),
           orDash(libbpf_bpf_attach_type_str(bpf_program__expected_attach_type(program))),
           bpf_program__expected_attach_type(program), bpf_program__insn_cnt(program),
           bpf_program__autoload(program));
  }
  const btf *types = bpf_object__btf(object.get());
  for (__u32 id = 1; id < btf__type_cnt(types); id++) {
    const btf_type *type = btf__type_by_id(types, id);
    if (!btf_is_datasec(type)) continue;
    const char *section = btf__name_by_offset(types, type->name_off);
    if (!strcmp(section, "license") || !strcmp(section, ".maps") || !strcmp(section, ".ksyms") ||
        strstr(section, "struct_ops"))
      continue;
    const btf_var_secinfo *info = btf_var_secinfos(type);
    for (int i = 0; i < btf_vlen(type); i++, info++) {
      const btf_type *variable = btf__type_by_id(types, info->type);
      printf("v %s %s %u %u\n", section, btf__name_by_offset(types, variable->name_off),
             info->offset, info->size);
    }
  }
  return 0;
}

int link(char **paths, int count) {
  std::unique_ptr<bpf_linker, FreeLinker> linker(bpf_linker__new(paths[0], nullptr));
  if (!linker) return 1;
  for (int i = 1; i < count; i++)
    if (bpf_linker__add_file(linker.get(), paths[i], nullptr)) return 1;
  return bpf_linker__finalize(linker.get()) ? 1 : 0;
}

}  // namespace

int main(int argc, char **argv) {
  libbpf_set_print(silent);
  if (argc < 3) return 2;
  if (!strcmp(argv[1], "walk")) return walkFile(argv[2], argc > 3 ? argv[3] : nullptr);
  if (!strcmp(argv[1], "header")) return header(argv[2]);
  if (!strcmp(argv[1], "object")) return object(argv[2]);
  if (!strcmp(argv[1], "link")) return link(argv + 2, argc - 2);
  return 2;
}
