// What a module of wasm-bpf's examples does with files, as its C library does it: reads a configuration, writes a result, lists a directory, and tries what it must not.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char *what, int failed) {
    printf("%s: %s\n", what, failed ? strerror(errno) : "ok");
}

static void cat(const char *path) {
    char line[64];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        show(path, 1);
        return;
    }
    while (fgets(line, sizeof(line), file) != NULL) printf("%s: %s", path, line);
    fclose(file);
}

static void list(const char *path) {
    DIR *directory = opendir(path);
    if (directory == NULL) {
        show(path, 1);
        return;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            printf("%s has %s (%s)\n", path, entry->d_name, entry->d_type == DT_DIR ? "directory" : "file");
    closedir(directory);
}

int main(void) {
    struct stat state;
    cat("/etc/tool.conf");
    FILE *out = fopen("/out/result", "w+");
    if (out == NULL) return show("/out/result", 1), 1;
    fprintf(out, "42\n");
    fseek(out, 0, SEEK_SET);
    printf("read back %d\n", fgetc(out));
    fclose(out);
    out = fopen("/out/result", "a");
    fprintf(out, "43\n");
    fclose(out);
    show("mkdir", mkdir("/out/made", 0777));
    show("rename", rename("/out/result", "/out/made/result"));
    cat("/out/made/result");
    list("/out");
    show("stat", stat("/out/made/result", &state));
    printf("%lld bytes\n", (long long)state.st_size);
    cat("relative");
    show("write where only reading was granted", open("/etc/tool.conf", O_WRONLY) < 0);
    cat("/etc/passwd");
    cat("/out/../etc/passwd");
    cat("/out/link");
    show("symlink", symlink("/etc/passwd", "/out/mine"));
    return 0;
}
