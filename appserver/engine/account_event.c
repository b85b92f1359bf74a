/*
 * What happened to accounts: a row that its owner can look at, and a line in
 * the log for who watches the server. What was typed as an address is in
 * neither: people type their password there now and then.
 */

#include "account.h"

#include <foobar/database.h>
#include <foobar/limit.h>

#include <inttypes.h>

#include "database.h"
#include "log.h"
#include "request.h"

#define EVENTS_MOST 1000

enum fb_result account_event_add(struct fb_request *request, int64_t account,
                                 const char *event)
{
    const struct fb_value id = account != 0
                                   ? fb_int(account)
                                   : (struct fb_value){.kind = FB_VALUE_NULL};
    const char *address = fb_address(request);

    log_request(LOG_INFO, request, "account %" PRId64 ": %s, from %s", account,
                event, address[0] != '\0' ? address : "this machine");
    return account_execute(request, EVENT_ADD, id, fb_text(event),
                           fb_text(address), fb_text(account_agent(request)));
}

enum fb_result fb_account_events(struct fb_request *request, int64_t account,
                                 unsigned most,
                                 const struct fb_account_event **events,
                                 size_t *count)
{
    struct fb_account_event *list;
    const struct event_row *rows;
    enum fb_result result;
    size_t i;

    *events = NULL;
    result = account_list(request, EVENT_LIST, &rows, count, fb_int(account),
                          fb_int(most < EVENTS_MOST ? most : EVENTS_MOST));
    if (result != FB_OK) {
        return result;
    }
    list = fb_alloc(request, (*count + 1) * sizeof(*list));
    for (i = 0; i < *count; i++) {
        list[i] = (struct fb_account_event){.event = rows[i].event,
                                            .at = rows[i].at,
                                            .address = rows[i].address,
                                            .agent = rows[i].agent};
    }
    *events = list;
    return FB_OK;
}
