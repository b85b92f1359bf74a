/* What became of a reload or an upgrade; see outcome.h. */

#include "outcome.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "probe.h"

/* The number behind a name; -1: it is not told. */
static long read_number(const char *json, const char *name)
{
    const char *at = strstr(json, name);

    return at != NULL ? strtol(at + strlen(name), NULL, 10) : -1;
}

/* The text behind a name, without its escapes. */
static void read_text(const char *json, const char *name, char *text,
                      size_t size)
{
    const char *at = strstr(json, name);
    size_t length = 0;

    at = at != NULL ? at + strlen(name) : "";
    while (*at != '\0' && *at != '"' && length < size - 1) {
        at += *at == '\\' && at[1] != '\0';
        text[length++] = *at++;
    }
    text[length] = '\0';
}

bool outcome_ask(const struct instance *instance, struct outcome *outcome)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct probe probe;
    const char *json;
    long reloads;
    long upgrades;

    if (strlen(instance->board_socket) >= sizeof(address.sun_path)) {
        return false;
    }
    memcpy(address.sun_path, instance->board_socket,
           strlen(instance->board_socket) + 1);
    if (probe_ask(&probe, (const struct sockaddr *)&address, sizeof(address),
                  "status", "/json") != 200) {
        return false;
    }
    json = probe_body(&probe);
    outcome->generation = read_number(json, "\"generation\":");
    reloads = read_number(json, "\"refused_reloads\":");
    upgrades = read_number(json, "\"refused_upgrades\":");
    outcome->refused = reloads + upgrades;
    read_text(json, "\"refusal\":\"", outcome->reason, sizeof(outcome->reason));
    return outcome->generation >= 0 && reloads >= 0 && upgrades >= 0;
}
