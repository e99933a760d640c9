#include "cre2.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <cstdint>
#include <new>
#include <string>
#include <vector>

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

extern "C" int cre2_groups(const cre2_pattern *pattern) {
  return pattern->re.NumberOfCapturingGroups();
}

extern "C" bool cre2_capture(const cre2_pattern *pattern, const char *text, size_t length,
                          size_t from, size_t to, int group, size_t span[4]) {
  re2::StringPiece groups[10];
  if (group < 0 || group > 9 || from > to || to > length) return false;
  if (!pattern->re.Match(re2::StringPiece(text, length), from, to, RE2::UNANCHORED, groups,
                         group + 1))
    return false;
  span[0] = groups[0].data() - text;
  span[1] = span[0] + groups[0].size();
  span[2] = groups[group].data() ? groups[group].data() - text : SIZE_MAX;
  span[3] = groups[group].data() ? span[2] + groups[group].size() : SIZE_MAX;
  return true;
}

static std::string lowercased(std::string text) {
  for (char &letter : text)
    if (letter >= 'A' && letter <= 'Z') letter += 'a' - 'A';
  return text;
}

// RE2 itself finds out which texts ("atoms") a match must hold. Those that hold one of the words are
// left out: when what remains cannot lead to a match, every match holds a word.
extern "C" bool cre2_implies(const char *pattern, size_t length, const char *const *words,
                             size_t count) {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  re2::FilteredRE2 filter(1);
  int id;
  if (filter.Add(re2::StringPiece(pattern, length), options, &id) != RE2::NoError) return false;
  std::vector<std::string> atoms;
  filter.Compile(&atoms);
  std::vector<int> rest;
  for (size_t i = 0; i < atoms.size(); i++) {
    bool holds = false;
    for (size_t j = 0; j < count; j++)
      holds = holds || atoms[i].find(lowercased(words[j])) != std::string::npos;
    if (!holds) rest.push_back(static_cast<int>(i));
  }
  // Without atoms nothing is filtered, and RE2 says so in the log only.
  if (rest.size() == atoms.size()) return false;
  std::vector<int> possible;
  filter.AllPotentials(rest, &possible);
  return possible.empty();
}

extern "C" void cre2_free(cre2_pattern *pattern) { delete pattern; }
