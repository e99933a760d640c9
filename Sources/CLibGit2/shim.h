#include <git2.h>
#include <git2/sys/repository.h>
#include <git2/sys/odb_backend.h>
// zlib is libgit2's own dependency: loose objects are inflated with it (LooseObjects.swift says why).
#include <zlib.h>

// What Swift cannot import: a variadic function and a macro.

static inline int gitrel_option_switch(git_libgit2_opt_t option, int value) {
  return git_libgit2_opts(option, value);
}

static inline int gitrel_option_size(git_libgit2_opt_t option, ssize_t value) {
  return git_libgit2_opts(option, value);
}

static inline int gitrel_option_search_path(git_config_level_t level, const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

static inline int gitrel_option_extensions(const char **names, size_t count) {
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, count);
}

static inline int gitrel_inflate_start(z_stream *stream) { return inflateInit(stream); }
