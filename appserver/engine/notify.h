/*
 * Telling systemd how the server is (the protocol of sd_notify(3): datagrams
 * to the socket that NOTIFY_SOCKET names). Without that variable these do
 * nothing, so that nobody need ask who started us.
 */

#ifndef ENGINE_NOTIFY_H
#define ENGINE_NOTIFY_H

#include <stdint.h>

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/* One line for `systemctl status`. */
void notify_status(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* How often notify_alive() is expected, in milliseconds; 0: never. */
int64_t notify_watchdog_ms(void);
void notify_alive(void);

#endif
