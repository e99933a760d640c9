#include "cre2.h"

#include <re2/re2.h>

#include <new>

struct cre2_pattern {
  RE2 re;
  cre2_pattern(const re2::StringPiece &text, const RE2::Options &options) : re(text, options) {}
};

extern "C" cre2_pattern *cre2_compile(const char *text, size_t length, bool utf8, long memory) {
  RE2::Options options;
  options.set_encoding(utf8 ? RE2::Options::EncodingUTF8 : RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  options.set_max_mem(memory);
  return new (std::nothrow) cre2_pattern(re2::StringPiece(text, length), options);
}

extern "C" const char *cre2_error(const cre2_pattern *pattern) {
  return pattern->re.ok() ? nullptr : pattern->re.error().c_str();
}

extern "C" bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length,
                             bool whole) {
  re2::StringPiece piece(text, length);
  return whole ? RE2::FullMatch(piece, pattern->re) : RE2::PartialMatch(piece, pattern->re);
}

extern "C" bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t from,
                          size_t *start, size_t *end) {
  re2::StringPiece piece(text, length), match;
  if (!pattern->re.Match(piece, from, length, RE2::UNANCHORED, &match, 1)) return false;
  *start = match.data() - piece.data();
  *end = *start + match.size();
  return true;
}

extern "C" void cre2_free(cre2_pattern *pattern) { delete pattern; }
