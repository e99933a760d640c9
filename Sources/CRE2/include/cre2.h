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

/// How many capturing groups the pattern has.
int cre2_groups(const cre2_pattern *pattern);

/// Finds the leftmost match that lies within `from`..<`to` of `text`; what is around it counts for
/// `\b`, `^` and `$`. On success `span` holds where the match begins and ends and where `group` (0 to
/// 9) does; a group that took no part is at SIZE_MAX.
bool cre2_capture(const cre2_pattern *pattern, const char *text, size_t length, size_t from,
               size_t to, int group, size_t span[4]);

/// Whether it can be proven that every match of `pattern` holds one of `words`, compared without
/// regard to ASCII case. False also where the pattern does not compile.
bool cre2_implies(const char *pattern, size_t length, const char *const *words, size_t count);

void cre2_free(cre2_pattern *pattern);

#ifdef __cplusplus
}
#endif
#endif
