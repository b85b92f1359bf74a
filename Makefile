# Foobar: the complete website stack in C.
#
# `make` prints the targets. The rooms stand below in the order in which a
# request's data flows through them; README.md draws the picture.

# ---------------------------------------------------------------- settings

PORT ?= 8080
BIND ?= 127.0.0.1
VAR ?= var
CONFIG ?=
PREFIX ?= /usr/local
DESTDIR ?=
SANITIZE ?= 0
V ?= 0

ifeq ($(SANITIZE),1)
B := build/sanitize
else
B := build/release
endif

DEPS := build/deps
NGINX_SRC := $(DEPS)/usr/share/nginx/src

# A target's own shell stops at the first error, also inside a pipe.
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
AR := gcc-ar

# Messages are cut to their buffers on purpose (snprintf), hence the last one.
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
            -Wformat=2 -Werror -Wno-format-truncation
CPPFLAGS := -D_GNU_SOURCE -DFOOBAR_VERSION=\"$(shell cat VERSION)\" -MMD -MP
CFLAGS := -std=c17 -g $(WARNINGS) -fvisibility=hidden -fno-common
LDFLAGS := -Wl,--as-needed

ifeq ($(SANITIZE),1)
# -fno-omit-frame-pointer and -O1 keep the sanitizers' reports readable.
CFLAGS += -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
          -fno-sanitize-recover=all
LDFLAGS += -fsanitize=address,undefined
else
CPPFLAGS += -D_FORTIFY_SOURCE=2
CFLAGS += -O2 -fstack-protector-strong -fstack-clash-protection
LDFLAGS += -Wl,-z,relro,-z,now
endif

EXE_CFLAGS := -fPIE
EXE_LDFLAGS := -pie
SO_CFLAGS := -fPIC

# What each room may include: the arrows of ARCHITECTURE.md, as paths.
# A room that is not named here cannot be reached from it.
MARIADB_INC := -isystem /usr/include/mariadb
# FOOBAR_ENGINE lets the engine make safe HTML (foobar/html.h).
ENGINE_INC := -DFOOBAR_ENGINE -I appserver/api -I wire $(MARIADB_INC)
SITE_INC := -I appserver/api -I $(B)/site -I site

$(B)/appserver/engine/%.o: appserver/engine/%.c
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) $(ENGINE_INC) -c -o $@ $<

$(B)/appserver/tools/%.o: appserver/tools/%.c
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) -I appserver/engine \
	    $(ENGINE_INC) -c -o $@ $<

$(B)/ops/%.o: ops/%.c
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) -c -o $@ $<

$(B)/sql/%.o: sql/%.c
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) -c -o $@ $<

# ------------------------------------------------------ ngx_foobar_module/
# nginx's own build makes the module; it keeps its own dependencies, so we
# ask it each time and only configure when `config` or nginx changed.

MODULE := $(B)/ngx_http_foobar_module.so
MODULE_BUILD := $(B)/nginx
MODULE_SOURCES := $(wildcard ngx_foobar_module/*.[ch]) wire/foobar_wire.h

# Nobody replaces functions of a module, and nginx binds it at once: so calls
# need no detour, of which a request would make a hundred.
MODULE_CC_OPT := -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 \
                 -fno-semantic-interposition -fno-plt
ifeq ($(SANITIZE),1)
MODULE_CC_OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
                 -fno-sanitize-recover=all
endif

# A configure that was cut off leaves files that look whole; hence the mark.
$(MODULE_BUILD)/configured: ngx_foobar_module/config VERSION $(NGINX_SRC)/configure
	$(SAY) CONF 'nginx module'
	@mkdir -p $(B)
	$(Q)cd $(NGINX_SRC) && ./configure --builddir=$(CURDIR)/$(MODULE_BUILD) \
	    --with-compat --with-cc-opt="$(MODULE_CC_OPT)" \
	    --add-dynamic-module=$(CURDIR)/ngx_foobar_module \
	    >$(CURDIR)/$(B)/nginx-configure.log 2>&1 || \
	    { tail -n 20 $(CURDIR)/$(B)/nginx-configure.log; exit 1; }
	@touch $@

$(MODULE): $(MODULE_BUILD)/configured $(MODULE_SOURCES)
	$(SAY) MOD $@
	$(Q)$(MAKE) -C $(NGINX_SRC) -f $(CURDIR)/$(MODULE_BUILD)/Makefile modules \
	    >$(B)/nginx-make.log 2>&1 || { cat $(B)/nginx-make.log; exit 1; }
	$(Q)cp $(MODULE_BUILD)/ngx_http_foobar_module.so $@.new && mv $@.new $@

# --------------------------------------------------------------- appserver/

ENGINE_LIB := $(B)/libfoobar-engine.a
ENGINE_CATALOGUE := $(B)/appserver/engine/catalogue.c
ENGINE_OBJECTS := $(patsubst %.c,$(B)/%.o, \
    $(filter-out appserver/engine/main.c,$(wildcard appserver/engine/*.c))) \
    $(ENGINE_CATALOGUE:.c=.o)
ENGINE_LIBS := -lfcgi -lmariadb -lsodium -lutf8proc -lcrypto -lseccomp -ldl \
    -loath -lqrencode -ljansson -lcurl -lidn2 -lcmark-gfm-extensions -lcmark-gfm -ljpeg -lspng -lwebpdemux \
    -lwebp -llcms2 -lm

$(ENGINE_LIB): $(ENGINE_OBJECTS)
	$(SAY) AR $@
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# --whole-archive and -rdynamic: site.so finds the functions of the API here.
# Only those marked FB_API are visible.
APPSERVER := $(B)/foobar-appserver
$(APPSERVER): $(B)/appserver/engine/main.o $(ENGINE_LIB)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) -rdynamic -o $@ $< \
	    -Wl,--whole-archive $(ENGINE_LIB) -Wl,--no-whole-archive \
	    $(LDFLAGS) $(ENGINE_LIBS)

# What tests of an application are linked with: the engine as one object, of
# which only the API is visible, so that no name of it meets one of theirs.
TEST_LIB := $(B)/libfoobar-test.a
TEST_LIB_OBJECTS := $(ENGINE_OBJECTS) $(B)/appserver/testing/test.o
$(B)/appserver/testing/%.o: appserver/testing/%.c
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) -I appserver/testing \
	    -I appserver/engine $(ENGINE_INC) -c -o $@ $<

$(TEST_LIB): $(TEST_LIB_OBJECTS)
	$(SAY) AR $@
	@rm -f $@
	$(Q)$(CC) -r -nostdlib -o $(B)/libfoobar-test.o $^
	$(Q)objcopy --localize-hidden $(B)/libfoobar-test.o
	$(Q)$(AR) rcs $@ $(B)/libfoobar-test.o

MIGRATE := $(B)/foobar-migrate
MIGRATE_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard appserver/tools/migrate*.c))
$(MIGRATE): $(MIGRATE_OBJECTS) $(ENGINE_LIB)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) -o $@ $^ $(LDFLAGS) $(ENGINE_LIBS)

TEMPLATE := $(B)/foobar-template
TEMPLATE_OBJECTS := $(patsubst %.c,$(B)/%.o, \
    $(wildcard appserver/tools/template*.c))
$(TEMPLATE): $(TEMPLATE_OBJECTS)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) -o $@ $^ $(LDFLAGS) -lcrypto

# What the engine itself says to visitors, in all its languages. The list of it
# is made twice: for translators of the engine, and for those of applications,
# whose files have these words under the context "foobar". The second one is kept
# in the repository, so that nothing but make translations needs gettext.
ENGINE_LANGUAGES := $(wildcard appserver/locale/*.po)
$(ENGINE_CATALOGUE): $(ENGINE_LANGUAGES) $(TEMPLATE)
	$(SAY) TPL $@
	@mkdir -p $(@D)
	$(Q)$(TEMPLATE) --name engine_catalogue --catalogue $@ $(ENGINE_LANGUAGES)

$(ENGINE_CATALOGUE:.c=.o): $(ENGINE_CATALOGUE)
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) $(ENGINE_INC) -c -o $@ $<

ENGINE_POT := $(B)/appserver/engine.pot
$(ENGINE_POT): $(wildcard appserver/engine/*.c)
	$(SAY) POT $@
	@mkdir -p $(@D)
	$(Q)xgettext --language=C --from-code=UTF-8 --omit-header --force-po \
	    --add-location=file --keyword --keyword=WORDS -o $@ $^

$(B)/appserver/foobar.pot: $(ENGINE_POT)
	$(SAY) POT $@
	$(Q)sed 's/^msgid /msgctxt "foobar"\n&/' $< >$@

# -------------------------------------------------------------------- site/

SITE := $(B)/site.so
SITE_TEMPLATES := $(wildcard site/templates/*.html site/templates/*.txt)
SITE_HEADER := $(B)/site/templates.h
SITE_GENERATED := $(patsubst %.txt,$(B)/%.txt.c, \
    $(patsubst %.html,$(B)/%.c,$(SITE_TEMPLATES)))
SITE_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard site/*.c)) \
    $(SITE_GENERATED:.c=.o) $(B)/site/catalogue.o
SITE_LANGUAGES := $(wildcard site/locale/*.po)
SITE_TEMPLATE := $(TEMPLATE) --static site/static

# The compiler leaves a header alone that would not change, so that a word in
# a page rebuilds one file; the stamp is what make compares with.
$(SITE_HEADER).stamp: $(SITE_TEMPLATES) $(TEMPLATE)
	$(SAY) TPL $(SITE_HEADER)
	@mkdir -p $(@D)
	$(Q)$(SITE_TEMPLATE) --header $(SITE_HEADER) $(SITE_TEMPLATES)
	@touch $@

$(SITE_HEADER): $(SITE_HEADER).stamp ;

# It writes $@.d, which names the layout and the static files it has used.
$(B)/site/templates/%.c: site/templates/%.html $(TEMPLATE)
	$(SAY) TPL $<
	@mkdir -p $(@D)
	$(Q)$(SITE_TEMPLATE) --source $@ $<

$(B)/site/templates/%.txt.c: site/templates/%.txt $(TEMPLATE)
	$(SAY) TPL $<
	@mkdir -p $(@D)
	$(Q)$(SITE_TEMPLATE) --source $@ $<

# The words of the site in all languages.
$(B)/site/catalogue.c: $(SITE_TEMPLATES) $(SITE_LANGUAGES) $(TEMPLATE)
	$(SAY) TPL $@
	@mkdir -p $(@D)
	$(Q)$(SITE_TEMPLATE) --catalogue $@ $(SITE_TEMPLATES) $(SITE_LANGUAGES)

# What translators have to translate: the words of templates, then those of
# C, also within templates. `make translations` brings it into the files of all languages.
SITE_POT := $(B)/site/site.pot
SITE_SPEAKERS := $(wildcard site/*.[ch]) $(SITE_GENERATED)
$(SITE_POT): $(SITE_TEMPLATES) $(SITE_SPEAKERS) $(TEMPLATE)
	$(SAY) POT $@
	@mkdir -p $(@D)
	$(Q)$(SITE_TEMPLATE) --extract $@.templates $(SITE_TEMPLATES)
	$(Q)xgettext --language=C --from-code=UTF-8 --omit-header --force-po \
	    --keyword --keyword=fb_gettext:2 --keyword=fb_ngettext:2,3 \
	    --keyword=FB_WORDS --keyword=fb_words:2 --keyword=fb_pgettext:2c,3 \
	    --keyword=fb_npgettext:2c,3,4 \
	    -o $@.handlers \
	    $(SITE_SPEAKERS)
	$(Q)msgcat --use-first -o $@ $@.templates $@.handlers

$(B)/site/catalogue.o: $(B)/site/catalogue.c
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SO_CFLAGS) $(SITE_INC) -c -o $@ $<

$(B)/site/templates/%.o: $(B)/site/templates/%.c | $(SITE_HEADER)
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SO_CFLAGS) $(SITE_INC) \
	    -c -o $@ $<

$(B)/site/%.o: site/%.c | $(SITE_HEADER)
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SO_CFLAGS) $(SITE_INC) -c -o $@ $<

# Replaced by rename: a running worker keeps the file it has mapped.
$(SITE): $(SITE_OBJECTS)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) -shared -o $@.new $^ $(LDFLAGS) && mv $@.new $@

.SECONDARY: $(SITE_GENERATED)

.PHONY: translations
translations: deps ## bring new words of site and engine into their files of languages
	@ops/deps lint
	@$(MAKE) $(SITE_POT) $(ENGINE_POT) $(B)/appserver/foobar.pot
	@kit/translations merge $(SITE_POT) $(B)/appserver/foobar.pot \
	    appserver/locale $(SITE_LANGUAGES)
	@kit/translations merge $(ENGINE_POT) /dev/null /dev/null \
	    $(ENGINE_LANGUAGES)
	@cp $(B)/appserver/foobar.pot appserver/locale

# What nginx itself serves: static files, the error pages, the routes.
SHARE := $(B)/share
STATIC_FILES := $(shell find site/static -type f)

$(SHARE)/routes: $(SITE) $(APPSERVER)
	$(SAY) GEN $@
	@mkdir -p $(SHARE)
	$(Q)$(APPSERVER) --site $(SITE) --routes >$@.new && mv $@.new $@

$(SHARE)/errors/404.html: $(SITE) $(APPSERVER)
	$(SAY) GEN $(SHARE)/errors
	@mkdir -p $(SHARE)/errors
	$(Q)$(APPSERVER) --site $(SITE) --error-pages $(SHARE)/errors

# Each file under its own name, for the world outside, and under the name that
# asset() gives it in a template.
$(SHARE)/static/.stamp: $(STATIC_FILES) $(TEMPLATE) $(B)/foobar-demo \
    $(wildcard sql/demo/*.txt) site/precompress
	$(SAY) COPY $(SHARE)/static
	@mkdir -p $(SHARE)/static/products
	$(Q)cp -r site/static/. $(SHARE)/static/
	$(Q)$(TEMPLATE) --assets site/static $(SHARE)/static
	$(Q)$(B)/foobar-demo --pictures sql/demo $(SHARE)/static/products
	$(Q)site/precompress $(SHARE)/static
	@touch $@

# --------------------------------------------------------------------- sql/

DEMO_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard sql/demo/*.c))
$(B)/foobar-demo: $(DEMO_OBJECTS)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) -o $@ $^ $(LDFLAGS)

# Prints sql/schema.sql; used by who changes the schema, and by a test.
$(B)/sql/schema.o: CPPFLAGS += $(MARIADB_INC)
$(B)/foobar-schema: $(B)/sql/schema.o
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) -o $@ $^ $(LDFLAGS) -lmariadb

$(B)/demo.sql: $(B)/foobar-demo $(wildcard sql/demo/*.txt)
	$(SAY) GEN $@
	$(Q)$(B)/foobar-demo --sql sql/demo >$@.new && mv $@.new $@

# --------------------------------------------------------------------- ops/

FOOBARCTL := $(B)/foobarctl
FOOBARCTL_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard ops/foobarctl/*.c))
$(FOOBARCTL): $(FOOBARCTL_OBJECTS)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) -o $@ $^ $(LDFLAGS) -lresolv

# ------------------------------------------------------------------- bench/
# An application of its own on the engine, built as site/ is, and the program
# that turns the measurements into tables and a drawing. Nothing of it is
# built or run by `make test` but the statistics.

BENCH_APP := $(B)/bench.so
BENCH_TEMPLATES := $(wildcard bench/app/templates/*.html)
BENCH_HEADER := $(B)/bench/app/templates.h
BENCH_GENERATED := $(patsubst %.html,$(B)/%.c,$(BENCH_TEMPLATES))
BENCH_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard bench/app/*.c)) \
    $(BENCH_GENERATED:.c=.o)
BENCH_INC := -I appserver/api -I $(B)/bench/app -I bench/app

$(BENCH_HEADER): $(BENCH_TEMPLATES) $(TEMPLATE)
	$(SAY) TPL $@
	@mkdir -p $(@D)
	$(Q)$(TEMPLATE) --header $@ $(BENCH_TEMPLATES)

$(B)/bench/app/templates/%.c: bench/app/templates/%.html $(TEMPLATE)
	$(SAY) TPL $<
	@mkdir -p $(@D)
	$(Q)$(TEMPLATE) --source $@ $<

$(B)/bench/app/templates/%.o: $(B)/bench/app/templates/%.c | $(BENCH_HEADER)
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SO_CFLAGS) $(BENCH_INC) -c -o $@ $<

$(B)/bench/app/%.o: bench/app/%.c | $(BENCH_HEADER)
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SO_CFLAGS) $(BENCH_INC) -c -o $@ $<

$(BENCH_APP): $(BENCH_OBJECTS)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) -shared -o $@.new $^ $(LDFLAGS) -lcrypt && \
	    mv $@.new $@

$(B)/share/bench-routes: $(BENCH_APP) $(APPSERVER)
	$(SAY) GEN $@
	@mkdir -p $(@D)
	$(Q)$(APPSERVER) --site $(BENCH_APP) --routes >$@.new && mv $@.new $@

.SECONDARY: $(BENCH_GENERATED)

BENCH_REPORT := $(B)/bench-report
BENCH_REPORT_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard bench/report/*.c))
$(B)/bench/report/%.o: bench/report/%.c
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) -c -o $@ $<

$(BENCH_REPORT): $(BENCH_REPORT_OBJECTS)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) -o $@ $^ $(LDFLAGS) -lm

# The unit test of the statistics links against the parts of the report.
BENCH_TEST := $(B)/tests/unit/bench_results_test
BENCH_TEST_PARTS := $(B)/bench/report/lanes.o $(B)/bench/report/results.o \
    $(B)/bench/report/tables.o
$(BENCH_TEST): tests/unit/bench_results_test.c $(BENCH_TEST_PARTS)
	$(SAY) TEST $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) $(EXE_LDFLAGS) \
	    -I tests/unit -I bench/report -o $@ $^ $(LDFLAGS) $(CHECK_LIBS)

BENCH_PACED := $(B)/bench-paced
$(BENCH_PACED): bench/paced.c
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) $(EXE_LDFLAGS) -o $@ $^ \
	    $(LDFLAGS)

# Asks the database without a page: what the pages' statements cost at least.
BENCH_LIMIT := $(B)/bench-limit
$(BENCH_LIMIT): bench/limit.c bench/app/statements.h
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(MARIADB_INC) $(CFLAGS) $(EXE_CFLAGS) -pthread \
	    $(EXE_LDFLAGS) -o $@ $< $(LDFLAGS) -lmariadb

# The drawing of a page by itself, beside Google's ctemplate, which is C++.
BENCH_DRAWING := $(B)/bench-drawing
DRAWING := $(B)/bench/drawing
DRAWING_INC := $(ENGINE_INC) -I appserver/engine -I $(DRAWING) -I bench/drawing
$(DRAWING)/templates.h: bench/drawing/templates/comments.html $(TEMPLATE)
	$(SAY) TPL $@
	@mkdir -p $(@D)
	$(Q)$(TEMPLATE) --header $@ $<

$(DRAWING)/comments.c: bench/drawing/templates/comments.html $(TEMPLATE)
	$(SAY) TPL $<
	@mkdir -p $(@D)
	$(Q)$(TEMPLATE) --source $@ $<

$(DRAWING)/theirs.o: bench/drawing/theirs.cc
	$(SAY) C++ $<
	@mkdir -p $(@D)
	$(Q)g++ -std=c++17 -g -O2 -Wall -Wextra -Werror -fPIE -I bench/drawing \
	    -c -o $@ $<

$(BENCH_DRAWING): bench/drawing/drawing.c $(DRAWING)/comments.c \
    $(DRAWING)/theirs.o $(ENGINE_LIB) | $(DRAWING)/templates.h
	$(SAY) LD $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) $(EXE_LDFLAGS) \
	    $(DRAWING_INC) -o $@ $^ $(LDFLAGS) -lctemplate -lstdc++ $(ENGINE_LIBS)

.PHONY: bench bench-quick bench-neighbours bench-surge bench-routes bench-static \
    bench-drawing bench-deps bench-peers bench-programs
bench-programs: $(MODULE) $(APPSERVER) $(BENCH_APP) $(B)/share/bench-routes \
    $(BENCH_REPORT) $(BENCH_PACED) $(BENCH_LIMIT)
	@:

bench-deps:
	@ops/deps run bench

# Packages of some peers carry a version in their names: a group for each
# release. The bench goes on without a peer that cannot be had, and says so.
DEBIAN = $$(. /etc/os-release && echo "$$VERSION_ID")
bench-peers: bench-deps
	@for peer in php-$(DEBIAN) node go-$(DEBIAN) lua-$(DEBIAN); do \
	    ops/deps bench-$$peer || echo "bench: without $$peer" >&2; \
	done

bench: bench-peers ## measure us and the peers side by side, half an hour
	@$(MAKE) bench-programs
	@bench/run --build $(B)

bench-routes: ## what 10,000 routes cost beside 10, in a minute
	@ops/deps run bench
	@$(MAKE) $(MODULE)
	@bench/routes --build $(B)

bench-static: ## what a static file costs beside nginx's own, in 3 minutes
	@ops/deps run bench full
	@$(MAKE) $(MODULE)
	@bench/static --build $(B)

bench-quick: bench-peers ## the same in less than 3 minutes, less exactly
	@$(MAKE) bench-programs
	@bench/run --build $(B) --quick

bench-drawing: bench-deps ## how long drawing a page takes, beside ctemplate
	@$(MAKE) $(BENCH_DRAWING)
	@$(BENCH_DRAWING) bench/drawing/theirs.tpl

bench-neighbours: bench-deps ## how fast requests fare beside slow ones
	@$(MAKE) bench-programs
	@bench/neighbours --build $(B)

bench-surge: bench-deps ## three times as many requests as can be answered
	@$(MAKE) bench-programs
	@bench/surge --build $(B)

# ------------------------------------------------------------------- tests/
# A unit test links against the parts of all rooms but their main functions.

UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%, \
    $(wildcard tests/unit/*_test.c))
TEST_PARTS := $(B)/libfoobar-parts.a
TEST_OBJECTS := $(ENGINE_OBJECTS) \
    $(filter-out %/migrate.o,$(MIGRATE_OBJECTS)) \
    $(filter-out %/template.o,$(TEMPLATE_OBJECTS)) \
    $(filter-out %/foobarctl.o,$(FOOBARCTL_OBJECTS)) \
    $(patsubst %.c,$(B)/%.o,$(wildcard ngx_foobar_module/foobar_*.c))
TEST_INC := -I tests/unit -I appserver/engine -I appserver/tools \
    -I ngx_foobar_module -I ops/foobarctl $(ENGINE_INC)
CHECK_LIBS = $(shell pkg-config --libs check)

# The module's route table is plain C; here it is built without nginx.
$(B)/ngx_foobar_module/%.o: ngx_foobar_module/%.c
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) -I wire -c -o $@ $<

$(TEST_PARTS): $(TEST_OBJECTS)
	$(SAY) AR $@
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(B)/tests/unit/%: tests/unit/%.c $(TEST_PARTS)
	$(SAY) TEST $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) $(EXE_LDFLAGS) $(TEST_INC) \
	    -o $@ $< $(TEST_PARTS) $(LDFLAGS) $(ENGINE_LIBS) $(CHECK_LIBS)

# The runner's helper, and the programs that functional tests start.
$(B)/tests/%: tests/%.c
	$(SAY) TEST $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) $(EXE_LDFLAGS) -o $@ $< \
	    $(LDFLAGS) -lfcgi -pthread

$(B)/tests/functional/smtp_server: LDFLAGS += -lssl -lcrypto
$(B)/tests/functional/make_picture: LDFLAGS += -ljpeg -lspng -lwebp

# The applications of the engine's own tests.
$(B)/tests/%.so: tests/app/%.c
	$(SAY) TEST $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SO_CFLAGS) -I appserver/api -shared \
	    -MT $@ -o $@.new $< $(LDFLAGS) && mv $@.new $@

# Fuzzers are built by clang, and with them all that they may call.
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%, \
    $(wildcard tests/fuzz/*.c))
FUZZ_SOURCES := $(filter-out %/main.c,$(wildcard appserver/engine/*.c)) \
    $(ENGINE_CATALOGUE) \
    $(filter-out %/migrate.c %/template.c,$(wildcard appserver/tools/*.c)) \
    $(wildcard ngx_foobar_module/foobar_*.c)
$(B)/tests/fuzz/%: tests/fuzz/%.c $(FUZZ_SOURCES)
	$(SAY) FUZZ $@
	@mkdir -p $(@D)
	$(Q)clang -std=c17 -D_GNU_SOURCE -DFOOBAR_VERSION=\"fuzz\" -g -O1 \
	    -fno-omit-frame-pointer \
	    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    $(TEST_INC) -o $@ $^ $(ENGINE_LIBS)

# Its requests are for the pages of the engine's tests.
$(B)/tests/fuzz/fastcgi_fuzz: tests/app/app.c

# The site's own tests call its pages without a server (foobar/test.h).
SITE_TESTS := $(patsubst tests/site/%.c,$(B)/tests/site/%, \
    $(wildcard tests/site/*_test.c))
$(B)/tests/site/%: tests/site/%.c $(SITE_OBJECTS) $(TEST_LIB)
	$(SAY) TEST $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) $(EXE_LDFLAGS) \
	    -I appserver/testing $(SITE_INC) -o $@ $< $(SITE_OBJECTS) $(TEST_LIB) $(LDFLAGS) $(ENGINE_LIBS) \
	    $(CHECK_LIBS)

# An application of the tests, called without a server as a site is.
$(B)/tests/uploads_test: tests/app/uploads_test.c tests/app/uploads.c $(TEST_LIB)
	$(SAY) TEST $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXE_CFLAGS) $(EXE_LDFLAGS) \
	    -I appserver/testing -I appserver/api -MT $@ -o $@ $^ $(LDFLAGS) \
	    $(ENGINE_LIBS) $(CHECK_LIBS)

TEST_PROGRAMS := $(UNIT_TESTS) $(SITE_TESTS) $(B)/tests/app.so $(B)/tests/writer.so $(B)/tests/forms.so $(B)/tests/accounts.so $(B)/tests/factors.so $(B)/tests/jobs.so $(B)/tests/mail.so $(B)/tests/uploads.so $(B)/tests/uploads_test $(B)/tests/bounded \
    $(patsubst tests/functional/%.c,$(B)/tests/functional/%, \
        $(wildcard tests/functional/*.c))

# -------------------------------------------------------------------- docs/

# The manual page of the module is its page of docs/ in another form; who
# changes the page makes it anew, and a test compares.
.PHONY: manual
manual: ## make the module's manual page from docs/nginx-module.md
	awk -f docs/manual.awk docs/nginx-module.md \
	    >docs/man/ngx_http_foobar_module.8

# `man fb_select` finds the page of its header: each name in NAME is a link to it.
.PHONY: install-docs
install-docs:
	install -d $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 $(wildcard docs/man/*.8) $(DESTDIR)$(PREFIX)/share/man/man8
	install -d $(DESTDIR)$(PREFIX)/share/man/man3
	install -m 644 $(wildcard docs/man/*.3) $(DESTDIR)$(PREFIX)/share/man/man3
	for page in docs/man/*.3; do \
	    for name in $$(sed -nE '/^\.Sh SYN/q; s/^\.Nm (\w+).*/\1/p' "$$page"); do \
	        [ "$$name.3" = "$${page##*/}" ] || ln -sf "$${page##*/}" \
	            "$(DESTDIR)$(PREFIX)/share/man/man3/$$name.3"; \
	    done; done

# --------------------------------------------------------------- installing
# The configuration examples are written for /usr; here they get the paths of
# PREFIX. Nothing under /etc is touched, and no service is enabled.

TO := $(DESTDIR)$(PREFIX)
SHARED := $(PREFIX)/share/foobar
EXAMPLE_PATHS := \
    -e 's|modules/ngx_http_foobar_module.so|$(PREFIX)/lib/nginx/&|' \
    -e 's|/etc/foobar/routes|$(SHARED)/routes|' \
    -e 's|/usr/share/foobar/|$(SHARED)/|'

# From nginx 1.25.1 on, HTTP/2 is a directive of its own.
EXAMPLE_HTTP2 = $(shell \
    awk '$$2 == "nginx_version" && $$3 >= 1025001 { print "-f ops/http2.sed" }' \
    $(NGINX_SRC)/src/core/nginx.h)

.PHONY: install
install: all install-docs install-kit ## copy what runs a site under PREFIX (DESTDIR goes before it)
	install -d $(TO)/bin $(TO)/lib/foobar $(TO)/lib/nginx/modules \
	    $(TO)/include/foobar $(TO)/lib/systemd/system $(TO)/lib/tmpfiles.d \
	    $(TO)/share/foobar/sql/engine $(TO)/share/foobar/sql/migrations \
	    $(TO)/share/doc/foobar
	install -m 755 $(APPSERVER) $(MIGRATE) $(TEMPLATE) $(FOOBARCTL) $(TO)/bin
	install -m 644 $(SITE) $(TO)/lib/foobar
	install -m 644 $(MODULE) $(TO)/lib/nginx/modules
	install -m 644 appserver/api/foobar/*.h $(TO)/include/foobar
	install -m 644 sql/engine/*.sql $(TO)/share/foobar/sql/engine
	install -m 644 sql/migrations/*.sql $(TO)/share/foobar/sql/migrations
	cp -r --preserve=timestamps $(SHARE)/routes $(SHARE)/errors \
	    $(SHARE)/static $(TO)/share/foobar
	install -m 644 README.md CHANGELOG.md LICENSE docs/nginx-module.md docs/accounts.md docs/uploads.md docs/templates.md docs/tutorial.md \
	    $(TO)/share/doc/foobar
	sed $(EXAMPLE_PATHS) $(EXAMPLE_HTTP2) nginx.conf.example \
	    >$(TO)/share/doc/foobar/nginx.conf.example
	install -m 644 ops/systemd/foobar.conf $(TO)/lib/tmpfiles.d
	for unit in ops/systemd/*.service ops/systemd/*.socket; do \
	    sed 's|/usr/local/|$(PREFIX)/|' "$$unit" \
	        >$(TO)/lib/systemd/system/"$${unit##*/}"; done

# What an application of one's own is built with. nginx comes along because a
# module fits the one nginx that it was built for; the package of Debian is not
# installed on a machine that only builds.
KIT_TO := $(TO)/share/foobar
.PHONY: install-kit
install-kit: all $(TEST_LIB)
	install -d $(TO)/lib/foobar $(TO)/lib/pkgconfig $(TO)/include/foobar \
	    $(KIT_TO)/nginx
	install -m 644 $(TEST_LIB) $(TO)/lib/foobar
	install -m 644 appserver/testing/foobar/test.h $(TO)/include/foobar
	install -m 755 $(DEPS)/usr/sbin/nginx $(TO)/lib/foobar
	install -m 644 $(DEPS)/etc/nginx/mime.types $(KIT_TO)/nginx
	install -m 644 nginx.conf.example $(KIT_TO)/nginx.conf
	install -m 644 kit/app.mk kit/lint.awk $(KIT_TO)
	install -m 755 kit/lint kit/test kit/translations site/precompress $(KIT_TO)
	install -d $(KIT_TO)/locale
	install -m 644 appserver/locale/foobar.pot $(ENGINE_LANGUAGES) $(KIT_TO)/locale
	install -m 755 sql/check.sh $(KIT_TO)/check-migrations
	rm -rf $(KIT_TO)/skeleton $(KIT_TO)/empty
	cp -r kit/skeleton kit/empty $(KIT_TO)
	install -m 644 .clang-format .clang-tidy $(KIT_TO)/skeleton
	install -d $(KIT_TO)/empty/static $(KIT_TO)/empty/sql/migrations
	cd $(KIT_TO)/skeleton && cp -r .clang-format .clang-tidy .gitignore \
	    Makefile static ../empty
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBS@|$(ENGINE_LIBS)|' \
	    -e "s|@VERSION@|$$(cat VERSION)|" kit/foobar-app.pc.in \
	    >$(TO)/lib/pkgconfig/foobar-app.pc

# ------------------------------------------------------------------ running

PROGRAMS := $(MODULE) $(APPSERVER) $(MIGRATE) $(SITE) $(FOOBARCTL) \
    $(SHARE)/routes $(SHARE)/errors/404.html $(SHARE)/static/.stamp \
    $(B)/demo.sql $(B)/foobar-schema

CTL_OPTIONS := --build $(B) --var $(VAR) --bind $(BIND) --port $(PORT) \
    $(if $(CONFIG),--config $(CONFIG))
ifeq ($(SANITIZE),1)
# Debian's nginx loads the sanitizers before our module.
CTL_OPTIONS += --nginx-preload $(shell $(CC) -print-file-name=libasan.so):$(shell \
    $(CC) -print-file-name=libubsan.so)
endif

.PHONY: help all run dev up down reload status visit deps
help: ## print this list
	@printf 'Foobar: the complete website stack in C. Targets:\n\n'
	@sed -nE 's/^([a-z][a-z -]*):.*## (.*)/  make \1\t\2/p' Makefile | \
	    expand -t 24
	@printf '\nSettings: PORT=%s BIND=%s VAR=%s CONFIG= SANITIZE=0 V=0\n' \
	    '$(PORT)' '$(BIND)' '$(VAR)'

# The programs need the packages, so these targets install first and then
# start make anew.
deps:
	@ops/deps run

build: deps ## build everything (nothing is started)
	@$(MAKE) all
.PHONY: build

all: $(PROGRAMS)
	@:

run: deps ## set up, build and start the site in the foreground; Ctrl-C stops it
	@$(MAKE) all
	@exec $(FOOBARCTL) run $(CTL_OPTIONS)

dev: deps ## the same for an author: what is saved is shown at once, errors too
	@$(MAKE) all
	@exec $(FOOBARCTL) dev $(CTL_OPTIONS) -- $(MAKE) all

up: deps ## the same in the background; returns when the site answers
	@$(MAKE) all
	@exec $(FOOBARCTL) up $(CTL_OPTIONS)

down: ## stop what `make up` or `make run` started
	@if [ -x $(FOOBARCTL) ]; then $(FOOBARCTL) down $(CTL_OPTIONS); \
	else echo 'nothing was built, so nothing runs'; fi

reload: ## build, and bring an edited site into the running one
	@$(MAKE) all
	@exec $(FOOBARCTL) reload $(CTL_OPTIONS)

status: ## say which parts run
	@$(FOOBARCTL) status $(CTL_OPTIONS)

visit: deps ## as root: open http://www.foobar.com in a network of its own
	@ops/deps visit
	@$(MAKE) all
	@exec $(FOOBARCTL) visit $(CTL_OPTIONS)

.PHONY: test test-unit test-functional test-programs check-arrows check-sql
.PHONY: lint clean
test-deps:
	@ops/deps run test visit

test-programs: $(PROGRAMS) $(TEST_PROGRAMS)
	@:

check-arrows: $(SITE) $(APPSERVER) ## prove the arrows between the rooms
	@BUILD=$(B) SANITIZE=$(SANITIZE) tests/arrows.sh

check-sql: $(PROGRAMS) ## hold each SQL statement of the site against the migrated schema
	@BUILD=$(CURDIR)/$(B) tests/check_sql.sh

lint: deps ## what can be found without running anything; ends with "lint: clean"
	@ops/deps lint
	@$(MAKE) $(SITE_HEADER) $(SITE_POT) $(ENGINE_POT) $(B)/appserver/foobar.pot $(BENCH_HEADER) \
	    $(DRAWING)/templates.h $(MODULE_BUILD)/configured
	@BUILD=$(B) tests/lint.sh

test: test-deps ## everything that CI runs; ends with "N passed, N failed, N skipped"
	@$(MAKE) test-programs
	@BUILD=$(B) SANITIZE=$(SANITIZE) tests/run unit arrows functional

test-unit: test-deps ## the unit tests alone
	@$(MAKE) test-programs
	@BUILD=$(B) SANITIZE=$(SANITIZE) tests/run unit

test-functional: test-deps ## the tests of the running parts alone
	@$(MAKE) test-programs
	@BUILD=$(B) SANITIZE=$(SANITIZE) tests/run functional

.PHONY: test-browser screenshots browser-programs
browser-programs: $(PROGRAMS) $(B)/tests/bounded
	@:

test-browser: deps ## the site in Chromium: journeys, HTML, contrast, keyboard, pictures
	@$(MAKE) browser-programs
	@BUILD=$(B) SANITIZE=$(SANITIZE) tests/browser/run

screenshots: deps ## make the pictures that README.md shows
	@$(MAKE) browser-programs
	@BUILD=$(B) SANITIZE=$(SANITIZE) tests/browser/run --screenshots

.PHONY: test-fuzz
test-fuzz: test-deps ## each fuzzer for FUZZ_SECONDS (60)
	@ops/deps full
	@$(MAKE) $(FUZZERS) $(B)/tests/bounded
	@BUILD=$(B) SANITIZE=1 tests/run fuzz

.PHONY: test-full test-fresh
test-full: test-deps ## all there is: sanitizers, fuzzing, load, lint, fresh machines
	@ops/deps full visit
	@tests/full

test-fresh: ## as root: the two commands of README.md on a fresh Debian 12 and 13
	@ops/deps full
	@tests/fresh.sh

clean: ## remove what was built (build/deps with its packages stays)
	rm -rf build/release build/sanitize

-include $(shell [ -d $(B) ] && find $(B) -name '*.d' -type f \
    -not -path '*/nginx/*' -not -path '*/tests/tmp/*')
