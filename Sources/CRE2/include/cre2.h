#ifndef GITREL_CRE2_H
#define GITREL_CRE2_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled RE2 pattern. RE2 objects are immutable once built and may be used by many threads.
typedef struct cre2_pattern cre2_pattern;

/// Compiles `length` bytes of pattern over Latin-1 (`utf8` false) or UTF-8 text, bounded to
/// `memory` bytes. Never null unless memory is exhausted; ask `cre2_error` whether it compiled.
cre2_pattern *cre2_compile(const char *text, size_t length, bool utf8, long memory);

/// Null when the pattern compiled; else why not, valid as long as the pattern.
const char *cre2_error(const cre2_pattern *pattern);

/// Whether the whole of `text` matches (`whole`), or any part of it.
bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length, bool whole);

/// Finds the leftmost match that starts at `from` or later; what stands before `from` is still the
/// text before it for `^` and `\b`. `text` is not null and `from` at most `length`.
bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t from,
               size_t *start, size_t *end);

void cre2_free(cre2_pattern *pattern);

#ifdef __cplusplus
}
#endif
#endif
