/*
 * `make visit`; see visit.h. What it makes, and what ends with it:
 *
 *     a network       lo with 192.0.2.80, and nothing else
 *     mounts          /etc/resolv.conf and /etc/nsswitch.conf of its own
 *     nsd             on 127.0.0.1, with ops/dns/foobar.com.zone
 *     nginx           on 192.0.2.80, port 80; same configuration as the
 *                     running one, and in front of the same Unix socket
 *     the visitor     a browser, curl, or the command that was given
 *
 * Both servers run as the instance's unprivileged user; the visitor's
 * command as whoever called us.
 */

#include "visit.h"

#include "clock.h"
#include "control.h"
#include "file.h"
#include "namespace.h"
#include "nginx.h"
#include "parts.h"
#include "say.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <resolv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SITE_NAME "www.foobar.com"
#define SITE_URL "http://www.foobar.com/"
#define SITE_ADDRESS "192.0.2.80" /* also in ops/dns/foobar.com.zone */
#define DNS_ADDRESS "127.0.0.1"
#define START_LIMIT_MS 10000
#define STOP_LIMIT_MS 3000
#define PAGE_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define COMMAND_MAX 32

enum {
    NSD,
    NGINX,
    CURL,
    PARTS
};

struct visit {
    const struct instance *instance;
    char *folder; /* VAR/run/visit-PID: everything that is written */
    struct part parts[PARTS];
    struct part *all[PARTS];
};

/* --------------------------------------------------------------- the files */

static char *make_nsd_conf(const struct visit *visit)
{
    return file_text("server:\n"
                     "    ip-address: " DNS_ADDRESS "@53\n"
                     "    server-count: 1\n"
                     "    do-ip6: no\n"
                     "    hide-version: yes\n"
                     "    username: \"\"\n"
                     "    chroot: \"\"\n"
                     "    pidfile: \"\"\n"
                     "    database: \"\"\n"
                     "    zonesdir: \"\"\n"
                     "    zonelistfile: \"%s/zone.list\"\n"
                     "    xfrdfile: \"%s/xfrd.state\"\n"
                     "    xfrdir: \"%s\"\n"
                     "remote-control:\n"
                     "    control-enable: no\n"
                     "zone:\n"
                     "    name: foobar.com\n"
                     "    zonefile: \"%s/ops/dns/foobar.com.zone\"\n",
                     visit->folder, visit->folder, visit->folder,
                     visit->instance->top);
}

static bool write_file(const struct visit *visit, const char *name, mode_t mode,
                       const char *text)
{
    char *file = file_text("%s/%s", visit->folder, name);
    bool good = file_write(file, mode, text);

    free(file);
    return good;
}

static bool write_files(const struct visit *visit)
{
    char *nsd = make_nsd_conf(visit);
    char *conf = file_text("%s/nginx.conf", visit->folder);
    char *pid = file_text("%s/nginx.pid", visit->folder);
    bool good = file_make_folder(visit->folder, 0711) &&
                write_file(visit, "nsd.conf", 0600, nsd) &&
                write_file(visit, "resolv.conf", 0644,
                           "nameserver " DNS_ADDRESS "\n") &&
                write_file(visit, "nsswitch.conf", 0644,
                           "passwd: files\ngroup: files\nhosts: dns\n") &&
                nginx_write_conf(visit->instance, conf, SITE_ADDRESS ":80", pid,
                                 visit->folder);

    free(nsd);
    free(conf);
    free(pid);
    return good;
}

/*
 * The folder belongs to the unprivileged user, so root writes there with that
 * user's rights only: a link that waits there leads to nothing of root's.
 */
static bool write_as_user(const struct visit *visit)
{
    const struct instance *instance = visit->instance;
    bool good = false;

    if (setegid(instance->gid) == 0 && seteuid(instance->uid) == 0) {
        good = write_files(visit);
    }
    if (seteuid(0) != 0 || setegid(0) != 0) {
        _exit(EXIT_FAILURE);
    }
    return good;
}

/* ------------------------------------------------------- the private views */

static bool cover(const struct visit *visit, const char *path, const char *name)
{
    char *file = file_text("%s/%s", visit->folder, name);
    bool good = namespace_cover_file(path, file);

    free(file);
    return good;
}

/*
 * Names are asked at our server and nowhere else: not in /etc/hosts, not at
 * the machine's name servers, and not at a name cache, whose socket would
 * lead out of the private network.
 */
static bool ask_only_here(const struct visit *visit)
{
    return cover(visit, "/etc/resolv.conf", "resolv.conf") &&
           cover(visit, "/etc/nsswitch.conf", "nsswitch.conf") &&
           namespace_cover_folder("/run/nscd", 0755) &&
           namespace_cover_folder("/run/systemd/resolve", 0755);
}

/* ------------------------------------------------------------- the servers */

static void become_user(struct visit *visit, size_t index)
{
    struct part *part = &visit->parts[index];

    part->quiet = true;
    part->drop = true;
    part->uid = visit->instance->uid;
    part->gid = visit->instance->gid;
    visit->all[index] = part;
}

static void describe_part(struct visit *visit, size_t index, const char *label,
                          enum say_colour colour)
{
    visit->parts[index] = (struct part){.label = label,
                                        .colour = colour,
                                        .folder = visit->instance->var,
                                        .output = -1};
    become_user(visit, index);
}

static void describe_parts(struct visit *visit)
{
    const struct instance *instance = visit->instance;
    struct part *nsd = &visit->parts[NSD];
    struct part *nginx = &visit->parts[NGINX];
    struct part *curl = &visit->parts[CURL];
    char *conf = file_text("%s/nginx.conf", visit->folder);

    describe_part(visit, NSD, "nsd", SAY_YELLOW);
    part_add(nsd, "%s/build/deps/usr/sbin/nsd", instance->top);
    part_add(nsd, "-d");
    part_add(nsd, "-c");
    part_add(nsd, "%s/nsd.conf", visit->folder);

    nginx_describe(nginx, instance, conf);
    become_user(visit, NGINX);
    free(conf);

    describe_part(visit, CURL, "curl", SAY_PLAIN);
    part_add(curl, "/usr/bin/curl");
    part_add(curl, "--silent");
    part_add(curl, "--show-error");
    part_add(curl, "--max-time");
    part_add(curl, "10");
    part_add(curl, "--dump-header");
    part_add(curl, "%s/headers", visit->folder);
    part_add(curl, "--output");
    part_add(curl, "%s/page", visit->folder);
    part_add(curl, SITE_URL);
}

static bool accepts(int type, const char *address, unsigned port)
{
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    bool good;

    inet_pton(AF_INET, address, &name.sin_addr);
    good = fd >= 0 &&
           connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

static void hear_all(struct visit *visit, int timeout_ms)
{
    struct pollfd news[PARTS];
    size_t i;

    for (i = 0; i < PARTS; i++) {
        news[i] =
            (struct pollfd){.fd = visit->parts[i].output, .events = POLLIN};
    }
    poll(news, PARTS, timeout_ms);
    for (i = 0; i < PARTS; i++) {
        part_hear(&visit->parts[i]);
    }
}

/* Starts a server and waits until its TCP port accepts. */
static bool start(struct visit *visit, struct part *part, const char *address,
                  unsigned port)
{
    int64_t limit = clock_now_ms() + START_LIMIT_MS;
    char end[128];

    if (!part_start(part)) {
        return false;
    }
    while (!accepts(SOCK_STREAM, address, port)) {
        hear_all(visit, 10);
        if (parts_bury(visit->all, PARTS) == part) {
            part_describe_end(part, end, sizeof(end));
            complain("%s of the visit could not start: it %s; its log says:",
                     part->label, end);
            part_show_tail(part);
            return false;
        }
        if (clock_now_ms() > limit) {
            return complain("%s of the visit does not answer", part->label);
        }
    }
    return true;
}

static void stop(struct visit *visit, struct part *part)
{
    int64_t limit = clock_now_ms() + STOP_LIMIT_MS;

    part_signal(part, SIGTERM);
    while (part->pid != 0) {
        hear_all(visit, 10);
        parts_bury(visit->all, PARTS);
        if (clock_now_ms() > limit) {
            part_signal(part, SIGKILL);
        }
    }
}

/* ------------------------------------------- what a visitor without browser
                                               sees: each step of the way */

/* One record of a DNS answer, if it is an alias or an address. */
static void show_record(ns_msg *message, int index)
{
    char target[NS_MAXDNAME];
    char address[INET_ADDRSTRLEN];
    ns_rr record;

    if (ns_parserr(message, ns_s_an, index, &record) != 0) {
        return;
    }
    if (ns_rr_type(record) == ns_t_cname &&
        ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message),
                           ns_rr_rdata(record), target, sizeof(target)) >= 0) {
        printf("      %-16s %6u  IN  CNAME  %s\n", ns_rr_name(record),
               (unsigned)ns_rr_ttl(record), target);
    } else if (ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == 4 &&
               inet_ntop(AF_INET, ns_rr_rdata(record), address,
                         sizeof(address)) != NULL) {
        printf("      %-16s %6u  IN  A      %s\n", ns_rr_name(record),
               (unsigned)ns_rr_ttl(record), address);
    }
}

static bool show_dns(void)
{
    unsigned char answer[NS_PACKETSZ];
    ns_msg message;
    int length;
    int i;

    printf("  DNS   who is " SITE_NAME "? Asked at " DNS_ADDRESS
           ", port 53 (nsd):\n\n");
    length = res_query(SITE_NAME, ns_c_in, ns_t_a, answer, sizeof(answer));
    if (length < 0 || ns_initparse(answer, length, &message) != 0) {
        return complain("our own DNS server does not know " SITE_NAME);
    }
    for (i = 0; i < ns_msg_count(message, ns_s_an); i++) {
        show_record(&message, i);
    }
    printf("\n");
    return true;
}

static void show_headers(char *text)
{
    char *rest = NULL;
    char *line;

    for (line = strtok_r(text, "\r\n", &rest); line != NULL;
         line = strtok_r(NULL, "\r\n", &rest)) {
        printf("      %s\n", line);
    }
}

static void show_title(const char *page)
{
    const char *begin = strstr(page, "<title>");
    const char *end = begin != NULL ? strstr(begin, "</title>") : NULL;

    printf("\n  HTML  %zu bytes", strlen(page));
    if (end != NULL) {
        begin += strlen("<title>");
        printf(", a page with the title\n\n      %.*s\n", (int)(end - begin),
               begin);
    } else {
        printf("\n");
    }
}

static char *read_result(const struct visit *visit, const char *name)
{
    char *file = file_text("%s/%s", visit->folder, name);
    char *text = file_read(file, PAGE_MAX_BYTES);

    free(file);
    return text;
}

static int show_page(struct visit *visit)
{
    struct part *curl = &visit->parts[CURL];
    char *headers;
    char *page;
    bool good;

    printf("\n  " SITE_URL "\n\n");
    if (!show_dns() || !part_start(curl)) {
        return EXIT_FAILURE;
    }
    while (curl->pid != 0) {
        hear_all(visit, 10);
        parts_bury(visit->all, PARTS);
    }
    if (curl->status != 0) {
        complain("the page cannot be fetched:");
        part_show_tail(curl);
        return EXIT_FAILURE;
    }
    printf("  TCP   connected to " SITE_ADDRESS ", port 80 (nginx)\n\n");
    printf("  HTTP  GET / with Host: " SITE_NAME " is answered:\n\n");
    headers = read_result(visit, "headers");
    page = read_result(visit, "page");
    good = headers != NULL && page != NULL;
    if (good) {
        show_headers(headers);
        show_title(page);
        printf("\n");
    }
    free(headers);
    free(page);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ------------------------------------------------------------ the visitor */

static bool is_installed(const char *program)
{
    char *file = file_text("/usr/bin/%s", program);
    bool installed = access(file, X_OK) == 0;

    free(file);
    return installed;
}

/* The browser to use; NULL when there is none, or no screen for it. */
static const char *find_browser(void)
{
    static const char *const browsers[] = {"chromium", "google-chrome",
                                           "firefox-esr", "firefox"};
    const char *chosen = getenv("BROWSER");
    size_t i;

    if (getenv("DISPLAY") == NULL && getenv("WAYLAND_DISPLAY") == NULL) {
        return NULL;
    }
    if (chosen != NULL && chosen[0] != '\0') {
        return chosen;
    }
    for (i = 0; i < sizeof(browsers) / sizeof(browsers[0]); i++) {
        if (is_installed(browsers[i])) {
            return browsers[i];
        }
    }
    return NULL;
}

/*
 * Each browser gets a profile of its own for the visit: one that runs already
 * would otherwise take the address over and open it outside, on the internet.
 */
static void browser_command(const char *browser, const char *profile,
                            char **command)
{
    size_t count = 0;

    command[count++] = file_text("%s", browser);
    if (strstr(browser, "chrom") != NULL) {
        command[count++] = file_text("--user-data-dir=%s", profile);
        command[count++] = file_text("--no-first-run");
        if (geteuid() == 0) {
            command[count++] = file_text("--no-sandbox"); /* refuses as root */
        }
    } else if (strstr(browser, "firefox") != NULL) {
        command[count++] = file_text("--no-remote");
        command[count++] = file_text("--profile");
        command[count++] = file_text("%s", profile);
    }
    command[count++] = file_text(SITE_URL);
    command[count] = NULL;
}

/* Whoever called sudo owns the screen, and so the browser. */
static bool become_caller(void)
{
    const char *number = getenv("SUDO_UID");
    struct passwd *caller =
        number == NULL ? NULL : getpwuid((uid_t)strtoul(number, NULL, 10));

    if (caller == NULL || caller->pw_uid == 0) {
        return true;
    }
    return setgid(caller->pw_gid) == 0 && setuid(caller->pw_uid) == 0 &&
           setenv("HOME", caller->pw_dir, 1) == 0;
}

static _Noreturn void become_visitor(char **command, const char *browser)
{
    char *own[COMMAND_MAX];
    char profile[] = "/var/tmp/foobar-visit-XXXXXX";
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (browser != NULL) {
        /* In a folder of the private view, so that nothing stays behind. */
        if (!namespace_cover_folder("/var/tmp", 01777) || !become_caller() ||
            mkdtemp(profile) == NULL) {
            complain("cannot prepare the browser: %s", strerror(errno));
            _exit(126);
        }
        browser_command(browser, profile, own);
        command = own;
    }
    execvp(command[0], command);
    complain("cannot start %s: %s", command[0], strerror(errno));
    _exit(127);
}

/* Runs the visitor's program on our terminal; returns its status. */
static int run_visitor(struct visit *visit, char **command, const char *browser)
{
    int status = 0;
    pid_t pid;
    pid_t ended = 0;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        become_visitor(command, browser);
    }
    if (pid < 0) {
        complain("cannot start the visitor: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    while (ended != pid) {
        hear_all(visit, 50);
        ended = waitpid(pid, &status, WNOHANG);
        if (ended < 0) {
            return EXIT_FAILURE;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int receive(struct visit *visit, char **command)
{
    const char *browser = command == NULL ? find_browser() : NULL;

    if (command != NULL || browser != NULL) {
        return run_visitor(visit, command, browser);
    }
    return show_page(visit);
}

/* ---------------------------------------------------------------- the whole */

/* In a process of its own, because its network is not left again. */
static int visit_inside(const struct instance *instance, char **command)
{
    struct visit visit = {.instance = instance};
    int status = EXIT_FAILURE;

    visit.folder = file_text("%s/visit-%d", instance->run, (int)getpid());
    describe_parts(&visit);
    signal(SIGINT, SIG_IGN); /* the visitor's program gets it, and ends */
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 &&
        namespace_make_network(SITE_ADDRESS) && instance_open_paths(instance) &&
        write_as_user(&visit) && ask_only_here(&visit) &&
        start(&visit, &visit.parts[NSD], DNS_ADDRESS, 53) &&
        start(&visit, &visit.parts[NGINX], SITE_ADDRESS, 80)) {
        status = receive(&visit, command);
    }
    stop(&visit, &visit.parts[NGINX]);
    stop(&visit, &visit.parts[NSD]);
    file_remove(visit.folder);
    free(visit.folder);
    return status;
}

static bool is_possible(const struct instance *instance)
{
    char *nsd = file_text("%s/build/deps/usr/sbin/nsd", instance->top);
    bool good = true;

    if (geteuid() != 0) {
        good = complain("a visit needs root, for a network of its own; as you "
                        "are, see the site at the address that `make up` "
                        "prints");
    } else if (access(nsd, X_OK) != 0) {
        good = complain("%s is missing; type: ops/deps visit", nsd);
    }
    free(nsd);
    return good;
}

int visit_site(struct instance *instance, char **command)
{
    bool started = false;
    int status = EXIT_FAILURE;
    int ended;
    pid_t pid;

    if (!is_possible(instance)) {
        return EXIT_FAILURE;
    }
    if (command != NULL && command[0] == NULL) {
        command = NULL;
    }
    if (instance_holder(instance) == 0) {
        if (control_up(instance) != EXIT_SUCCESS) {
            return EXIT_FAILURE;
        }
        started = true;
    }
    signal(SIGINT, SIG_IGN);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        exit(visit_inside(instance, command));
    }
    if (pid > 0 && waitpid(pid, &ended, 0) == pid) {
        status = WIFEXITED(ended) ? WEXITSTATUS(ended) : EXIT_FAILURE;
    } else {
        complain("cannot begin the visit: %s", strerror(errno));
    }
    if (started) {
        control_down(instance);
    }
    return status;
}
