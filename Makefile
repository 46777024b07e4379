# stampd - build, test, demo. `make help` lists the targets.
#
# One non-recursive file, a build folder per variant, dependency-tracked. Layers become archives, so
# that a program links exactly what its layer may know.

VARIANT ?= release
B       := build/$(VARIANT)
W       := build/web
LAYERS  := base store line http domain api app sim
PKGS    := libmicrohttpd openssl sqlite3 libcurl libqrencode libpng jansson libutf8proc libcrypt zlib pangocairo

ifeq ($(origin CC),default)
CC := gcc
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wwrite-strings -Wformat=2 -Wvla -Wundef
ifdef CI
WARN += -Werror
endif

# Hardening: what checksec and the systemd unit expect. fcf-protection is for x86 only.
HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
          -ftrivial-auto-var-init=zero -fPIE
ifeq ($(shell uname -m),x86_64)
HARDEN += -fcf-protection=full
endif
# Clang 14 wants to be told twice.
ifneq ($(findstring clang,$(CC)),)
HARDEN += -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang
endif
HARDEN_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack

CFLAGS_release  := -O2 $(HARDEN)
LDFLAGS_release := $(HARDEN_LD)
CFLAGS_debug    := -O0
CFLAGS_clang    := $(CFLAGS_release)
LDFLAGS_clang   := $(LDFLAGS_release)
CFLAGS_asan     := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS_asan    := -fsanitize=address,undefined
CFLAGS_tsan     := -O1 -fno-omit-frame-pointer -fsanitize=thread -Wno-maybe-uninitialized # gcc is wrong about it there
LDFLAGS_tsan    := -fsanitize=thread
CFLAGS_fuzz     := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
                   -fno-sanitize-recover=all
LDFLAGS_fuzz    := -fsanitize=fuzzer,address,undefined

CPPFLAGS += -D_GNU_SOURCE -Isrc -I. -Ibuild -MMD -MP
CFLAGS   += -std=c17 -g $(WARN) $(CFLAGS_$(VARIANT))
LDFLAGS  += $(LDFLAGS_$(VARIANT)) -Wl,--as-needed
LDLIBS   += $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lpthread -lm

sources = $(wildcard src/$(1)/*.c) $(wildcard src/$(1)/*.S)
objects = $(patsubst %,$(B)/%.o,$(basename $(1)))
archive = $(addprefix $(B)/lib,$(addsuffix .a,$(1)))

# What a layer may link: itself and everything to its left.
needs_barcode := barcode
needs_base    := base
needs_store   := store base
needs_line    := line base
needs_http    := http base
needs_domain  := domain store base barcode
needs_api     := api domain line http store base barcode
needs_app     := app api domain line http store base barcode
needs_sim     := sim http base

# One short line a file; V=1 shows the commands.
ifdef V
Q :=
say :=
else
Q := @
say = @printf '  %-5s %s\n' $(1) $@;
endif
JOBS := -j$(shell nproc 2>/dev/null || echo 2)

.PHONY: all test demo demo-data deps check-asan check-tsan bench bench-big camera guess hammer races clock webhooks month latency kill powercut ioerrors nomem model courier-faults fuzz lint layers golden \
        figures picture docs install clean help
all: $(B)/stampd $(B)/line-sim ## both programs, in build/release

# ---------------------------------------------------------------- programs

define layer_rules
$(B)/lib$(1).a: $(filter-out %_main.o %/main.o,$(call objects,$(call sources,$(1))))
	@rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(foreach layer,$(LAYERS),$(eval $(call layer_rules,$(layer))))

$(B)/libbarcode.a: $(call objects,$(wildcard barcode/*.c))
	@rm -f $@ && $(AR) rcs $@ $^

$(B)/libweb.a: $(B)/$(W)/files_c.o $(B)/$(W)/files_s.o $(B)/$(W)/words.o
	@rm -f $@ && $(AR) rcs $@ $^

$(B)/stampd: $(B)/src/app/main.o $(call archive,$(needs_app) web)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)

$(B)/line-sim: $(B)/src/sim/sim_main.o $(call archive,$(needs_sim))
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)

$(B)/%.o: %.c | $(W)/.stamp
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@
$(B)/src/store/schema.o: src/store/schema.sql
# The only file that knows Cairo and Pango.
$(B)/src/line/menu_pen.o: CPPFLAGS += $(subst -I,-isystem ,$(shell pkg-config --cflags pangocairo))
$(B)/src/sim/sim_files.o: $(wildcard src/sim/phone*)
$(B)/%.o: %.S | $(W)/.stamp
	@mkdir -p $(@D)
	$(call say,AS)
	$(Q)$(CC) $(CPPFLAGS) -c $< -o $@

# ---------------------------------------------------------------- pages

WEB_SOURCES := $(shell find web static -type f 2>/dev/null)
$(W)/.stamp: $(WEB_SOURCES) package-lock.json node_modules/.stamp
	node web/build.mjs --out $(W)
	@touch $@
node_modules/.stamp: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@
$(B)/$(W)/files_c.o: $(W)/.stamp
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $(W)/files.c -o $@
$(B)/$(W)/files_s.o: $(W)/.stamp
	@mkdir -p $(@D)
	$(call say,AS)
	$(Q)$(CC) $(CPPFLAGS) -c $(W)/files.S -o $@
$(B)/$(W)/words.o: $(W)/.stamp
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $(W)/words.c -o $@

# ---------------------------------------------------------------- tests

# tests/unit/test_<layer>_<name>.c links that layer and what stands to its left, nothing more.
UNIT     := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
SCRIPTS  := $(addprefix $(B)/,$(wildcard tests/unit/*.sh tests/unit/*.mjs))
FUZZERS  := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAYS  := $(addprefix $(B)/tests/fuzz/replay_,$(FUZZERS))
BROWSER  := $(addprefix $(B)/,$(wildcard tests/browser/*.test.mjs))
SUPPORT  := $(filter-out %_main.c %_dump.c %_camera.c %/memory.c,$(wildcard tests/support/*.c))
layer_of  = $(word 2,$(subst _, ,$(notdir $(1))))

$(B)/libsupport.a: $(patsubst %.c,$(B)/%.o,$(SUPPORT))
	@rm -f $@ && $(AR) rcs $@ $^

# A few tests drive the whole service; the others see only their own layer.
define unit_rule
$(1): $(1).o $(B)/libsupport.a $(call archive,$(needs_$(call layer_of,$(1)))) \
      $(if $(filter api app,$(call layer_of,$(1))),$(call archive,web sim))
	$$(call say,LINK)
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$< -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group \
	    -lcmocka $$(LDLIBS)
endef
$(foreach unit,$(UNIT),$(eval $(call unit_rule,$(unit))))

$(B)/tests/unit/test_barcode_zint: LDLIBS += -lzint
# It takes malloc's place: in the library of the others it would do so for all of them.
$(B)/tests/unit/test_domain_nomem $(B)/tests/unit/test_app_nomem: $(B)/tests/support/memory.o
$(B)/tests/unit/test_domain_nomem $(B)/tests/unit/test_app_nomem: LDLIBS += $(B)/tests/support/memory.o

fuzz_layer_barcode := barcode
fuzz_layer_picture := barcode
fuzz_layer_deflater := barcode
fuzz_layer_json    := base
fuzz_layer_buf     := base
fuzz_layer_codec   := base
fuzz_layer_text    := base
fuzz_layer_csv     := base
fuzz_layer_request := http
fuzz_layer_idtoken := line
fuzz_layer_webhook := line
fuzz_layer_postback := line
fuzz_layer_jwks    := line
fuzz_layer_token   := line
fuzz_layer_menu    := line
fuzz_layer_code    := domain
fuzz_layer_reading := domain
fuzz_layer_template := domain
fuzz_layer_earn    := domain
fuzz_layer_sale    := domain
fuzz_layer_heads   := domain
fuzz_layer_receipt := domain
fuzz_layer_held    := domain
fuzz_layer_till    := http
fuzz_layer_config  := app
define fuzz_rule
$(B)/tests/fuzz/replay_$(1): $(B)/tests/fuzz/fuzz_$(1).o $(B)/tests/fuzz/replay.o \
                             $(call archive,$(needs_$(or $(fuzz_layer_$(1)),app)))
	$$(call say,LINK)
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) \
	    -Wl,--end-group $$(LDLIBS)
$(B)/tests/fuzz/fuzz_$(1): $(B)/tests/fuzz/fuzz_$(1).o $(call archive,$(needs_$(or $(fuzz_layer_$(1)),app)))
	$$(call say,LINK)
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) \
	    -Wl,--end-group $$(LDLIBS)
endef
$(foreach name,$(FUZZERS),$(eval $(call fuzz_rule,$(name))))

# A test leaves its output in <test>.log, what stampd asked of line-sim in <test>.requests and, when it
# passed, <test>.ok.
run = @mkdir -p $(@D); rm -f $@ $(basename $@).requests; \
      if SIM_RECORD=$(CURDIR)/$(basename $@).requests timeout 600 $(1) >$(basename $@).log 2>&1; then touch $@; echo "ok    $(2)"; \
      else cat $(basename $@).log; echo "FAIL  $(2)"; exit 1; fi
export B
export LSAN_OPTIONS := suppressions=$(CURDIR)/tests/support/lsan.supp:print_suppressions=0
$(addsuffix .ok,$(UNIT)): %.ok: %
	$(call run,./$<,$(notdir $<))
$(addsuffix .ok,$(REPLAYS)): $(B)/tests/fuzz/replay_%.ok: $(B)/tests/fuzz/replay_% $(wildcard tests/fuzz/corpus/*/*)
	$(call run,./$< tests/fuzz/corpus/$*,corpus $*)
$(B)/tests/support/barcode_dump: $(B)/tests/support/barcode_dump.o $(B)/libbarcode.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/tests/unit/test_barcode_readers.sh.ok: $(B)/tests/support/barcode_dump
$(B)/tests/support/reading_dump: $(B)/tests/support/reading_dump.o $(B)/libsupport.a $(call archive,$(needs_domain))
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)
$(B)/tests/unit/reading.test.mjs.ok: $(B)/tests/support/reading_dump
$(B)/tests/unit/golden.test.mjs.ok: $(wildcard tests/golden/message_*.json)
$(B)/tests/support/barcode_camera: $(B)/tests/support/barcode_camera.o $(B)/libbarcode.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lm
$(B)/tests/unit/test_barcode_camera.sh.ok: $(B)/tests/support/barcode_camera
$(B)/%.sh.ok: %.sh $(B)/stampd $(B)/line-sim
	$(call run,bash $<,$(notdir $<))
$(B)/%.mjs.ok: %.mjs $(B)/stampd $(B)/line-sim
	$(call run,node --test $<,$(notdir $<))

ifeq ($(VARIANT),release)
CHECKS := $(addsuffix .ok,$(UNIT) $(REPLAYS) $(SCRIPTS) $(BROWSER))
else
CHECKS := $(addsuffix .ok,$(UNIT) $(REPLAYS))
endif
.PHONY: checks openapi
checks: $(CHECKS)
openapi: ## every request of the last test run against LINE's descriptions in ../shared; V=1 lists endpoints
	@V=$(V) node tests/support/openapi_check.mjs $(wildcard $(CHECKS:.ok=.requests))

test: ## install what is missing, build, and run everything a change must pass
	@$(MAKE) --no-print-directory deps DEPS="$(DEPS_BUILD) $(DEPS_TEST)"
	@rm -f $(addsuffix .ok,$(BROWSER))
	@$(MAKE) --no-print-directory layers
	@$(MAKE) --no-print-directory $(JOBS) VARIANT=clang CC=clang all
	@status=0; $(MAKE) --no-print-directory $(JOBS) -k all checks || status=1; \
	 sh tests/support/tally.sh $(B) || status=1; \
	 $(MAKE) --no-print-directory openapi || status=1; exit $$status
check-asan: ## every C test under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory VARIANT=asan $(JOBS) -k checks && sh tests/support/tally.sh build/asan
check-tsan: ## the same under ThreadSanitizer
	@TSAN_OPTIONS="suppressions=$(CURDIR)/tests/support/tsan.supp halt_on_error=1" \
	 $(MAKE) --no-print-directory VARIANT=tsan $(JOBS) -k checks && sh tests/support/tally.sh build/tsan

FUZZ_SECONDS ?= 30
fuzz: ## every fuzzer for FUZZ_SECONDS (30), with clang's libFuzzer
	@$(MAKE) --no-print-directory VARIANT=fuzz CC=clang $(addprefix build/fuzz/tests/fuzz/fuzz_,$(FUZZERS))
	@for name in $(FUZZERS); do mkdir -p build/fuzz/corpus/$$name; echo "== $$name"; \
	 build/fuzz/tests/fuzz/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -timeout=5 -print_final_stats=1 \
	   -artifact_prefix=build/fuzz/$$name- build/fuzz/corpus/$$name tests/fuzz/corpus/$$name 2>&1 \
	   | grep -E 'stat::number_of_executed_units|SUMMARY|ERROR' ; \
	 test $$? -le 1 || exit 1; ls build/fuzz/$$name-* 2>/dev/null && exit 1; done; true

CAMERA_COUNT ?= 200
camera: $(B)/tests/support/barcode_camera ## CAMERA_COUNT (200) photographs of each code, for two readers
	bash tests/unit/test_barcode_camera.sh $(CAMERA_COUNT)

WITH_GOLDEN := test_barcode test_line_message_kinds test_line_menu test_api_page
golden: ## rewrite the golden files from what the code writes now
	@rm -f $(addprefix $(B)/tests/unit/,$(addsuffix .ok,$(WITH_GOLDEN)))
	@GOLDEN=write $(MAKE) --no-print-directory $(addprefix $(B)/tests/unit/,$(addsuffix .ok,$(WITH_GOLDEN)))

bench: ## speed beside libzint, a bare libmicrohttpd (and PEER=folder of a Node service), as ratios
	@$(MAKE) --no-print-directory deps DEPS=libzint-dev
	@$(MAKE) --no-print-directory all $(BENCH) $(B)/tests/bench/barcode_bench
	$(B)/tests/bench/barcode_bench
	@$(MAKE) --no-print-directory month latency
	python3 tests/bench/run.py --build $(B) $(if $(PEER),--peer $(PEER)) $(BENCH_OPTIONS)
bench-big: ## stamps on a book of MEMBERS (1,000,000) and TRANSFERS (10,000,000) beside a small one, the raw book and PEER, as ratios; stampd check of it
	@$(MAKE) --no-print-directory all $(BENCH)
	python3 tests/bench/big.py --build $(B) --members $(or $(MEMBERS),1000000) --transfers $(or $(TRANSFERS),10000000) $(if $(PEER),--peer $(PEER)) $(BENCH_OPTIONS)
BENCH := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*_main.c))
$(BENCH): %: %.o $(call archive,$(needs_domain))
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)
$(B)/tests/bench/barcode_bench: $(B)/tests/bench/barcode_bench.o $(B)/libbarcode.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lzint
guess: $(B)/tests/unit/test_domain_guess $(B)/tests/unit/test_app_guess ## 10 million random codes against a million members, then with the limits on
	@GUESS_CODES=$(or $(CODES),10000000) GUESS_MEMBERS=$(or $(MEMBERS),1000000) \
	 $(B)/tests/unit/test_domain_guess
	@$(B)/tests/unit/test_app_guess
hammer: $(B)/tests/unit/test_app_hammer ## HAMMER (200,000) requests of 64 tills and phones on five cards, given, spent, held, swapped and taken back: exact, once each, never below zero
	@HAMMER=$(or $(HAMMER),200000) $(B)/tests/unit/test_app_hammer
races: $(B)/tests/unit/test_app_races ## RACES (1,000) of 2 to 32 redemptions of one voucher, and one key 32 times at once
	@RACES=$(or $(RACES),1000) $(B)/tests/unit/test_app_races
clock: $(B)/tests/unit/test_domain_clock $(B)/tests/unit/test_app_clock ## JUMPS (20,000) of the clock, a second to two years both ways, over day cuts, leap days and new years
	@JUMPS=$(or $(JUMPS),20000) $(B)/tests/unit/test_domain_clock
	@JUMPS=$(or $(JUMPS),20000) $(B)/tests/unit/test_app_clock
webhooks: $(B)/tests/unit/test_app_deliveries ## WEBHOOKS (200,000) deliveries with repeats, disorder and forgeries against a simple reading of them
	@WEBHOOKS=$(or $(WEBHOOKS),200000) $(B)/tests/unit/test_app_deliveries
month: $(B)/tests/unit/test_app_month ## a shop's month on line-sim: what the cost ladder pays beside a push for every notice
	@MONTH=1 $(B)/tests/unit/test_app_month
latency: all ## from the cashier's tap to the open screen, and from a reward to its message, in Chromium
	B=$(B) node tests/browser/latency.mjs
$(B)/tests/faults/courier_main: $(B)/tests/faults/courier_main.o $(call archive,$(needs_app) web)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)
$(B)/tests/unit/test_courier_faults.sh.ok: $(B)/tests/faults/courier_main tests/faults/courier.py
courier-faults: all $(B)/tests/faults/courier_main ## 100,000 MESSAGES with three answers in ten a fault, 200 KILLS meanwhile
	python3 tests/faults/courier.py --build $(B) --messages $(or $(MESSAGES),100000) --kills $(or $(KILLS),200)
powercut: $(B)/tests/unit/test_domain_powercut ## cut the power at every write and sync: IMAGES (100,000) of what the disk then holds, from SEED (1)
	@IMAGES=$(or $(IMAGES),100000) SEED=$(or $(SEED),1) $(B)/tests/unit/test_domain_powercut
ioerrors: $(B)/tests/unit/test_domain_ioerrors ## every single call to the disk fails, once and from then on, and the disk fills up
	@IOERRORS=1 $(B)/tests/unit/test_domain_ioerrors
nomem: $(B)/tests/unit/test_app_nomem $(B)/tests/unit/test_domain_nomem ## every single allocation of every request fails, once and from then on; ROUTE: of those that begin so
	@(echo $(B)/tests/unit/test_domain_nomem; seq -f 'PART=%.0f $<' 10) | \
	    NOMEM=1 ROUTE=$(ROUTE) xargs -P $$(nproc) -I{} sh -c '{}'
model: $(B)/tests/unit/test_domain_programme ## STEPS (200,000) at random against the programme's terms, from SEED (1); what fails is made short, OPS does it again
	@STEPS=$(or $(STEPS),200000) SEED=$(or $(SEED),1) $(if $(OPS),OPS=$(OPS)) $(B)/tests/unit/test_domain_programme
kill: all ## kill -9 the service KILLS (500) times under load and look for lost or doubled stamps
	python3 tests/faults/kill.py --build $(B) --kills $(or $(KILLS),500)

# ---------------------------------------------------------------- demo

demo: ## install what is missing, build, seed, start stampd and line-sim, print one URL
	@$(MAKE) --no-print-directory deps DEPS="$(DEPS_BUILD)"
	@$(MAKE) --no-print-directory $(JOBS) all
	@exec sh tests/support/demo.sh $(B)
demo-data: all ## the demo's data in build/demo, without starting anything
	$(B)/stampd demo-data

# ---------------------------------------------------------------- dependencies

DEPS_BUILD := gcc make pkg-config libmicrohttpd-dev libssl-dev libsqlite3-dev libcurl4-openssl-dev \
              libqrencode-dev libpng-dev libjansson-dev libutf8proc-dev libcrypt-dev zlib1g-dev \
              libcairo2-dev libpango1.0-dev fonts-noto-cjk fonts-noto-core ca-certificates
DEPS_TEST  := clang libclang-rt-14-dev libcmocka-dev nghttp2-server zbar-tools zxing-cpp-tools libzint-dev chromium wrk python3 sqlite3 \
              curl git
DEPS       ?= $(DEPS_BUILD) $(DEPS_TEST)
deps: ## what Debian packages and npm modules are missing, installed
	@sh tests/support/deps.sh $(DEPS)

# ---------------------------------------------------------------- looking after the code

layers: ## a folder of src/ includes only folders to its left
	@sh tests/support/layers.sh
lint: ## clang-format, clang-tidy, cppcheck, and a grep of what we avoid (apt: clang-format clang-tidy cppcheck)
	@sh tests/support/lint.sh
figures: all ## the card's bytes and its time to a visible barcode on a throttled phone
	node tests/browser/figures.mjs
picture: all ## the README's picture, from the guided demo
	B=$(B) PICTURE=tests/browser/demo.png node --test tests/browser/demo.test.mjs
docs: all ## rewrite the tables of README.md and the man page from the code
	sh tests/support/docs.sh $(B)

PREFIX ?= /usr/local
install: all ## into PREFIX (/usr/local), under DESTDIR
	install -D -m 755 $(B)/stampd $(DESTDIR)$(PREFIX)/bin/stampd
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	$(B)/stampd help --man > $(DESTDIR)$(PREFIX)/share/man/man1/stampd.1
clean: ## remove build/
	rm -rf build
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

-include $(shell find build -name '*.d' 2>/dev/null)
