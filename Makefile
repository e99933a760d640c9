# gitrel: `make demo` shows it, `make test` proves it, `make install` puts it in PREFIX.
# Every target installs what it needs with apt when something is missing, and says so.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
RELEASE = -c release --static-swift-stdlib --product gitrel
REPORTS = .build/reports

.PHONY: all build demo test lint bench install uninstall clean dependencies

all: build

dependencies:
	@.ci/dependencies

build: dependencies
	$(SWIFT) build $(RELEASE)

demo: dependencies
	@.ci/demo

# The reports of the last run stay in $(REPORTS): `gitrel attest` takes them as evidence.
test: dependencies
	@.ci/test $(REPORTS)

lint: dependencies
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	shellcheck hooks/* .ci/run .ci/dependencies .ci/demo .ci/test
	$(SWIFT) build --build-tests --enable-code-coverage --explicit-target-dependency-import-check error

bench: build
	@Benchmarks/run

# By rename, so that a hook that runs meanwhile never meets half a program.
install: build
	@binary=$$($(SWIFT) build $(RELEASE) --show-bin-path)/gitrel; \
	mkdir -p '$(DESTDIR)$(PREFIX)/bin' && \
	cp "$$binary" '$(DESTDIR)$(PREFIX)/bin/.gitrel.new' && \
	chmod 755 '$(DESTDIR)$(PREFIX)/bin/.gitrel.new' && \
	mv '$(DESTDIR)$(PREFIX)/bin/.gitrel.new' '$(DESTDIR)$(PREFIX)/bin/gitrel' && \
	"$$binary" install --hooks-dir '$(DESTDIR)$(PREFIX)/libexec/gitrel/hooks' \
	  --binary '$(PREFIX)/bin/gitrel' && \
	echo "installed $(DESTDIR)$(PREFIX)/bin/gitrel"

uninstall:
	rm -f '$(DESTDIR)$(PREFIX)/bin/gitrel'
	rm -rf '$(DESTDIR)$(PREFIX)/libexec/gitrel'

clean:
	rm -rf .build
