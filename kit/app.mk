# The rules by which an application on Foobar is built, run and tested. Its own
# Makefile says no more than
#
#     include $(shell pkg-config --variable=app_mk foobar-app)
#
# and may set what stands under "settings" before that. What is where:
#
#     *.c, *.h          the application: pages, handlers, statements
#     templates/*.html  what draws the pages; compiled to C
#     templates/*.txt   what draws mail, as plain text; likewise
#     static/           files that nginx sends
#     locale/*.po       the words in other languages, if there are any; those of
#                       the engine, too, in a language that it does not speak
#     sql/migrations/   the database, step by step; the engine's own tables are
#                       there before, and are no files of the application
#     tests/*_test.c    programs with <foobar/test.h>
#     tests/data.sql    rows that every test finds, if there is such a file
#     build/            all that is made; `make clean` removes it

# ---------------------------------------------------------------- settings

PORT ?= 8080
BIND ?= 127.0.0.1
VAR ?= var
CONFIG ?=
LIBS ?= # libraries of the application itself: -lcrypt
SANITIZE ?= 0 # 1: with the address and undefined-behaviour sanitizers
V ?= 0

KIT := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../..)
KIT_SHARE := $(KIT)/share/foobar
KIT_BIN := $(KIT)/bin
FOOBARCTL := $(KIT_BIN)/foobarctl
APPSERVER := $(KIT_BIN)/foobar-appserver
TEMPLATE := $(KIT_BIN)/foobar-template
ifeq ($(strip $(SANITIZE)),1)
B := build/sanitize
else
B := build
endif

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help

ifeq ($(V),1)
Q :=
SAY := @:
else
Q := @
SAY := @printf '  %-5s %s\n'
endif

# ------------------------------------------------------------------- flags

CC := gcc
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
            -Wformat=2 -Werror -Wno-format-truncation
CPPFLAGS += -D_GNU_SOURCE -I $(KIT)/include -I $(B) -I . \
            -MMD -MP
CFLAGS += -std=c17 -g $(WARNINGS) -fvisibility=hidden -fno-common -fPIC \
          -fno-omit-frame-pointer
LDFLAGS += -Wl,--as-needed -Wl,-z,relro,-z,now
ifeq ($(strip $(SANITIZE)),1)
# The server itself is not built with the sanitizers, so it loads them first. A
# mistake that they find ends the worker as a crash does.
CFLAGS += -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
SANITIZERS := $(shell $(CC) -print-file-name=libasan.so):$(shell \
    $(CC) -print-file-name=libubsan.so)
export ASAN_OPTIONS ?= abort_on_error=1
export UBSAN_OPTIONS ?= print_stacktrace=1:abort_on_error=1
SANITIZED := env LD_PRELOAD=$(SANITIZERS) ASAN_OPTIONS=detect_leaks=0
else
CPPFLAGS += -D_FORTIFY_SOURCE=2
CFLAGS += -O2 -fstack-protector-strong
SANITIZERS :=
SANITIZED :=
endif
# Of the static library alone; the server has them in itself.
TEST_LIBS = $(shell pkg-config --static --libs foobar-app) \
    $(shell pkg-config --libs check)

# -------------------------------------------------------- the application

SITE := $(B)/site.so
SOURCES := $(wildcard *.c)
TEMPLATES := $(wildcard templates/*.html templates/*.txt)
GENERATED := $(patsubst %.txt,$(B)/%.txt.c, \
    $(patsubst %.html,$(B)/%.c,$(TEMPLATES)))
LANGUAGES := $(wildcard locale/*.po)
OBJECTS := $(patsubst %.c,$(B)/%.o,$(SOURCES)) $(GENERATED:.c=.o) \
    $(B)/catalogue.o
TEMPLATE_OF := $(TEMPLATE) --static static

# The compiler leaves a header alone that would not change, so that a word in
# a page rebuilds one file; the stamp is what make compares with.
$(B)/templates.h.stamp: $(TEMPLATES) $(TEMPLATE)
	$(SAY) TPL $(B)/templates.h
	@mkdir -p $(@D)
	$(Q)$(TEMPLATE_OF) --header $(B)/templates.h $(TEMPLATES)
	@touch $@

$(B)/templates.h: $(B)/templates.h.stamp ;

# It writes $@.d, which names the layout and the static files it has used.
$(B)/templates/%.c: templates/%.html $(TEMPLATE)
	$(SAY) TPL $<
	@mkdir -p $(@D)
	$(Q)$(TEMPLATE_OF) --source $@ $<

$(B)/templates/%.txt.c: templates/%.txt $(TEMPLATE)
	$(SAY) TPL $<
	@mkdir -p $(@D)
	$(Q)$(TEMPLATE_OF) --source $@ $<

# The words of the application in all its languages.
$(B)/catalogue.c: $(TEMPLATES) $(LANGUAGES) $(TEMPLATE)
	$(SAY) TPL $@
	@mkdir -p $(@D)
	$(Q)$(TEMPLATE_OF) --catalogue $@ $(TEMPLATES) $(LANGUAGES)

$(B)/catalogue.o: $(B)/catalogue.c
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# What translators have to translate: the words of templates, then those of C,
# also within templates.
POT := $(B)/app.pot
SPEAKERS := $(wildcard *.[ch]) $(GENERATED)
$(POT): $(TEMPLATES) $(SPEAKERS) $(TEMPLATE)
	$(SAY) POT $@
	$(Q)$(TEMPLATE_OF) --extract $@.templates $(TEMPLATES)
	$(Q)xgettext --language=C --from-code=UTF-8 --omit-header --force-po \
	    --keyword --keyword=fb_gettext:2 --keyword=fb_ngettext:2,3 \
	    --keyword=FB_WORDS --keyword=fb_words:2 --keyword=fb_pgettext:2c,3 \
	    --keyword=fb_npgettext:2c,3,4 \
	    -o $@.handlers $(SPEAKERS)
	$(Q)msgcat --use-first -o $@ $@.templates $@.handlers

$(B)/templates/%.o: $(B)/templates/%.c | $(B)/templates.h
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/%.o: %.c | $(B)/templates.h
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Replaced by rename: a running worker keeps the file it has mapped.
$(SITE): $(OBJECTS)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) -shared -o $@.new $^ $(LDFLAGS) $(LIBS) && mv $@.new $@

.SECONDARY: $(GENERATED)

# What nginx itself serves: static files, the error pages, the routes.
$(B)/share/routes: $(SITE) $(APPSERVER)
	$(SAY) GEN $@
	@mkdir -p $(@D)
	$(Q)$(SANITIZED) $(APPSERVER) --site $(SITE) --routes >$@.new && mv $@.new $@

$(B)/share/errors/404.html: $(SITE) $(APPSERVER)
	$(SAY) GEN $(@D)
	@mkdir -p $(@D)
	$(Q)$(SANITIZED) $(APPSERVER) --site $(SITE) --error-pages $(@D)

# Each file under its own name, for the world outside, and under the name that
# asset() gives it in a template.
$(B)/share/static/.stamp: $(shell find static -type f) $(TEMPLATE)
	$(SAY) COPY $(@D)
	@mkdir -p $(@D)
	$(Q)cp -r static/. $(@D)/
	$(Q)$(TEMPLATE) --assets static $(@D)
	$(Q)$(KIT_SHARE)/precompress $(@D)
	@touch $@

# ------------------------------------------------------------------- tests

TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/*_test.c))

$(B)/tests/%: tests/%.c $(OBJECTS) $(KIT)/lib/foobar/libfoobar-test.a
	$(SAY) TEST $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $< $(OBJECTS) $(LDFLAGS) $(LIBS) \
	    $(TEST_LIBS)

# ----------------------------------------------------------------- targets

CTL_OPTIONS := --build $(B) --var $(VAR) --bind $(BIND) --port $(PORT) \
    $(if $(CONFIG),--config $(CONFIG)) \
    $(if $(SANITIZERS),--app-preload $(SANITIZERS))
TEST_DATA := $(wildcard tests/data.sql)

# Whoever saves a file while `make dev` runs, and types `make test`, has two
# builds in one folder: they take turns.
IN_TURN := mkdir -p $(B) && flock $(B)/.turn $(MAKE)
.PHONY: built tests-built lint-built
built: $(SITE) $(B)/share/routes $(B)/share/errors/404.html $(B)/share/static/.stamp
tests-built: built $(TESTS)
lint-built: $(B)/templates.h $(if $(LANGUAGES),$(POT))

.PHONY: help build run up down reload status dev test translations lint clean
help: ## print this list
	@printf 'Targets:\n\n'
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | \
	    expand -t 16
	@printf '\nSettings: PORT=%s BIND=%s VAR=%s CONFIG= SANITIZE=0 V=0\n' \
	    '$(PORT)' '$(BIND)' '$(VAR)'

build: ## build everything (nothing is started)
	@$(IN_TURN) built

run: build ## start it in the foreground; Ctrl-C stops it
	@exec $(FOOBARCTL) run $(CTL_OPTIONS)

up: build ## the same in the background; returns when it answers
	@exec $(FOOBARCTL) up $(CTL_OPTIONS)

down: ## stop it
	@exec $(FOOBARCTL) down $(CTL_OPTIONS)

reload: build ## bring what was edited into the running one
	@exec $(FOOBARCTL) reload $(CTL_OPTIONS)

status: ## say which parts run
	@exec $(FOOBARCTL) status $(CTL_OPTIONS)

dev: build ## run it, and show what is saved at once, errors too
	@exec $(FOOBARCTL) dev $(CTL_OPTIONS) -- $(MAKE) build

test: ## run the tests, on a database of their own
	@$(IN_TURN) tests-built
	@exec $(FOOBARCTL) test --build $(B) --var $(B)/test \
	    $(if $(TEST_DATA),--data $(TEST_DATA)) -- \
	    env FOOBAR_PRELOAD=$(SANITIZERS) $(KIT_SHARE)/test $(APPSERVER) \
	    $(SITE) $(TESTS)

translations: $(POT) ## bring new words into the files of locale/
	@$(KIT_SHARE)/translations merge $(POT) $(KIT_SHARE)/locale/foobar.pot \
	    $(KIT_SHARE)/locale $(LANGUAGES)

lint: ## what can be found without running anything
	@$(IN_TURN) lint-built
	@BUILD=$(B) $(KIT_SHARE)/lint

clean: ## remove what was built
	rm -rf $(B)

-include $(wildcard $(B)/*.d $(B)/*/*.d)
