# Translates LCOV records to Cobertura, lines only. Paths are made relative to `root`.
BEGIN {
  print "<?xml version=\"1.0\"?>"
  print "<coverage><packages><package name=\"gitrel\"><classes>"
}
/^SF:/ {
  name = substr($0, 4)
  if (index(name, root) == 1) name = substr(name, length(root) + 1)
  gsub(/&/, "\\&amp;", name)
  gsub(/</, "\\&lt;", name)
  gsub(/"/, "\\&quot;", name)
  printf "<class name=\"%s\" filename=\"%s\"><lines>\n", name, name
}
/^DA:/ {
  split(substr($0, 4), part, ",")
  printf "<line number=\"%s\" hits=\"%s\"/>\n", part[1], part[2]
}
/^end_of_record/ { print "</lines></class>" }
END { print "</classes></package></packages></coverage>" }
