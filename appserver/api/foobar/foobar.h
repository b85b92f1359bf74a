/* Everything that an application includes. */

#ifndef FOOBAR_FOOBAR_H
#define FOOBAR_FOOBAR_H

#include <foobar/account.h>
#include <foobar/app.h>
#include <foobar/atom.h>
#include <foobar/cookie.h>
#include <foobar/database.h>
#include <foobar/fetch.h>
#include <foobar/form.h>
#include <foobar/html.h>
#include <foobar/job.h>
#include <foobar/json.h>
#include <foobar/limit.h>
#include <foobar/locale.h>
#include <foobar/mail.h>
#include <foobar/markdown.h>
#include <foobar/negotiate.h>
#include <foobar/paging.h>
#include <foobar/ready.h>
#include <foobar/request.h>
#include <foobar/search.h>
#include <foobar/statement.h>
#include <foobar/upload.h>

#endif
